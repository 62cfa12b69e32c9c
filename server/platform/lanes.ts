import type pg from 'pg';
import type { Clock } from './clock.ts';
import type { CrashPoints } from './crash-points.ts';
import type { Database } from './database.ts';
import type { Log } from './log.ts';
import type { Timers } from './timers.ts';

/** Lanes worked at once in one process; each costs a connection while it works. */
const SLOTS_MAX = 16;
/** The net under a lost notification, and how soon a dead process's lanes are found. */
const POLL_MS = 1_000;
const RECONNECT_MS = 500;
/** A lane at work says something this often. Unanswered for the second figure, its connection is lost, and with it the lock. */
const HEARTBEAT_MS = 3_000;
const ANSWER_MS_MAX = 8_000;
/**
 * A process that stands still (stopped, or its event loop blocked) beats no more, yet keeps its connection: PostgreSQL ends
 * a session that says nothing for so long, and with it the lock. What the process wakes up to is a lost connection.
 */
const SILENT_MS_MAX = 12_000;
/** The rest after a run that threw, doubled each time up to the last. */
const FAILURE_REST_MS = 500;
const FAILURE_REST_MS_MAX = 30_000;
const FAILURE_DOUBLINGS_MAX = 6;
/** How long calls under way may take to end when the program stops. */
const STOP_MS = 20_000;
const ERROR_TEXT_MAX = 500;
const LOST = 'the lane lost its database connection';

/** The connection that holds the lock, one statement at a time in the order they were asked for. */
export interface LaneConnection {
  query<Row extends pg.QueryResultRow>(statement: pg.QueryConfig): Promise<pg.QueryResult<Row>>;
}

/** A lane held by this process: nobody else works it while `connection` lives. */
export interface LaneLease {
  readonly bid: number;
  readonly id: string;
  readonly family: string;
  readonly environment: number;
  /** Runs in a row that ended in trouble. */
  readonly troubles: number;
  /** Holds the lock; what is committed on it is committed as the holder. */
  readonly connection: LaneConnection;
  /** Aborted when the connection, and so the lock, is lost, or when the program stops and patience ends. */
  readonly signal: AbortSignal;
  readonly isStopping: () => boolean;
  /** Calls `ring` at each wake-up of this lane until the run ends. */
  readonly onWake: (ring: () => void) => void;
}

export interface LaneOutcome {
  /** Undefined: when woken. */
  readonly nextAtMs: number | undefined;
  readonly trouble: string | undefined;
}

export interface LaneRunner {
  /** Begins nothing new, lets calls under way end (20 s), gives the locks back. */
  stop(): Promise<void>;
}

export interface LaneDeps {
  readonly database: Pick<Database, 'connect'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly crash: CrashPoints;
}

interface ClaimRow {
  bid: number;
  id: string;
  family: string;
  environment: number;
  attempts: number;
  wanted: number;
}

// Read before the work: a wake-up during the run leaves wanted above it, so it is never lost. The materialized list and
// its limit stay: otherwise rows would be locked that are not returned.
const CLAIM = {
  name: 'lane-claim',
  text: `with candidate as materialized (
  select bid, id, family, environment, attempts, wanted from lane
    where wanted > done and run_at <= $1 and paused_at is null order by run_at limit 50)
select bid, id, family, environment, attempts, wanted from candidate where pg_try_advisory_lock(hashtextextended(id, 7)) limit 1`,
};
const READ_CLAIMED = {
  name: 'lane-read-claimed',
  text: 'select bid, id, family, environment, attempts, wanted from lane where bid = $1 and id = $2 and wanted > done and run_at <= $3 and paused_at is null',
};
const FINISH = {
  name: 'lane-finish',
  text: `update lane set done = greatest(done, $3),
  wanted = case when $4::timestamptz is null then wanted else greatest(wanted, $3 + 1) end,
  run_at = case when wanted > $3 then run_at when $4::timestamptz is null then run_at else $4 end,
  attempts = case when $5::text is null then 0 else attempts + 1 end, last_error = $5
where bid = $1 and id = $2`,
};

/**
 * Works lanes as they become due: one idle connection listens by polling, claims a lane by a session advisory lock, and
 * another takes its place. A process that dies gives its locks back with its connections, so another claims within
 * about a second. `settings` are SQL statements for each connection.
 */
export function runLanes(
  deps: LaneDeps,
  settings: string,
  work: (lease: LaneLease) => Promise<LaneOutcome>,
): LaneRunner {
  const stop = new AbortController();
  const cut = new AbortController();
  const active = new Map<string, Set<() => void>>();
  const isStopping = (): boolean => stop.signal.aborted;
  const slots = laneSlots(deps, {
    settings,
    isStopping,
    work: async (connection, row, lost) => {
      const rings = new Set<() => void>();
      active.set(row.id, rings);
      try {
        await workClaimed(deps, { connection, row, lost, cut, isStopping, rings, work });
      } finally {
        active.delete(row.id);
      }
    },
  });
  const listening = listen(deps, stop.signal, (id) => {
    for (const ring of active.get(id) ?? []) ring();
    slots.wake();
  });
  slots.open();
  return {
    stop: async () => {
      stop.abort();
      slots.wake();
      const patience = deps.timers.after(STOP_MS, () => cut.abort());
      await Promise.all([slots.ended(), listening]);
      patience.cancel();
    },
  };
}

interface SlotsFrom {
  readonly settings: string;
  readonly isStopping: () => boolean;
  readonly work: (connection: LaneConnection, row: ClaimRow, lost: AbortController) => Promise<void>;
}

interface Slots {
  open(): void;
  /** The idle slot looks at once. */
  wake(): void;
  ended(): Promise<unknown>;
}

/** Connections that claim and work lanes: one is idle, as many as needed up to the limit are busy. */
function laneSlots(deps: LaneDeps, from: SlotsFrom): Slots {
  const { isStopping } = from;
  const slots = new Set<Promise<void>>();
  let idle = 0;
  let ringIdle: (() => void) | undefined;

  const open = (): void => {
    if (isStopping() || idle > 0 || slots.size >= SLOTS_MAX) return;
    idle += 1;
    const slot = run().finally(() => {
      slots.delete(slot);
      if (slots.size === 0) open();
    });
    slots.add(slot);
  };
  const rest = async (ms: number): Promise<void> => {
    await new Promise<void>((resolve) => {
      const timer = deps.timers.after(ms, resolve);
      ringIdle = () => {
        timer.cancel();
        resolve();
      };
    });
  };
  /** Idle until a lane is due, busy while it works it; ends as spare when another slot is idle already. */
  const serve = async (slot: { isIdle: boolean }, client: pg.Client, lost: AbortController): Promise<boolean> => {
    const connection = inTurn(client, lost.signal);
    while (!isStopping() && !lost.signal.aborted) {
      const claimed = await claim(deps, client);
      if (claimed) {
        if (slot.isIdle) {
          slot.isIdle = false;
          idle -= 1;
          open();
        }
        await from.work(connection, claimed, lost);
        continue;
      }
      if (!slot.isIdle) {
        if (idle > 0) return true;
        idle += 1;
        slot.isIdle = true;
      }
      await rest(POLL_MS);
    }
    return false;
  };
  const run = async (): Promise<void> => {
    const slot = { isIdle: true };
    while (!isStopping()) {
      const lost = new AbortController();
      let client: pg.Client | undefined;
      try {
        client = await deps.database.connect('lane', ANSWER_MS_MAX);
        client.on('error', () => lost.abort());
        client.on('end', () => lost.abort());
        await client.query(`set idle_session_timeout = ${SILENT_MS_MAX}; ${from.settings}`);
        if (await serve(slot, client, lost)) return;
      } catch (cause) {
        if (!isStopping()) deps.log.warn({ err: cause }, 'a lane slot lost its database connection');
      } finally {
        await client?.end().catch(() => undefined);
      }
      if (!isStopping()) await rest(RECONNECT_MS);
    }
    if (slot.isIdle) idle -= 1;
  };
  return { open, wake: () => ringIdle?.(), ended: () => Promise.all(slots) };
}

async function claim(deps: Pick<LaneDeps, 'clock'>, client: pg.Client): Promise<ClaimRow | undefined> {
  const now = deps.clock.now();
  const { rows } = await client.query<ClaimRow>({ ...CLAIM, values: [now] });
  const [candidate] = rows;
  if (!candidate) return undefined;
  // Read again under the lock: its last holder may have finished it between the list and the lock.
  const again = await client.query<ClaimRow>({ ...READ_CLAIMED, values: [candidate.bid, candidate.id, now] });
  if (!again.rows[0]) await client.query('select pg_advisory_unlock_all()');
  return again.rows[0];
}

/** One run of one lane, from the lock to its release. A run that throws is tried again, ever later. */
async function workClaimed(
  deps: LaneDeps,
  from: {
    connection: LaneConnection;
    row: ClaimRow;
    lost: AbortController;
    cut: AbortController;
    isStopping: () => boolean;
    rings: Set<() => void>;
    work: (lease: LaneLease) => Promise<LaneOutcome>;
  },
): Promise<void> {
  const { connection, row, lost, cut, rings } = from;
  deps.crash.at('lease-taken');
  const heartbeat = beat(deps, connection, lost);
  let outcome: LaneOutcome;
  try {
    outcome = await from.work({
      bid: row.bid,
      id: row.id,
      family: row.family,
      environment: row.environment,
      troubles: row.attempts,
      connection,
      signal: AbortSignal.any([lost.signal, cut.signal]),
      isStopping: from.isStopping,
      onWake: (ring) => rings.add(ring),
    });
  } catch (cause) {
    deps.log.error({ err: cause, lane: row.id }, 'a run of a lane failed');
    const wait = FAILURE_REST_MS * 2 ** Math.min(row.attempts, FAILURE_DOUBLINGS_MAX);
    outcome = {
      nextAtMs: deps.clock.nowMs() + Math.min(wait, FAILURE_REST_MS_MAX),
      trouble: cause instanceof Error ? cause.message : String(cause),
    };
  } finally {
    heartbeat.cancel();
  }
  if (lost.signal.aborted) return;
  const nextAt =
    outcome.nextAtMs === undefined ? null : Temporal.Instant.fromEpochMilliseconds(Math.ceil(outcome.nextAtMs));
  const trouble = outcome.trouble?.slice(0, ERROR_TEXT_MAX) ?? null;
  await connection.query({ ...FINISH, values: [row.bid, row.id, row.wanted, nextAt, trouble] });
  await connection.query({ text: 'select pg_advisory_unlock_all()' });
}

/** One statement at a time; what waits for an answer fails as soon as the connection is taken for lost. */
function inTurn(client: pg.Client, lost: AbortSignal): LaneConnection {
  let last: Promise<unknown> = Promise.resolve();
  const waiting = new Set<(cause: Error) => void>();
  const failAll = (): void => {
    for (const fail of waiting) fail(new Error(LOST));
  };
  lost.addEventListener('abort', failAll, { once: true });
  return {
    query: <Row extends pg.QueryResultRow>(statement: pg.QueryConfig) =>
      new Promise<pg.QueryResult<Row>>((resolve, reject) => {
        if (lost.aborted) {
          reject(new Error(LOST));
          return;
        }
        waiting.add(reject);
        last = last
          .then(() => client.query<Row>(statement))
          .then(resolve, reject)
          .finally(() => waiting.delete(reject));
      }),
  };
}

/** Says something now and then, so that PostgreSQL does not take the holder for one that stands still. */
function beat(deps: LaneDeps, connection: LaneConnection, lost: AbortController): { cancel(): void } {
  let isUnanswered = false;
  return deps.timers.every(HEARTBEAT_MS, () => {
    if (isUnanswered) return;
    isUnanswered = true;
    connection.query({ text: 'select 1' }).then(
      () => {
        isUnanswered = false;
      },
      () => lost.abort(),
    );
  });
}

/** Keeps one connection on LISTEN; while it is away the poll alone finds due lanes. */
async function listen(deps: LaneDeps, stop: AbortSignal, onWake: (laneId: string) => void): Promise<void> {
  while (!stop.aborted) {
    const ended = new AbortController();
    let connection: pg.Client | undefined;
    try {
      connection = await deps.database.connect('lane listener');
      connection.on('error', () => ended.abort());
      connection.on('end', () => ended.abort());
      connection.on('notification', (message) => onWake(message.payload ?? ''));
      await connection.query('listen lane');
      onWake('');
      await aborted(AbortSignal.any([stop, ended.signal]));
    } catch (cause) {
      if (!stop.aborted) deps.log.warn({ err: cause }, 'the lane listener lost its database connection');
    } finally {
      await connection?.end().catch(() => undefined);
    }
    if (!stop.aborted) await deps.timers.sleep(RECONNECT_MS, stop).catch(() => undefined);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
