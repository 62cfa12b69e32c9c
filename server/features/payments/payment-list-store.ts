import { sql } from 'kysely';
import type { Database, NamedStatement, Tx } from '../../platform/database.ts';
import type { PaymentsQuery } from './contract.ts';
import { type PaymentStatus, statusOf } from './payment-states.ts';
import { PAYMENT_COLUMNS, type PaymentRow } from './payment-store.ts';

/** Lists and sums of payments, for staff, charts and the reconciliation. */

/** Newest first; one more than `limit`, so that the caller sees whether there is a next page. */
export async function selectPayments(tx: Tx, bid: number, query: PaymentsQuery): Promise<PaymentRow[]> {
  const start = query.from && Temporal.Instant.from(`${query.from}T00:00:00Z`);
  const end = query.until && Temporal.PlainDate.from(query.until).add({ days: 1 }).toZonedDateTime('UTC').toInstant();
  let select = tx.selectFrom('payment').select(PAYMENT_COLUMNS).where('bid', '=', bid);
  if (query.status) select = select.where('status', '=', query.status);
  if (query.method) select = select.where('method', '=', query.method);
  if (query.source) select = select.where('source', '=', query.source);
  if (query.accountNumber) select = select.where('account_number', '=', query.accountNumber);
  if (start) select = select.where('created_at', '>=', start);
  if (end) select = select.where('created_at', '<', end);
  if (query.cursor) select = select.where('payment_id', '<', Number(query.cursor) || 0);
  return select
    .orderBy('payment_id', 'desc')
    .limit(query.limit + 1)
    .execute();
}

/** A payment as a line of a list. */
export interface PaymentLine {
  readonly publicId: string;
  readonly paymentId: number;
  readonly amountCents: number;
  readonly status: PaymentStatus;
  readonly createdAt: string;
}

const NEWEST: NamedStatement = {
  name: 'payments-newest',
  text: `select public_id as "publicId", payment_id as "paymentId", amount_cents as "amountCents", status, created_at as "createdAt"
    from payment where bid = $1 and account_number = $2 order by payment_id desc limit $3`,
};

/** The newest payments of an account without their clocks, newest first. */
export async function newestPayments(
  database: Pick<Database, 'readNamed'>,
  from: { bid: number; accountNumber: string; limit: number },
): Promise<PaymentLine[]> {
  type Row = Omit<PaymentLine, 'status' | 'createdAt'> & { status: string; createdAt: Temporal.Instant };
  const rows = await database.readNamed<Row>(from.bid, NEWEST, [from.bid, from.accountNumber, from.limit]);
  return rows.map((row) => ({ ...row, status: statusOf(row.status), createdAt: row.createdAt.toString() }));
}

export async function sumByDay(
  tx: Tx,
  from: { bid: number; since: Temporal.Instant; timeZone: string },
): Promise<{ day: string; method: string; count: number; amount_cents: number; fee_cents: number }[]> {
  const day = sql<string>`((taken_at at time zone ${from.timeZone})::date)::text`;
  return tx
    .selectFrom('payment')
    .select([
      day.as('day'),
      'method',
      sql<number>`count(*)::int`.as('count'),
      sql<number>`sum(amount_cents)::bigint`.as('amount_cents'),
      sql<number>`sum(fee_cents)::bigint`.as('fee_cents'),
    ])
    .where('bid', '=', from.bid)
    .where('taken_at', '>=', from.since)
    .groupBy([sql`1`, 'method'])
    .orderBy(sql`1`)
    .orderBy('method')
    .execute();
}

export async function takenBetween(
  tx: Tx,
  from: { bid: number; from: Temporal.Instant; until: Temporal.Instant },
): Promise<
  { payment_id: number; amount_cents: number; fee_cents: number; status: string; taken_at: Temporal.Instant }[]
> {
  return tx
    .selectFrom('payment')
    .select(['payment_id', 'amount_cents', 'fee_cents', 'status', 'taken_at'])
    .where('bid', '=', from.bid)
    .where('taken_at', '>=', from.from)
    .where('taken_at', '<', from.until)
    .$narrowType<{ taken_at: Temporal.Instant }>()
    .orderBy('payment_id')
    .execute();
}
