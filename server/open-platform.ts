import fs from 'node:fs';
import path from 'node:path';
import { refuseUnfinishedRestore } from './platform/backup/place-backup.ts';
import { createBlobs } from './platform/blobs.ts';
import { systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { noCrashPoints } from './platform/crash-points.ts';
import { type Database, openDatabase } from './platform/database.ts';
import { createEgress } from './platform/egress.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './platform/embedded-postgres.ts';
import { createEndpointFigures } from './platform/endpoint-figures.ts';
import { type Jobs, startJobs, startJobsWhenUsed } from './platform/jobs.ts';
import { createLog, type Log } from './platform/log.ts';
import { createMailer } from './platform/mail.ts';
import { createMetrics } from './platform/metrics.ts';
import { migrate } from './platform/migrate.ts';
import type { Platform } from './platform/platform.ts';
import { systemRandom } from './platform/random.ts';
import { createKeyring, type Keyring } from './platform/secrets.ts';
import { systemTimers } from './platform/timers.ts';

const KEY_BYTES = 32;

/** The master key in use is not the one that wrapped the billers' keys; the program refuses to start. */
export class WrongMasterKey extends Error {
  constructor(missing: readonly string[]) {
    super(
      `The master key is not the one this database was sealed with (missing: key ${missing.join(', ')}). Set CAUSEWAY_MASTER_KEY or CAUSEWAY_MASTER_KEY_FILE to the right key; nothing was changed.`,
    );
    this.name = 'WrongMasterKey';
  }
}

/** What a test may put in the place of a real port. */
export type PlatformOverrides = Partial<
  Pick<Platform, 'clock' | 'timers' | 'random' | 'crash' | 'log' | 'egress' | 'mailer'>
>;

/**
 * Opens everything a use case stands on: the embedded database (started or adopted) or `DATABASE_URL`, migrated; the
 * ports; the job queue. `queues` are the job queues of the features. `close` undoes it in order, within the stop's limit.
 */
export async function openPlatform(from: {
  config: Config;
  queues: readonly string[];
  overrides?: PlatformOverrides;
  /** The end of a restore: the one who may open a data folder whose restore is not finished. */
  isRestoring?: boolean;
  /** The address people open, where the port was not known when the configuration was read. */
  publicUrl?: string;
}): Promise<{ platform: Platform; close: () => Promise<void> }> {
  const { config, overrides = {} } = from;
  const log = overrides.log ?? createLog({ level: config.logLevel });
  const timers = overrides.timers ?? systemTimers;
  const clock = overrides.clock ?? systemClock;
  if (!from.isRestoring) refuseUnfinishedRestore(config);
  const { url, embedded } = await openPostgres(config, timers, log);
  await migrate(url);
  const database = openDatabase({
    url,
    onError: (cause) => log.warn({ err: cause }, 'a database connection was lost'),
  });
  const keyring = keyringOf(config);
  await checkMasterKey(database, keyring);
  const metrics = createMetrics();
  const endpointFigures = createEndpointFigures(clock);
  const egress =
    overrides.egress ??
    createEgress({
      clock,
      timers,
      allowPrivate: config.allowPrivateEndpoints,
      log,
      onCallEnded: (call) => endpointFigures.record(call),
    });
  const mailer = overrides.mailer ?? createMailer({ smtpUrl: config.smtpUrl, from: config.mailFrom, log });
  const queue = { url, log, isWorking: config.roles.includes('worker'), queues: from.queues };
  const jobs = config.roles.length === 0 ? startJobsWhenUsed(queue) : await startJobs(queue);
  const platform: Platform = {
    config,
    log,
    database,
    clock,
    timers,
    random: overrides.random ?? systemRandom,
    crash: overrides.crash ?? noCrashPoints,
    egress,
    endpointFigures,
    keyring,
    mailer,
    blobs: createBlobs({ folder: path.join(config.dataFolder, 'blobs') }),
    metrics,
    jobs,
    publicUrl: (config.publicUrl ?? from.publicUrl ?? `http://127.0.0.1:${config.port}`).replace(/\/+$/, ''),
  };
  return { platform, close: () => closeAll({ jobs, platform, database, embedded, log }) };
}

/**
 * Starts or adopts the embedded server, or answers `DATABASE_URL`. For commands that need only the database; with a `log`
 * the embedded server is also started again when it dies.
 */
export async function openPostgres(
  config: Config,
  timers = systemTimers,
  log?: Log,
): Promise<{ url: string; embedded: EmbeddedPostgres | undefined }> {
  if (config.databaseUrl) return { url: config.databaseUrl, embedded: undefined };
  fs.mkdirSync(config.dataFolder, { recursive: true });
  const embedded = await startEmbeddedPostgres({
    folder: path.join(config.dataFolder, 'postgres'),
    timers,
    ...(log && { log }),
  });
  return { url: embedded.url, embedded };
}

/** A keyring of the configured master keys; without one (commands that open no secret) a throw-away that opens nothing. */
function keyringOf(config: Config): Keyring {
  const [current, ...older] = config.masterKeys;
  return createKeyring({ currentMasterKey: current ?? systemRandom.bytes(KEY_BYTES), olderMasterKeys: older });
}

/** The ids of the master keys that this database's data keys are wrapped by. */
export async function readMasterKeyIds(database: Database): Promise<readonly string[]> {
  return [...new Set((await readWrappedKeys(database)).map((key) => key.key_id))].sort();
}

function readWrappedKeys(database: Database): Promise<readonly { key_id: string; wrapped: string }[]> {
  return database.withSystem(async (tx) => [
    ...(await tx.selectFrom('sealed_key').select(['key_id', 'wrapped']).distinctOn('key_id').execute()),
    ...(await tx.selectFrom('installation_key').select(['key_id', 'wrapped']).execute()),
    ...(await tx.selectFrom('staff_key').select(['key_id', 'wrapped']).execute()),
  ]);
}

async function checkMasterKey(database: Database, keyring: Keyring): Promise<void> {
  const keys = await readWrappedKeys(database);
  const missing = [...new Set(keys.filter((key) => !canUnwrap(keyring, key.wrapped)).map((key) => key.key_id))];
  if (missing.length > 0) throw new WrongMasterKey(missing);
}

function canUnwrap(keyring: Keyring, wrapped: string): boolean {
  try {
    keyring.unwrapDataKey(wrapped);
    return true;
  } catch {
    return false;
  }
}

async function closeAll(from: {
  jobs: Jobs;
  platform: Platform;
  database: Database;
  embedded: EmbeddedPostgres | undefined;
  log: Log;
}): Promise<void> {
  const steps: readonly (readonly [string, () => Promise<void>])[] = [
    ['jobs', () => from.jobs.stop()],
    ['outbound calls', () => from.platform.egress.close()],
    ['mail', async () => from.platform.mailer.close()],
    ['database', () => from.database.close()],
    ['embedded database', async () => from.embedded?.stop()],
  ];
  for (const [name, close] of steps) {
    try {
      await close();
    } catch (cause) {
      from.log.warn({ err: cause }, `closing: ${name}`);
    }
  }
}
