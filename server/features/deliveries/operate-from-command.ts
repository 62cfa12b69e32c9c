import { refuse } from '../../platform/problems.ts';
import type { DeliveryDetail, DeliveryView } from './contract.ts';
import { type DeliveryFilter, listDeliveries } from './delivery-store.ts';
import type { DeliveriesDeps } from './deps.ts';
import { type LaneView, listLanes } from './operate-lane.ts';
import { describeDelivery, viewOf } from './present-delivery.ts';

const SHOWN_MAX = 200;

type ReadDeps = Pick<DeliveriesDeps, 'database'>;

/** The newest deliveries of a biller, as the API shows them, at most 200. */
export async function readDeliveries(
  deps: ReadDeps,
  from: { bid: number; filter: DeliveryFilter; limit: number },
): Promise<readonly DeliveryView[]> {
  const limit = Math.min(from.limit, SHOWN_MAX);
  const rows = await deps.database.withBiller(from.bid, (tx) =>
    listDeliveries(tx, from.bid, { filter: from.filter, before: undefined, limit }),
  );
  return rows.map(viewOf);
}

/** One delivery with its attempts and evidence, redacted. */
export function readDelivery(deps: ReadDeps, from: { bid: number; id: number }): Promise<DeliveryDetail> {
  return deps.database.withBiller(from.bid, (tx) => describeDelivery(tx, from.bid, from.id));
}

/** A lane with whose it is, and which maintenance window pauses it, if one does. */
export interface LaneOfBiller extends LaneView {
  readonly bid: number;
  readonly maintenance: { readonly windowId: number; readonly description: string; readonly until: string } | null;
}

/** The lanes of one biller, or of every biller in the order of their ids. */
export async function readLanes(
  deps: Pick<DeliveriesDeps, 'database' | 'billers' | 'maintenance'>,
  bid: number | undefined,
): Promise<readonly LaneOfBiller[]> {
  if (bid !== undefined && !(await deps.billers.load(bid))) throw refuse('not-found');
  const bids = bid === undefined ? (await deps.billers.list()).map((one) => one.bid) : [bid];
  const found: LaneOfBiller[] = [];
  for (const one of bids) {
    const lanes = await deps.database.withBiller(one, (tx) => listLanes(tx, one));
    const window = await deps.maintenance.pausingDataPump(one);
    const maintenance = window
      ? { windowId: window.id, description: window.description, until: window.until.toString() }
      : null;
    found.push(...lanes.map((lane) => ({ bid: one, ...lane, maintenance })));
  }
  return found;
}
