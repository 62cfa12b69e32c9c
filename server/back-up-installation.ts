import path from 'node:path';
import pg from 'pg';
import { holdAfterRestore } from './features/deliveries/index.ts';
import { closeAfterRestore, type LetIn, readLetIn } from './features/identities/index.ts';
import { markRestoredPayments } from './features/payments/index.ts';
import { type FeatureDeps, introduce } from './introduce.ts';
import { openPlatform, openPostgres, readMasterKeyIds } from './open-platform.ts';
import { recordAudit } from './platform/audit.ts';
import { BackupFault, type Manifest } from './platform/backup/backup-manifest.ts';
import { createBackup } from './platform/backup/create-backup.ts';
import { endRestore, placeBackup } from './platform/backup/place-backup.ts';
import { systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { writeMark } from './platform/operation-marks.ts';
import { QUEUES } from './worker.ts';

type Progress = (line: string) => void;

/** What a restore held for people. */
export interface Restored {
  readonly heldPayments: number;
  readonly untakenPayments: number;
  readonly sessionsEnded: number;
  /** Invitations and links to set a password that were not used yet. */
  readonly linksEnded: number;
  /** Who is let in as it was in the backup. */
  readonly letIn: LetIn;
}

/** Backs up the embedded database and the stored files of a running (or stopped) installation, and notes when. */
export async function backUpInstallation(
  deps: FeatureDeps,
  from: { target: string; version: string; by: string; progress: Progress },
): Promise<Manifest> {
  const { config, database, clock } = deps;
  if (config.databaseUrl)
    throw new BackupFault(
      'DATABASE_URL is set, and that PostgreSQL is backed up with its own tools (pg_basebackup, or your provider’s snapshots with point-in-time recovery); copy the folder blobs of CAUSEWAY_DATA after it, and run `causeway backup restored` after a restore.',
    );
  const manifest = await createBackup({
    postgresFolder: path.join(config.dataFolder, 'postgres'),
    url: database.url,
    blobsFolder: path.join(config.dataFolder, 'blobs'),
    target: from.target,
    version: from.version,
    masterKeyIds: await readMasterKeyIds(database),
    now: () => clock.now(),
    progress: from.progress,
  });
  const { files, bytes, startedAt, finishedAt } = manifest;
  const detail = { files, bytes, startedAt, finishedAt };
  await database.withSystem(async (tx) => {
    await writeMark(tx, { kind: 'backup-created', at: clock.now(), detail });
    await recordAudit(tx, {
      at: clock.now(),
      bid: null,
      actorKind: 'operator',
      actor: from.by,
      act: 'backup.created',
      subject: `installation/${manifest.installation}`,
      detail,
    });
  });
  return manifest;
}

/** Restores a backup into an empty data folder and holds everything that could be posted twice. Starts no role. */
export async function restoreInstallation(
  config: Config,
  from: { folder: string; over?: string; version: string; by: string; progress: Progress },
): Promise<Manifest & Restored> {
  const manifest = await placeBackup(config, { ...from, now: systemClock.now() });
  from.progress('Starting the database …');
  const restored = await finishRestore(config, { by: from.by, backupOf: manifest.finishedAt });
  return { ...manifest, ...restored };
}

/**
 * The end of a restore, ours or one by PostgreSQL's own tools: lanes pause, payments that may have been posted since are
 * held, ids given out since are jumped over, everybody is signed out, work items say what to do. Nothing of Causeway may
 * run meanwhile; may be done again.
 */
export async function finishRestore(config: Config, from: { by: string; backupOf?: string }): Promise<Restored> {
  await refuseWhileUsed(config);
  const opened = await openPlatform({ config: { ...config, roles: [] }, queues: QUEUES, isRestoring: true });
  try {
    const introduced = introduce(opened.platform);
    try {
      const { deps } = introduced;
      const heldPayments = await holdAfterRestore(deps);
      const restored = await deps.database.withSystem(async (tx) => {
        const untakenPayments = await markRestoredPayments(tx);
        const closed = await closeAfterRestore(tx, deps.clock.now());
        await recordAudit(tx, {
          at: deps.clock.now(),
          bid: null,
          actorKind: 'operator',
          actor: from.by,
          act: 'backup.restored',
          subject: 'installation',
          detail: { heldPayments, untakenPayments, ...closed, ...(from.backupOf && { backupOf: from.backupOf }) },
        });
        return { untakenPayments, ...closed, letIn: await readLetIn(tx, deps.clock.now()) };
      });
      endRestore(config);
      return { heldPayments, ...restored };
    } finally {
      await introduced.close();
    }
  } finally {
    await opened.close();
  }
}

/** A process that still runs may be sending the very payments that are to be held. */
async function refuseWhileUsed(config: Config): Promise<void> {
  const { url } = await openPostgres(config);
  const client = new pg.Client({ connectionString: url, application_name: 'restore check' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(
      `select count(*)::text as count from pg_stat_activity where application_name like 'causeway%' and pid <> pg_backend_pid()`,
    );
    if (rows[0]?.count !== '0')
      throw new BackupFault('Causeway runs on this database. Stop every process of it, then do this again.');
  } finally {
    await client.end();
  }
}
