import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { withTestDatabase } from '../testing/database.ts';
import { type FaultProxy, openFaultProxy } from '../testing/fault-proxy.ts';
import { isDatabaseAway } from './database.ts';
import { watchSilence } from './watch-silence.ts';

const SILENT_MS = 400;

let proxy: FaultProxy;
let url: string;
let straightUrl: string;
let close: () => Promise<void>;
const opened: pg.Client[] = [];
beforeAll(async () => {
  const made = await withTestDatabase();
  straightUrl = made.url;
  const at = new URL(made.url);
  const folder = at.searchParams.get('host');
  const port = Number(at.port || 5432);
  proxy = await openFaultProxy(folder ? { path: `${folder}/.s.PGSQL.${port}` } : { host: at.hostname, port });
  at.searchParams.delete('host');
  at.hostname = '127.0.0.1';
  at.port = String(proxy.port);
  url = at.toString();
  close = made.close;
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((client) => client.end().catch(() => undefined)));
});
afterAll(async () => {
  await proxy?.close();
  await close?.();
});

async function connect(to = url): Promise<{ client: pg.Client; lost: Promise<unknown> }> {
  const client = new pg.Client({ connectionString: to });
  opened.push(client);
  const lost = new Promise((resolve) => client.on('error', resolve));
  await client.connect();
  watchSilence(client, SILENT_MS);
  return { client, lost };
}

test('a statement on a connection that is half open fails as a database that is away', async () => {
  const { client } = await connect();
  await client.query('select 1');
  proxy.blackhole();
  const failure: unknown = await client.query('select 2').then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(String(failure)).toMatch(/has not answered/);
  expect(isDatabaseAway(failure)).toBe(true);
});

test('a connection that only listens is found half open too', async () => {
  const { client, lost } = await connect();
  await client.query('listen nothing');
  proxy.blackhole();
  expect(String(await lost)).toMatch(/has not answered/);
});

test('a connection that is there stays, though nothing is said on it for long and this process stands still', async () => {
  const { client, lost } = await connect(straightUrl);
  let isLost = false;
  void lost.then(() => {
    isLost = true;
  });
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => {
      setTimeout(resolve, SILENT_MS * 2.5);
    });
    // They queue behind one another, as those of a lane do; their answers lie there while nobody can read them.
    const answers = Promise.all([client.query('select 1 as n'), client.query('select 2 as n')]);
    standStill(SILENT_MS * 2);
    expect((await answers).map((answer) => answer.rows)).toEqual([[{ n: 1 }], [{ n: 2 }]]);
  }
  expect(isLost).toBe(false);
});

function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
