import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareLedgers } from './compare-ledgers.ts';
import { fillWorld, type TestAccounts } from './fill-world.ts';
import { describeLoad, startLoad } from './load.ts';
import { describeTakeovers, measureTakeover } from './measure-takeover.ts';
import { type Program, pause, until } from './processes.ts';
import { settleWorld } from './settle-world.ts';
import { openWorld, type World } from './world.ts';

const HEAP_MB = 160;
const LOAD_BETWEEN_MS = 1_500;
/** Longer than an intent may be old, than a lane's session may be silent, and than a database connection may. */
const BLOCKED_MS = 25_000;
const DEAD_LIMIT_MS = 240_000;

let world: World;
let accounts: TestAccounts;
beforeAll(async () => {
  world = await openWorld({ webs: 1, workers: 2 });
  accounts = await fillWorld(world, { often: 160, once: 600 });
});
afterAll(() => world?.close());

// Unlike a kill, both come slowly: before the heap is full the process spends its time collecting garbage, with sends under
// way; and a blocked event loop goes on in the middle of what it was about to send, its lock long lost.
test('a worker that runs out of heap, and one whose event loop is blocked, lose their lanes; nothing is lost or posted twice', async () => {
  const [hoarding, blocked] = world.workers as [Program, Program];
  const blockFile = path.join(world.folder, 'blocked');
  await Promise.all([
    world.webs[0]?.start(),
    hoarding.start({ CRASH_EXHAUST: 'heap', NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` }),
    blocked.start({ CRASH_EXHAUST: blockFile }),
  ]);
  const load = startLoad(world, { accounts, onPages: 2, direct: 3 });
  const takeovers: number[] = [];
  await pause(LOAD_BETWEEN_MS);
  signal(hoarding);
  await until(() => !hoarding.isRunning(), {
    limitMs: DEAD_LIMIT_MS,
    why: () => 'the heap never got full',
    everyMs: 5,
  });
  takeovers.push((await measureTakeover(world, performance.now())) ?? 0);
  expect(hoarding.words()).toMatch(/heap out of memory|heap limit/i);
  await hoarding.start();

  await pause(LOAD_BETWEEN_MS);
  fs.writeFileSync(blockFile, '');
  signal(blocked);
  const blockedAtMs = performance.now();
  takeovers.push((await measureTakeover(world, blockedAtMs)) ?? 0);
  await pause(Math.max(0, BLOCKED_MS - (performance.now() - blockedAtMs)));
  fs.rmSync(blockFile);
  await pause(LOAD_BETWEEN_MS);

  const figures = await load.stop();
  const resolved = await settleWorld(world);
  const compared = await compareLedgers(world, [figures]);
  console.log(`exhausted workers: ${describeTakeovers(takeovers)}; ${describeLoad(figures)}`);
  console.log(
    `exhausted workers: ${compared.payments} payments of ${compared.totalCents} cents agree; ${JSON.stringify(resolved)}`,
  );
  expect(blocked.isRunning(), 'what was blocked goes on').toBe(true);
  expect(compared.payments).toBeGreaterThan(2);
});

function signal(worker: Program): void {
  const pid = worker.pid();
  if (pid !== undefined) process.kill(pid, 'SIGUSR2');
}
