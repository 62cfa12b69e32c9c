import { recordAudit } from '../../platform/audit.ts';
import type { Tx } from '../../platform/database.ts';
import { closeWorkItem } from '../../platform/work-items.ts';
import type { Actor } from '../billers/index.ts';
import { actOnHeld } from './act-on-held.ts';
import { environmentOf, factsOf } from './decide-held-delivery.ts';
import { type DeliveryKind, type Destination, familyOf, type HeldKind } from './delivery.ts';
import { changeDelivery, type DeliveryRow, listDeliveries, wakeLane } from './delivery-store.ts';
import type { DeliveriesDeps } from './deps.ts';
import { refuseDelivery } from './problems.ts';
import { freeze } from './record-delivery.ts';

/** Deliveries of one replay; a larger set is replayed in several. */
const REPLAY_MAX = 500;

export interface ReplayFilter {
  readonly ids?: readonly number[] | undefined;
  readonly laneId?: string | undefined;
  readonly kind?: DeliveryKind | undefined;
  readonly accountNumber?: string | undefined;
  readonly heldKind?: HeldKind | undefined;
}

export interface ReplayLine {
  readonly id: number;
  readonly kind: DeliveryKind;
  readonly accountNumber: string;
  readonly transactionId: string | null;
  readonly amountCents: number | null;
  readonly url: string;
  readonly reason: string | null;
}

export interface ReplayPlan {
  readonly willSend: readonly ReplayLine[];
  readonly totalCents: number;
  /** Of the set, but possibly applied already: each needs a person, and there is no doing it in bulk. */
  readonly needPeople: number;
}

/**
 * Sends held or waiting deliveries again that are proven not applied: one, or a filtered set. A dry run says what it
 * would send; the replay itself names the count the person saw, and is refused if it is another by now. Unknown
 * payments are never part of it.
 */
export async function replayDeliveries(
  deps: Pick<DeliveriesDeps, 'database' | 'clock' | 'billers'>,
  from: {
    bid: number;
    filter: ReplayFilter;
    isDryRun: boolean;
    expectedCount: number | undefined;
    reason: string;
    by: Actor;
  },
): Promise<ReplayPlan> {
  const { bid } = from;
  return deps.database.withBiller(bid, async (tx) => {
    const states = ['held', 'waiting'] as const;
    const { ids, ...filter } = from.filter;
    const found = await listDeliveries(tx, bid, {
      filter: { ...filter, states },
      before: undefined,
      limit: REPLAY_MAX,
    });
    const rows = ids ? found.filter((row) => ids.includes(row.id)) : found;
    const at = deps.clock.now();
    const fits = (row: DeliveryRow): boolean =>
      actOnHeld(factsOf(row), {
        act: 'replay',
        by: from.by.name,
        atMs: at.epochMilliseconds,
        askedBy: undefined,
        reference: undefined,
      }).kind === 'change';
    const chosen = rows.filter(fits).toSorted((one, other) => one.id - other.id);
    const plan: ReplayPlan = {
      willSend: await linesOf(deps, bid, chosen),
      totalCents: chosen.reduce((sum, row) => sum + (row.amount_cents ?? 0), 0),
      needPeople: rows.length - chosen.length,
    };
    if (from.isDryRun) return plan;
    if (from.expectedCount !== undefined && from.expectedCount !== chosen.length) {
      throw refuseDelivery('replay-changed', { count: chosen.length, expected: from.expectedCount });
    }
    if (chosen.length === 0)
      throw refuseDelivery('nothing-to-replay', { why: `${plan.needPeople} of the set may have been applied` });
    for (const row of chosen) await replayOne(tx, deps, { row, from, at });
    await recordAudit(tx, {
      at,
      bid,
      actorKind: from.by.kind,
      actor: from.by.name,
      act: 'deliveries.replayed',
      subject: `biller/${bid}`,
      reason: from.reason,
      detail: { ids: chosen.map((row) => row.id), totalCents: plan.totalCents },
    });
    return plan;
  });
}

async function replayOne(
  tx: Tx,
  deps: Pick<DeliveriesDeps, 'billers'>,
  given: { row: DeliveryRow; from: { bid: number; by: Actor }; at: Temporal.Instant },
): Promise<void> {
  const { row, from, at } = given;
  const { bid } = from;
  const destination = await firstDestination(deps, bid, row);
  const isChanged = await changeDelivery(tx, {
    bid,
    id: row.id,
    version: row.version,
    set: {
      state: 'queued',
      reason: null,
      label: null,
      held_kind: null,
      retries: 0,
      retry_since: null,
      next_at: null,
      ...(destination && { destination: JSON.stringify(destination) }),
    },
  });
  // The lane may have taken up a waiting one since it was read: then nothing of the set is replayed.
  if (!isChanged) throw refuseDelivery('delivery-changed', { version: row.version });
  await closeWorkItem(tx, { bid, kind: 'delivery-held', subject: `delivery/${row.id}`, by: from.by.name, at });
  await wakeLane(tx, {
    bid,
    laneId: row.lane_id,
    family: familyOf(row.kind as DeliveryKind),
    environment: environmentOf(row),
  });
}

/** A delivery recorded while no endpoint was set gets its destination now; one that has a destination keeps it. */
async function firstDestination(
  deps: Pick<DeliveriesDeps, 'billers'>,
  bid: number,
  row: DeliveryRow,
): Promise<Destination | undefined> {
  const frozen = row.destination as unknown as Destination;
  if (frozen.url !== '') return undefined;
  const biller = await deps.billers.load(bid);
  if (!biller) return undefined;
  const connection = await deps.billers.connectionFor(biller, frozen.operation, { environment: frozen.environment });
  return 'missing' in connection ? undefined : freeze(biller, row.kind as DeliveryKind, connection);
}

async function linesOf(
  deps: Pick<DeliveriesDeps, 'billers'>,
  bid: number,
  rows: readonly DeliveryRow[],
): Promise<readonly ReplayLine[]> {
  const lines: ReplayLine[] = [];
  for (const row of rows) {
    const destination = (await firstDestination(deps, bid, row)) ?? (row.destination as unknown as Destination);
    lines.push({
      id: row.id,
      kind: row.kind as DeliveryKind,
      accountNumber: row.account_number,
      transactionId: row.transaction_id,
      amountCents: row.amount_cents,
      url: destination.url,
      reason: row.reason,
    });
  }
  return lines;
}
