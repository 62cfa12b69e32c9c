import pg from 'pg';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Tx } from './database.ts';
import type { Log } from './log.ts';

const HEARTBEAT_SECONDS = 10;
const RETRIES_MAX = 8;
const RETRY_DELAY_SECONDS = 5;
const EXPIRE_SECONDS = 3600;
const STOP_TIMEOUT_MS = 15_000;
/** An answer of the database that takes longer never comes: the queue goes on with another connection. */
const ANSWER_MS_MAX = 30_000;

/** A kind of background work: its queue's name, what it does, and when it runs by itself. */
export interface JobKind<Data extends object> {
  readonly name: string;
  /** Cron line (UTC) for work that also runs by itself. */
  readonly cron?: string;
  /** Jobs done at once in this process. */
  readonly concurrency?: number;
  readonly work: (data: Data, signal: AbortSignal) => Promise<void>;
}

export interface Jobs {
  /** Adds a job inside the caller's transaction: it exists if and only if the transaction commits. */
  send(tx: Tx, name: string, data: object, options?: { singletonKey?: string }): Promise<void>;
  /** Lets a job that was given up run once more, inside the caller's transaction; one in another state stays as it is. */
  retry(tx: Tx, name: string, id: string): Promise<void>;
  /** Starts working the given kinds in this process. */
  work(kinds: readonly JobKind<never>[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Background work and schedules on pg-boss, in the same database. A job whose process died is taken over after its
 * heartbeat stops (10 s); handlers are therefore safe to repeat. Deliveries do not use this: see platform/lanes.ts.
 */
export async function startJobs(from: {
  url: string;
  log: Log;
  isWorking: boolean;
  queues: readonly string[];
}): Promise<Jobs> {
  const options = {
    connectionString: from.url,
    application_name: 'causeway jobs',
    max: 4,
    schema: 'pgboss',
    query_timeout: ANSWER_MS_MAX,
    supervise: from.isWorking,
    schedule: from.isWorking,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
  };
  const boss = new PgBoss(options);
  boss.on('error', (cause) => from.log.warn({ err: cause }, 'job queue'));
  await boss.start();
  for (const name of from.queues) {
    await boss.createQueue(name, {
      retryLimit: RETRIES_MAX,
      retryDelay: RETRY_DELAY_SECONDS,
      retryBackoff: true,
      expireInSeconds: EXPIRE_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    });
  }
  await grantQueues(from.url);
  const names: string[] = [];
  return {
    send: async (tx, name, data, options) => {
      await boss.send(name, data, {
        db: fromKysely(tx as never),
        ...(options?.singletonKey && { singletonKey: options.singletonKey }),
      });
    },
    retry: async (tx, name, id) => {
      await boss.retry(name, id, { db: fromKysely(tx as never) });
    },
    work: async (kinds) => {
      for (const kind of kinds) {
        names.push(kind.name);
        await boss.work<object>(
          kind.name,
          { localConcurrency: kind.concurrency ?? 1, pollingIntervalSeconds: 0.5, batchSize: 1 },
          async ([job]) => {
            if (job) await kind.work(job.data as never, job.signal);
          },
        );
        if (kind.cron) await boss.schedule(kind.name, kind.cron);
      }
    },
    stop: () => boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MS }),
  };
}

/** Opens the queue at its first use: an operator's command that adds no job does not wait for it. */
export function startJobsWhenUsed(from: Parameters<typeof startJobs>[0]): Jobs {
  let started: Promise<Jobs> | undefined;
  const jobs = () => {
    started ??= startJobs(from);
    return started;
  };
  return {
    send: async (...args) => (await jobs()).send(...args),
    retry: async (...args) => (await jobs()).retry(...args),
    work: async (kinds) => (await jobs()).work(kinds),
    stop: async () => (await started)?.stop(),
  };
}

/** The program's roles may add jobs in their own transactions; the queue's own connection stays the owner's. */
async function grantQueues(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'causeway jobs' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(7204434)');
    await client.query(`grant usage on schema pgboss to causeway_app, causeway_system;
      grant select, insert, update, delete on all tables in schema pgboss to causeway_app, causeway_system;
      grant execute on all functions in schema pgboss to causeway_app, causeway_system;
      grant usage on all sequences in schema pgboss to causeway_app, causeway_system`);
  } finally {
    await client.end();
  }
}
