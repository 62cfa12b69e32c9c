import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CrashPointName } from '../platform/crash-points.ts';
import { compareLedgers } from './compare-ledgers.ts';
import { fillWorld } from './fill-world.ts';
import { describeLoad, type Load, startLoad } from './load.ts';
import { describeTakeovers, measureTakeover } from './measure-takeover.ts';
import { type Program, pause, until } from './processes.ts';
import { settleWorld } from './settle-world.ts';
import { openWorld, type World } from './world.ts';

// Every crash point of the money path: the process that passes it kills itself there, under load, and another goes on.
// Those of the import have a test of their own (import-kills.test.ts).

const REACHED_LIMIT_MS = 240_000;
/** So long the dying worker has for getting to its point beside another; then that one leaves it everything. */
const PATIENCE_MS = 20_000;

/** Where each point is passed, and at which passing the process dies: some way into its work. */
const WORKER_POINTS: readonly (readonly [CrashPointName, number])[] = [
  ['lease-taken', 2],
  ['session-opened', 2],
  ['baseline-read', 3],
  ['intent-before-commit', 3],
  ['intent-committed', 3],
  ['request-half-written', 3],
  ['request-sent', 3],
  ['answer-received', 3],
  ['mark-before-commit', 3],
  ['marked', 3],
  ['session-before-close', 2],
  ['charge-answer-received', 1],
  ['payment-approved-before-commit', 1],
  ['payment-approved', 1],
];
const JANITOR_POINTS: ReadonlySet<CrashPointName> = new Set([
  'charge-answer-received',
  'payment-approved-before-commit',
  'payment-approved',
]);
const WEB_POINTS: readonly (readonly [CrashPointName, number])[] = [
  ['payment-claimed', 2],
  ['checkout-created', 2],
  ['charge-answer-received', 2],
  ['payment-approved-before-commit', 2],
  ['payment-approved', 2],
];

let world: World;
let load: Load;
let kills = 0;
const takeovers: number[] = [];

beforeAll(async () => {
  world = await openWorld({ webs: 2, workers: 2 });
  const accounts = await fillWorld(world, { often: 240, once: 1_500 });
  await Promise.all([...world.webs, ...world.workers].map((each) => each.start()));
  load = startLoad(world, { accounts, onPages: 4, direct: 3 });
});
afterAll(() => world?.close());

for (const [name, n] of WORKER_POINTS) {
  test(`a worker that dies at ${name} is taken over`, async () => {
    const [standing, dying] = world.workers as [Program, Program];
    // Without the processor's events it is the janitor who finds the charges of payers that closed the window.
    await world.processor.pauseEvents(JANITOR_POINTS.has(name));
    await dying.kill();
    await dying.start({ CRASH_AT: `${name}:${n}` });
    await withinPatience(dying);
    // The one that is to live dies first, and leaves its lanes to the one that is to die.
    if (dying.isRunning()) {
      await standing.kill();
      kills += 1;
      await standing.start();
    }
    await untilDead(dying, name);
    const diedAtMs = performance.now();
    const [tookMs] = await Promise.all([measureTakeover(world, diedAtMs), dying.start()]);
    if (tookMs !== undefined) takeovers.push(tookMs);
  });
}

for (const [name, n] of WEB_POINTS) {
  test(`a web process that dies at ${name} loses nothing`, async () => {
    const [, dying] = world.webs as unknown as [Program, Program];
    await world.processor.pauseEvents(false);
    await dying.kill();
    await dying.start({ CRASH_AT: `${name}:${n}` });
    await untilDead(dying, name);
    await dying.start();
  });
}

test('after all these deaths the three ledgers agree to the cent', async () => {
  await load.untilPaid(Math.max(0, 120 - load.figures.paid));
  const figures = await load.stop();
  const resolved = await settleWorld(world);
  const compared = await compareLedgers(world, [figures]);
  console.log(`crash points: ${kills} deaths; ${describeLoad(figures)}`);
  console.log(
    `crash points: ${compared.payments} payments of ${compared.totalCents} cents agree; ${JSON.stringify(resolved)}`,
  );
  console.log(`crash points: ${describeTakeovers(takeovers)}`);
  expect(compared.payments).toBeGreaterThan(100);
});

async function untilDead(dying: Program, name: CrashPointName): Promise<void> {
  const why = () => `${dying.name} never came to ${name}\n${dying.words()}`;
  await until(() => !dying.isRunning(), { limitMs: REACHED_LIMIT_MS, everyMs: 5, why });
  kills += 1;
}

/** Both workers take lanes; sooner or later each gets one. */
async function withinPatience(dying: Program): Promise<void> {
  const startedMs = performance.now();
  while (dying.isRunning() && performance.now() - startedMs < PATIENCE_MS) await pause(10);
}
