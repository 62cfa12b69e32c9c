import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import {
  type BackedUpFile,
  BackupFault,
  FILES,
  MANIFEST,
  type Manifest,
  manifestOf,
  sha256Of,
} from './backup-manifest.ts';
import { copyFile, each, filesBelow, lineOf, syncFolder } from './copy-files.ts';
import { verifyBackup } from './verify-backup.ts';

/** What PostgreSQL makes anew, and what belongs to the running server alone (its manual, “Making a Base Backup Using the Low Level API”). */
const SKIPPED =
  /^(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\/|^(postmaster\.(pid|opts)|current_logfiles|backup_label(\.old)?|tablespace_map|global\/pg_control)$|(^|\/)(pgsql_tmp|pg_internal\.init)/;
export interface BackupRequest {
  /** The embedded database's own folder and its owner's connection string. */
  readonly postgresFolder: string;
  readonly url: string;
  readonly blobsFolder: string;
  /** Where the backup shall be: not there yet, or an empty folder. */
  readonly target: string;
  readonly version: string;
  readonly masterKeyIds: readonly string[];
  readonly now: () => Temporal.Instant;
  readonly progress: (line: string) => void;
}

/**
 * Copies the running embedded database with the log that makes the copy whole, and the stored files, without stopping
 * anything. Written beside the target, read back and compared, then renamed into place: a backup is there whole or not at
 * all. The master key is never part of it.
 */
export async function createBackup(request: BackupRequest): Promise<Manifest> {
  const target = checkedTarget(request);
  const partial = `${target}.partial-${process.pid}`;
  fs.mkdirSync(partial, { mode: 0o700 });
  try {
    const manifest = await writeBackup(request, partial);
    request.progress('Reading it back …');
    await verifyBackup(partial);
    if (fs.existsSync(target)) fs.rmdirSync(target);
    fs.renameSync(partial, target);
    await syncFolder(path.dirname(target));
    return manifest;
  } catch (cause) {
    fs.rmSync(partial, { recursive: true, force: true });
    throw cause;
  }
}

async function writeBackup(request: BackupRequest, folder: string): Promise<Manifest> {
  const startedAt = request.now();
  const database = new pg.Client({ connectionString: request.url, application_name: 'causeway backup' });
  database.on('error', () => undefined);
  await database.connect();
  const list = fs.createWriteStream(path.join(folder, FILES), { mode: 0o600, flags: 'wx' });
  const told = { files: 0, bytes: 0 };
  const add = (file: BackedUpFile): void => {
    list.write(lineOf(file));
    told.files += 1;
    told.bytes += file.size;
    if (told.files % 500 === 0) request.progress(`${told.files} files, ${Math.round(told.bytes / 1_048_576)} MB …`);
  };
  try {
    const { finishedAt, ...wal } = await copyDatabase(database, request, { folder, add });
    // Stored files after the database: a row is committed after its file was kept, so none is missing.
    request.progress('Copying the stored files …');
    await copyBelow(request.blobsFolder, folder, { under: 'blobs', add, skip: (file) => /^incoming(\/|$)/.test(file) });
    const facts = await readFacts(database);
    await new Promise<void>((resolve, reject) => {
      list.once('error', reject);
      list.end(() => resolve());
    });
    const manifest = manifestOf({
      version: request.version,
      ...facts,
      ...wal,
      startedAt: startedAt.toString(),
      finishedAt,
      masterKeyIds: [...request.masterKeyIds],
      ...told,
      filesSha256: (await sha256Of(path.join(folder, FILES))).sha256,
    });
    fs.writeFileSync(path.join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, {
      mode: 0o600,
      flush: true,
    });
    return manifest;
  } finally {
    list.destroy();
    await database.end();
  }
}

type Adding = { folder: string; add: (file: BackedUpFile) => void };

/** The copy of a running database is torn; the log from before its first to after its last file mends it. */
async function copyDatabase(
  database: pg.Client,
  { postgresFolder, progress, now }: BackupRequest,
  { folder, add }: Adding,
): Promise<Pick<Manifest, 'finishedAt' | 'startWal' | 'stopWal' | 'walSegmentBytes'>> {
  if (fs.readdirSync(path.join(postgresFolder, 'pg_tblspc')).length > 0)
    throw new BackupFault('This database has tablespaces outside its folder; back it up with PostgreSQL’s own tools.');
  const one = async <T>(text: string, values: unknown[] = []): Promise<T> =>
    (await database.query(text, values)).rows[0] as T;
  // Without it the server could throw away log that is still needed. It goes with this connection, whatever happens.
  await database.query('select pg_create_physical_replication_slot($1, true, true)', [
    `causeway_backup_${process.pid}`,
  ]);
  progress('Copying the database …');
  const begun = await one<{ lsn: string }>(`select pg_backup_start('causeway', true)::text as lsn`);
  await copyBelow(postgresFolder, folder, { under: 'postgres', add, skip: (file) => SKIPPED.test(file) });
  // Last of all files, as the server's own tool does.
  await copyOne(postgresFolder, folder, { under: 'postgres', file: 'global/pg_control', add });
  const finishedAt = now().toString(); // before the end of the log that is taken along
  const ended = await one<{ lsn: string; label: string; map: string }>(
    'select lsn::text, labelfile as label, spcmapfile as map from pg_backup_stop(false)',
  );
  const names = await one<{ start: string; stop: string; size: string }>(
    `select pg_walfile_name($1::pg_lsn) as start, pg_walfile_name($2::pg_lsn) as stop,
      (select setting from pg_settings where name = 'wal_segment_size') as size`,
    [begun.lsn, ended.lsn],
  );
  const label = path.join(folder, 'postgres', 'backup_label');
  fs.writeFileSync(label, ended.label, { mode: 0o600, flush: true });
  add({ path: 'postgres/backup_label', ...(await sha256Of(label)) });
  progress('Copying the log …');
  for (const file of fs.readdirSync(path.join(postgresFolder, 'pg_wal')).sort()) {
    const isNeeded = /^[0-9A-F]{24}$/.test(file) && file >= names.start && file <= names.stop;
    if (isNeeded || file.endsWith('.history'))
      await copyOne(postgresFolder, folder, { under: 'postgres', file: `pg_wal/${file}`, add });
  }
  return { finishedAt, startWal: names.start, stopWal: names.stop, walSegmentBytes: Number(names.size) };
}

async function copyBelow(
  root: string,
  folder: string,
  from: { under: string; add: (file: BackedUpFile) => void; skip: (file: string) => boolean },
): Promise<void> {
  fs.mkdirSync(path.join(folder, from.under), { recursive: true, mode: 0o700 });
  await each(filesBelow(root, from.skip), (file) => copyOne(root, folder, { ...from, file }));
}

async function copyOne(
  root: string,
  folder: string,
  { under, file, add }: { under: string; file: string; add: (file: BackedUpFile) => void },
): Promise<void> {
  const to = path.join(folder, under, file);
  fs.mkdirSync(path.dirname(to), { recursive: true, mode: 0o700 });
  const copied = await copyFile(path.join(root, file), to);
  if (copied) add({ path: `${under}/${file}`, ...copied });
}

async function readFacts(database: pg.Client): Promise<Pick<Manifest, 'postgres' | 'installation' | 'migrations'>> {
  const { rows: version } = await database.query<{ server_version_num: string }>('show server_version_num');
  const { rows: installation } = await database.query<{ id: string }>('select id from installation');
  const { rows: migrations } = await database.query<{ name: string }>('select name from migration order by name');
  return {
    postgres: String(Math.floor(Number(version[0]?.server_version_num) / 10_000)),
    installation: installation[0]?.id ?? '',
    migrations: migrations.map((row) => row.name),
  };
}

/** A folder of its own: neither inside what is backed up nor around it, and nothing in it that could be lost. */
function checkedTarget({ target: asked, postgresFolder }: BackupRequest): string {
  const target = path.resolve(asked);
  const parent = path.dirname(target);
  if (!fs.existsSync(parent)) throw new BackupFault(`The folder ${parent} is not there. Make it first.`);
  const real = path.join(fs.realpathSync(parent), path.basename(target));
  const data = fs.realpathSync(path.dirname(postgresFolder));
  if (`${real}/`.startsWith(`${data}/`) || `${data}/`.startsWith(`${real}/`))
    throw new BackupFault(`${target} is in (or around) the data folder ${data}. A backup belongs on another disk.`);
  const found = fs.lstatSync(target, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) throw new BackupFault(`${target} is there already, and is no folder.`);
  if (found && fs.readdirSync(target).length > 0)
    throw new BackupFault(
      `${target} is not empty. Name a folder that is not there yet, for example one with the day in it.`,
    );
  return real;
}
