import { sql } from 'kysely';
import { actOnDelivery } from './act-on-delivery.ts';
import { until } from './processes.ts';
import type { World } from './world.ts';

/** The UNKNOWN protocol's own waits, passed by putting the clock forward: 30 min to settle, 5 min between readings. */
const STEPS_MINUTES = [31, 6, 6, 6, 300] as const;
const QUIET_LIMIT_MS = 240_000;
/** How often people look at what is held before the test calls it stuck. */
const ROUNDS_MAX = 8;

/** How the doubts of a run were resolved. */
export interface Resolved {
  byEvidence: number;
  confirmedByStaff: number;
  postedAgainByStaff: number;
}

/**
 * Brings a run to its end as real life does: payments without an answer are asked about, doubts settle and are read, and
 * a person decides what is held, by looking at the partner's ledger. Every delivery ends as posted.
 */
export async function settleWorld(world: World): Promise<Resolved> {
  const resolved: Resolved = { byEvidence: 0, confirmedByStaff: 0, postedAgainByStaff: 0 };
  await untilChargesAreTaken(world);
  await untilQuiet(world);
  for (const minutes of STEPS_MINUTES) {
    world.advance(minutes);
    await wakeLanes(world);
    await untilQuiet(world);
  }
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const held = await readHeld(world);
    if (held.length === 0) break;
    for (const delivery of held) {
      const { payments } = await world.imt.ledger({ transactionId: delivery.transaction_id });
      const isThere = payments.length > 0;
      if (delivery.held_kind !== 'unknown') throw new Error(`held as ${delivery.held_kind}: ${delivery.reason}`);
      await actOnDelivery(world, delivery, isThere ? 'confirm-posted' : 'post-again');
      resolved[isThere ? 'confirmedByStaff' : 'postedAgainByStaff'] += 1;
    }
    await untilQuiet(world);
    // What waited behind it may be in doubt itself.
    for (const minutes of STEPS_MINUTES.slice(0, 3)) {
      world.advance(minutes);
      await wakeLanes(world);
      await untilQuiet(world);
    }
  }
  const { rows } = await world.deps.database.withSystem((tx) =>
    sql<{ n: number }>`select count(*)::bigint as n from delivery where label like '%evidence%'`.execute(tx),
  );
  resolved.byEvidence = rows[0]?.n ?? 0;
  return resolved;
}

/** Every charge the processor approved is a taken payment here: by the payer's return, the event, the janitor or the poll. */
async function untilChargesAreTaken(world: World): Promise<void> {
  const missing = async () => {
    const approved = (await world.processor.charges()).filter((charge) => charge.status === 'approved');
    const references = approved.map((charge) => charge.reference);
    const taken = await world.deps.database.withSystem((tx) =>
      sql<{ public_id: string }>`select public_id from payment where taken_at is not null`.execute(tx),
    );
    const known = new Set(taken.rows.map((row) => row.public_id));
    return references.filter((reference) => !known.has(reference));
  };
  await until(async () => (await missing()).length === 0, {
    limitMs: QUIET_LIMIT_MS,
    everyMs: 250,
    why: async () => `charges that never became payments: ${(await missing()).slice(0, 10).join(', ')}`,
  });
}

/** Nothing is left that a worker would do now: all is posted, or waits for its time, for evidence or for a person. */
export async function untilQuiet(world: World): Promise<void> {
  const busy = async () => {
    const now = world.deps.clock.now();
    const { rows } = await world.deps.database.withSystem((tx) =>
      sql<{ lane_id: string; id: number; state: string; reason: string | null }>`
        select d.lane_id, d.id, d.state, d.reason from delivery d
        where (d.state in ('sending') or (d.state in ('queued', 'waiting', 'unknown') and coalesce(d.next_at, 'epoch') <= ${now}))
          and not exists (select from delivery h where h.bid = d.bid and h.lane_id = d.lane_id and d.kind = h.kind
            and h.account_number = d.account_number and h.id < d.id and h.state in ('unknown', 'held', 'waiting'))
        limit 10`.execute(tx),
    );
    return rows;
  };
  await until(async () => (await busy()).length === 0, {
    limitMs: QUIET_LIMIT_MS,
    everyMs: 100,
    why: async () =>
      `stuck: ${(await busy()).map((row) => `${row.lane_id}#${row.id} ${row.state} ${row.reason ?? ''}`).join('; ')}`,
  });
}

/** A clock put forward is not seen by a lane that sleeps until a moment it has reckoned already: ring its bell. */
async function wakeLanes(world: World): Promise<void> {
  await world.deps.database.withSystem((tx) =>
    sql`select wake_lane(bid, id, family, environment) from lane`.execute(tx),
  );
}

interface HeldRow {
  bid: number;
  id: number;
  version: number;
  transaction_id: string;
  held_kind: string | null;
  reason: string | null;
}

function readHeld(world: World): Promise<HeldRow[]> {
  return world.deps.database.withSystem(async (tx) => {
    const { rows } = await sql<HeldRow>`select bid, id, version, transaction_id, held_kind, reason from delivery
      where state = 'held' order by id`.execute(tx);
    return rows;
  });
}
