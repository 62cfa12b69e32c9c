import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import type { OverviewView } from './contract.ts';

/**
 * The first page's figures. This is the one place that reads across the tables of all features: it owns none of them,
 * writes none, and the transaction it is given decides whose rows it sees (reach.ts).
 */
export async function readOverview(
  tx: Tx,
  from: { now: Temporal.Instant; hours: number; days: number },
): Promise<OverviewView> {
  const sinceHours = from.now.subtract({ hours: from.hours });
  const sinceDays = from.now.subtract({ hours: 24 * from.days });
  return {
    at: from.now.toString(),
    needs: await readNeeds(tx, from.now.subtract({ hours: 24 * 7 })),
    paymentsByDay: await readPaymentsByDay(tx, sinceDays),
    postsByHour: await readPostsByHour(tx, sinceHours, from.now),
    refreshesByHour: await readRefreshesByHour(tx, sinceHours, from.now),
    importsByDay: await readImportsByDay(tx, sinceDays),
  };
}

interface NeedsRow {
  readonly work_items: number;
  readonly held_payments: number;
  readonly unknown_payments: number;
  readonly held_settings: number;
  readonly charges_in_doubt: number;
  readonly failing_lanes: number;
  readonly paused_lanes: number;
  readonly refused_files: number;
  readonly failed_notices: number;
  readonly unposted: number;
  readonly unposted_cents: number;
  readonly oldest_at: Temporal.Instant | null;
}

async function readNeeds(tx: Tx, since: Temporal.Instant): Promise<OverviewView['needs']> {
  const { rows } = await sql<NeedsRow>`
    with open_delivery as (
      select kind, state, amount_cents, created_at from delivery
      where state in ('queued', 'sending', 'waiting', 'unknown', 'held')
    )
    select
      (select count(*) from work_item where closed_at is null) as work_items,
      (select count(*) from open_delivery where kind = 'payment' and state = 'held') as held_payments,
      (select count(*) from open_delivery where kind = 'payment' and state = 'unknown') as unknown_payments,
      (select count(*) from open_delivery where kind <> 'payment' and state = 'held') as held_settings,
      (select count(*) from payment where status = 'unknown') as charges_in_doubt,
      (select count(*) from lane where paused_at is null and attempts > 0) as failing_lanes,
      (select count(*) from lane where paused_at is not null) as paused_lanes,
      (select count(*) from invoice_file
        where state in ('refused', 'partly', 'failed') and received_at >= ${since}) as refused_files,
      (select count(*) from notice where state = 'failed' and created_at >= ${since}) as failed_notices,
      (select count(*) from open_delivery where kind = 'payment') as unposted,
      (select coalesce(sum(amount_cents), 0)::bigint from open_delivery where kind = 'payment') as unposted_cents,
      (select min(created_at) from open_delivery where kind = 'payment') as oldest_at`.execute(tx);
  const row = rows[0];
  if (!row) throw new Error('an aggregate without a row');
  return {
    workItems: row.work_items,
    heldPayments: row.held_payments,
    unknownPayments: row.unknown_payments,
    heldSettings: row.held_settings,
    chargesInDoubt: row.charges_in_doubt,
    failingLanes: row.failing_lanes,
    pausedLanes: row.paused_lanes,
    refusedFiles: row.refused_files,
    failedNotices: row.failed_notices,
    unposted: { count: row.unposted, amountCents: row.unposted_cents, oldestAt: row.oldest_at?.toString() ?? null },
  };
}

/** Days are the biller's own (its configuration's time zone); only money that was taken counts. */
async function readPaymentsByDay(tx: Tx, since: Temporal.Instant): Promise<OverviewView['paymentsByDay']> {
  const { rows } = await sql<{ day: string; method: 'CC' | 'ACH'; count: number; cents: number }>`
    select (p.taken_at at time zone coalesce(c.document->'profile'->>'timeZone', 'UTC'))::date as day, p.method,
      count(*) as count, sum(p.amount_cents)::bigint as cents
    from payment p
    join biller b on b.bid = p.bid
    join biller_configuration c on c.bid = b.bid and c.version = b.version
    where p.created_at >= ${since} and p.taken_at is not null
    group by 1, 2 order by 1, 2`.execute(tx);
  return rows.map((row) => ({ day: row.day, method: row.method, count: row.count, amountCents: row.cents }));
}

async function readPostsByHour(
  tx: Tx,
  since: Temporal.Instant,
  until: Temporal.Instant,
): Promise<OverviewView['postsByHour']> {
  const { rows } = await sql<{
    at: Temporal.Instant;
    posted: number;
    rejected: number;
    not_sent: number;
    unknown: number;
  }>`
    select slot as at,
      count(*) filter (where a.class = 'POSTED') as posted,
      count(*) filter (where a.class = 'REJECTED') as rejected,
      count(*) filter (where a.class = 'NOT_SENT') as not_sent,
      count(*) filter (where a.class = 'UNKNOWN') as unknown
    from generate_series(date_trunc('hour', ${since}::timestamptz), ${until}::timestamptz, interval '1 hour') slot
    left join delivery_attempt a on a.finished_at >= slot and a.finished_at < slot + interval '1 hour'
    group by slot order by slot`.execute(tx);
  return rows.map((row) => ({
    at: row.at.toString(),
    posted: row.posted,
    rejected: row.rejected,
    notSent: row.not_sent,
    unknown: row.unknown,
  }));
}

async function readRefreshesByHour(
  tx: Tx,
  since: Temporal.Instant,
  until: Temporal.Instant,
): Promise<OverviewView['refreshesByHour']> {
  const { rows } = await sql<{
    at: Temporal.Instant;
    fresh: number;
    failed: number;
    median_ms: number;
    slow_ms: number;
  }>`
    with done as (
      select date_trunc('hour', at) as slot, outcome, took_ms from balance_refresh where at >= ${since}
    )
    select slot as at,
      count(d.outcome) filter (where d.outcome = 'fresh') as fresh,
      count(d.outcome) filter (where d.outcome <> 'fresh') as failed,
      coalesce(percentile_disc(0.5) within group (order by d.took_ms), 0)::int as median_ms,
      coalesce(percentile_disc(0.95) within group (order by d.took_ms), 0)::int as slow_ms
    from generate_series(date_trunc('hour', ${since}::timestamptz), ${until}::timestamptz, interval '1 hour') slot
    left join done d using (slot)
    group by slot order by slot`.execute(tx);
  return rows.map((row) => ({
    at: row.at.toString(),
    fresh: row.fresh,
    failed: row.failed,
    medianMs: row.median_ms,
    slowMs: row.slow_ms,
  }));
}

async function readImportsByDay(tx: Tx, since: Temporal.Instant): Promise<OverviewView['importsByDay']> {
  const { rows } = await sql<{ day: string; files: number; refused_files: number; accepted: number; refused: number }>`
    select (received_at at time zone 'UTC')::date as day, count(*) as files,
      count(*) filter (where state in ('refused', 'failed')) as refused_files,
      sum(invoices_accepted)::bigint as accepted, sum(invoices_refused)::bigint as refused
    from invoice_file where received_at >= ${since}
    group by 1 order by 1`.execute(tx);
  return rows.map((row) => ({
    day: row.day,
    files: row.files,
    refusedFiles: row.refused_files,
    invoicesAccepted: row.accepted,
    invoicesRefused: row.refused,
  }));
}
