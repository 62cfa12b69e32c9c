import fs from 'node:fs';
import path from 'node:path';
import type { Config } from '../config.ts';
import { embeddedPostgresMajor, isEmbeddedPostgresRunning, postgresUser } from '../embedded-postgres.ts';
import { knownMigrations } from '../migrate.ts';
import { createKeyring } from '../secrets.ts';
import { BackupFault, type Manifest, readFiles } from './backup-manifest.ts';
import { copyFile, each, foldersBelow, syncFolder } from './copy-files.ts';
import { verifyBackup } from './verify-backup.ts';

/** While this file is in the data folder a restore is not finished, and nothing but its end may start. */
export const RESTORE_MARK = 'restore-unfinished.json';
const PARTS = ['postgres', 'blobs'] as const;
/** Folders the server wants to find, and does not make itself; a backup holds files only. */
const EMPTY_FOLDERS = [
  'pg_commit_ts',
  'pg_dynshmem',
  'pg_logical/mappings',
  'pg_logical/snapshots',
  'pg_multixact/members',
  'pg_multixact/offsets',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_tblspc',
  'pg_twophase',
  'pg_wal/archive_status',
  'pg_wal/summaries',
];

/** A restore was begun in this data folder and has not come to its end; the program refuses to start. */
export class RestoreUnfinished extends Error {
  constructor(folder: string) {
    super(
      `A restore into ${folder} is not finished: lanes are not paused yet, so payments could be posted twice. Run \`causeway backup restored\` to finish it, or restore again with --over.`,
    );
    this.name = 'RestoreUnfinished';
  }
}

/** Refuses to go on in a data folder with a half-done restore. */
export function refuseUnfinishedRestore(config: Config): void {
  if (!config.databaseUrl && fs.existsSync(path.join(config.dataFolder, RESTORE_MARK)))
    throw new RestoreUnfinished(config.dataFolder);
}

/**
 * Puts a backup's files into an empty data folder; everything is checked before anything is touched. Existing data is
 * moved aside only when `over` is the name of the data folder. Leaves the mark of an unfinished restore: the caller opens
 * the database, holds the lanes, then calls `endRestore`.
 */
export async function placeBackup(
  config: Config,
  from: { folder: string; over?: string; version: string; now: Temporal.Instant; progress: (line: string) => void },
): Promise<Manifest> {
  const { dataFolder } = config;
  if (config.databaseUrl)
    throw new BackupFault(
      'DATABASE_URL is set: restore that PostgreSQL with its own tools, then run `causeway backup restored` before anything is started.',
    );
  from.progress('Checking the backup …');
  const manifest = await verifyBackup(from.folder);
  checkVersions(manifest, from.version);
  checkKeys(manifest, config);
  await checkPlace(dataFolder, from.over);
  const mark = { backup: path.resolve(from.folder), finishedAt: manifest.finishedAt, restoredAt: from.now.toString() };
  fs.writeFileSync(path.join(dataFolder, RESTORE_MARK), `${JSON.stringify(mark)}\n`, { mode: 0o600, flush: true });
  from.progress('Copying it into place …');
  const fresh = path.join(dataFolder, `restoring-${process.pid}`);
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh, { mode: 0o700 });
  try {
    await copyInto(from.folder, fresh);
    const stamp = from.now.toString().replaceAll(/[^0-9TZ]/g, '');
    for (const part of PARTS) {
      const place = path.join(dataFolder, part);
      if (fs.existsSync(place)) fs.renameSync(place, `${place}.before-${stamp}`);
      fs.renameSync(path.join(fresh, part), place);
    }
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true });
  }
  await syncFolder(dataFolder);
  return manifest;
}

/** The restore is finished: the program may start. */
export function endRestore(config: Config): void {
  fs.rmSync(path.join(config.dataFolder, RESTORE_MARK), { force: true });
}

async function copyInto(folder: string, fresh: string): Promise<void> {
  const owner = postgresUser();
  for (const part of PARTS) {
    const root = path.join(fresh, part);
    fs.mkdirSync(root, { mode: 0o700 });
    const from = path.join(folder, part);
    if (fs.existsSync(from))
      for (const each of await foldersBelow(from)) fs.mkdirSync(path.join(root, each), { mode: 0o700 });
  }
  await each(readFiles(folder), async (file) => {
    const isDatabase = file.path.startsWith('postgres/');
    const copied = await copyFile(
      path.join(folder, file.path),
      path.join(fresh, file.path),
      isDatabase ? owner : undefined,
    );
    if (copied?.sha256 !== file.sha256)
      throw new BackupFault(`${file.path} changed while it was copied. Use another backup.`);
  });
  const root = path.join(fresh, 'postgres');
  for (const empty of EMPTY_FOLDERS) fs.mkdirSync(path.join(root, empty), { recursive: true, mode: 0o700 });
  if (!owner) return;
  for (const each of ['', ...(await foldersBelow(root))]) fs.chownSync(path.join(root, each), owner.uid, owner.gid);
}

function checkVersions(manifest: Manifest, version: string): void {
  if (isNewer(manifest.version, version))
    throw new BackupFault(
      `The backup is of Causeway ${manifest.version}, this is ${version}. Restore it with that version or a later one.`,
    );
  const known = new Set(knownMigrations());
  const unknown = manifest.migrations.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new BackupFault(`The backup is of a newer Causeway (${unknown.join(', ')}). Restore it with that version.`);
  const major = embeddedPostgresMajor();
  if (manifest.postgres !== major)
    throw new BackupFault(
      `The backup is of PostgreSQL ${manifest.postgres}, the embedded one is ${major}. Restore it with the Causeway that made it (${manifest.version}).`,
    );
}

function checkKeys(manifest: Manifest, config: Config): void {
  const ids = new Set(config.masterKeys.map((key) => createKeyring({ currentMasterKey: key }).currentKeyId));
  const missing = manifest.masterKeyIds.filter((id) => !ids.has(id));
  if (missing.length > 0)
    throw new BackupFault(
      `The master key does not fit this backup (missing: key ${missing.join(', ')}). Set CAUSEWAY_MASTER_KEY or CAUSEWAY_MASTER_KEY_FILE to the key of that installation; it is kept apart from backups.`,
    );
}

async function checkPlace(dataFolder: string, over: string | undefined): Promise<void> {
  if (await isEmbeddedPostgresRunning(path.join(dataFolder, 'postgres')))
    throw new BackupFault(`Causeway runs in ${dataFolder}. Stop it first.`);
  const there = PARTS.filter((part) => {
    const place = path.join(dataFolder, part);
    return fs.existsSync(place) && fs.readdirSync(place).length > 0;
  });
  const name = path.basename(dataFolder);
  if (there.length > 0 && over !== name)
    throw new BackupFault(
      `${dataFolder} holds data already (${there.join(', ')}). Restore into an empty folder, or add --over ${name}: what is there is moved aside, not deleted.`,
    );
}

function isNewer(version: string, than: string): boolean {
  const numbers = (text: string) => text.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);
  const [a, b] = [numbers(version), numbers(than)];
  for (let at = 0; at < 3; at += 1) if ((a[at] ?? 0) !== (b[at] ?? 0)) return (a[at] ?? 0) > (b[at] ?? 0);
  return false;
}
