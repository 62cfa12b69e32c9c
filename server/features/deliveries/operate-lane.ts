import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit.ts';
import type { Tx } from '../../platform/database.ts';
import { openWorkItem } from '../../platform/work-items.ts';
import type { Actor } from '../billers/index.ts';
import type { Family } from './delivery.ts';
import { countOpen, wakeLane } from './delivery-store.ts';
import type { DeliveriesDeps } from './deps.ts';
import { refuseDelivery } from './problems.ts';

const LANES_MAX = 50;

type LaneUseDeps = Pick<DeliveriesDeps, 'database' | 'clock'>;

/** A lane as operators see it: what waits, since when, and what ails it. */
export interface LaneView {
  readonly id: string;
  readonly family: Family;
  readonly environment: number;
  readonly counts: Readonly<Record<string, { readonly count: number; readonly cents: number }>>;
  readonly oldestAt: Temporal.Instant | null;
  readonly troubles: number;
  readonly lastError: string | null;
  readonly pausedAt: Temporal.Instant | null;
  readonly pausedBy: string | null;
  readonly pausedReason: string | null;
}

export async function listLanes(tx: Tx, bid: number): Promise<readonly LaneView[]> {
  const lanes = await tx
    .selectFrom('lane')
    .select(['id', 'family', 'environment', 'attempts', 'last_error', 'paused_at', 'paused_by', 'paused_reason'])
    .where('bid', '=', bid)
    .orderBy('id')
    .limit(LANES_MAX)
    .execute();
  const open = await countOpen(tx, bid);
  return lanes.map((lane) => {
    const own = open.filter((one) => one.lane_id === lane.id);
    const oldest = own.map((one) => one.oldest).sort(Temporal.Instant.compare)[0];
    return {
      id: lane.id,
      family: lane.family as Family,
      environment: lane.environment,
      counts: Object.fromEntries(own.map((one) => [one.state, { count: one.count, cents: one.cents }])),
      oldestAt: oldest ?? null,
      troubles: lane.attempts,
      lastError: lane.last_error,
      pausedAt: lane.paused_at,
      pausedBy: lane.paused_by,
      pausedReason: lane.paused_reason,
    };
  });
}

/** Holds a lane: nothing new is sent, nothing is discarded; what is under way ends. */
export async function pauseLane(
  deps: LaneUseDeps,
  from: { bid: number; laneId: string; reason: string; by: Actor },
): Promise<void> {
  const { bid, laneId, reason, by } = from;
  await deps.database.withBiller(bid, async (tx) => {
    const lane = await lockLane(tx, bid, laneId);
    if (lane.paused_at) throw refuseDelivery('lane-paused', { by: lane.paused_by, reason: lane.paused_reason });
    const at = deps.clock.now();
    await tx
      .updateTable('lane')
      .set({ paused_at: at, paused_by: by.name, paused_reason: reason })
      .where('bid', '=', bid)
      .where('id', '=', laneId)
      .execute();
    await recordAudit(tx, {
      at,
      bid,
      actorKind: by.kind,
      actor: by.name,
      act: 'lane.paused',
      subject: `lane/${laneId}`,
      reason,
    });
  });
}

/** Lets a paused lane go on, at once. */
export async function resumeLane(
  deps: LaneUseDeps,
  from: { bid: number; laneId: string; reason: string; by: Actor },
): Promise<void> {
  const { bid, laneId, reason, by } = from;
  await deps.database.withBiller(bid, async (tx) => {
    const lane = await lockLane(tx, bid, laneId);
    if (!lane.paused_at) throw refuseDelivery('lane-not-paused');
    const at = deps.clock.now();
    await tx
      .updateTable('lane')
      .set({ paused_at: null, paused_by: null, paused_reason: null })
      .where('bid', '=', bid)
      .where('id', '=', laneId)
      .execute();
    await wakeLane(tx, { bid, laneId, family: lane.family as Family, environment: lane.environment });
    await recordAudit(tx, {
      at,
      bid,
      actorKind: by.kind,
      actor: by.name,
      act: 'lane.resumed',
      subject: `lane/${laneId}`,
      reason,
    });
  });
}

/**
 * After a restore from a backup (spec/payments.md): every lane starts paused, and every payment that may have been sent
 * since the backup is held for a person to compare with the partner's books. So is one that was held then as proven not
 * applied: it may have been replayed since, so one person sends it no more. Settings are absolute and simply wait.
 * Called by the restore, before any worker starts. Returns how many payments are held.
 */
export async function holdAfterRestore(deps: LaneUseDeps): Promise<number> {
  return deps.database.withSystem(async (tx) => {
    const at = deps.clock.now();
    await tx
      .updateTable('lane')
      .set({ paused_at: at, paused_by: 'program', paused_reason: 'restored from a backup: reconcile, then resume' })
      .where('paused_at', 'is', null)
      .execute();
    // What the first of two people asked for then may be done by now.
    await tx.updateTable('delivery').set({ request: null }).where('request', 'is not', null).execute();
    const held = await tx
      .updateTable('delivery')
      .set((set) => ({
        state: 'held',
        held_kind: 'restored',
        next_at: null,
        version: set('version', '+', 1),
        reason: 'restored from a backup: it may have been sent since; compare with the partner',
      }))
      .where('kind', '=', 'payment')
      .where((is) =>
        is.or([
          is('state', 'in', ['queued', 'sending', 'waiting', 'unknown']),
          is.and([is('state', '=', 'held'), is('held_kind', 'not in', ['unknown', 'restored'])]),
        ]),
      )
      .returning(['bid', 'id'])
      .execute();
    const lanes = await tx.selectFrom('lane').select('bid').distinct().execute();
    const perBiller = new Map(lanes.map(({ bid }) => [bid, 0]));
    for (const one of held) perBiller.set(one.bid, (perBiller.get(one.bid) ?? 0) + 1);
    for (const [bid, count] of perBiller) {
      const payments = `${count} ${count === 1 ? 'payment is' : 'payments are'} held: each may have been posted since the backup`;
      await openWorkItem(tx, {
        bid,
        kind: 'restored',
        subject: `biller/${bid}`,
        at,
        sentence: `Restored from a backup: compare with the partner before resuming. ${count === 0 ? 'No payment is held' : payments}. Payments taken since the backup are not here: look for them at the processor. Then resume the lanes.`,
      });
    }
    await sql`update delivery set state = 'waiting', version = version + 1 where kind <> 'payment' and state = 'sending'`.execute(
      tx,
    );
    return held.length;
  });
}

async function lockLane(tx: Tx, bid: number, laneId: string) {
  const lane = await tx
    .selectFrom('lane')
    .select(['family', 'environment', 'paused_at', 'paused_by', 'paused_reason'])
    .where('bid', '=', bid)
    .where('id', '=', laneId)
    .forUpdate()
    .executeTakeFirst();
  if (!lane) throw refuseDelivery('unknown-lane', { lane: laneId });
  return lane;
}
