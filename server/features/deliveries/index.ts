export type { LaneRunner } from '../../platform/lanes.ts';
export { deliveryEdges } from './delivery-states.ts';
export type { DeliveriesDeps, TakenPayment, TakenPayments } from './deps.ts';
export { type DeliverySummary, deliveriesOfAccount, deliveryOfPayment, unpostedCents } from './read-deliveries.ts';
export { type DeliveryRequest, type RecordedDelivery, recordDelivery } from './record-delivery.ts';
export { startLanes } from './start-lanes.ts';
