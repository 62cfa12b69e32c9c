import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FaultProxy, openFaultProxy } from '../testing/fault-proxy.ts';
import { compareLedgers } from './compare-ledgers.ts';
import { fillWorld, type TestAccounts } from './fill-world.ts';
import { describeLoad, startLoad } from './load.ts';
import { describeTakeovers, measureTakeover } from './measure-takeover.ts';
import { pause, until } from './processes.ts';
import { settleWorld } from './settle-world.ts';
import { openWorld, type World } from './world.ts';

const CUTS = 2;
const LOAD_BETWEEN_MS = 1_500;
const GIVEN_UP_LIMIT_MS = 180_000;

let world: World;
let accounts: TestAccounts;
let proxy: FaultProxy;
beforeAll(async () => {
  world = await openWorld({ webs: 1, workers: 2 });
  accounts = await fillWorld(world, { often: 160, once: 600 });
  const at = new URL(world.postgres.url);
  const folder = at.searchParams.get('host') ?? '';
  proxy = await openFaultProxy({ path: path.join(folder, `.s.PGSQL.${at.port || 5432}`) });
});
afterAll(async () => {
  await world?.close();
  await proxy?.close();
});

// Nobody is told: what is asked is never answered, what only listens hears nothing any more, and the database keeps the
// locks of sessions whose clients it believes to be there.
test('connections to the database that go half open under load are all given up, lanes are taken over, nothing is lost or posted twice', async () => {
  const programs = [...world.webs, ...world.workers];
  const url = `postgres://postgres@127.0.0.1:${proxy.port}/postgres`;
  await Promise.all(programs.map((each) => each.start({ DATABASE_URL: url })));
  const load = startLoad(world, { accounts, onPages: 2, direct: 3 });
  const takeovers: number[] = [];
  const given: number[] = [];
  for (let cut = 0; cut < CUTS; cut++) {
    await pause(LOAD_BETWEEN_MS);
    proxy.blackhole();
    expect(proxy.waiting()).toBeGreaterThan(0);
    const [tookMs, givenUpMs] = await Promise.all([
      measureTakeover(world, performance.now()),
      until(() => proxy.waiting() === 0, {
        limitMs: GIVEN_UP_LIMIT_MS,
        why: () => `${proxy.waiting()} connections are waited on for ever`,
      }),
    ]);
    if (tookMs !== undefined) takeovers.push(tookMs);
    given.push(givenUpMs);
  }
  await pause(LOAD_BETWEEN_MS);
  const figures = await load.stop();
  const resolved = await settleWorld(world);
  const compared = await compareLedgers(world, [figures]);
  console.log(
    `half-open database: ${CUTS} cuts, the last connection given up after ${given.map(Math.round).join(' and ')} ms; ${describeTakeovers(takeovers)}; ${describeLoad(figures)}`,
  );
  console.log(
    `half-open database: ${compared.payments} payments of ${compared.totalCents} cents agree; ${JSON.stringify(resolved)}`,
  );
  expect(programs.every((each) => each.isRunning())).toBe(true);
  expect([...figures.statuses.keys()]).not.toContain(500);
  expect(compared.payments).toBeGreaterThan(CUTS);
});
