import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';

/** Attempts to post by minute, up to now; minutes without an attempt are there with zeros. */
export async function readPostRate(tx: Tx, from: { now: Temporal.Instant; minutes: number }) {
  const since = from.now.subtract({ minutes: from.minutes - 1 });
  const { rows } = await sql<{ at: Temporal.Instant; posted: number; failed: number; unknown: number }>`
    with done as (
      select date_trunc('minute', finished_at) as slot, class from delivery_attempt where finished_at >= ${since}
    )
    select slot as at,
      count(d.class) filter (where d.class = 'POSTED') as posted,
      count(d.class) filter (where d.class in ('REJECTED', 'NOT_SENT')) as failed,
      count(d.class) filter (where d.class = 'UNKNOWN') as unknown
    from generate_series(date_trunc('minute', ${since}::timestamptz), ${from.now}::timestamptz, interval '1 minute') slot
    left join done d using (slot)
    group by slot order by slot`.execute(tx);
  return rows.map((row) => ({ at: row.at.toString(), posted: row.posted, failed: row.failed, unknown: row.unknown }));
}
