import type { JobKind } from '../../platform/jobs.ts';
import { type TendDeps, tendWindows } from './tend-windows.ts';

const TEND_QUEUE = 'tend-maintenance-windows';
export const MAINTENANCE_QUEUES: readonly string[] = [TEND_QUEUE];

/** Looks after the windows every minute. They begin and end by the clock alone: nothing of that waits for this. */
export function maintenanceJobs(deps: TendDeps): readonly JobKind<never>[] {
  return [{ name: TEND_QUEUE, cron: '* * * * *', work: () => tendWindows(deps) }];
}
