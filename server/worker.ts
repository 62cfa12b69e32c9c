import { BALANCE_QUEUES, balancesJobs } from './features/balances/index.ts';
import { deliveriesJobs, type LaneRunner, startLanes } from './features/deliveries/index.ts';
import { IDENTITIES_QUEUES, identitiesJobs } from './features/identities/index.ts';
import { INVOICES_QUEUES, invoicesJobs } from './features/invoices/index.ts';
import { MAINTENANCE_QUEUES, maintenanceJobs } from './features/maintenance/index.ts';
import { noticesJobs, SEND_NOTICES_QUEUE } from './features/notices/index.ts';
import { OPERATIONS_QUEUES, operationsJobs } from './features/operations/index.ts';
import { overviewJobs, VERIFY_AUDIT_QUEUE } from './features/overview/index.ts';
import { ASK_PROCESSOR_QUEUE, paymentsJobs } from './features/payments/index.ts';
import type { FeatureDeps } from './introduce.ts';

/** The queues of every feature; known to web processes too, which add jobs to them. */
export const QUEUES: readonly string[] = [
  ...MAINTENANCE_QUEUES,
  ...INVOICES_QUEUES,
  ...BALANCE_QUEUES,
  SEND_NOTICES_QUEUE,
  ASK_PROCESSOR_QUEUE,
  ...IDENTITIES_QUEUES,
  'reconcile-billers',
  VERIFY_AUDIT_QUEUE,
  ...OPERATIONS_QUEUES,
];

/** The one visible list of what runs in the background: lanes, jobs, schedules. */
export async function startWorker(deps: FeatureDeps): Promise<LaneRunner> {
  await deps.jobs.work([
    ...maintenanceJobs(deps),
    ...invoicesJobs(deps),
    ...balancesJobs(deps),
    ...noticesJobs(deps),
    ...identitiesJobs(deps),
    ...deliveriesJobs(deps),
    ...paymentsJobs(deps),
    ...overviewJobs(deps),
    ...operationsJobs(deps),
  ]);
  return startLanes(deps);
}
