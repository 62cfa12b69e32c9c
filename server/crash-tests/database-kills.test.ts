import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareLedgers } from './compare-ledgers.ts';
import { fillWorld, type TestAccounts } from './fill-world.ts';
import { describeLoad, startLoad } from './load.ts';
import { pause, until } from './processes.ts';
import { settleWorld } from './settle-world.ts';
import { openWorld, type World } from './world.ts';

const KILLS = 20;
/** After them so many fast shutdowns: every session is told (57P01), and the pools are full of dead connections. */
const SHUTDOWNS = 4;
const LOAD_BETWEEN_MS = 900;
const BACK_LIMIT_MS = 240_000;

let world: World;
let accounts: TestAccounts;
beforeAll(async () => {
  world = await openWorld({ webs: 1, workers: 2 });
  accounts = await fillWorld(world, { often: 160, once: 600 });
});
afterAll(() => world?.close());

test(`PostgreSQL killed ${KILLS} times and shut down ${SHUTDOWNS} times under load: it is started again, callers hear 503, what was told is there`, async () => {
  const programs = [...world.webs, ...world.workers];
  await Promise.all(programs.map((each) => each.start()));
  const pids = programs.map((each) => each.pid());
  const load = startLoad(world, { accounts, onPages: 3, direct: 2 });
  const away: number[] = [];
  for (let kill = 0; kill < KILLS + SHUTDOWNS; kill++) {
    await Promise.all([pause(LOAD_BETWEEN_MS), load.untilPaid(1)]);
    await until(() => world.postgres.pid() !== undefined, {
      limitMs: BACK_LIMIT_MS,
      why: () => 'no postmaster to kill',
    });
    const pid = world.postgres.pid();
    if (pid === undefined) throw new Error('the postmaster went by itself');
    process.kill(pid, kill < KILLS ? 'SIGKILL' : 'SIGINT');
    // Nobody but the programs themselves starts it again. A connection of the dead one may answer for a moment.
    const isBack = async () => {
      const now = world.postgres.pid();
      return now !== undefined && now !== pid && (await isThere());
    };
    away.push(await until(isBack, { limitMs: BACK_LIMIT_MS, why: () => `not started again\n${programs[0]?.words()}` }));
  }
  await pause(LOAD_BETWEEN_MS);
  const figures = await load.stop();
  const survivors = programs.filter((each, n) => each.isRunning() && each.pid() === pids[n]).map((each) => each.name);
  const resolved = await settleWorld(world);
  const compared = await compareLedgers(world, [figures]);
  console.log(
    `database kills: ${KILLS} kills and ${SHUTDOWNS} fast shutdowns, away ${Math.round(Math.min(...away))} to ${Math.round(Math.max(...away))} ms; ${describeLoad(figures)}`,
  );
  console.log(
    `database kills: ${compared.payments} payments of ${compared.totalCents} cents agree; ${JSON.stringify(resolved)}`,
  );
  expect(survivors).toEqual(programs.map((each) => each.name));
  expect([...figures.statuses.keys()]).not.toContain(500);
  // Nor are payers taken for guessers because their look-ups failed.
  expect([...figures.statuses.keys()]).not.toContain(429);
  expect(figures.statuses.get(503) ?? 0).toBeGreaterThan(0);
  expect(compared.payments).toBeGreaterThan(KILLS);
});

async function isThere(): Promise<boolean> {
  try {
    await world.deps.database.ping();
    return true;
  } catch {
    return false;
  }
}
