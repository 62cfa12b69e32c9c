import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareLedgers } from './compare-ledgers.ts';
import { fillWorld, type TestAccounts } from './fill-world.ts';
import { describeLoad, startLoad } from './load.ts';
import { describeTakeovers, measureTakeover } from './measure-takeover.ts';
import { type Program, pause, until } from './processes.ts';
import { settleWorld } from './settle-world.ts';
import { openWorld, type World } from './world.ts';

const KILLS = 100;
/** Of the kills of a worker every so-many-th is waited for, to measure who takes over, and when. */
const MEASURED_EVERY = 5;
const START_TRIES_MAX = 5;
const SEED = 20_261_118;

let world: World;
let accounts: TestAccounts;
beforeAll(async () => {
  world = await openWorld({ webs: 2, workers: 2 });
  accounts = await fillWorld(world, { often: 320, once: 2_000 });
});
afterAll(() => world?.close());

test(`${KILLS} times kill -9 of workers and webs under load: the three ledgers agree to the cent`, async () => {
  const programs = [...world.webs, ...world.workers];
  await Promise.all(programs.map((each) => each.start()));
  const load = startLoad(world, { accounts, onPages: 4, direct: 3 });
  const random = randomFrom(SEED);
  const takeovers: number[] = [];
  const starting = new Set<Promise<void>>();
  const failedStarts: string[] = [];
  /** A program that can't start after a kill is a fault; another try keeps the run going until that is told. */
  const startAgain = async (victim: Program): Promise<void> => {
    for (let tries = 1; tries <= START_TRIES_MAX && !victim.isRunning(); tries++) {
      await victim.start().catch((cause: unknown) => failedStarts.push(String(cause)));
    }
  };
  let workerKills = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    await pause(20 + random() * 250);
    await until(() => programs.some((each) => each.isReady()), {
      limitMs: 240_000,
      why: () => `no process gets ready: ${failedStarts.join('\n')}`,
    });
    const ready = programs.filter((each) => each.isReady());
    const victim = ready[Math.floor(random() * ready.length)] as Program;
    await victim.kill();
    const diedAtMs = performance.now();
    const again = startAgain(victim).finally(() => starting.delete(again));
    starting.add(again);
    if (!world.workers.includes(victim)) continue;
    workerKills += 1;
    if (workerKills % MEASURED_EVERY !== 0) continue;
    const tookMs = await measureTakeover(world, diedAtMs);
    if (tookMs !== undefined) takeovers.push(tookMs);
  }
  await Promise.all(starting);
  await load.untilPaid(Math.max(0, KILLS + 20 - load.figures.paid));
  const figures = await load.stop();
  const resolved = await settleWorld(world);
  const compared = await compareLedgers(world, [figures]);
  console.log(`random kills: ${KILLS} kills (${workerKills} of workers); ${describeLoad(figures)}`);
  console.log(
    `random kills: ${compared.payments} payments of ${compared.totalCents} cents agree; ${JSON.stringify(resolved)}`,
  );
  console.log(`random kills: ${describeTakeovers(takeovers)}`);
  expect(failedStarts).toEqual([]);
  expect(compared.payments).toBeGreaterThan(KILLS);
});

/** The same kills each time, as far as the machine allows. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
