import type { Tx } from '../../platform/database.ts';
import { type RefreshResult, readAccountState, refreshBalance } from '../balances/index.ts';
import type { Biller, Source } from '../billers/index.ts';

import { invoiceTypeOf } from '../billers/index.ts';
import { atDueDate, findAccount, type InvoiceView, openInvoices, readOpenInvoices } from '../invoices/index.ts';
import { countedSince, type ShownBalance, shownBalance, type Within } from './balance-shown.ts';
import type { PaymentsDeps } from './deps.ts';
import { type Offer, offerFor, type PayableFacts } from './payable.ts';
import { newestPayments, type PaymentLine } from './payment-list-store.ts';
import { isOpen } from './payment-states.ts';
import { type PaymentRow, paymentsOfQuote, readPaymentsOfQuote } from './payment-store.ts';
import { refuse } from './problems.ts';

/** What can be paid on an account now. Everything a page shows, and everything the guard of a payment checks, in one answer. */
export interface PaymentQuote extends Offer {
  readonly accountNumber: string;
  readonly customerName: string;
  readonly invoiceTypeId: string;
  /** The invoices a payment would be for. */
  readonly invoiceNumbers: readonly string[];
  /** Null when nothing is known, or a stale balance is not to be shown. */
  readonly balance:
    | (ShownBalance & { readonly asOf: Temporal.Instant; readonly isStale: boolean; readonly dueDate: string | null })
    | null;
  /** A page of the processor that is still open: a new payment replaces it. */
  readonly openPayment: { readonly publicId: string; readonly checkoutUrl: string | null } | null;
}

export interface QuoteFrom {
  readonly bid: number;
  readonly accountNumber: string;
  readonly source: Source;
  readonly locale: 'en' | 'es';
}

/**
 * Refreshes the balance where it has to be, then says what can be paid, how, and at what fee. Refuses an unknown biller
 * or account; everything else, also why nothing can be paid, is part of the answer.
 */
export async function quotePayment(deps: PaymentsDeps, from: QuoteFrom): Promise<PaymentQuote> {
  return (await quoteForPage(deps, from)).quote;
}

/** The quote, with the open bills it was made from and the newest payments, newest first: what a page of one bill shows. */
export async function quoteWithBills(
  deps: PaymentsDeps,
  from: QuoteFrom & { paymentsMax: number },
): Promise<{ quote: PaymentQuote; invoices: readonly InvoiceView[]; payments: readonly PaymentLine[] }> {
  const { quote, invoices } = await quoteForPage(deps, from);
  const { bid, accountNumber } = from;
  return {
    quote,
    invoices,
    payments: await newestPayments(deps.database, { bid, accountNumber, limit: from.paymentsMax }),
  };
}

/** A page reads by named statements of their own: a transaction would plan each of them anew, for nothing it needs. */
async function quoteForPage(
  deps: PaymentsDeps,
  from: QuoteFrom,
): Promise<{ quote: PaymentQuote; invoices: readonly InvoiceView[] }> {
  const { database } = deps;
  const { bid, accountNumber } = from;
  const biller = await deps.billers.load(bid);
  if (!biller) throw refuse('unknown-biller');
  const refreshed = await refreshBalance(deps, { bid, accountNumber, cause: 'view' });
  const reads: QuoteReads = {
    account: () => readAccountState(database, bid, accountNumber),
    invoices: () => readOpenInvoices(database, bid, accountNumber),
    payments: (since) => readPaymentsOfQuote(database, { bid, accountNumber, since }),
    within: (act) => database.withBiller(bid, act),
  };
  return quoteFrom(reads, deps, { ...from, biller, refreshed, invoiceNumbers: [] });
}

/** The quote, read in the caller's transaction, with the facts and the open bills it was made from. */
export async function readQuote(
  tx: Tx,
  deps: Pick<PaymentsDeps, 'clock'>,
  from: QuoteOf,
): ReturnType<typeof quoteFrom> {
  const { bid, accountNumber } = from;
  const reads: QuoteReads = {
    account: () => findAccount(tx, bid, accountNumber),
    invoices: () => openInvoices(tx, bid, accountNumber),
    payments: (since) => paymentsOfQuote(tx, { bid, accountNumber, since }),
    within: (act) => act(tx),
  };
  return quoteFrom(reads, deps, from);
}

type QuoteOf = QuoteFrom & { biller: Biller; refreshed: RefreshResult; invoiceNumbers: readonly string[] };

/** How a quote reads what it is made from. */
interface QuoteReads {
  account(): Promise<{ customerName: string; blockAch: boolean; blockCc: boolean } | undefined>;
  invoices(): Promise<readonly InvoiceView[]>;
  payments(since: Temporal.Instant): Promise<readonly PaymentRow[]>;
  readonly within: Within;
}

async function quoteFrom(
  reads: QuoteReads,
  deps: Pick<PaymentsDeps, 'clock'>,
  from: QuoteOf,
): Promise<{ quote: PaymentQuote; facts: PayableFacts; invoices: readonly InvoiceView[] }> {
  const { biller, refreshed, accountNumber } = from;
  const account = await reads.account();
  if (!account) throw refuse('unknown-account', { accountNumber });
  const invoices = withToldDueDate(biller, await reads.invoices(), refreshed.balance?.dueDate);
  const chosen =
    from.invoiceNumbers.length === 0
      ? invoices
      : invoices.filter((invoice) => from.invoiceNumbers.includes(invoice.invoiceNumber));
  const asOf = refreshed.balance?.asOf ?? newestUpdate(invoices) ?? deps.clock.now();
  const payments = await reads.payments(countedSince(asOf));
  const open = payments.find((payment) => isOpen(payment.status));
  const taken = payments.filter((payment) => payment.taken_at !== null);
  const balance = await balanceOf(reads.within, { ...from, invoices, taken });
  const { isSuppressed } = balance;
  const newest = newestOf(chosen);
  const invoiceTypeId = typeIdOf(biller, newest);
  const facts: PayableFacts = {
    configuration: biller.configuration,
    locale: from.locale,
    source: from.source,
    invoiceTypeId,
    billFeesCents: {
      CC: numberIn(newest?.derived, 'creditCardServiceFeeCents'),
      ACH: numberIn(newest?.derived, 'achServiceFeeCents'),
    },
    isAchBlocked: account.blockAch,
    isCcBlocked: account.blockCc,
    balanceCents: balance.shown?.cents,
    isStaleSuppressed: isSuppressed,
    totalUnpaidCents: totalUnpaid(refreshed, balance.shown),
    minimumDueCents: numberIn(newest?.derived, 'minimumAmountDueCents'),
    arePartialPaymentsAllowed: partialAllowed(biller, invoiceTypeId, newest),
    isRefusedByPartner:
      biller.configuration.invoicing.respectAllowPayments && refreshed.balance?.attributes.allow_payments === false,
    expired: expiredOf(chosen, today(deps, biller)),
    inDoubt:
      open && open.status !== 'pending' ? { publicId: open.public_id, amountCents: open.amount_cents } : undefined,
  };
  const quote: PaymentQuote = {
    ...offerFor(facts),
    accountNumber,
    customerName: account.customerName,
    invoiceTypeId,
    invoiceNumbers: chosen.map((invoice) => invoice.invoiceNumber),
    balance: balance.shown
      ? {
          ...balance.shown,
          asOf: balance.asOf,
          isStale: balance.isStale,
          dueDate: refreshed.balance?.dueDate ?? newest?.dueDate ?? null,
        }
      : null,
    openPayment: open?.status === 'pending' ? { publicId: open.public_id, checkoutUrl: open.checkout_url } : null,
  };
  return { quote, facts, invoices };
}

/** The partner's due date is that of the account's newest bill, and moves what is reckoned from it. */
function withToldDueDate(
  biller: Biller,
  invoices: readonly InvoiceView[],
  dueDate: string | null | undefined,
): readonly InvoiceView[] {
  const newest = newestOf(invoices);
  if (!newest || !dueDate) return invoices;
  return invoices.map((invoice) => (invoice === newest ? atDueDate(biller, invoice, dueDate) : invoice));
}

type AccountBalance = {
  shown: ShownBalance | undefined;
  asOf: Temporal.Instant;
  isStale: boolean;
  isSuppressed: boolean;
};

/** The partner's figure where there is one, else what the open bills add up to. */
async function balanceOf(
  within: Within,
  from: QuoteOf & { invoices: readonly InvoiceView[]; taken: readonly PaymentRow[] },
): Promise<AccountBalance> {
  const { refreshed, invoices, bid, taken } = from;
  const isStale = refreshed.kind === 'stale';
  const nothing = { shown: undefined, asOf: Temporal.Instant.fromEpochMilliseconds(0), isStale };
  if (refreshed.kind === 'stale' && refreshed.isSuppressed) return { ...nothing, isSuppressed: true };
  const told = refreshed.balance;
  const asOf = told?.asOf ?? newestUpdate(invoices);
  if (asOf === undefined) return { ...nothing, isSuppressed: false };
  const shown = await shownBalance(within, {
    bid,
    taken,
    toldCents: told?.currentDueCents ?? invoices.reduce((sum, invoice) => sum + invoice.totalCents, 0),
    toldPendingCents: told?.pendingPaymentCents ?? 0,
    asOf,
    ofInvoices: told ? [] : invoices.map((invoice) => invoice.invoiceNumber),
  });
  return { shown, asOf, isStale, isSuppressed: false };
}

function newestUpdate(invoices: readonly InvoiceView[]): Temporal.Instant | undefined {
  return invoices
    .map((invoice) => Temporal.Instant.from(invoice.updatedAt))
    .sort(Temporal.Instant.compare)
    .at(-1);
}

function totalUnpaid(refreshed: RefreshResult, shown: ShownBalance | undefined): number | undefined {
  const total = refreshed.balance?.totalUnpaidCents;
  return total === undefined || total === null || shown === undefined
    ? undefined
    : total - shown.onTheWayCents + shown.restoredCents;
}

function newestOf(invoices: readonly InvoiceView[]): InvoiceView | undefined {
  return [...invoices].sort((a, b) => (a.dueDate < b.dueDate ? 1 : -1))[0];
}

function typeIdOf(biller: Biller, newest: InvoiceView | undefined): string {
  const ofInvoice = newest && invoiceTypeOf(biller.configuration, newest.invoiceTypeId);
  return (ofInvoice ?? biller.configuration.invoiceTypes[0])?.id ?? '';
}

function partialAllowed(biller: Biller, invoiceTypeId: string, newest: InvoiceView | undefined): boolean {
  const ofInvoice = newest?.derived.allowPartialPayments;
  if (typeof ofInvoice === 'boolean') return ofInvoice;
  return invoiceTypeOf(biller.configuration, invoiceTypeId)?.arePartialPaymentsAllowed ?? false;
}

/** PaymentExpirationDate is the last day on which a bill can be paid online; the biller's own message stands after it. */
function expiredOf(invoices: readonly InvoiceView[], day: string): { message: string | undefined } | undefined {
  const expired = invoices.find((invoice) => {
    const last = invoice.derived.paymentExpirationDate;
    return typeof last === 'string' && last < day;
  });
  if (!expired) return undefined;
  const message = expired.derived.paymentExpirationMessage;
  return { message: typeof message === 'string' ? message : undefined };
}

function today(deps: Pick<PaymentsDeps, 'clock'>, biller: Biller): string {
  return deps.clock.now().toZonedDateTimeISO(biller.configuration.profile.timeZone).toPlainDate().toString();
}

function numberIn(fields: Readonly<Record<string, unknown>> | undefined, name: string): number | undefined {
  const value = fields?.[name];
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}
