import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import type { Found, Wanted } from '../billers/index.ts';

/** A reference is at least this long; shorter texts that are no number name no payment. */
const REFERENCE_MIN = 6;

/** Payments of which the processor has not said whether money was taken. */
export async function countChargesInDoubt(tx: Tx): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from payment where status = 'unknown'`.execute(tx);
  return rows[0]?.count ?? 0;
}

export interface TakenOfDay {
  readonly day: string;
  readonly method: 'CC' | 'ACH';
  readonly count: number;
  /** Fees included. */
  readonly amountCents: number;
}

/** Money taken by day and method, oldest first. A day is that of its biller's own zone. */
export async function takenByDay(
  tx: Tx,
  from: { since: Temporal.Instant; zones: readonly { bid: number; timeZone: string }[] },
): Promise<TakenOfDay[]> {
  const { rows } = await sql<TakenOfDay>`
    select (p.taken_at at time zone z.zone)::date as day, p.method,
      count(*) as count, sum(p.amount_cents)::bigint as "amountCents"
    from payment p
    join unnest(${from.zones.map((zone) => zone.bid)}::int[], ${from.zones.map((zone) => zone.timeZone)}::text[])
      as z (bid, zone) on z.bid = p.bid
    where p.created_at >= ${from.since} and p.taken_at is not null
    group by 1, 2 order by 1, 2`.execute(tx);
  return rows;
}

/** Payments by number, or by a reference of the payer's receipt or the processor. */
export async function findPayments(tx: Tx, { text, number, limit }: Wanted): Promise<readonly Found[]> {
  if (number === undefined && text.length < REFERENCE_MIN) return [];
  const { rows } = await sql<Found>`
    select bid, payment_id::text as id, 'Payment ' || payment_id as title,
      'Account ' || account_number || ' · ' || status as detail, true as "isExact"
    from payment
    where ${
      number === undefined
        ? sql`public_id = ${text} or processor_reference = ${text} or checkout_id = ${text}`
        : sql`payment_id = ${number} or processor_reference = ${text}`
    }
    order by payment_id desc limit ${limit}`.execute(tx);
  return rows;
}
