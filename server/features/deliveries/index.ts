export type { LaneRunner } from '../../platform/lanes.ts';
export { type Act, actOnHeld } from './act-on-held.ts';
export { type Decided, type DecisionRequest, decideHeldDelivery } from './decide-held-delivery.ts';
export { deliveryEdges } from './delivery-states.ts';
export { wakeLanesOf } from './delivery-store.ts';
export type { DeliveriesDeps, TakenPayment, TakenPayments } from './deps.ts';
export { readDeliveries, readDelivery, readLanes } from './operate-from-command.ts';
export { holdAfterRestore, type LaneView, listLanes, pauseLane, resumeLane } from './operate-lane.ts';
export {
  countOpenDeliveries,
  countTroubledLanes,
  findDeliveries,
  type LaneFigures,
  postsByHour,
  readLaneFigures,
} from './overview-reads.ts';
export { describeDelivery, viewOf } from './present-delivery.ts';
export { type DeliverySummary, deliveriesOfAccount, deliveryOfPayment, unpostedCents } from './read-deliveries.ts';
export { deliveriesJobs, listReconciliations, type Reconciliation, reconcile } from './reconcile.ts';
export { type DeliveryRequest, type RecordedDelivery, recordDelivery } from './record-delivery.ts';
export { type ReplayFilter, type ReplayPlan, replayDeliveries } from './replay-deliveries.ts';
export { registerDeliveriesRoutes } from './routes.ts';
export { startLanes } from './start-lanes.ts';
export { changeTrust, readTrust, type TrustView } from './trust.ts';
export { withdrawDelivery } from './withdraw-delivery.ts';
