import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import type { DB } from '../database/tables.ts';
import { createTogether, type KeyedStatement } from './read-together.ts';
import { DatabaseSilent, watchSilence } from './watch-silence.ts';
import { createWriteTogether } from './write-together.ts';

export type { KeyedStatement } from './read-together.ts';

const APP_CONNECTIONS_MAX = 20;
const SYSTEM_CONNECTIONS_MAX = 8;
const HOT_CONNECTIONS_MAX = 10;
/** Loads of whole files; they have no statement time-out, so they share no connection with what has one. */
const FILE_CONNECTIONS_MAX = 8;
const TRANSACTION_TRIES_MAX = 4;
const IDLE_CONNECTION_MS = 30_000;
/** A hot connection has its statements prepared, and stays; a timer for each read would cost more than it frees. */
const NEVER = 0;
/** Hot statements look up keys: one plan serves them all, and planning anew for each call costs more than the call. */
const HOT_SETTINGS = 'set plan_cache_mode = force_generic_plan';
const STATEMENT_TIMEOUT_MS = 15_000;
/** Longer than any statement takes: then it is not the statement that is slow, nobody is there. */
const SILENT_MS_MAX = 18_000;
const FILE_SILENT_MS_MAX = 15 * 60_000;
const CONNECT_TIMEOUT_MS = 5_000;
const BILLERS_KEPT_MAX = 1_000;

/** A transaction. Every statement of a feature's store takes one; nothing calls the outside while one is open. */
export type Tx = Transaction<DB>;

/** A statement sent by name: parsed and planned once a connection, not once a call. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

export interface Database {
  /**
   * Runs `act` in a transaction that sees the rows of one biller and no other (row-level security).
   * Deadlocks and serialization failures repeat the whole of `act`, so it must touch nothing but the database.
   */
  withBiller<T>(bid: number, act: (tx: Tx) => Promise<T>): Promise<T>;
  /** The same across billers: for sign-in, lane claims and staff search only. */
  withSystem<T>(act: (tx: Tx) => Promise<T>): Promise<T>;
  /** One hot read of one biller outside a transaction, by a named statement. */
  readNamed<Row extends pg.QueryResultRow>(
    bid: number,
    statement: NamedStatement,
    values: readonly unknown[],
  ): Promise<Row[]>;
  /** One row of one biller by its key: reads that come at once share a statement (read-together.ts). */
  readKeyed<Row extends pg.QueryResultRow>(
    bid: number,
    statement: KeyedStatement,
    key: string,
  ): Promise<Row | undefined>;
  /** One row written by its key, by a statement that is a transaction of its own and shared by writes that come at once. */
  writeKeyed<Row extends pg.QueryResultRow>(
    bid: number,
    statement: KeyedStatement,
    row: { readonly key: string; readonly columns: readonly unknown[] },
  ): Promise<Row | undefined>;
  /** A transaction of one biller with the bare connection, for COPY. No statement time-out. */
  withBillerConnection<T>(bid: number, act: (connection: pg.PoolClient) => Promise<T>): Promise<T>;
  /**
   * A connection of one's own (session advisory locks, LISTEN) with the rights across billers. The caller ends it. One that
   * is asked and says nothing for `silentMs` is lost.
   */
  connect(purpose: string, silentMs?: number): Promise<pg.Client>;
  /** The owner's connection string, for migrations and the job queue. */
  readonly url: string;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the pools. Connects lazily; `ping` tells whether the database is there. `onError` hears of dead idle connections. */
export function openDatabase(from: { url: string; onError?: (cause: Error) => void }): Database {
  installTypes();
  const onError = from.onError ?? (() => undefined);
  const pool = (
    name: string,
    role: string,
    limits: { max: number; idleTimeoutMillis?: number; silentMs?: number },
  ): pg.Pool => {
    const { silentMs = SILENT_MS_MAX, ...sizes } = limits;
    const options = connectionOptions(from.url, name, role);
    const made = new pg.Pool({ ...options, idleTimeoutMillis: IDLE_CONNECTION_MS, ...sizes });
    made.on('error', onError);
    made.on('connect', (client) => {
      client.on('error', onError);
      watchSilence(client, silentMs);
    });
    return made;
  };
  const appPool = pool('causeway app', 'causeway_app', { max: APP_CONNECTIONS_MAX });
  const systemPool = pool('causeway system', 'causeway_system', { max: SYSTEM_CONNECTIONS_MAX });
  const hotPool = pool('causeway hot', 'causeway_app', { max: HOT_CONNECTIONS_MAX, idleTimeoutMillis: NEVER });
  const files = { max: FILE_CONNECTIONS_MAX, silentMs: FILE_SILENT_MS_MAX };
  const filePool = pool('causeway files', 'causeway_app', files);
  const billerOf = keptByBiller((bid) => openForBiller(appPool, bid));
  const runHot = createHotRunner(hotPool);
  const readTogether = createTogether(runHot);
  const writeTogether = createWriteTogether(runHot);
  const system = new Kysely<DB>({ dialect: new PostgresDialect({ pool: systemPool }) });

  return {
    url: from.url,
    withBiller: (bid, act) => retried(() => billerOf(checkedBid(bid)).transaction().execute(act)),
    withSystem: (act) => retried(() => system.transaction().execute(act)),
    readNamed: runHot,
    readKeyed: <Row extends pg.QueryResultRow>(bid: number, statement: KeyedStatement, key: string) =>
      readTogether(bid, statement, key) as Promise<Row | undefined>,
    writeKeyed: <Row extends pg.QueryResultRow>(
      bid: number,
      statement: KeyedStatement,
      row: { readonly key: string; readonly columns: readonly unknown[] },
    ) => writeTogether(bid, statement, row) as Promise<Row | undefined>,
    withBillerConnection: (bid, act) => withOwnConnection(filePool, bid, act),
    connect: async (purpose, silentMs = SILENT_MS_MAX) => {
      const client = new pg.Client(connectionOptions(from.url, `causeway ${purpose}`, 'causeway_system'));
      client.on('error', onError);
      await client.connect();
      watchSilence(client, silentMs);
      return client;
    },
    ping: async () => {
      await systemPool.query('select 1');
    },
    close: async () => {
      await Promise.all([appPool.end(), system.destroy(), hotPool.end(), filePool.end()]);
    },
  };
}

/** Begins a transaction and names its biller in one round trip. */
class BillerDriver extends PostgresDriver {
  readonly #begin: CompiledQuery;
  constructor(pool: pg.Pool, bid: number) {
    super({ pool });
    this.#begin = CompiledQuery.raw(`begin; set local app.bid = '${checkedBid(bid)}'`);
  }
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(this.#begin);
  }
}

function openForBiller(pool: pg.Pool, bid: number): Kysely<DB> {
  return new Kysely<DB>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new BillerDriver(pool, bid),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

/** Makes one for each biller, and keeps the latest; they hold no connection, only the statement they begin with. */
function keptByBiller<T>(make: (bid: number) => T): (bid: number) => T {
  const kept = new Map<number, T>();
  return (bid) => {
    const found = kept.get(bid) ?? make(bid);
    kept.delete(bid);
    kept.set(bid, found);
    for (const oldest of kept.keys()) {
      if (kept.size <= BILLERS_KEPT_MAX) break;
      kept.delete(oldest);
    }
    return found;
  };
}

/** Runs on a pool used by nothing else, so the biller set last on a connection is still the one in force on it. */
function createHotRunner(pool: pg.Pool): Database['readNamed'] {
  const billerOf = new WeakMap<pg.PoolClient, number>();
  return async <Row extends pg.QueryResultRow>(bid: number, statement: NamedStatement, values: readonly unknown[]) => {
    const client = await pool.connect();
    let failure: Error | undefined;
    try {
      if (billerOf.get(client) !== bid) {
        billerOf.delete(client);
        await client.query(`${HOT_SETTINGS}; set app.bid = '${checkedBid(bid)}'`);
        billerOf.set(client, bid);
      }
      return await runNamed<Row>(client, statement, values);
    } catch (cause) {
      failure = cause instanceof Error ? cause : new Error(String(cause));
      throw cause;
    } finally {
      client.release(failure);
    }
  };
}

/** By a query made from its text and named after: pg copies the configuration object it would otherwise be given, slowly. */
function runNamed<Row extends pg.QueryResultRow>(
  client: pg.PoolClient,
  { name, text }: NamedStatement,
  values: readonly unknown[],
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const callback = (cause: Error | null | undefined, result: pg.QueryResult<Row>): void =>
      cause ? reject(cause) : resolve(result.rows);
    client.query(Object.assign(new pg.Query<Row>(text, [...values]), { name, callback }));
  });
}

/** A transaction on a bare connection; a failed one is thrown away, which rolls back. */
async function withOwnConnection<T>(
  pool: pg.Pool,
  bid: number,
  act: (connection: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query(`begin; set local app.bid = '${checkedBid(bid)}'; set local statement_timeout = 0`);
    const result = await act(client);
    await client.query('commit');
    return result;
  } catch (cause) {
    failure = cause instanceof Error ? cause : new Error(String(cause));
    throw cause;
  } finally {
    client.release(failure);
  }
}

/** No connection could be made: where to, why, and what to look at; never the login. */
export class DatabaseUnreachable extends Error {
  constructor(url: string, cause: unknown) {
    // `localhost` is tried as two addresses, and both failures come as one without a message of its own.
    const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
    const why = first instanceof Error ? first.message : String(first);
    super(
      `The database at ${placeOf(url)} can't be reached: ${why}. Check DATABASE_URL, or CAUSEWAY_DATA for the embedded one.`,
      { cause },
    );
    this.name = 'DatabaseUnreachable';
  }
}

function placeOf(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed) return 'DATABASE_URL';
  const host = parsed.searchParams.get('host') ?? parsed.hostname;
  return `${host}:${parsed.port || '5432'}${parsed.pathname}`;
}

/** Whether an error says that the database is away (down, restarting, unreachable), not that a statement is wrong. */
export function isDatabaseAway(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  if (cause instanceof DatabaseUnreachable || cause instanceof DatabaseSilent) return true;
  const code = 'code' in cause ? String(cause.code) : '';
  if (/^(08|57P0[1-5]|53)/.test(code)) return true;
  // ENOENT is a socket that is not there; of a file it says nothing about the database.
  if (['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'].includes(code))
    return 'syscall' in cause && ['connect', 'read', 'write', 'getaddrinfo'].includes(String(cause.syscall));
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
    cause.message,
  );
}

function connectionOptions(url: string, name: string, role: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    options: `-c role=${role} -c timezone=UTC -c datestyle=ISO -c statement_timeout=${STATEMENT_TIMEOUT_MS} -c idle_in_transaction_session_timeout=60000`,
  };
}

function checkedBid(bid: number): number {
  if (!Number.isSafeInteger(bid) || bid <= 0) throw new Error(`not a biller id: ${bid}`);
  return bid;
}

async function retried<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
      const isRepeatable = code === '40P01' || code === '40001';
      if (!isRepeatable || attempt >= TRANSACTION_TRIES_MAX) throw cause;
    }
  }
}

let areTypesInstalled = false;

/**
 * How PostgreSQL's types arrive: bigint as a checked safe integer (cents and ids fit), timestamptz as Temporal.Instant,
 * date as its ISO text. Temporal objects go out as text: pg would otherwise send them as quoted JSON.
 */
function installTypes(): void {
  if (areTypesInstalled) return;
  areTypesInstalled = true;
  pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw new Error(`bigint out of the safe range: ${text}`);
    return value;
  });
  pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => Temporal.Instant.from(text));
  pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
  Object.defineProperty(Temporal.Instant.prototype, 'toPostgres', {
    value(this: Temporal.Instant) {
      return this.toString();
    },
  });
}
