import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';

export interface RefreshesOfHour {
  readonly at: Temporal.Instant;
  readonly fresh: number;
  readonly failed: number;
  readonly medianMs: number;
  /** Nineteen of twenty were quicker. */
  readonly slowMs: number;
}

/** Refreshes in each hour of the span, also in those without any, and how long they took. */
export async function refreshesByHour(
  tx: Tx,
  span: { since: Temporal.Instant; until: Temporal.Instant },
): Promise<RefreshesOfHour[]> {
  const { rows } = await sql<RefreshesOfHour>`
    with done as (
      select date_trunc('hour', at) as slot, outcome, took_ms from balance_refresh where at >= ${span.since}
    )
    select slot as at,
      count(d.outcome) filter (where d.outcome = 'fresh') as fresh,
      count(d.outcome) filter (where d.outcome <> 'fresh') as failed,
      coalesce(percentile_disc(0.5) within group (order by d.took_ms), 0)::int as "medianMs",
      coalesce(percentile_disc(0.95) within group (order by d.took_ms), 0)::int as "slowMs"
    from generate_series(date_trunc('hour', ${span.since}::timestamptz), ${span.until}::timestamptz, interval '1 hour') slot
    left join done d using (slot)
    group by slot order by slot`.execute(tx);
  return rows;
}
