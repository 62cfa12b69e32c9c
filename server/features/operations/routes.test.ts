import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createEgress } from '../../platform/egress.ts';
import { createLog } from '../../platform/log.ts';
import { systemTimers } from '../../platform/timers.ts';
import { withTestApp } from '../../testing/app.ts';
import { type StaffHeaders, signInAs } from '../../testing/staff.ts';
import { createBiller } from '../billers/index.ts';
import { OPERATIONS_QUEUES } from './jobs.ts';
import { sendAlerts } from './send-alerts.ts';

const BID = 2984;
const AT = '/api/v1/operations';
const DESTINATIONS = `${AT}/alert-destinations`;

let rig: Awaited<ReturnType<typeof withTestApp>>;
let operator: StaffHeaders;
/** What the name `rebind.example` resolves to: first outside, then inside. */
let rebound = ['93.184.216.34'];

beforeAll(async () => {
  const egress = createEgress({
    clock: systemClock,
    timers: systemTimers,
    log: createLog({ level: 'silent' }),
    allowPrivate: false,
    lookup: async (name) =>
      name === 'rebind.example'
        ? rebound.map((address) => ({ address }))
        : name === 'inside.example'
          ? [{ address: '10.0.0.7' }]
          : name === 'nowhere.example'
            ? []
            : [{ address: '93.184.216.34' }],
  });
  rig = await withTestApp({ overrides: { egress }, environment: { CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS: '0' } });
  await createBiller(rig.deps, { bid: BID, name: 'Cedar Valley', by: { kind: 'program', name: 'test' } });
});
afterAll(() => rig.close());
beforeEach(async () => {
  operator = await signInAs(rig.app, rig.deps, { role: 'operator' });
  await rig.deps.database.withSystem((tx) => sql`delete from alert_destination`.execute(tx));
});

const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, payload?: object, headers = operator) =>
  rig.app.inject({ method, url, headers, ...(payload && { payload }) });
const add = (body: object) => call('POST', DESTINATIONS, { name: 'hook', kind: 'webhook', ...body });
const GOOD = 'https://hooks.example.com/alerts';

test.each([
  'http://169.254.169.254/latest/meta-data',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/',
  'https://127.0.0.1/',
  'https://0x7f000001/',
  'https://[::ffff:192.168.0.1]/',
  'http://hooks.example.com/',
  'file:///etc/passwd',
  'ftp://hooks.example.com/',
  'javascript:alert(1)',
  'https://user:password@hooks.example.com/',
  'https://inside.example/hook',
  'https://nowhere.example/hook',
  'https://hooks.example.com/#part',
  'not a url',
])('a webhook to %s is refused at save with a sentence, and nothing is kept', async (address) => {
  const answer = await add({ address });
  expect(answer.statusCode, answer.body).toBe(422);
  expect(answer.json()).toMatchObject({ code: 'alert-address-refused', faults: [{ at: 'body.address' }] });
  expect((await call('GET', DESTINATIONS)).json().items).toEqual([]);
});

test.each(['nobody', 'a@b, c@d.example', 'a@b.example\r\nBcc: x@y.example', `${'x'.repeat(300)}@example.com`])(
  'an email to %j is refused',
  async (address) => {
    expect((await add({ kind: 'email', address })).statusCode).toBe(422);
  },
);

test('a name that resolves inside only later is refused at the send, in words', async () => {
  rebound = ['93.184.216.34'];
  const made = await add({ address: 'https://rebind.example/hook' });
  expect(made.statusCode, made.body).toBe(201);
  rebound = ['127.0.0.1'];
  const { id } = made.json().destination;
  expect((await call('POST', `${DESTINATIONS}/${id}/test`)).statusCode).toBe(202);
  await sendAlerts(rig.deps);
  const { items } = (await call('GET', `${AT}/alert-messages?destinationId=${id}`)).json();
  expect(items).toMatchObject([
    {
      kind: 'test',
      state: 'queued',
      tries: [
        { n: 1, isDelivered: false, said: 'refused here: rebind.example resolves to an address that is not allowed' },
      ],
    },
  ]);
});

test('a secret is told once, then shown by its fingerprint; a new one has another', async () => {
  const made = (await add({ address: GOOD })).json();
  expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const listed = (await call('GET', DESTINATIONS)).body;
  expect(listed).not.toContain(made.secret);
  const { id, secret } = made.destination;
  const rotated = (await call('POST', `${DESTINATIONS}/${id}/rotate-secret`, { keepsOld: true })).json();
  expect(rotated.secret).not.toBe(made.secret);
  expect(rotated.destination.secret).toMatchObject({ previousFingerprint: secret.fingerprint });
  const { rows } = await rig.deps.database.withSystem((tx) =>
    sql`select secret, previous_secret from alert_destination
      union all select detail::text, null from audit_event where act like 'alert-destination%'`.execute(tx),
  );
  const kept = JSON.stringify(rows);
  for (const told of [made.secret, rotated.secret]) expect(kept).not.toContain(told.slice(6));
});

test('where alerts go needs a recent proof; a test of it does not', async () => {
  const { id } = (await add({ address: GOOD })).json().destination;
  rig.clock.advance(16 * 60_000);
  for (const [method, url, body] of [
    ['POST', DESTINATIONS, { kind: 'email', name: 'x', address: 'a@b.example' }],
    ['PATCH', `${DESTINATIONS}/${id}`, { name: 'x', isOn: false, expectedVersion: 2, reason: 'quiet please' }],
    ['POST', `${DESTINATIONS}/${id}/rotate-secret`, { keepsOld: false }],
    ['DELETE', `${DESTINATIONS}/${id}`, undefined],
  ] as const)
    expect((await call(method, url, body)).json()).toMatchObject({ status: 403, code: 'prove-again' });
  expect((await call('POST', `${DESTINATIONS}/${id}/test`)).statusCode).toBe(202);
});

test('the same address twice, an unknown biller, an unknown field and a 51st are refused', async () => {
  expect((await add({ address: GOOD })).statusCode).toBe(201);
  expect((await add({ address: GOOD })).json()).toMatchObject({ status: 409, code: 'destination-exists' });
  expect((await add({ address: GOOD, bid: BID })).statusCode).toBe(201);
  expect((await add({ address: 'https://b.example.com/', bid: 999 })).statusCode).toBe(404);
  expect((await add({ address: 'https://b.example.com/', extra: 1 })).statusCode).toBe(400);
  expect((await add({ address: `https://b.example.com/${'x'.repeat(3_000)}` })).statusCode).toBe(400);
  for (let at = 2; at < 50; at += 1)
    expect((await add({ kind: 'email', address: `a${at}@b.example` })).statusCode).toBe(201);
  expect((await add({ kind: 'email', address: 'last@b.example' })).json()).toMatchObject({
    code: 'too-many-destinations',
  });
});

test('two who change the same destination or the conditions: the second is told', async () => {
  const { id, version } = (await add({ address: GOOD })).json().destination;
  const change = { name: 'renamed', isOn: false, expectedVersion: version, reason: 'moved house' };
  expect((await call('PATCH', `${DESTINATIONS}/${id}`, change)).json()).toMatchObject({ name: 'renamed', isOn: false });
  expect((await call('PATCH', `${DESTINATIONS}/${id}`, change)).json()).toMatchObject({ code: 'destination-changed' });
  expect((await call('POST', `${DESTINATIONS}/${id}/test`)).json()).toMatchObject({ code: 'destination-off' });
  const read = (await call('GET', `${AT}/alert-conditions`)).json();
  const body = {
    expectedVersion: read.version,
    reason: 'later at night',
    items: [{ condition: 'disk-low', isOn: true, afterMinutes: 30, limit: 5 }],
  };
  const changed = (await call('PUT', `${AT}/alert-conditions`, body)).json();
  expect(changed.items).toContainEqual(expect.objectContaining({ condition: 'disk-low', afterMinutes: 30, limit: 5 }));
  expect((await call('PUT', `${AT}/alert-conditions`, body)).json()).toMatchObject({ code: 'conditions-changed' });
});

test('a limit that means nothing is refused at its field', async () => {
  const { version } = (await call('GET', `${AT}/alert-conditions`)).json();
  const answer = await call('PUT', `${AT}/alert-conditions`, {
    expectedVersion: version,
    reason: 'try',
    items: [
      { condition: 'disk-low', isOn: true, afterMinutes: 0, limit: 400 },
      { condition: 'lane-paused', isOn: true, afterMinutes: 0, limit: 1 },
    ],
  });
  expect(answer.json()).toMatchObject({
    code: 'conditions-not-valid',
    faults: [{ at: 'body.items.0.limit' }, { at: 'body.items.1.limit' }],
  });
});

test('jobs that were given up are listed with their reason, and run again once asked', async () => {
  const [queue = ''] = OPERATIONS_QUEUES;
  const id = '0192c4d0-0000-7000-8000-000000000001';
  await rig.deps.database.withSystem(async (tx) => {
    await rig.deps.jobs.send(tx, queue, { accountNumber: 'SECRET-ACCOUNT' });
    await sql`update pgboss.job set id = ${id}::uuid, state = 'failed', completed_on = now(), started_on = now(),
      retry_count = 8, output = '{"message":"the partner is away","stack":"at SECRET"}' where name = ${queue}`.execute(
      tx,
    );
  });
  const listed = await call('GET', `${AT}/jobs`);
  expect(listed.json().failed).toMatchObject([{ queue, id, tries: 9, error: 'the partner is away' }]);
  expect(listed.body).not.toContain('SECRET');
  expect(listed.json().queues.find((one: { name: string }) => one.name === queue)).toMatchObject({
    failed: 1,
    isLastFailed: true,
  });
  const reason = { reason: 'the partner is back' };
  expect((await call('POST', `${AT}/jobs/${queue}/${id}/retry`, reason)).statusCode).toBe(204);
  expect((await call('POST', `${AT}/jobs/${queue}/${id}/retry`, reason)).json()).toMatchObject({
    code: 'job-not-failed',
  });
  expect((await call('GET', `${AT}/jobs`)).json().failed).toEqual([]);
});

test('only a process that vanished can be forgotten', async () => {
  const id = '0192c4d0-0000-7000-8000-000000000002';
  await rig.deps.database.withSystem((tx) =>
    sql`insert into running_process (id, host, pid, roles, version, node_version, started_at, figures)
      values (${id}, 'h', 1, '{web}', '1', '26', now(), '{"sessions":[]}')`.execute(tx),
  );
  const forget = () => call('POST', `${AT}/processes/${id}/forget`, { reason: 'taken down on purpose' });
  expect((await forget()).json()).toMatchObject({ code: 'process-alive' });
  await rig.deps.database.withSystem((tx) =>
    sql`update running_process set beat_at = now() - interval '1 minute'`.execute(tx),
  );
  expect((await forget()).statusCode).toBe(204);
  expect((await forget()).statusCode).toBe(404);
});

test('who has no right to operations is refused, and a biller’s own staff are told of nothing', async () => {
  const reader = await signInAs(rig.app, rig.deps, { role: 'delivery specialist' });
  expect((await call('GET', AT, undefined, reader)).statusCode).toBe(200);
  expect(
    (await call('POST', DESTINATIONS, { kind: 'email', name: 'x', address: 'a@b.example' }, reader)).statusCode,
  ).toBe(403);
  for (const role of ['project manager', 'client services'])
    expect((await call('GET', AT, undefined, await signInAs(rig.app, rig.deps, { role }))).statusCode).toBe(403);
  const admin = await signInAs(rig.app, rig.deps, { role: 'biller admin', bid: BID });
  expect([403, 404]).toContain((await call('GET', AT, undefined, admin)).statusCode);
});
