import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { closeWorkItem, openWorkItem } from '../../platform/work-items.ts';
import { withTestApp } from '../../testing/app.ts';
import { openWebhookReceiver, type ReceivedWebhook, type WebhookReceiver } from '../../testing/webhook-receiver.ts';
import { createBiller } from '../billers/index.ts';
import { addDestination, rotateSecret, testDestination } from './keep-destinations.ts';
import { presentMessages } from './present-messages.ts';
import { RETRY_SECONDS, sendAlerts } from './send-alerts.ts';
import { standIn } from './stand-in.ts';
import { watchConditions } from './watch-conditions.ts';

const BID = 2984;
const by = { kind: 'staff' as const, name: 'operator@example.com' };

let rig: Awaited<ReturnType<typeof withTestApp>>;
let receiver: WebhookReceiver;
const mails: { to: string; subject: string; text: string }[] = [];
let mailWorks = true;

beforeAll(async () => {
  const mailer = {
    send: async (mail: { to: string; subject: string; text: string }) => {
      if (!mailWorks) return { ok: false as const, permanent: false, why: 'ECONNREFUSED' };
      mails.push(mail);
      return { ok: true as const, messageId: 'm' };
    },
    close: () => undefined,
  };
  rig = await withTestApp({ overrides: { mailer } });
  receiver = await openWebhookReceiver();
  await createBiller(rig.deps, { bid: BID, name: 'Cedar Valley', by: { kind: 'program', name: 'test' } });
});
afterAll(async () => {
  await receiver.close();
  await rig.close();
});
beforeEach(async () => {
  mails.length = 0;
  mailWorks = true;
  receiver.received.length = 0;
  receiver.answerWith((response) => response.writeHead(204).end());
  await rig.deps.database.withSystem(async (tx) => {
    for (const table of ['alert', 'alert_destination', 'work_item'])
      await sql`delete from ${sql.table(table)}`.execute(tx);
    await sql`insert into operation_mark (kind, at) values ('backup-created', ${rig.clock.now()})
      on conflict (kind) do update set at = excluded.at`.execute(tx);
  });
});

const addWebhook = async (bid: number | null = null): Promise<{ id: number; secret: string }> => {
  const made = await addDestination(rig.deps, { kind: 'webhook', name: 'hook', address: receiver.url, bid, by });
  return { id: made.id, secret: made.secret ?? '' };
};
const gap = { bid: BID, kind: 'reconciliation-gap', subject: 'payment/7' };
const breakIt = () =>
  rig.deps.database.withSystem((tx) =>
    openWorkItem(tx, { ...gap, sentence: 'Payment 7 does not reconcile.', at: rig.clock.now() }),
  );
const mendIt = () =>
  rig.deps.database.withSystem((tx) => closeWorkItem(tx, { ...gap, by: 'program', at: rig.clock.now() }));
const watch = () => watchConditions(rig.deps);
const send = () => sendAlerts(rig.deps);
/** Two workers, each looking and sending at once, several times over. */
const twoWorkers = async () => {
  for (let turn = 0; turn < 3; turn += 1) {
    await Promise.all([watch(), watch()]);
    await Promise.all([send(), send()]);
    rig.clock.advance(5_000);
  }
};
/** The signature is made of whole seconds of the test's clock; the library compares with the machine's. */
const verified = (secret: string, one: ReceivedWebhook | undefined): unknown => {
  const headers = one?.headers as Record<string, string>;
  const at = new Date(Number(headers['webhook-timestamp']) * 1000);
  const expected = new Webhook(secret).sign(headers['webhook-id'] ?? '', at, one?.body ?? '');
  if (!(headers['webhook-signature'] ?? '').split(' ').includes(expected)) throw new Error('no signature fits');
  return JSON.parse(one?.body ?? 'null');
};
const messages = () =>
  rig.deps.database.withSystem((tx) =>
    tx.selectFrom('alert_message').select(['id', 'kind', 'state', 'attempts', 'next_at']).orderBy('id').execute(),
  );
const toNextTry = (failed: number) => rig.clock.advance((RETRY_SECONDS[failed - 1] ?? 0) * 1000);

test('what breaks is told once and what recovers is told once, though two workers watch and send', async () => {
  const { secret } = await addWebhook();
  await addDestination(rig.deps, { kind: 'email', name: 'mail', address: 'ops@example.com', bid: null, by });
  await breakIt();
  await twoWorkers();
  expect(receiver.received).toHaveLength(1);
  expect(verified(secret, receiver.received[0])).toMatchObject({
    type: 'alert.opened',
    data: { condition: 'reconciliation-gap', biller: { bid: BID, name: 'Cedar Valley' }, recoveredAt: null },
  });
  expect(mails.map((mail) => mail.subject)).toEqual([
    'Causeway: Broken: A reconciliation has a gap (Cedar Valley 2984)',
  ]);
  await mendIt();
  await twoWorkers();
  expect(receiver.received).toHaveLength(2);
  expect(verified(secret, receiver.received[1])).toMatchObject({ type: 'alert.recovered' });
  expect(mails).toHaveLength(2);
  expect(receiver.received[1]?.headers['webhook-id']).not.toBe(receiver.received[0]?.headers['webhook-id']);
});

test('the library of Standard Webhooks verifies what arrives, and refuses it when a byte is changed', async () => {
  const { id, secret } = await addWebhook();
  await testDestination(rig.deps, { id, by });
  await send();
  const [one] = receiver.received;
  const headers = one?.headers as Record<string, string>;
  vi.useFakeTimers({ toFake: ['Date'], now: rig.clock.nowMs() });
  try {
    expect(new Webhook(secret).verify(one?.body ?? '', headers)).toMatchObject({ type: 'alert.test' });
    expect(() => new Webhook(secret).verify(`${one?.body} `, headers)).toThrow();
    expect(() => new Webhook(secret).verify(one?.body ?? '', { ...headers, 'webhook-id': 'msg_other' })).toThrow();
    expect(() =>
      new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`).verify(one?.body ?? '', headers),
    ).toThrow();
  } finally {
    vi.useRealTimers();
  }
});

test('while a secret is replaced both sign; afterwards only the new one', async () => {
  const { id, secret } = await addWebhook();
  const next = await rotateSecret(rig.deps, { id, keepsOld: true, by });
  await testDestination(rig.deps, { id, by });
  await send();
  expect(verified(secret, receiver.received[0])).toBeTruthy();
  expect(verified(next.secret, receiver.received[0])).toBeTruthy();
  rig.clock.advance(24 * 3_600_000);
  await testDestination(rig.deps, { id, by });
  await send();
  expect(() => verified(secret, receiver.received[1])).toThrow('no signature fits');
  expect(verified(next.secret, receiver.received[1])).toBeTruthy();
  const last = await rotateSecret(rig.deps, { id, keepsOld: false, by });
  await testDestination(rig.deps, { id, by });
  await send();
  expect(() => verified(next.secret, receiver.received[2])).toThrow('no signature fits');
  expect(verified(last.secret, receiver.received[2])).toBeTruthy();
});

test('a receiver that is down is tried again by schedule, and gets it once, under the same id', async () => {
  await addWebhook();
  receiver.answerWith((response) => response.writeHead(503).end());
  await breakIt();
  await watch();
  await send();
  await send();
  expect(receiver.received).toHaveLength(1);
  toNextTry(1);
  await send();
  expect(receiver.received).toHaveLength(2);
  receiver.answerWith((response) => response.writeHead(200).end('ok'));
  toNextTry(2);
  await Promise.all([send(), send()]);
  rig.clock.advance(86_400_000);
  await send();
  expect(receiver.received).toHaveLength(3);
  expect(new Set(receiver.received.map((one) => one.headers['webhook-id'])).size).toBe(1);
  expect(await messages()).toMatchObject([{ kind: 'opened', state: 'sent', attempts: 3 }]);
  const tries = await rig.deps.database.withSystem((tx) =>
    tx.selectFrom('alert_attempt').select(['n', 'status', 'is_delivered']).orderBy('n').execute(),
  );
  expect(tries).toEqual([
    { n: 1, status: 503, is_delivered: false },
    { n: 2, status: 503, is_delivered: false },
    { n: 3, status: 200, is_delivered: true },
  ]);
});

test('the end waits until the beginning has arrived', async () => {
  const { secret } = await addWebhook();
  receiver.answerWith((response) => response.writeHead(500).end());
  await breakIt();
  await watch();
  await send();
  await mendIt();
  await watch();
  receiver.answerWith((response) => response.writeHead(204).end());
  await send();
  expect(receiver.received).toHaveLength(1);
  toNextTry(1);
  await send();
  await send();
  expect(receiver.received.slice(1).map((one) => (verified(secret, one) as { type: string }).type)).toEqual([
    'alert.opened',
    'alert.recovered',
  ]);
});

test('a message that never arrives is given up after its last try, and says why each time', async () => {
  const { id } = await addWebhook();
  receiver.answerWith((response) => response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end());
  await testDestination(rig.deps, { id, by });
  for (let failed = 1; failed <= RETRY_SECONDS.length + 2; failed += 1) {
    await send();
    toNextTry(failed);
    rig.clock.advance(1);
  }
  expect(receiver.received).toHaveLength(RETRY_SECONDS.length + 1);
  expect(receiver.received.every((one) => one.path === '/hook')).toBe(true);
  expect(await messages()).toMatchObject([{ state: 'failed', attempts: RETRY_SECONDS.length + 1 }]);
});

test('a receiver that answers 410 wants no more, and is switched off', async () => {
  const { id } = await addWebhook();
  receiver.answerWith((response) => response.writeHead(410).end());
  await testDestination(rig.deps, { id, by });
  await testDestination(rig.deps, { id, by });
  await send();
  await breakIt();
  await watch();
  rig.clock.advance(86_400_000);
  await send();
  expect(receiver.received.length).toBeLessThanOrEqual(2);
  expect((await messages()).every((one) => one.state === 'failed')).toBe(true);
  const row = await rig.deps.database.withSystem((tx) =>
    tx.selectFrom('alert_destination').select(['is_on', 'off_reason']).where('id', '=', id).executeTakeFirst(),
  );
  expect(row).toMatchObject({ is_on: false, off_reason: expect.stringContaining('410') });
});

test('a receiver that hangs costs one try, not the program', async () => {
  const { id } = await addWebhook();
  receiver.answerWith(null);
  await testDestination(rig.deps, { id, by });
  await sendAlerts({ ...rig.deps, webhookMs: 200 });
  expect(await messages()).toMatchObject([{ state: 'queued', attempts: 1 }]);
});

test('a process that dies while it sends leaves the message to another', async () => {
  const { id } = await addWebhook();
  await testDestination(rig.deps, { id, by });
  await rig.deps.database.withSystem((tx) =>
    sql`update alert_message set attempts = 1, next_at = ${rig.clock.now().add({ seconds: 90 })}`.execute(tx),
  );
  await send();
  expect(receiver.received).toHaveLength(0);
  rig.clock.advance(90_000);
  await send();
  expect(receiver.received).toHaveLength(1);
});

test('a destination of one biller hears of that biller alone', async () => {
  await createBiller(rig.deps, { bid: 77, name: 'Other', by: { kind: 'program', name: 'test' } });
  await addWebhook(77);
  await breakIt();
  await watch();
  expect(await messages()).toEqual([]);
});

test('an alert that was told to nobody is not told as over either, but both are kept', async () => {
  await breakIt();
  await watch();
  await addWebhook();
  await mendIt();
  await watch();
  expect(await messages()).toEqual([]);
  const rows = await rig.deps.database.withSystem((tx) =>
    tx.selectFrom('alert').select(['told_at', 'recovered_at']).execute(),
  );
  expect(rows).toMatchObject([{ told_at: expect.anything(), recovered_at: expect.anything() }]);
});

test('email that the mail server does not take is tried again', async () => {
  const { id } = await addDestination(rig.deps, {
    kind: 'email',
    name: 'mail',
    address: 'ops@example.com',
    bid: null,
    by,
  });
  mailWorks = false;
  await testDestination(rig.deps, { id, by });
  await send();
  mailWorks = true;
  toNextTry(1);
  await send();
  expect(mails).toMatchObject([{ to: 'ops@example.com', subject: 'Causeway: Test: A test of this destination' }]);
});

const addMail = async (): Promise<number> =>
  (await addDestination(rig.deps, { kind: 'email', name: 'mail', address: 'ops@example.com', bid: null, by })).id;
const storm = (from: number, to: number) =>
  rig.deps.database.withSystem(async (tx) => {
    for (let n = from; n < to; n += 1)
      await openWorkItem(tx, {
        bid: BID,
        kind: 'lane-waiting',
        subject: `lane/${n}`,
        sentence: `Lane ${n} waits.`,
        at: rig.clock.now(),
      });
  });
const calm = (from: number, to: number) =>
  rig.deps.database.withSystem(async (tx) => {
    for (let n = from; n < to; n += 1)
      await closeWorkItem(tx, {
        bid: BID,
        kind: 'lane-waiting',
        subject: `lane/${n}`,
        by: 'program',
        at: rig.clock.now(),
      });
  });

test('300 alerts that come together are one email, those of the next minute another, and so are their ends', async () => {
  await addMail();
  await addWebhook();
  await storm(0, 300);
  await watch();
  await send();
  expect(mails.map((mail) => mail.subject)).toEqual([
    expect.stringMatching(/^Causeway: Broken: 300 alerts, the first: A lane is stuck/),
  ]);
  expect(mails[0]?.text).toContain('Lane 101 waits.');
  expect(mails[0]?.text).toMatch(/\n199 more are not named here\./);
  for (const [from, to] of [
    [300, 310],
    [310, 320],
  ] as const) {
    await storm(from, to);
    await watch();
    await send();
    rig.clock.advance(5_000);
  }
  expect(mails).toHaveLength(1);
  rig.clock.advance(60_000);
  await Promise.all([send(), send()]);
  expect(mails).toHaveLength(2);
  expect(mails[1]?.subject).toMatch(/20 alerts/);
  await calm(0, 320);
  await Promise.all([watch(), watch()]);
  await send();
  expect(mails.map((mail) => mail.subject).slice(2)).toEqual([
    expect.stringMatching(/^Causeway: Recovered: 320 alerts/),
  ]);
  const rows = await messages();
  expect(rows.filter((row) => row.kind === 'opened')).toHaveLength(640);
  for (let turn = 0; turn < 100; turn += 1) await send();
  expect(new Set((await messages()).map((row) => row.state))).toEqual(new Set(['sent']));
  expect(receiver.received).toHaveLength(640);
});

test('an email of several ends waits until each beginning has arrived, and all of it is tried again together', async () => {
  const id = await addMail();
  mailWorks = false;
  await storm(0, 2);
  await watch();
  await send();
  await calm(0, 2);
  await watch();
  mailWorks = true;
  await send();
  expect(mails).toEqual([]);
  toNextTry(1);
  await send();
  expect(mails.map((mail) => mail.subject)).toEqual([expect.stringMatching(/Broken: 2 alerts/)]);
  await send();
  expect(mails.map((mail) => mail.subject).slice(1)).toEqual([expect.stringMatching(/Recovered: 2 alerts/)]);
  expect(mails[1]?.text.match(/Over: /g)).toHaveLength(2);
  const listed = await rig.deps.database.withSystem((tx) => presentMessages(tx, { destinationId: id, limit: 10 }));
  expect(listed.items.map((item) => item.subject)).toEqual([
    expect.stringMatching(/^Recovered: .* and 1 more$/),
    expect.stringMatching(/^Broken: .* and 1 more$/),
  ]);
});

test('while no worker lives a web process tells it, and that it is over; while one lives it leaves telling to it', async () => {
  await addMail();
  const live = (id: string, role: string) =>
    rig.deps.database.withSystem((tx) =>
      sql`insert into running_process (id, host, pid, roles, version, node_version, started_at, figures)
        values (${id}::uuid, 'here', 1, ${[role]}::text[], '1', '26', now(), '{"diskFreeBytes":null,"diskBytes":null,"sessions":[]}')`.execute(
        tx,
      ),
    );
  await live('00000000-0000-4000-8000-00000000000a', 'web');
  await live('00000000-0000-4000-8000-00000000000b', 'worker');
  try {
    await breakIt();
    await standIn(rig.deps);
    expect(await messages()).toEqual([]);
    await rig.deps.database.withSystem((tx) =>
      sql`delete from running_process where id = '00000000-0000-4000-8000-00000000000b'`.execute(tx),
    );
    await standIn(rig.deps);
    rig.clock.advance(120_000);
    await standIn(rig.deps);
    rig.clock.advance(60_000);
    await standIn(rig.deps);
    expect(mails.map((mail) => mail.subject)).toContain('Causeway: Broken: No worker runs');
    expect(await rig.deps.metrics.registry.metrics()).toMatch(/causeway_processes\{role="worker"\} 0/);
    await live('00000000-0000-4000-8000-00000000000c', 'worker');
    for (const ms of [0, 120_000, 60_000]) {
      rig.clock.advance(ms);
      await watch();
      await send();
    }
    expect(mails.map((mail) => mail.subject)).toContain('Causeway: Recovered: No worker runs');
  } finally {
    await rig.deps.database.withSystem((tx) => sql`delete from running_process`.execute(tx));
  }
});

test('a receiver with many messages that hangs does not keep an email from leaving', async () => {
  await addWebhook();
  receiver.answerWith(null);
  await storm(0, 100);
  await watch();
  await addMail();
  await breakIt();
  await watch();
  await sendAlerts({ ...rig.deps, webhookMs: 200 });
  expect(mails).toHaveLength(1);
});
