import { repeatQuickly } from '../../platform/repeat-quickly.ts';
import { type OperationsJobsDeps, WATCH_MS } from './jobs.ts';
import { measureAlerts } from './measure-alerts.ts';
import { sendAlerts } from './send-alerts.ts';
import { watchConditions } from './watch-conditions.ts';

/**
 * In a process without the role `worker`: tells `/metrics` how the installation stands, and watches and sends alerts itself
 * while no worker lives, so that somebody hears of it.
 */
export function startStandIn(deps: OperationsJobsDeps): { cancel(): void } {
  return repeatQuickly(deps, { name: 'stand-in', everyMs: WATCH_MS, act: () => standIn(deps) });
}

export async function standIn(deps: OperationsJobsDeps): Promise<void> {
  const workers = await deps.database.withSystem((tx) => measureAlerts(deps, tx));
  if (workers > 0) return;
  await watchConditions(deps);
  await sendAlerts(deps);
}
