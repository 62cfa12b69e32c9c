import { type FeatureDeps, readHealth } from '@causeway/server/operator';
import type { Finding } from '../finding.ts';

const HOUR_MS = 3_600_000;
const BACKUP_HOURS_MAX = 26;
const CONNECTIONS_SHARE_MAX = 0.8;

/** What the Operations screen shows, as findings: processes, endpoints, the database, the backup, and what was told as broken. */
export async function lookAtOperations(deps: FeatureDeps): Promise<readonly Finding[]> {
  const health = await readHealth(deps);
  const { database } = health;
  const living = health.processes.filter((one) => !one.isVanished);
  const vanished = health.processes.filter((one) => one.isVanished);
  const shut = health.endpoints.filter((one) => one.breaker === 'open');
  const backup = database.marks.find((mark) => mark.kind === 'backup-created');
  const backupHours = backup ? (Date.parse(health.at) - Date.parse(backup.at)) / HOUR_MS : undefined;
  return [
    {
      what: 'processes',
      isWell: vanished.length === 0,
      sentence:
        vanished.length > 0
          ? `${vanished.map((one) => `${one.pid} on ${one.host}`).join(', ')} vanished. Start it again, or forget it on Console › Operations.`
          : living.length === 0
            ? 'none runs now'
            : `${living.length} run, version ${health.versions.join(' and ')}`,
    },
    {
      what: 'partner endpoints',
      isWell: shut.length === 0,
      sentence:
        shut.length === 0
          ? `${health.endpoints.length} seen by running processes, none left alone`
          : `left alone after failures: ${shut.map((one) => one.endpoint).join(', ')}`,
    },
    {
      what: 'database connections',
      isWell: database.connections <= CONNECTIONS_SHARE_MAX * database.connectionsMax,
      sentence: `${database.connections} of ${database.connectionsMax} in use`,
    },
    {
      what: 'backup',
      isWell: backupHours === undefined || backupHours <= BACKUP_HOURS_MAX,
      sentence:
        backupHours === undefined
          ? 'none yet: run `causeway backup create`'
          : `the last is ${Math.floor(backupHours)} hours old`,
    },
    ...health.alerts.map((alert) => ({
      what: `alert: ${alert.conditionName}`,
      isWell: false,
      sentence: `${alert.sentence} (since ${alert.firstSeenAt})`,
    })),
  ];
}
