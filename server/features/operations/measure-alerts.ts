import type { Tx } from '../../platform/database.ts';
import type { Platform } from '../../platform/platform.ts';
import { readOpenAlerts } from './alert-store.ts';
import { countWaiting } from './message-store.ts';
import { readProcesses } from './process-store.ts';
import { isVanished } from './vanished.ts';

/** Sets what `/metrics` of this process tells of the whole installation. Answers how many workers live. */
export async function measureAlerts(deps: Pick<Platform, 'metrics'>, tx: Tx): Promise<number> {
  const open = deps.metrics.gauge('causeway_alerts_open', 'Alerts that were told and are not over', ['condition']);
  const waiting = deps.metrics.gauge('causeway_alert_messages_waiting', 'Messages of alerts that have not arrived yet');
  const running = deps.metrics.gauge('causeway_processes', 'Processes that live, by role', ['role']);
  open.clear();
  const told = (await readOpenAlerts(tx)).filter((row) => row.told_at !== null);
  for (const [condition, rows] of Map.groupBy(told, (row) => row.condition)) open.set(rows.length, { condition });
  waiting.set(await countWaiting(tx));
  const living = (await readProcesses(tx)).filter((one) => !isVanished(one));
  const countOf = (role: string): number => living.filter((one) => one.roles.includes(role)).length;
  for (const role of ['web', 'worker']) running.set(countOf(role), { role });
  return countOf('worker');
}
