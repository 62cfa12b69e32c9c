import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import { closeWorkItem, openWorkItem } from '../../platform/work-items.ts';
import type { DeliveriesDeps } from './deps.ts';

/** The oldest may wait this long before someone is told (spec/payments.md). */
const OLDEST_WAITS_MINUTES_MAX = 30;
/** Runs in a row that the endpoint left unanswered before it counts as down. */
const TROUBLES_MAX = 3;
const LANES_MAX = 10_000;
const LOCK_KEY = 7_281_002;

type WatchDeps = Pick<DeliveriesDeps, 'database' | 'clock' | 'log' | 'metrics'>;

interface Watched {
  readonly bid: number;
  readonly id: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly alerted_at: Temporal.Instant | null;
  readonly depth: number;
  readonly oldest_due: Temporal.Instant | null;
}

/**
 * Tells once when a lane's oldest delivery waits over 30 minutes or its endpoint is down, and once when it recovered.
 * One process at a time does it; `alerted_at` remembers what was told.
 */
export async function watchLanes(deps: WatchDeps): Promise<void> {
  await deps.database.withSystem(async (tx) => {
    const lock = await sql<{ is_mine: boolean }>`select pg_try_advisory_xact_lock(${LOCK_KEY}) as is_mine`.execute(tx);
    if (!lock.rows[0]?.is_mine) return;
    const depth = deps.metrics.gauge('causeway_lane_depth', 'Deliveries not finished', ['lane']);
    const oldest = deps.metrics.gauge(
      'causeway_lane_oldest_seconds',
      'Age of the oldest delivery that waits to be sent',
      ['lane'],
    );
    for (const lane of await readLanes(tx, deps.clock.now())) {
      const waitedMs = lane.oldest_due ? deps.clock.nowMs() - lane.oldest_due.epochMilliseconds : 0;
      depth.set(lane.depth, { lane: lane.id });
      oldest.set(waitedMs / 1000, { lane: lane.id });
      await tell(deps, tx, { lane, waitedMs });
    }
  });
}

/**
 * What waits to be sent counts; what waits for a person or for evidence has items of its own. What a maintenance window
 * holds is not late, and waits anew from the window's end.
 */
async function readLanes(tx: Tx, now: Temporal.Instant): Promise<readonly Watched[]> {
  const { rows } = await sql<Watched>`
    select l.bid, l.id, l.attempts, l.last_error, l.alerted_at, coalesce(o.depth, 0)::bigint as depth,
      greatest(o.oldest_due, case when o.oldest_due is not null then datapump_resumed_at(l.bid, ${now}) end) as oldest_due
    from lane l left join lateral (
      select count(*) as depth, min(d.created_at) filter (where d.state in ('queued','waiting','sending') and not exists (
          select from delivery h where h.bid = d.bid and h.lane_id = d.lane_id and h.account_number = d.account_number
            and h.id < d.id and h.state in ('unknown','held'))) as oldest_due
      from delivery d where d.bid = l.bid and d.lane_id = l.id and d.state in ('queued','sending','waiting','unknown','held')
    ) o on true
    where l.paused_at is null and datapump_paused_until(l.bid, ${now}) is null order by l.bid, l.id limit ${LANES_MAX}`.execute(
    tx,
  );
  return rows;
}

async function tell(deps: WatchDeps, tx: Tx, from: { lane: Watched; waitedMs: number }): Promise<void> {
  const { lane, waitedMs } = from;
  const isLate = waitedMs > OLDEST_WAITS_MINUTES_MAX * 60_000;
  const isDown = lane.attempts >= TROUBLES_MAX;
  const isTold = lane.alerted_at !== null;
  if ((isLate || isDown) === isTold) return;
  const at = deps.clock.now();
  const subject = `lane/${lane.id}`;
  if (isTold) {
    await closeWorkItem(tx, { bid: lane.bid, kind: 'lane-waiting', subject, by: 'program', at });
    deps.log.info({ lane: lane.id }, 'the endpoint of a lane recovered');
  } else {
    const minutes = Math.floor(waitedMs / 60_000);
    const why = lane.last_error ? ` The endpoint says: ${lane.last_error}` : '';
    const sentence = isDown
      ? `The endpoint of lane ${lane.id} does not answer; ${lane.depth} deliveries wait. It is tried again every minute.${why}`
      : `The oldest delivery of lane ${lane.id} has waited ${minutes} minutes.${why}`;
    await openWorkItem(tx, {
      bid: lane.bid,
      kind: 'lane-waiting',
      subject,
      sentence,
      detail: { laneId: lane.id, depth: lane.depth },
    });
    deps.log.error(
      { lane: lane.id, depth: lane.depth, waitedMs, trouble: lane.last_error },
      'a lane waits or its endpoint is down',
    );
  }
  await tx
    .updateTable('lane')
    .set({ alerted_at: isTold ? null : at })
    .where('bid', '=', lane.bid)
    .where('id', '=', lane.id)
    .execute();
}
