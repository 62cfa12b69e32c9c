import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareLedgers } from './compare-ledgers.ts';
import { fillWorld, TEST_BILLERS, type TestAccounts } from './fill-world.ts';
import { describeLoad, startLoad } from './load.ts';
import { pause } from './processes.ts';
import { settleWorld } from './settle-world.ts';
import { openWorld, type World } from './world.ts';

const ROUNDS = 3;
const LOAD_MS = 1_500;
/** How long the partner's answers take here, so that a stop always meets calls under way. */
const PARTNER_MS = 300;

let world: World;
let accounts: TestAccounts;
beforeAll(async () => {
  world = await openWorld({ webs: 1, workers: 1 });
  accounts = await fillWorld(world, { often: 80, once: 400 });
});
afterAll(() => world?.close());

test('SIGTERM under load: exit 0, nothing left in the air, the partner’s sessions closed', async () => {
  await world.imt.faults.add({ operation: 'payment', effect: { kind: 'latency', ms: PARTNER_MS } });
  const [web] = world.webs;
  const [worker] = world.workers;
  if (!web || !worker) throw new Error('a web and a worker are needed');
  await Promise.all([web.start(), worker.start()]);
  // On the pages only: the test's own process must hold no session of the partner's.
  const load = startLoad(world, { accounts, onPages: 5, direct: 0 });
  const stops: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all([pause(LOAD_MS), load.untilPaid(2)]);
    const stopped = await worker.stop();
    expect(stopped.code, worker.words()).toBe(0);
    stops.push(stopped.tookMs);
    expect(await countState('sending')).toBe(0);
    expect(await countState('unknown')).toBe(0);
    await worker.start();
    const stoppedWeb = await web.stop();
    expect(stoppedWeb.code, web.words()).toBe(0);
    stops.push(stoppedWeb.tookMs);
    await web.start();
  }
  const figures = await load.stop();
  await settleWorld(world);
  const [webEnd, workerEnd] = await Promise.all([web.stop(), worker.stop()]);
  expect([webEnd.code, workerEnd.code]).toEqual([0, 0]);
  expect(await countOpenSessions()).toBe(0);
  const compared = await compareLedgers(world, [figures]);
  console.log(
    `graceful stops: ${stops.length}, the longest ${Math.round(Math.max(...stops))} ms; ${describeLoad(figures)}`,
  );
  console.log(`graceful stops: ${compared.payments} payments of ${compared.totalCents} cents agree`);
});

async function countState(state: string): Promise<number> {
  const { rows } = await world.deps.database.withSystem((tx) =>
    sql<{ n: number }>`select count(*)::bigint as n from delivery where state = ${state}`.execute(tx),
  );
  return rows[0]?.n ?? 0;
}

/** Sessions the partner still had open: ending them is how it counts them. */
async function countOpenSessions(): Promise<number> {
  const ended = await Promise.all(
    TEST_BILLERS.flatMap((each) => each.instances).map((id) => world.imt.expireSessions(id)),
  );
  return ended.reduce((sum, count) => sum + count, 0);
}
