import type { TakenPayments } from '../deliveries/index.ts';
import { takenBetween } from './payment-list-store.ts';

/** What was taken in a span of time, for the reconciliation: also what went back since, with its status. */
export const takenPayments: TakenPayments = async (tx, bid, day) => {
  const rows = await takenBetween(tx, { bid, ...day });
  return rows.map((row) => ({
    paymentId: row.payment_id,
    amountCents: row.amount_cents,
    feeCents: row.fee_cents,
    status: row.status,
    takenAt: row.taken_at,
  }));
};
