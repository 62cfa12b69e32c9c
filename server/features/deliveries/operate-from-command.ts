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

/** The lanes of one biller, or of every biller in the order of their ids. */
export async function readLanes(
  deps: Pick<DeliveriesDeps, 'database' | 'billers'>,
  bid: number | undefined,
): Promise<readonly (LaneView & { readonly bid: number })[]> {
  if (bid !== undefined && !(await deps.billers.load(bid))) throw refuse('not-found');
  const bids = bid === undefined ? (await deps.billers.list()).map((one) => one.bid) : [bid];
  const found: (LaneView & { readonly bid: number })[] = [];
  for (const one of bids) {
    const lanes = await deps.database.withBiller(one, (tx) => listLanes(tx, one));
    found.push(...lanes.map((lane) => ({ bid: one, ...lane })));
  }
  return found;
}
