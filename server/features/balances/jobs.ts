import type { JobKind } from '../../platform/jobs.ts';
import type { Platform } from '../../platform/platform.ts';
import { pruneRefreshes } from './balances-store.ts';

const KEPT_DAYS = 90;
/** A batch is 10,000 rows: more than any day brings. */
const BATCHES_MAX = 1_000;

export const BALANCE_QUEUES = ['prune-balance-refreshes'] as const;

/** Forgets the record of refreshes after 90 days, every night. */
export function balancesJobs(deps: Pick<Platform, 'database' | 'clock'>): readonly JobKind<never>[] {
  const prune: JobKind<never> = {
    name: 'prune-balance-refreshes',
    cron: '40 8 * * *',
    work: async (_data, signal) => {
      const before = deps.clock.now().subtract({ hours: KEPT_DAYS * 24 });
      for (let batch = 0; batch < BATCHES_MAX && !signal.aborted; batch += 1) {
        if ((await deps.database.withSystem((tx) => pruneRefreshes(tx, before))) === 0) return;
      }
    },
  };
  return [prune];
}
