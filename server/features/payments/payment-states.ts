/**
 * What a payment's status is, given everything that was heard of it. Events come in any order and more than once, so the
 * status is reckoned from the set of facts and never from the order they came in: the highest rung that has its fact.
 */

export const PAYMENT_STATUSES = [
  'submitting',
  'unknown',
  'pending',
  'error',
  'declined',
  'approved',
  'settled',
  'voided',
  'refunded',
  'returned',
  'charged_back',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** A thing heard that counts for the status. Other kinds of events (`note`, `void-asked` …) are kept and count for nothing. */
export const FACT_KINDS = [
  'claimed',
  'checkout-unknown',
  'checkout-made',
  'checkout-refused',
  'ended',
  'declined',
  'approved',
  'settled',
  'voided',
  'refunded',
  'returned',
  'charged_back',
] as const;
export type FactKind = (typeof FACT_KINDS)[number];

export interface FactDetail {
  readonly checkoutId?: string;
  readonly checkoutUrl?: string;
  readonly processorReference?: string;
  readonly message?: string;
  readonly sentence?: string;
  readonly brand?: string;
  readonly lastFour?: string;
  readonly expiry?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly by?: string;
  /** Which text of the bank-debit authorization the payer agreed to. */
  readonly authorizationVersion?: string;
}

export interface Fact {
  readonly kind: FactKind;
  readonly at: Temporal.Instant;
  readonly detail: FactDetail;
}

/** From the bottom up: a status, the fact that lifts a payment to it, and why. The statuses below it are where it may come from. */
const LADDER = [
  {
    status: 'submitting',
    fact: 'claimed',
    cause: 'the payer pressed Pay: the payment exists before the processor is asked',
  },
  { status: 'unknown', fact: 'checkout-unknown', cause: 'the processor was asked and did not answer' },
  { status: 'pending', fact: 'checkout-made', cause: 'the payer is on the processor’s page' },
  { status: 'error', fact: 'checkout-refused', cause: 'the processor refused, or was never reached' },
  { status: 'error', fact: 'ended', cause: 'the page was cancelled or ran out without a charge' },
  { status: 'declined', fact: 'declined', cause: 'the card or bank said no' },
  { status: 'approved', fact: 'approved', cause: 'the processor took the money' },
  { status: 'settled', fact: 'settled', cause: 'the money arrived' },
  { status: 'voided', fact: 'voided', cause: 'staff cancelled it before it settled' },
  { status: 'refunded', fact: 'refunded', cause: 'staff gave the money back' },
  { status: 'returned', fact: 'returned', cause: 'the payer’s bank sent the debit back' },
  { status: 'charged_back', fact: 'charged_back', cause: 'the cardholder disputed the charge' },
] as const satisfies readonly { status: PaymentStatus; fact: FactKind; cause: string }[];

export interface Edge {
  readonly from: PaymentStatus;
  readonly to: PaymentStatus;
  readonly fact: FactKind;
  readonly cause: string;
}

/** Every move a payment can make, each with its cause. Upwards only: what was heard is never unheard. */
export const TRANSITIONS: readonly Edge[] = LADDER.flatMap((rung) =>
  PAYMENT_STATUSES.filter((from) => PAYMENT_STATUSES.indexOf(from) < PAYMENT_STATUSES.indexOf(rung.status)).map(
    (from) => ({
      from,
      to: rung.status,
      fact: rung.fact,
      cause: rung.cause,
    }),
  ),
);

/** What all facts together say. Times are the tellers'; of several tellings of one fact the earliest counts. */
export interface PaymentState {
  readonly status: PaymentStatus;
  readonly takenAt: Temporal.Instant | undefined;
  readonly settledAt: Temporal.Instant | undefined;
  readonly reversedAt: Temporal.Instant | undefined;
  readonly checkoutId: string | undefined;
  readonly checkoutUrl: string | undefined;
  readonly processorReference: string | undefined;
  readonly message: string | undefined;
  readonly brand: string | undefined;
  readonly lastFour: string | undefined;
  readonly expiry: string | undefined;
  /** R01 …, or a chargeback's reason. */
  readonly reversalCode: string | undefined;
}

/** The state a set of facts comes to; the same for every order and any repetition of them. */
export function stateFromFacts(facts: readonly Fact[]): PaymentState {
  const first = (kind: FactKind): Fact | undefined =>
    facts.filter((fact) => fact.kind === kind).sort(byTimeThenText)[0];
  const rung = LADDER.findLast((candidate) => facts.some((fact) => fact.kind === candidate.fact)) ?? LADDER[0];
  const approved = first('approved');
  const checkout = first('checkout-made');
  const reversal = first('charged_back') ?? first('returned') ?? first('refunded') ?? first('voided');
  const said =
    approved?.detail ?? first('declined')?.detail ?? first('ended')?.detail ?? first('checkout-refused')?.detail ?? {};
  return {
    status: rung.status,
    takenAt: approved?.at,
    settledAt: first('settled')?.at,
    reversedAt: reversal?.at,
    checkoutId: checkout?.detail.checkoutId,
    checkoutUrl: checkout?.detail.checkoutUrl,
    processorReference: said.processorReference,
    message: said.message ?? said.sentence ?? said.reason,
    brand: said.brand,
    lastFour: said.lastFour,
    expiry: said.expiry,
    reversalCode: reversal?.detail.code,
  };
}

/** Statuses in which nobody knows yet whether money will be taken; at most one payment of an account is in them. */
export const OPEN_STATUSES = ['submitting', 'unknown', 'pending'] as const satisfies readonly PaymentStatus[];
export const REVERSED_STATUSES = [
  'voided',
  'refunded',
  'returned',
  'charged_back',
] as const satisfies readonly PaymentStatus[];

export function isOpen(status: string): boolean {
  return OPEN_STATUSES.some((open) => open === status);
}

export function isReversed(status: string): boolean {
  return REVERSED_STATUSES.some((reversed) => reversed === status);
}

export type StaffAct = 'void' | 'refund';

/** Whether staff may do it now, and if not, why: the same answer for the button and for the guard. */
export function mayAct(
  status: PaymentStatus,
  act: StaffAct,
): { readonly may: true } | { readonly may: false; readonly why: string } {
  const needed = act === 'void' ? 'approved' : 'settled';
  if (status === needed) return { may: true };
  if (act === 'void' && status === 'settled') return { may: false, why: 'It has settled: refund it instead.' };
  if (act === 'refund' && status === 'approved') return { may: false, why: 'It has not settled yet: void it instead.' };
  if (isReversed(status)) return { may: false, why: 'The money has already gone back.' };
  if (isOpen(status)) return { may: false, why: 'It is not known yet whether the money was taken.' };
  return { may: false, why: 'No money was taken.' };
}

export function statusOf(text: string): PaymentStatus {
  const status = PAYMENT_STATUSES.find((known) => known === text);
  if (status === undefined) throw new Error(`a payment in an unknown status: ${text}`);
  return status;
}

function byTimeThenText(a: Fact, b: Fact): number {
  return Temporal.Instant.compare(a.at, b.at) || compareText(textOf(a.detail), textOf(b.detail));
}

function textOf(detail: FactDetail): string {
  return JSON.stringify(Object.entries(detail).sort(([a], [b]) => compareText(a, b)));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
