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

export function readLanes(deps: ReadDeps, bid: number): Promise<readonly LaneView[]> {
  return deps.database.withBiller(bid, (tx) => listLanes(tx, bid));
}
