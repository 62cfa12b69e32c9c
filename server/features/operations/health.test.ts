import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createEgress } from '../../platform/egress.ts';
import { createEndpointFigures } from '../../platform/endpoint-figures.ts';
import { withTestApp } from '../../testing/app.ts';
import { type StaffHeaders, signInAs } from '../../testing/staff.ts';
import { openWebhookReceiver, type WebhookReceiver } from '../../testing/webhook-receiver.ts';
import { createBiller, type Partners } from '../billers/index.ts';
import { type Beats, startBeats } from './beat.ts';
import { prune } from './jobs.ts';
import { readEndpointHistory, readHealth } from './read-health.ts';
import { watchConditions } from './watch-conditions.ts';

const BID = 2984;
const ENDPOINT = `${BID}/balance/1/partner.example`;

let rig: Awaited<ReturnType<typeof withTestApp>>;
let partner: WebhookReceiver;
let operator: StaffHeaders;
const running: Beats[] = [];

beforeAll(async () => {
  rig = await withTestApp();
  partner = await openWebhookReceiver();
  await createBiller(rig.deps, { bid: BID, name: 'Cedar Valley', by: { kind: 'program', name: 'test' } });
  operator = await signInAs(rig.app, rig.deps, { role: 'operator' });
});
afterAll(async () => {
  for (const one of running) await one.stop();
  await partner.close();
  await rig.close();
});
beforeEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  await rig.deps.database.withSystem(async (tx) => {
    for (const table of ['alert', 'running_process', 'endpoint_minute'])
      await sql`delete from ${sql.table(table)}`.execute(tx);
    await sql`insert into operation_mark (kind, at) values ('backup-created', ${rig.clock.now()})
      on conflict (kind) do update set at = excluded.at`.execute(tx);
  });
});

/** A process of its own: its own egress and figures, on the database of all. It beats when the test says so. */
async function startProcess(over: { version?: string; roles?: readonly string[]; partners?: Partners } = {}) {
  const endpointFigures = createEndpointFigures(rig.clock);
  const { clock, timers, log } = rig.deps;
  const egress = createEgress({
    clock,
    timers,
    log,
    allowPrivate: true,
    onCallEnded: (call) => endpointFigures.record(call),
  });
  const config = { ...rig.deps.config, roles: (over.roles ?? ['worker']) as never };
  const partners = over.partners ?? rig.deps.partners;
  const beats = await startBeats(
    {
      ...rig.deps,
      config,
      egress,
      endpointFigures,
      partners,
      timers: { ...timers, every: () => ({ cancel: () => undefined }) },
    },
    { version: over.version ?? '1.0.0' },
  );
  running.push(beats);
  const call = async (times: number) => {
    for (let at = 0; at < times; at += 1)
      await egress.request({
        url: partner.url,
        method: 'GET',
        totalTimeoutMs: 5_000,
        maxBytes: 1_000,
        endpointKey: ENDPOINT,
      });
  };
  return { ...beats, call };
}
const breaks = (status: number) => partner.answerWith((response) => response.writeHead(status).end());
const health = () => readHealth(rig.deps);
const grow = (id: string, seconds: number) =>
  rig.deps.database.withSystem((tx) =>
    sql`update running_process set beat_at = beat_at - make_interval(secs => ${seconds}) where id = ${id}`.execute(tx),
  );
const alerts = () =>
  rig.deps.database.withSystem((tx) =>
    tx
      .selectFrom('alert')
      .select(['condition', 'subject', 'bid', 'told_at', 'recovered_at', 'sentence'])
      .orderBy('id')
      .execute(),
  );
const watchFor = async (minutes: number, deps = rig.deps) => {
  for (let turn = 0; turn <= minutes * 2; turn += 1) {
    for (const one of running) await one.beat();
    await watchConditions(deps);
    rig.clock.advance(30_000);
  }
};

test('what several processes see of an endpoint is one row, with each of them and how old its word is', async () => {
  const [one, two] = [await startProcess(), await startProcess({ version: '1.1.0' })];
  breaks(200);
  await one.call(3);
  breaks(500);
  await two.call(6);
  await Promise.all([one.beat(), two.beat()]);
  const view = await health();
  expect(view.versions).toEqual(['1.0.0', '1.1.0']);
  expect(view.processes).toHaveLength(2);
  expect(view.processes[0]).toMatchObject({ roles: ['worker'], isVanished: false, nodeVersion: process.versions.node });
  expect(view.processes[0]?.memoryBytes).toBeGreaterThan(1_000_000);
  expect(view.endpoints).toMatchObject([
    {
      endpoint: ENDPOINT,
      bid: BID,
      billerName: 'Cedar Valley',
      operation: 'balance',
      environment: 1,
      host: 'partner.example',
      breaker: 'open',
      calls: 8,
      failed: 5,
    },
  ]);
  expect(view.endpoints[0]?.outcomes).toEqual(
    expect.arrayContaining([
      { outcome: 'answered', count: 3 },
      { outcome: 'http-5xx', count: 5 },
      { outcome: 'breaker-open', count: 1 },
    ]),
  );
  expect(view.endpoints[0]?.processes.map((each) => each.breaker).toSorted()).toEqual(['closed', 'open']);
  const history = await readEndpointHistory(rig.deps, ENDPOINT);
  expect(history).toHaveLength(60);
  expect(history.at(-1)).toMatchObject({ calls: 8, failed: 5 });
  expect(history.at(0)).toMatchObject({ calls: 0, medianMs: 0 });
});

test('a beat that is written twice counts no call twice', async () => {
  const one = await startProcess();
  breaks(200);
  await one.call(2);
  await one.beat();
  await one.beat();
  await one.call(1);
  await one.beat();
  expect((await health()).endpoints).toMatchObject([{ calls: 3, failed: 0 }]);
});

test('a process that stops is gone at once; one that vanishes is told about, and over when another takes its place', async () => {
  const [stays, leaves] = [await startProcess(), await startProcess()];
  breaks(200);
  await leaves.call(1);
  await leaves.beat();
  await running.pop()?.stop();
  expect((await health()).processes.map((one) => one.id)).toEqual([stays.processId]);
  const dies = await startProcess({ roles: ['web'] });
  await dies.call(1);
  await dies.beat();
  running.pop();
  await grow(dies.processId, 40);
  await watchFor(2);
  const view = await health();
  expect(view.processes.find((one) => one.id === dies.processId)?.isVanished).toBe(true);
  expect(view.endpoints.flatMap((one) => one.processes)).toEqual([]);
  expect(await alerts()).toMatchObject([{ condition: 'process-vanished', recovered_at: null }]);
  await startProcess({ roles: ['worker'] });
  await watchFor(4);
  expect(await alerts()).toMatchObject([{ recovered_at: null }]);
  await startProcess({ roles: ['web'] });
  await watchFor(4);
  expect(await alerts()).toMatchObject([{ recovered_at: expect.anything() }]);
  expect((await health()).processes.map((one) => one.id)).not.toContain(dies.processId);
});

test('an endpoint that fails is told after its time, and over once it answers again', async () => {
  const one = await startProcess();
  breaks(500);
  await one.call(12);
  await one.beat();
  await watchConditions(rig.deps);
  expect(await alerts()).toMatchObject([{ condition: 'endpoint-broken', bid: BID, told_at: null }]);
  await watchFor(2.5);
  expect(await alerts()).toMatchObject([{ told_at: expect.anything(), recovered_at: null }]);
  expect((await alerts())[0]?.sentence).toMatch(/“balance” of biller 2984.*http-5xx/);
  breaks(200);
  rig.clock.advance(10 * 60_000);
  await one.call(20);
  await one.beat();
  await watchFor(3);
  expect(await alerts()).toMatchObject([{ recovered_at: expect.anything() }]);
});

/** The tests' database is named by DATABASE_URL; this is an installation with the embedded one. */
const withEmbedded = () => ({ ...rig.deps, config: { ...rig.deps.config, databaseUrl: undefined } });

test('a backup that is too old is told where the database is the embedded one, and over with the next', async () => {
  await watchConditions(withEmbedded());
  expect(await alerts()).toEqual([]);
  rig.clock.advance(27 * 3_600_000);
  await watchConditions(rig.deps);
  expect(await alerts()).toEqual([]);
  await watchConditions(withEmbedded());
  expect(await alerts()).toMatchObject([{ condition: 'backup-old', told_at: expect.anything() }]);
  await rig.deps.database.withSystem((tx) =>
    sql`update operation_mark set at = ${rig.clock.now()} where kind = 'backup-created'`.execute(tx),
  );
  await watchFor(3, withEmbedded());
  expect(await alerts()).toMatchObject([{ recovered_at: expect.anything() }]);
});

test('what can’t be looked at is neither seen nor over, and blinds nothing else', async () => {
  const owner = await rig.deps.database.connect('test');
  await owner.query('set role none');
  try {
    rig.clock.advance(27 * 3_600_000);
    await watchConditions(withEmbedded());
    await owner.query('alter table operation_mark rename to operation_mark_away');
    await watchFor(4, withEmbedded());
    expect(await alerts()).toMatchObject([{ condition: 'backup-old', recovered_at: null }]);
  } finally {
    await owner.query('alter table operation_mark_away rename to operation_mark');
    await owner.end();
  }
});

test('the screen’s own reading tells of the database and its migrations', async () => {
  operator = await signInAs(rig.app, rig.deps, { role: 'operator' });
  const answer = await rig.app.inject({ url: '/api/v1/operations', headers: operator });
  expect(answer.statusCode, answer.body).toBe(200);
  const { database } = answer.json();
  expect(database.sizeBytes).toBeGreaterThan(1_000_000);
  expect(database.connections).toBeGreaterThan(0);
  expect(database.connectionsMax).toBeGreaterThan(10);
  expect(database.migrations.map((one: { name: string }) => one.name)).toContain('0011-operations.sql');
  expect(database.marks).toMatchObject([{ kind: 'backup-created' }]);
});

test('minutes are kept for a day', async () => {
  const one = await startProcess();
  breaks(200);
  await one.call(1);
  await one.beat();
  const count = async () =>
    (await rig.deps.database.withSystem((tx) => tx.selectFrom('endpoint_minute').select('endpoint').execute())).length;
  await prune(rig.deps, new AbortController().signal);
  expect(await count()).toBe(1);
  rig.clock.advance(25 * 3_600_000);
  await prune(rig.deps, new AbortController().signal);
  expect(await count()).toBe(0);
});
