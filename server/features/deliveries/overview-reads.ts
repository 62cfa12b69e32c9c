import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import type { Found, Wanted } from '../billers/index.ts';

export interface OpenDeliveries {
  readonly heldPayments: number;
  readonly unknownPayments: number;
  /** Paperless and AutoPay changes that need a person. */
  readonly heldSettings: number;
  /** Payments taken and not yet posted; cents without fees. */
  readonly unposted: number;
  readonly unpostedCents: number;
  readonly oldestAt: Temporal.Instant | null;
}

/** What is not done yet and what of it needs a person. */
export async function countOpenDeliveries(tx: Tx): Promise<OpenDeliveries> {
  const { rows } = await sql<OpenDeliveries>`
    select
      count(*) filter (where kind = 'payment' and state = 'held') as "heldPayments",
      count(*) filter (where kind = 'payment' and state = 'unknown') as "unknownPayments",
      count(*) filter (where kind <> 'payment' and state = 'held') as "heldSettings",
      count(*) filter (where kind = 'payment') as unposted,
      coalesce(sum(amount_cents) filter (where kind = 'payment'), 0)::bigint as "unpostedCents",
      min(created_at) filter (where kind = 'payment') as "oldestAt"
    from delivery where state in ('queued', 'sending', 'waiting', 'unknown', 'held')`.execute(tx);
  const [row] = rows;
  if (!row) throw new Error('an aggregate without a row');
  return row;
}

/** Lanes that a person would look at: the endpoint did not answer the last time, or somebody paused them. */
export async function countTroubledLanes(tx: Tx): Promise<{ failing: number; paused: number }> {
  const { rows } = await sql<{ failing: number; paused: number }>`
    select count(*) filter (where paused_at is null and attempts > 0) as failing,
      count(*) filter (where paused_at is not null) as paused
    from lane`.execute(tx);
  return rows[0] ?? { failing: 0, paused: 0 };
}

/** A lane as the installation's operator sees it. */
export interface LaneFigures {
  readonly bid: number;
  readonly id: string;
  readonly family: string;
  readonly environment: number;
  readonly depth: number;
  readonly held: number;
  readonly oldestAt: Temporal.Instant | null;
  readonly troubles: number;
  readonly lastError: string | null;
  readonly pausedAt: Temporal.Instant | null;
  readonly pausedBy: string | null;
  readonly pausedReason: string | null;
}

/** The lanes of every biller the transaction sees: those that are paused, in trouble or have something waiting first. */
export async function readLaneFigures(tx: Tx, limit: number): Promise<readonly LaneFigures[]> {
  const { rows } = await sql<LaneFigures>`
    select l.bid, l.id, l.family, l.environment, coalesce(o.depth, 0)::bigint as depth, coalesce(o.held, 0)::bigint as held,
      o.oldest as "oldestAt", l.attempts as troubles, l.last_error as "lastError", l.paused_at as "pausedAt",
      l.paused_by as "pausedBy", l.paused_reason as "pausedReason"
    from lane l left join (
      select bid, lane_id, count(*) as depth, count(*) filter (where state = 'held') as held, min(created_at) as oldest
      from delivery where state in ('queued', 'sending', 'waiting', 'unknown', 'held') group by bid, lane_id
    ) o on o.bid = l.bid and o.lane_id = l.id
    order by l.paused_at is null, l.attempts = 0, o.oldest nulls last, l.bid, l.id limit ${limit}`.execute(tx);
  return rows;
}

export interface PostsOfHour {
  readonly at: Temporal.Instant;
  readonly posted: number;
  readonly rejected: number;
  readonly notSent: number;
  readonly unknown: number;
}

/** How sends ended in each hour of the span, also in those without any. */
export async function postsByHour(
  tx: Tx,
  span: { since: Temporal.Instant; until: Temporal.Instant },
): Promise<PostsOfHour[]> {
  const { rows } = await sql<PostsOfHour>`
    select slot as at,
      count(*) filter (where a.class = 'POSTED') as posted,
      count(*) filter (where a.class = 'REJECTED') as rejected,
      count(*) filter (where a.class = 'NOT_SENT') as "notSent",
      count(*) filter (where a.class = 'UNKNOWN') as unknown
    from generate_series(date_trunc('hour', ${span.since}::timestamptz), ${span.until}::timestamptz, interval '1 hour') slot
    left join delivery_attempt a on a.finished_at >= slot and a.finished_at < slot + interval '1 hour'
    group by slot order by slot`.execute(tx);
  return rows;
}

/** Deliveries by number or transaction_id. */
export async function findDeliveries(
  tx: Tx,
  bids: readonly number[],
  { text, number, limit }: Wanted,
): Promise<readonly Found[]> {
  const { rows } = await sql<Found>`
    select d.bid, d.id::text as id, 'Delivery ' || d.id as title,
      d.kind || ' of account ' || d.account_number || ' · ' || d.state as detail, true as "isExact"
    from unnest(${[...bids]}::int[]) as b (bid) cross join lateral (
      (select bid, id, kind, account_number, state from delivery where bid = b.bid and id = ${number ?? null}::bigint)
      union
      (select bid, id, kind, account_number, state from delivery
        where bid = b.bid and transaction_id = ${text} limit ${limit})
    ) d
    order by d.id desc limit ${limit}`.execute(tx);
  return rows;
}
