import type { Tx } from '../../platform/database.ts';
import type { PaymentsQuery, PaymentView, PaymentWithEvents } from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { eventsOf } from './payment-event-store.ts';
import { selectPayments, sumByDay } from './payment-list-store.ts';
import { paymentById, paymentByKey, paymentByPublicId } from './payment-store.ts';
import { readPaymentView } from './payment-view.ts';

const OF_ACCOUNT_MAX = 100;

/**
 * The payment behind what a payer's URL carries; undefined when there is none at this biller. What is known of it here:
 * to ask the processor as well, use `applyChargeState`.
 */
export async function findPayment(
  deps: Pick<PaymentsDeps, 'database'>,
  from: { bid: number; publicId: string },
): Promise<PaymentView | undefined> {
  return deps.database.withBiller(from.bid, async (tx) => {
    const row = await paymentByPublicId(tx, from.publicId);
    return row && readPaymentView(tx, row);
  });
}

/** One payment with everything that was heard of it, for staff. */
export async function findPaymentWithEvents(
  tx: Tx,
  bid: number,
  paymentId: number,
): Promise<PaymentWithEvents | undefined> {
  const row = await paymentById(tx, bid, paymentId);
  if (!row) return undefined;
  const events = await eventsOf(tx, bid, paymentId);
  return {
    ...(await readPaymentView(tx, row)),
    events: events.map((event) => ({
      seq: event.seq,
      kind: event.kind,
      at: event.at.toString(),
      toldBy: event.told_by,
      detail: { ...(event.detail as Record<string, unknown>) },
    })),
  };
}

/** The newest payments of an account, newest first, at most 100. */
export async function paymentsOfAccount(tx: Tx, bid: number, accountNumber: string): Promise<readonly PaymentView[]> {
  return (await listPayments(tx, bid, { accountNumber, limit: OF_ACCOUNT_MAX })).items;
}

/** The biller's payments, newest first, a page at a time. */
export async function listPayments(
  tx: Tx,
  bid: number,
  query: PaymentsQuery,
): Promise<{ items: PaymentView[]; nextCursor: string | null }> {
  const rows = await selectPayments(tx, bid, query);
  const items: PaymentView[] = [];
  for (const row of rows.slice(0, query.limit)) items.push(await readPaymentView(tx, row));
  return { items, nextCursor: rows.length > query.limit ? String(items.at(-1)?.paymentId ?? '') : null };
}

/** Money taken on each of the last days by method, for a chart; days are the biller's own. */
export async function paymentsByDay(
  tx: Tx,
  from: { bid: number; now: Temporal.Instant; days: number; timeZone: string },
): Promise<{ day: string; method: 'CC' | 'ACH'; count: number; amountCents: number; feeCents: number }[]> {
  const first = from.now
    .toZonedDateTimeISO(from.timeZone)
    .subtract({ days: from.days - 1 })
    .startOfDay();
  const rows = await sumByDay(tx, { bid: from.bid, since: first.toInstant(), timeZone: from.timeZone });
  return rows.map((row) => ({
    day: row.day,
    method: row.method === 'CC' ? 'CC' : 'ACH',
    count: row.count,
    amountCents: row.amount_cents,
    feeCents: row.fee_cents,
  }));
}

/** How it stands with the processor's page of a payment: open at `url`, still being asked for, or there is none to go to. */
export type Checkout = { kind: 'open'; url: string } | { kind: 'asked-for' } | { kind: 'none' };

/** Where a payer goes on with a payment. One reading, so that nothing can come between its answers. */
export async function checkoutOf(
  deps: Pick<PaymentsDeps, 'database'>,
  from: { bid: number; publicId: string },
): Promise<Checkout> {
  const row = await deps.database.withBiller(from.bid, (tx) => paymentByPublicId(tx, from.publicId));
  if (row?.status === 'pending' && row.checkout_url !== null) return { kind: 'open', url: row.checkout_url };
  return { kind: row?.status === 'submitting' ? 'asked-for' : 'none' };
}

/** The public id of the payment an account's payer has begun under this key; undefined when there is none. */
export async function paymentBegunWith(
  deps: Pick<PaymentsDeps, 'database'>,
  from: { bid: number; accountNumber: string; idempotencyKey: string },
): Promise<string | undefined> {
  const row = await deps.database.withBiller(from.bid, (tx) => paymentByKey(tx, from.bid, from.idempotencyKey));
  return row?.account_number === from.accountNumber ? row.public_id : undefined;
}
