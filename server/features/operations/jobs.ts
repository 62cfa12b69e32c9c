import type { JobKind } from '../../platform/jobs.ts';
import type { Platform } from '../../platform/platform.ts';
import { repeatQuickly } from '../../platform/repeat-quickly.ts';
import { pruneAlerts } from './alert-store.ts';
import { pruneTests } from './message-store.ts';
import { pruneMinutes } from './process-store.ts';
import { type SendDeps, sendAlerts } from './send-alerts.ts';
import { type WatchDeps, watchConditions } from './watch-conditions.ts';

export const WATCH_MS = 5_000;
const SEND_MS = 3_000;
const MINUTES_KEPT_HOURS = 24;
const ALERTS_KEPT_DAYS = 90;
const BATCHES_MAX = 200;

export const OPERATIONS_QUEUES = ['watch-conditions', 'send-alerts', 'prune-operations'] as const;

export type OperationsJobsDeps = WatchDeps & SendDeps & Pick<Platform, 'timers'>;

/**
 * Watching and sending run every few seconds in each worker, and by schedule every minute so that the Operations screen
 * shows when they last did. What is old is forgotten every hour: minutes after a day, alerts after 90.
 */
export function operationsJobs(deps: OperationsJobsDeps): readonly JobKind<never>[] {
  const watch = () => watchConditions(deps);
  const send = async () => void (await sendAlerts(deps));
  repeatQuickly(deps, { name: 'watch-conditions', everyMs: WATCH_MS, act: watch });
  repeatQuickly(deps, { name: 'send-alerts', everyMs: SEND_MS, act: send });
  return [
    { name: 'watch-conditions', cron: '* * * * *', work: watch },
    { name: 'send-alerts', cron: '* * * * *', work: send },
    { name: 'prune-operations', cron: '25 * * * *', work: (_data, signal) => prune(deps, signal) },
  ];
}

export async function prune(deps: Pick<Platform, 'clock' | 'database'>, signal: AbortSignal): Promise<void> {
  const now = deps.clock.now();
  const minutesBefore = now.subtract({ hours: MINUTES_KEPT_HOURS });
  const alertsBefore = now.subtract({ hours: 24 * ALERTS_KEPT_DAYS });
  for (let batch = 0; batch < BATCHES_MAX && !signal.aborted; batch += 1) {
    const gone = await deps.database.withSystem(
      async (tx) =>
        (await pruneMinutes(tx, minutesBefore)) +
        (await pruneAlerts(tx, alertsBefore)) +
        (await pruneTests(tx, alertsBefore)),
    );
    if (gone === 0) return;
  }
}
