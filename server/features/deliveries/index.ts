export { deliveryEdges } from './delivery-states.ts';
export type { DeliveriesDeps, TakenPayment, TakenPayments } from './deps.ts';
export { deliveriesOfAccount, type DeliverySummary, deliveryOfPayment, unpostedCents } from './read-deliveries.ts';
export { type DeliveryRequest, recordDelivery, type RecordedDelivery } from './record-delivery.ts';
export type { LaneRunner } from '../../platform/lanes.ts';
export { startLanes } from './start-lanes.ts';
