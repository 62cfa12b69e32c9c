import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareLedgers } from './compare-ledgers.ts';
import { fillWorld, type TestAccounts } from './fill-world.ts';
import { describeLoad, startLoad } from './load.ts';
import { describeTakeovers, measureTakeover } from './measure-takeover.ts';
import { type Program, pause } from './processes.ts';
import { settleWorld } from './settle-world.ts';
import { openWorld, type World } from './world.ts';

const FREEZES = 4;
/** A worker may stand still while nothing lies with it: until one takeover was seen, another is stopped. */
const FREEZES_MAX = 40;
const PAID_BETWEEN = 3;
const LOAD_BETWEEN_MS = 1_500;
const THAWED_MS = 1_000;

let world: World;
let accounts: TestAccounts;
beforeAll(async () => {
  world = await openWorld({ webs: 1, workers: 2 });
  accounts = await fillWorld(world, { often: 160, once: 600 });
});
afterAll(async () => {
  for (const worker of world?.workers ?? []) signal(worker, 'SIGCONT');
  await world?.close();
});

// A stopped process keeps its connections, so nothing tells PostgreSQL that its locks are worth nothing any more; and when
// it goes on it does so in the middle of what it was about to send.
test('a worker that stands still loses its lanes; when it goes on, nothing is posted twice', async () => {
  const programs = [...world.webs, ...world.workers];
  await Promise.all(programs.map((each) => each.start()));
  const load = startLoad(world, { accounts, onPages: 2, direct: 3 });
  const takeovers: number[] = [];
  let freeze = 0;
  for (; freeze < FREEZES || (takeovers.length === 0 && freeze < FREEZES_MAX); freeze++) {
    await Promise.all([pause(LOAD_BETWEEN_MS), load.untilPaid(PAID_BETWEEN)]);
    const victim = world.workers[freeze % world.workers.length] as Program;
    signal(victim, 'SIGSTOP');
    const tookMs = await measureTakeover(world, performance.now());
    if (tookMs !== undefined) takeovers.push(tookMs);
    signal(victim, 'SIGCONT');
    await pause(THAWED_MS);
  }
  const figures = await load.stop();
  const resolved = await settleWorld(world);
  const compared = await compareLedgers(world, [figures]);
  console.log(`frozen workers: ${freeze} freezes; ${describeTakeovers(takeovers)}; ${describeLoad(figures)}`);
  console.log(
    `frozen workers: ${compared.payments} payments of ${compared.totalCents} cents agree; ${JSON.stringify(resolved)}`,
  );
  expect(programs.every((each) => each.isRunning())).toBe(true);
  expect(takeovers.length).toBeGreaterThan(0);
  expect(compared.payments).toBeGreaterThan(FREEZES);
});

function signal(worker: Program, name: 'SIGSTOP' | 'SIGCONT'): void {
  const pid = worker.pid();
  if (pid !== undefined) process.kill(pid, name);
}
