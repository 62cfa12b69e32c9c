import type { Tx } from '../../platform/database.ts';
import type { DeliveryKind, DeliveryState } from './delivery.ts';
import { type DeliveryRow, findDeliveryOfPayment, listDeliveries, sumUnposted } from './delivery-store.ts';

const OF_ACCOUNT_MAX = 100;

/** A delivery as the other features see it. Money in cents, fees not included. */
export interface DeliverySummary {
  readonly deliveryId: number;
  readonly kind: DeliveryKind;
  readonly state: DeliveryState;
  /** How it was posted, when not by the partner's own answer: `by evidence`, `confirmed by staff`. */
  readonly label: string | null;
  readonly reason: string | null;
  readonly paymentId: number | null;
  readonly transactionId: string | null;
  readonly amountCents: number | null;
  readonly attempts: number;
  readonly createdAt: Temporal.Instant;
  readonly nextAt: Temporal.Instant | null;
  /** The posted clock; null until it stands at the insurer. */
  readonly postedAt: Temporal.Instant | null;
  /** It was to be posted, and ended without: its money went back, or is to go back, to the payer. */
  readonly isTakenBack: boolean;
}

/** Taken and not yet posted (queued to held), in cents without fees: to subtract from the balance shown. */
export function unpostedCents(tx: Tx, bid: number, accountNumber: string): Promise<number> {
  return sumUnposted(tx, bid, accountNumber);
}

/** The newest deliveries of an account, newest first, at most 100. */
export async function deliveriesOfAccount(
  tx: Tx,
  bid: number,
  accountNumber: string,
): Promise<readonly DeliverySummary[]> {
  const rows = await listDeliveries(tx, bid, { filter: { accountNumber }, before: undefined, limit: OF_ACCOUNT_MAX });
  return rows.map(summaryOf);
}

/** The delivery that posts a payment; undefined when none was recorded (the payment was not taken). */
export async function deliveryOfPayment(tx: Tx, bid: number, paymentId: number): Promise<DeliverySummary | undefined> {
  const row = await findDeliveryOfPayment(tx, bid, paymentId);
  return row && summaryOf(row);
}

function summaryOf(row: DeliveryRow): DeliverySummary {
  return {
    deliveryId: row.id,
    kind: row.kind as DeliveryKind,
    state: row.state as DeliveryState,
    label: row.label,
    reason: row.reason,
    paymentId: row.payment_id,
    transactionId: row.transaction_id,
    amountCents: row.amount_cents,
    attempts: row.attempts,
    createdAt: row.created_at,
    nextAt: row.next_at,
    postedAt: row.state === 'posted' ? row.finished_at : null,
    // What DataPump Management does not post carries no label.
    isTakenBack: row.state === 'not_sent' && row.label !== null,
  };
}
