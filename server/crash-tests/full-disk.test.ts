import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareLedgers } from './compare-ledgers.ts';
import { fillWorld, type TestAccounts } from './fill-world.ts';
import { limitFiles, mountSmallDisk, pidsOf, postgresPids, type SmallDisk } from './limit-disk.ts';
import { describeLoad, type LoadFigures, startLoad } from './load.ts';
import { pause, until } from './processes.ts';
import { settleWorld } from './settle-world.ts';
import { openWorld, type World } from './world.ts';

const LOAD_BETWEEN_MS = 1_500;
/** So long the partner's ledger is watched while the disk is full. */
const WATCHED_MS = 6_000;
const LIMIT_MS = 240_000;

let world: World;
let accounts: TestAccounts;
let disk: SmallDisk | undefined;
const load: LoadFigures[] = [];
beforeAll(async () => {
  world = await openWorld({
    webs: 1,
    workers: 2,
    onDisk: (folder) => {
      disk = mountSmallDisk(folder);
      return () => disk?.unmount();
    },
  });
  accounts = await fillWorld(world, { often: 160, once: 600 });
  await Promise.all(programs().map((each) => each.start()));
});
afterAll(() => world?.close());

test('a disk too full for the write-ahead log: not ready, nothing is sent to the partner, and all goes on once there is room', async () => {
  const pids = programs().map((each) => each.pid());
  const running = startLoad(world, { accounts, onPages: 2, direct: 3 });
  await pause(LOAD_BETWEEN_MS);
  fillDisk();
  // Each switch begins a new piece of the log.
  const isAway = async () => !(await isThere('select pg_switch_wal()'));
  await until(isAway, { limitMs: LIMIT_MS, why: () => 'PostgreSQL does not mind the full disk' });
  await until(async () => (await readiness()) === 503, { limitMs: LIMIT_MS, why: () => 'still said to be ready' });
  await pause(WATCHED_MS / 2);
  const before = await world.imt.ledger({}, { limit: 1 });
  await pause(WATCHED_MS / 2);
  const after = await world.imt.ledger({}, { limit: 1 });
  const isStillAway = await isAway();
  freeDisk();
  const backMs = await until(async () => (await readiness()) === 200 && (await isThere('select 1')), {
    limitMs: LIMIT_MS,
    why: () => `not ready again\n${programs()[0]?.words()}`,
  });
  await pause(LOAD_BETWEEN_MS);
  load.push(await running.stop());
  console.log(
    `full disk (${disk ? 'a small disk' : 'files limited'}): ready ${Math.round(backMs)} ms after there was room; ${describeLoad(load[0] as LoadFigures)}`,
  );
  expect(isStillAway, 'the disk was full all the while').toBe(true);
  expect(after.count).toBe(before.count);
  expect(programs().map((each) => each.pid())).toEqual(pids);
  expect([...(load[0]?.statuses.keys() ?? [])]).not.toContain(500);
});

test('after it the three ledgers agree to the cent', async () => {
  const resolved = await settleWorld(world);
  const compared = await compareLedgers(world, load);
  console.log(`full disk: ${compared.payments} payments of ${compared.totalCents} cents; ${JSON.stringify(resolved)}`);
});

const programs = () => [...world.webs, ...world.workers];

/** Where no disk can be mounted, no file of the database may grow or be made, which stops its log as well. */
function fillDisk(): void {
  if (disk) disk.fill();
  else limitFiles([...postgresPids(world.postgres.pid()), ...pidsOf(programs())], 1);
}

function freeDisk(): void {
  if (disk) disk.free();
  else limitFiles([...postgresPids(world.postgres.pid()), ...pidsOf(programs())], undefined);
}

/** Asked as the owner, on a connection of its own. */
async function isThere(statement: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: world.postgres.url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(statement);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function readiness(): Promise<number> {
  try {
    return (await fetch(`${world.webs[0]?.url}/health/ready`, { signal: AbortSignal.timeout(20_000) })).status;
  } catch {
    return 0;
  }
}
