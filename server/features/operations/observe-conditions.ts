import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import { readQueues } from '../../platform/job-figures.ts';
import { readMark } from '../../platform/operation-marks.ts';
import { readOpenItems } from '../../platform/work-items.ts';
import { readLaneFigures } from '../deliveries/index.ts';
import { readFilesInTrouble } from '../invoices/index.ts';
import { readMailTrouble } from '../notices/index.ts';
import { type Condition, conditionOfKind, UNTOLD_KINDS } from './conditions.ts';
import { readDatabaseFigures, readLongTransactions } from './database-figures.ts';
import { readAlertMailTrouble } from './message-store.ts';
import type { Observation, ObserveFrom } from './observation.ts';
import { observeEndpoints } from './observe-endpoints.ts';
import { readMinutes, readProcesses, readStates } from './process-store.ts';
import { isVanished } from './vanished.ts';

const LANES_MAX = 5_000;
const ITEMS_MAX = 2_000;
const ENDPOINT_MINUTES = 5;
const FILES_DAYS = 7;
const LONG_TRANSACTION_SECONDS = 15 * 60;
const HOUR_MS = 3_600_000;
const GIGABYTE = 1_000_000_000;
/** Items that are told one by one; of other kinds a biller's are told together. */
const EACH_KINDS = ['lane-waiting'];

type Observer = (tx: Tx, from: ObserveFrom) => Promise<readonly Observation[]>;

/** What looks for which conditions. Each runs in a transaction of its own: one that fails leaves the others seeing. */
export const OBSERVERS: readonly { readonly of: readonly Condition[]; readonly observe: Observer }[] = [
  { of: ['endpoint-broken'], observe: endpoints },
  { of: ['process-vanished', 'worker-away', 'disk-low'], observe: processes },
  { of: ['lane-paused'], observe: pausedLanes },
  {
    of: ['lane-stuck', 'held-payments', 'reconciliation-gap', 'maintenance-open', 'audit-broken', 'work-item'],
    observe: async (tx) => [...(await workItems(tx)), ...(await audit(tx))],
  },
  { of: ['invoice-file-refused'], observe: refusedFiles },
  { of: ['mail-failing'], observe: mail },
  { of: ['job-failing'], observe: jobs },
  { of: ['database-limits'], observe: databaseLimits },
  { of: ['backup-old'], observe: backup },
];

async function endpoints(tx: Tx, from: ObserveFrom): Promise<readonly Observation[]> {
  const living = (await readProcesses(tx)).filter((one) => !isVanished(one));
  const since = from.now.subtract({ minutes: ENDPOINT_MINUTES });
  return observeEndpoints({
    processes: living,
    states: await readStates(tx),
    minutes: await readMinutes(tx, { since }),
    nameOf: from.nameOf,
    failedShare: (from.ruleOf('endpoint-broken').limit ?? 50) / 100,
    minutesSeen: ENDPOINT_MINUTES,
  });
}

async function processes(tx: Tx, from: ObserveFrom): Promise<readonly Observation[]> {
  const all = await readProcesses(tx);
  const vanished = all.filter(isVanished).map((one) => ({
    condition: 'process-vanished' as const,
    subject: `process/${one.id}`,
    bid: null,
    since: from.now.subtract({ milliseconds: one.ageMs }),
    sentence: `Process ${one.pid} on ${one.host} (${one.roles.join(', ')}; version ${one.version}) gave no sign of life for ${Math.round(one.ageMs / 1000)} s and did not say that it stops. Start it again; if it was meant to go, forget it on the Operations screen.`,
  }));
  const living = all.filter((one) => !isVanished(one));
  const isWorkerAway = living.length > 0 && !living.some((one) => one.roles.includes('worker'));
  const away: Observation[] = isWorkerAway
    ? [
        {
          condition: 'worker-away',
          subject: 'worker',
          bid: null,
          sentence:
            'No process with the role “worker” runs: nothing is posted to partners, imported or emailed. Payments are still taken, and wait. Start a worker (CAUSEWAY_ROLES=worker).',
        },
      ]
    : [];
  const least = from.ruleOf('disk-low').limit ?? 0;
  const disks = new Map<string, Observation>();
  for (const { host, figures, ageMs } of all) {
    const { diskFreeBytes, diskBytes } = figures;
    if (ageMs > HOUR_MS || diskFreeBytes === null || diskBytes === null || diskBytes === 0) continue;
    const free = (100 * diskFreeBytes) / diskBytes;
    if (free >= least) continue;
    const sentence = `On ${host} ${(diskFreeBytes / GIGABYTE).toFixed(1)} GB of the data folder’s disk are free, ${free.toFixed(0)} % of it. Make room before it is full.`;
    disks.set(host, { condition: 'disk-low', subject: `disk/${host}`, bid: null, sentence });
  }
  return [...vanished, ...away, ...disks.values()];
}

async function pausedLanes(tx: Tx): Promise<readonly Observation[]> {
  const lanes = await readLaneFigures(tx, LANES_MAX);
  return lanes.flatMap((lane): Observation[] =>
    lane.pausedAt === null
      ? []
      : [
          {
            condition: 'lane-paused',
            subject: `lane/${lane.id}`,
            bid: lane.bid,
            since: lane.pausedAt,
            sentence: `Lane ${lane.id} is paused by ${lane.pausedBy}: ${lane.pausedReason}. ${lane.depth} deliveries wait in it. Resume it on its Lanes screen when the reason is over.`,
          },
        ],
  );
}

async function workItems(tx: Tx): Promise<readonly Observation[]> {
  const items = await readOpenItems(tx, { each: EACH_KINDS, except: UNTOLD_KINDS, limit: ITEMS_MAX });
  return items.map((one) => ({
    condition: conditionOfKind(one.kind),
    subject: one.subject ?? `work-items/${one.bid}/${one.kind}`,
    bid: one.bid,
    since: one.since,
    sentence:
      one.count === 1
        ? one.sentence
        : `${one.count} items of the kind “${one.kind}” are open. The oldest: ${one.sentence}`,
  }));
}

async function refusedFiles(tx: Tx, from: ObserveFrom): Promise<readonly Observation[]> {
  const files = await readFilesInTrouble(tx, from.now.subtract({ hours: 24 * FILES_DAYS }));
  const became: Readonly<Record<string, string>> = {
    refused: 'was refused',
    partly: 'was refused in part',
    failed: 'could not be read',
  };
  return files.map((file) => ({
    condition: 'invoice-file-refused',
    subject: `invoice-files/${file.bid}`,
    bid: file.bid,
    since: file.receivedAt,
    sentence: `The newest invoice file, “${file.name}”, ${became[file.state] ?? file.state}. Its faults are on the Invoice Files screen; the partner sends a mended file.`,
  }));
}

/** Emails to payers and alerts by email that the mail server did not take. */
async function mail(tx: Tx): Promise<readonly Observation[]> {
  const troubles = [await readMailTrouble(tx), await readAlertMailTrouble(tx)].filter((one) => one !== undefined);
  const [first] = troubles.toSorted((a, b) => Temporal.Instant.compare(a.oldestAt, b.oldestAt));
  if (!first) return [];
  const waiting = troubles.reduce((sum, one) => sum + one.waiting, 0);
  const sentence = `${waiting} emails wait because they were not taken. The mail server said: ${first.lastError}. Look at CAUSEWAY_SMTP_URL and at the mail server; what waits is sent by itself.`;
  return [{ condition: 'mail-failing', subject: 'mail', bid: null, since: first.oldestAt, sentence }];
}

async function jobs(tx: Tx, from: ObserveFrom): Promise<readonly Observation[]> {
  const triesMax = from.ruleOf('job-failing').limit ?? 1;
  return (await readQueues(tx))
    .filter((queue) => queue.isLastFailed || queue.lostTriesMax >= triesMax)
    .map((queue) => ({
      condition: 'job-failing',
      subject: `queue/${queue.name}`,
      bid: null,
      sentence: `“${queue.name}” ${queue.isLastFailed ? 'was given up after all its tries' : `failed ${queue.lostTriesMax} times and is tried again`}. It said: ${queue.lastError ?? 'nothing'}.`,
    }));
}

async function databaseLimits(tx: Tx, from: ObserveFrom): Promise<readonly Observation[]> {
  const figures = await readDatabaseFigures(tx);
  const share = (100 * figures.connections) / Math.max(1, figures.connectionsMax);
  const found: Observation[] = [];
  if (share > (from.ruleOf('database-limits').limit ?? 100)) {
    const sentence = `${figures.connections} of ${figures.connectionsMax} connections to the database are in use. Raise max_connections or run fewer processes: without a free one nothing more can be done.`;
    found.push({ condition: 'database-limits', subject: 'database/connections', bid: null, sentence });
  }
  const [longest] = await readLongTransactions(tx, LONG_TRANSACTION_SECONDS);
  if (longest) {
    const sentence = `A transaction of “${longest.application}” (process ${longest.pid} of PostgreSQL) is open for ${Math.round(longest.seconds / 60)} minutes. It keeps old rows from being cleared away and may hold locks; end it if nobody waits for it.`;
    found.push({ condition: 'database-limits', subject: 'database/long-transaction', bid: null, sentence });
  }
  return found;
}

/** A database that is not embedded is backed up by means of its own, of which nothing is known here. */
async function backup(tx: Tx, from: ObserveFrom): Promise<readonly Observation[]> {
  if (!from.isDatabaseEmbedded) return [];
  const hours = from.ruleOf('backup-old').limit ?? 0;
  const last = (await readMark(tx, 'backup-created'))?.at;
  const { rows } = await sql<{ created_at: Temporal.Instant }>`select created_at from installation`.execute(tx);
  const since = last ?? rows[0]?.created_at;
  if (!since || from.now.epochMilliseconds - since.epochMilliseconds <= hours * HOUR_MS) return [];
  const sentence = last
    ? `The last backup is of ${last.toString({ smallestUnit: 'minute' })}, more than ${hours} hours ago. Run \`causeway backup create\`, and look why the usual one did not.`
    : 'There is no backup of this installation. Run `causeway backup create`, and let it run every day.';
  return [{ condition: 'backup-old', subject: 'backup', bid: null, sentence }];
}

/** What the last verification found in the chain that is no biller's; a biller's own is a work item. */
async function audit(tx: Tx): Promise<readonly Observation[]> {
  const mark = await readMark(tx, 'audit-verified');
  if (mark?.detail.isSound !== false) return [];
  const [first] = Array.isArray(mark.detail.faults) ? mark.detail.faults.map(String) : [];
  const sentence = `${first ?? 'A chain of the audit is broken.'} Compare with an exported checkpoint, and tell who looks after security.`;
  return [{ condition: 'audit-broken', subject: 'audit', bid: null, since: mark.at, sentence }];
}
