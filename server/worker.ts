import { deliveriesJobs, type LaneRunner, startLanes } from './features/deliveries/index.ts';
import { invoicesJobs } from './features/invoices/index.ts';
import { noticesJobs } from './features/notices/index.ts';
import { paymentsJobs } from './features/payments/index.ts';
import type { FeatureDeps } from './introduce.ts';

/** The queues of every feature; known to web processes too, which add jobs to them. */
export const QUEUES = ['import-invoice-file', 'send-notices', 'ask-processor', 'reconcile-billers'] as const;

/** The one visible list of what runs in the background: lanes, jobs, schedules. */
export async function startWorker(deps: FeatureDeps): Promise<LaneRunner> {
  await deps.jobs.work([...invoicesJobs(deps), ...noticesJobs(deps), ...paymentsJobs(deps), ...deliveriesJobs(deps)]);
  return startLanes(deps);
}
