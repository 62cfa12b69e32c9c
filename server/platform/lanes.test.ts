import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { withTestDatabase } from '../testing/database.ts';
import { systemClock } from './clock.ts';
import { noCrashPoints } from './crash-points.ts';
import { type LaneLease, type LaneOutcome, type LaneRunner, runLanes } from './lanes.ts';
import { createLog } from './log.ts';
import { systemTimers } from './timers.ts';

const WAIT = { timeout: 120_000 };
const DONE: LaneOutcome = { nextAtMs: undefined, trouble: undefined };

let opened: Awaited<ReturnType<typeof withTestDatabase>>;
const runners: LaneRunner[] = [];

beforeAll(async () => {
  opened = await withTestDatabase();
});
// A runner of an earlier test would take the lanes of the next.
afterEach(async () => {
  await Promise.all(runners.splice(0).map((one) => one.stop()));
});
afterAll(() => opened.close());

function start(work: (lease: LaneLease) => Promise<LaneOutcome>): LaneRunner {
  const deps = {
    database: opened.database,
    clock: systemClock,
    timers: systemTimers,
    log: createLog({ level: 'silent' }),
    crash: noCrashPoints,
  };
  const runner = runLanes(deps, 'set jit = off', work);
  runners.push(runner);
  return runner;
}

const wake = (bid: number) =>
  opened.database.withBiller(bid, (tx) =>
    sql`select wake_lane(${bid}, ${`${bid}/payments/1`}, 'payments', 1)`.execute(tx),
  );

async function terminate(pid: number): Promise<void> {
  const client = new pg.Client({ connectionString: opened.url });
  await client.connect();
  await client.query('select pg_terminate_backend($1)', [pid]);
  await client.end();
}

async function pidOf(lease: LaneLease): Promise<number> {
  const { rows } = await lease.connection.query<{ pid: number }>({ text: 'select pg_backend_pid() as pid' });
  return rows[0]?.pid ?? 0;
}

test('a lane whose lock is lost aborts its handler, fails its statements, and is taken over', async () => {
  const runs: { by: string; isAborted: boolean; statement: string }[] = [];
  let lostAtMs = 0;
  let takenOverMs = Number.POSITIVE_INFINITY;
  const work = (by: string) => async (lease: LaneLease) => {
    if (lease.bid !== 1) return DONE;
    if (lostAtMs > 0) {
      takenOverMs = systemClock.monotonicMs() - lostAtMs;
      runs.push({ by, isAborted: false, statement: 'none' });
      return DONE;
    }
    const pid = await pidOf(lease);
    lostAtMs = systemClock.monotonicMs();
    const aborted = new Promise((resolve) => lease.signal.addEventListener('abort', resolve, { once: true }));
    await terminate(pid);
    await aborted;
    const statement = await lease.connection.query({ text: 'select 1' }).then(
      () => 'answered',
      () => 'failed',
    );
    runs.push({ by, isAborted: lease.signal.aborted, statement });
    return DONE;
  };
  start(work('one'));
  start(work('other'));
  await wake(1);
  await expect.poll(() => runs.length, WAIT).toBe(2);
  // Whoever takes over may be done before the one that lost the lock has noticed.
  expect(runs.map(({ isAborted, statement }) => `${isAborted} ${statement}`).sort()).toEqual([
    'false none',
    'true failed',
  ]);
  console.info(`a lost lane was taken over after ${Math.round(takenOverMs)} ms (promised: 30 s)`);
});

test('a lane is worked by one runner at a time, and a wake-up during its run is not lost', async () => {
  let inside = 0;
  let most = 0;
  let runsOfTwo = 0;
  const work = async (lease: LaneLease) => {
    if (lease.bid !== 2) return DONE;
    inside += 1;
    most = Math.max(most, inside);
    runsOfTwo += 1;
    // The second wake-up happens while the first run is under way, and a run follows it.
    if (runsOfTwo === 1) await wake(2);
    await lease.connection.query({ text: 'select pg_sleep(0.05)' });
    inside -= 1;
    return DONE;
  };
  start(work);
  start(work);
  await wake(2);
  await expect.poll(() => runsOfTwo, WAIT).toBe(2);
  expect(most).toBe(1);
});

test('a run that throws keeps its words and is tried again', async () => {
  let tries = 0;
  start(async (lease) => {
    if (lease.bid !== 3) return DONE;
    tries += 1;
    if (tries === 1) throw new Error('no such thing');
    const { rows } = await lease.connection.query<{ last_error: string }>({
      text: 'select last_error from lane where bid = 3',
    });
    expect(rows[0]?.last_error).toBe('no such thing');
    return DONE;
  });
  await wake(3);
  await expect.poll(() => tries, WAIT).toBe(2);
  const read = () =>
    opened.database.withBiller(3, (tx) => tx.selectFrom('lane').select(['attempts', 'last_error']).executeTakeFirst());
  await expect.poll(read, WAIT).toEqual({ attempts: 0, last_error: null });
});

test('a paused lane is not claimed, whatever wakes it', async () => {
  const worked: number[] = [];
  start(async (lease) => {
    worked.push(lease.bid);
    return DONE;
  });
  await opened.database.withSystem((tx) =>
    sql`insert into lane (bid, id, family, environment, paused_at) values (4, '4/payments/1', 'payments', 1, now())`.execute(
      tx,
    ),
  );
  await wake(4);
  // Later wake-ups of another lane are worked, so the poll passed over the paused one.
  for (const round of [1, 2, 3]) {
    await wake(5);
    await expect.poll(() => worked.length, WAIT).toBe(round);
  }
  expect(worked).toEqual([5, 5, 5]);
});
