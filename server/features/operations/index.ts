/** The door of operations: how the installation stands, and alerts when something breaks and recovers. */
export { type Beats, startBeats } from './beat.ts';
export type { HealthView } from './contract.ts';
export { OPERATIONS_QUEUES, operationsJobs } from './jobs.ts';
export { readHealth } from './read-health.ts';
export { registerOperationsRoutes } from './routes.ts';
export { startStandIn } from './stand-in.ts';
