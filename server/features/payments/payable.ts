import { formatDollars } from '../../platform/money.ts';
import type { Configuration, Source } from '../billers/index.ts';
import { feeOf, feesOf, invoiceTypeOf, sourceOffer } from '../billers/index.ts';
import { payableWords } from './payable-words.ts';

/** What is known of an account when someone wants to pay. Pure: the same facts give the same offer, to the page and to the guard. */
export interface PayableFacts {
  readonly configuration: Configuration;
  readonly locale: 'en' | 'es';
  readonly source: Source;
  readonly invoiceTypeId: string;
  /** Service fees that the bill itself brings (customizations AchServiceFee and CreditCardServiceFee). */
  readonly billFeesCents: Readonly<Partial<Record<Method, number | undefined>>>;
  readonly isAchBlocked: boolean;
  readonly isCcBlocked: boolean;
  /** What is due, less what is on its way; undefined when nothing is known or a stale balance is suppressed. */
  readonly balanceCents: number | undefined;
  readonly isStaleSuppressed: boolean;
  /** Everything unpaid, where the partner told more than what is due now. */
  readonly totalUnpaidCents: number | undefined;
  readonly minimumDueCents: number | undefined;
  readonly arePartialPaymentsAllowed: boolean;
  /** `allow_payments: false` of the partner. */
  readonly isRefusedByPartner: boolean;
  readonly expired: { readonly message: string | undefined } | undefined;
  /** A payment nobody knows the outcome of: it blocks another. */
  readonly inDoubt: { readonly publicId: string; readonly amountCents: number } | undefined;
}

export type Method = 'CC' | 'ACH';
export type CannotPayCode =
  | 'stale-balance'
  | 'in-doubt'
  | 'expired'
  | 'partner-refuses'
  | 'product-off'
  | 'type-not-offered'
  | 'nothing-due'
  | 'no-method';
export type NotOfferedCode = 'account-flag' | 'invoice-type' | 'no-card-brand';

export interface MethodOffer {
  readonly method: Method;
  readonly isOffered: boolean;
  readonly whyNot: { readonly code: NotOfferedCode; readonly sentence: string } | null;
  readonly fee: { readonly flatCents: number; readonly basisPoints: number };
  /** Limits of one payment by this method, without the fee; `mostCents` null: none. */
  readonly leastCents: number;
  readonly mostCents: number | null;
}

export interface AmountChoice {
  readonly kind: 'balance' | 'minimum' | 'total';
  readonly billAmountCents: number;
  readonly feeCents: { readonly CC: number; readonly ACH: number };
}

export interface Offer {
  readonly cannotPay: { readonly code: CannotPayCode; readonly sentence: string; readonly publicId?: string } | null;
  readonly choices: readonly AmountChoice[];
  /** Whether another amount than the choices may be given, and between what. */
  readonly other: { readonly isAllowed: boolean; readonly leastCents: number; readonly mostCents: number | null };
  readonly methods: readonly MethodOffer[];
}

const METHODS: readonly Method[] = ['CC', 'ACH'];

/** What can be paid, how, at what fee, and in plain words why not. */
export function offerFor(facts: PayableFacts): Offer {
  const methods = METHODS.map((method) => methodOffer(facts, method));
  const due = facts.balanceCents ?? 0;
  const mayExceed = facts.configuration.cards.mayExceedBalance;
  const choice = (kind: AmountChoice['kind'], billAmountCents: number): AmountChoice => ({
    kind,
    billAmountCents,
    feeCents: { CC: fee(facts, 'CC', billAmountCents), ACH: fee(facts, 'ACH', billAmountCents) },
  });
  const { minimumDueCents: minimum, totalUnpaidCents: total } = facts;
  const choices: AmountChoice[] = [];
  if (due > 0) choices.push(choice('balance', due));
  if (minimum !== undefined && minimum > 0 && minimum < due) choices.push(choice('minimum', minimum));
  if (mayExceed && total !== undefined && total > due && total > 0) choices.push(choice('total', total));
  return {
    cannotPay: cannotPay(facts, methods),
    choices,
    other: {
      isAllowed: facts.arePartialPaymentsAllowed || mayExceed,
      leastCents: facts.arePartialPaymentsAllowed ? 1 : Math.max(1, due),
      mostCents: mayExceed ? null : Math.max(0, due),
    },
    methods,
  };
}

/** Why an amount can't be paid by a method; undefined when it can. The sentence is in the reader's language. */
export function amountFault(
  facts: PayableFacts,
  offer: Offer,
  wanted: { method: Method; billAmountCents: number },
): string | undefined {
  const say = payableWords[facts.locale];
  const dollars = (cents: number) => formatDollars(cents, facts.locale === 'es' ? 'es-US' : 'en-US');
  const { billAmountCents: amount } = wanted;
  const due = facts.balanceCents ?? 0;
  const limits = offer.methods.find((offered) => offered.method === wanted.method);
  if (limits && amount < limits.leastCents) return say.least(dollars(limits.leastCents));
  if (limits && limits.mostCents !== null && amount > limits.mostCents) return say.most(dollars(limits.mostCents));
  if (offer.choices.some((choice) => choice.billAmountCents === amount)) return undefined;
  if (amount > due && !facts.configuration.cards.mayExceedBalance) return say.overBalance(dollars(due));
  if (amount < due && !facts.arePartialPaymentsAllowed) return say.noPartial(dollars(due));
  return undefined;
}

export function fee(
  facts: Pick<PayableFacts, 'configuration' | 'invoiceTypeId' | 'billFeesCents'>,
  method: Method,
  billAmountCents: number,
): number {
  return feeOf(feesOf(facts.configuration, facts.invoiceTypeId, facts.billFeesCents)[method], billAmountCents);
}

function methodOffer(facts: PayableFacts, method: Method): MethodOffer {
  const { cards } = facts.configuration;
  const type = invoiceTypeOf(facts.configuration, facts.invoiceTypeId);
  const code = whyNotOffered(facts, method, type?.methods ?? []);
  return {
    method,
    isOffered: code === undefined,
    whyNot: code === undefined ? null : { code, sentence: payableWords[facts.locale].notOffered[code](method) },
    fee: feesOf(facts.configuration, facts.invoiceTypeId, facts.billFeesCents)[method],
    leastCents: method === 'CC' ? Math.max(1, cards.leastCents) : 1,
    mostCents: method === 'CC' && cards.mostCents > 0 ? cards.mostCents : null,
  };
}

function whyNotOffered(facts: PayableFacts, method: Method, ofType: readonly Method[]): NotOfferedCode | undefined {
  if (method === 'CC' ? facts.isCcBlocked : facts.isAchBlocked) return 'account-flag';
  if (!ofType.includes(method)) return 'invoice-type';
  if (method === 'CC' && facts.configuration.cards.brands.length === 0) return 'no-card-brand';
  return undefined;
}

/** In the order in which a reader wants to hear it: doubt about money already given first. */
function cannotPay(facts: PayableFacts, methods: readonly MethodOffer[]): Offer['cannotPay'] {
  const say = payableWords[facts.locale];
  if (facts.inDoubt) {
    const amount = formatDollars(facts.inDoubt.amountCents, facts.locale === 'es' ? 'es-US' : 'en-US');
    return { code: 'in-doubt', sentence: say.inDoubt(amount), publicId: facts.inDoubt.publicId };
  }
  const offered = sourceOffer(facts.configuration, facts);
  if (offered !== 'offered') return { code: offered, sentence: say.productOff };
  if (facts.isStaleSuppressed) return { code: 'stale-balance', sentence: say.stale };
  if (facts.isRefusedByPartner) return { code: 'partner-refuses', sentence: say.partnerRefuses };
  if (facts.expired) return { code: 'expired', sentence: facts.expired.message || say.expired };
  if ((facts.balanceCents ?? 0) <= 0 && !facts.configuration.cards.mayExceedBalance)
    return { code: 'nothing-due', sentence: say.nothingDue };
  if (!methods.some((method) => method.isOffered)) return { code: 'no-method', sentence: say.noMethod };
  return null;
}
