import type { Tx } from '../../platform/database.ts';
import { subjectsOpen } from '../../platform/work-items.ts';
import { type DeliverySummary, deliveriesOfAccount, deliveryOfPayment } from '../deliveries/index.ts';
import { isReversed } from './payment-states.ts';
import type { PaymentRow } from './payment-store.ts';
import { REVERSAL_ITEM_KINDS } from './reversal-items.ts';

/** Payments older than this are long since in what the partner tells, or were taken back there. */
const LOOK_BACK_DAYS = 120;
/** How long a partner may call a posted payment of ours pending before it is off what is due. */
const PENDING_DAYS_MAX = 10;
const IN_FLIGHT: ReadonlySet<string> = new Set(['queued', 'sending', 'waiting', 'unknown', 'held']);

/** How the balance shown comes about: what was told, less what is on its way there, plus what came back. Cents. */
export interface ShownBalance {
  readonly cents: number;
  readonly toldCents: number;
  readonly onTheWayCents: number;
  readonly restoredCents: number;
}

/**
 * The balance a payer sees: what the partner (or the bill) says, less payments taken that it cannot know of yet, so that
 * nobody pays twice; plus payments that went back and that staff have not yet taken back at the insurer.
 */
export async function shownBalance(
  within: Within,
  from: {
    bid: number;
    /** The account's payments with money taken since `countedSince`. */
    taken: readonly PaymentRow[];
    toldCents: number;
    /** What the partner says it has and has not yet taken off. */
    toldPendingCents: number;
    asOf: Temporal.Instant;
    ofInvoices: readonly string[];
  },
): Promise<ShownBalance> {
  const rows = from.taken;
  const { openItems, deliveries } = await whatBecameOf(within, from.bid, rows);
  let onTheWayCents = 0;
  let restoredCents = 0;
  let postedLatelyCents = 0;
  for (const row of rows) {
    const billCents = row.amount_cents - row.fee_cents;
    const isTold = isInWhatWasTold(row, { ...from, delivery: deliveries.get(row.payment_id) });
    if (!isReversed(row.status)) {
      if (!isTold) onTheWayCents += billCents;
      else if (isLately(row, from.asOf)) postedLatelyCents += billCents;
    } else if (isTold && !deliveries.get(row.payment_id)?.isTakenBack && openItems.has(String(row.payment_id))) {
      restoredCents += billCents;
    }
  }
  // A partner that calls our payment pending has it, but what it says is due still includes it (spec/payments.md, sample answer).
  onTheWayCents += Math.min(Math.max(0, from.toldPendingCents), postedLatelyCents);
  return {
    cents: from.toldCents - onTheWayCents + restoredCents,
    toldCents: from.toldCents,
    onTheWayCents,
    restoredCents,
  };
}

/** Since when payments taken count for a balance that was told at `asOf`. */
export function countedSince(asOf: Temporal.Instant): Temporal.Instant {
  return asOf.subtract({ hours: 24 * LOOK_BACK_DAYS });
}

/** How to run what needs a transaction: in the caller's own, or in one that is opened only then. */
export type Within = <T>(act: (tx: Tx) => Promise<T>) => Promise<T>;

/** The deliveries of payments, and which of those that went back staff still have to take back. None: nothing is asked. */
async function whatBecameOf(
  within: Within,
  bid: number,
  rows: readonly PaymentRow[],
): Promise<{ openItems: ReadonlySet<string>; deliveries: ReadonlyMap<number, DeliverySummary> }> {
  if (rows.length === 0) return { openItems: new Set(), deliveries: new Map() };
  const reversed = rows.filter((row) => isReversed(row.status));
  const subjects = reversed.map((row) => String(row.payment_id));
  return within(async (tx) => ({
    openItems: await subjectsOpen(tx, { bid, kinds: REVERSAL_ITEM_KINDS, subjects }),
    deliveries: await deliveriesOf(tx, rows),
  }));
}

function isLately(row: PaymentRow, asOf: Temporal.Instant): boolean {
  return (
    row.taken_at !== null && Temporal.Instant.compare(row.taken_at.add({ hours: 24 * PENDING_DAYS_MAX }), asOf) >= 0
  );
}

/** The deliveries of these payments of one account: nearly always all of them are among its newest. */
async function deliveriesOf(tx: Tx, rows: readonly PaymentRow[]): Promise<ReadonlyMap<number, DeliverySummary>> {
  const found = new Map<number, DeliverySummary>();
  const [first] = rows;
  if (first === undefined) return found;
  for (const delivery of await deliveriesOfAccount(tx, first.bid, first.account_number)) {
    if (delivery.kind === 'payment' && delivery.paymentId !== null) found.set(delivery.paymentId, delivery);
  }
  for (const row of rows) {
    const missed = found.has(row.payment_id) ? undefined : await deliveryOfPayment(tx, row.bid, row.payment_id);
    if (missed) found.set(row.payment_id, missed);
  }
  return found;
}

/** Whether the partner's figure already has this payment in it: posted (or, if it is not posted by us, taken) before it was told. */
function isInWhatWasTold(
  row: PaymentRow,
  from: { asOf: Temporal.Instant; ofInvoices: readonly string[]; delivery: DeliverySummary | undefined },
): boolean {
  const { delivery } = from;
  if (delivery && IN_FLIGHT.has(delivery.state)) return false;
  // A bill's own total never gets smaller by a payment of it.
  if (row.invoice_numbers.some((number) => from.ofInvoices.includes(number))) return false;
  const knownAt = delivery?.postedAt ?? row.taken_at;
  return knownAt !== null && Temporal.Instant.compare(knownAt, from.asOf) <= 0;
}
