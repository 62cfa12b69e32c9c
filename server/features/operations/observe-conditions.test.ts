import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openWorkItem } from '../../platform/work-items.ts';
import { withTestApp } from '../../testing/app.ts';
import { createBiller } from '../billers/index.ts';
import { changeConditions, readConditions } from './keep-conditions.ts';
import { addDestination } from './keep-destinations.ts';
import { watchConditions } from './watch-conditions.ts';

const BID = 2984;
const LANE = `${BID}/payments/1`;
const by = { kind: 'staff' as const, name: 'operator@example.com' };

let rig: Awaited<ReturnType<typeof withTestApp>>;
beforeAll(async () => {
  rig = await withTestApp();
  await createBiller(rig.deps, { bid: BID, name: 'Cedar Valley', by: { kind: 'program', name: 'test' } });
  await addDestination(rig.deps, { kind: 'email', name: 'ops', address: 'ops@example.com', bid: null, by });
});
afterAll(() => rig.close());

type Statement = ReturnType<typeof sql>;
const run = (...statements: readonly Statement[]) =>
  rig.deps.database.withSystem(async (tx) => {
    for (const statement of statements) await statement.execute(tx);
  });
beforeEach(() =>
  run(
    sql`delete from alert`,
    sql`delete from work_item`,
    sql`insert into operation_mark (kind, at) values ('backup-created', ${rig.clock.now()})
      on conflict (kind) do update set at = excluded.at`,
  ),
);

const alerts = () =>
  rig.deps.database.withSystem((tx) =>
    tx
      .selectFrom('alert')
      .select(['condition', 'subject', 'bid', 'sentence', 'told_at', 'recovered_at', 'recovery'])
      .orderBy('id')
      .execute(),
  );
const watchFor = async (minutes: number) => {
  for (let turn = 0; turn <= minutes; turn += 1) {
    await watchConditions(rig.deps);
    rig.clock.advance(60_000);
  }
};
const PROCESS = '0192c4d0-0000-7000-8000-00000000000a';
const diskOf = (free: number) => JSON.stringify({ diskFreeBytes: free, diskBytes: 100_000_000_000, sessions: [] });

interface Planted {
  readonly condition: string;
  readonly subject: string;
  readonly says: RegExp;
  readonly plant: () => readonly Statement[];
  readonly mend: () => readonly Statement[];
  /** Longer than what it must last, in minutes. */
  readonly lastsMinutes?: number;
}

const PLANTED: readonly Planted[] = [
  {
    condition: 'lane-paused',
    subject: `lane/${LANE}`,
    says: /paused by ops@example.com: the partner moves/,
    plant: () => [
      sql`insert into lane (bid, id, family, environment, paused_at, paused_by, paused_reason)
        values (${BID}, ${LANE}, 'payments', 1, ${rig.clock.now()}, 'ops@example.com', 'the partner moves')`,
    ],
    mend: () => [sql`update lane set paused_at = null`],
    lastsMinutes: 61,
  },
  {
    condition: 'invoice-file-refused',
    subject: `invoice-files/${BID}`,
    says: /“bills.bif”, was refused/,
    plant: () => [
      sql`insert into invoice_file (bid, id, name, sha256, size_bytes, way, state, received_by, received_at)
        values (${BID}, gen_random_uuid(), 'bills.bif', '\\x00', 1, 'cli', 'refused', 'test', ${rig.clock.now()})`,
    ],
    mend: () => [
      sql`insert into invoice_file (bid, id, name, sha256, size_bytes, way, state, received_by, received_at)
        values (${BID}, gen_random_uuid(), 'mended.bif', '\\x01', 1, 'cli', 'loaded', 'test', ${rig.clock.now()})`,
    ],
  },
  {
    condition: 'mail-failing',
    subject: 'mail',
    says: /1 emails wait.*421 try later/,
    plant: () => [
      sql`insert into notice (bid, kind, to_address, locale, subject, body_text, body_html, state, attempts, last_error, created_at)
        values (${BID}, 'receipt', 'a@b.example', 'en', 's', 't', 'h', 'queued', 2, '421 try later', ${rig.clock.now()})`,
    ],
    mend: () => [sql`update notice set state = 'sent', last_error = null`],
    lastsMinutes: 11,
  },
  {
    condition: 'job-failing',
    subject: 'queue/import-invoice-file',
    says: /was given up after all its tries.*the disk is gone/,
    plant: () => [
      sql`insert into pgboss.job (id, name, state, started_on, completed_on, retry_count, output)
        values (gen_random_uuid(), 'import-invoice-file', 'failed', now(), now(), 8, '{"message":"the disk is gone"}')`,
    ],
    mend: () => [
      sql`insert into pgboss.job (id, name, state, started_on, completed_on)
        values (gen_random_uuid(), 'import-invoice-file', 'completed', now(), now() + interval '1 second')`,
    ],
  },
  {
    condition: 'job-failing',
    subject: 'queue/reconcile-billers',
    says: /failed 4 times and is tried again/,
    plant: () => [
      sql`insert into pgboss.job (id, name, state, started_on, retry_count, start_after)
        values (gen_random_uuid(), 'reconcile-billers', 'retry', now(), 4, now())`,
    ],
    mend: () => [sql`delete from pgboss.job where name = 'reconcile-billers'`],
  },
  {
    condition: 'worker-away',
    subject: 'worker',
    says: /nothing is posted to partners/,
    plant: () => [
      sql`insert into running_process (id, host, pid, roles, version, node_version, started_at, figures)
        values (${PROCESS}, 'web-host', 1, '{web}', '1', '26', now(), ${diskOf(50_000_000_000)}::jsonb)`,
    ],
    mend: () => [sql`delete from running_process`],
    lastsMinutes: 3,
  },
  {
    condition: 'disk-low',
    subject: 'disk/small-host',
    says: /On small-host 5.0 GB .*5 % of it/,
    plant: () => [
      sql`insert into running_process (id, host, pid, roles, version, node_version, started_at, figures)
        values (${PROCESS}, 'small-host', 1, '{web,worker}', '1', '26', now(), ${diskOf(5_000_000_000)}::jsonb)`,
    ],
    mend: () => [sql`update running_process set figures = ${diskOf(50_000_000_000)}::jsonb, beat_at = now()`],
    lastsMinutes: 6,
  },
  {
    condition: 'audit-broken',
    subject: 'audit',
    says: /Entry 7 was changed\. Compare/,
    plant: () => [
      sql`insert into operation_mark (kind, at, detail)
        values ('audit-verified', ${rig.clock.now()}, '{"isSound":false,"faults":["Entry 7 was changed."]}')`,
    ],
    mend: () => [sql`update operation_mark set detail = '{"isSound":true}' where kind = 'audit-verified'`],
  },
  {
    condition: 'lane-stuck',
    subject: `lane/${LANE}`,
    says: /does not answer/,
    plant: () => [
      sql`insert into work_item (bid, kind, subject, sentence, opened_at)
        values (${BID}, 'lane-waiting', ${`lane/${LANE}`}, 'The endpoint does not answer.', ${rig.clock.now()})`,
    ],
    mend: () => [sql`update work_item set closed_at = ${rig.clock.now()}`],
  },
  {
    condition: 'held-payments',
    subject: `work-items/${BID}/delivery-held`,
    says: /2 items of the kind “delivery-held” are open\. The oldest: first/,
    plant: () => [
      sql`insert into work_item (bid, kind, subject, sentence, opened_at) values
        (${BID}, 'delivery-held', 'delivery/1', 'first', ${rig.clock.now()}),
        (${BID}, 'delivery-held', 'delivery/2', 'second', ${rig.clock.now()})`,
    ],
    mend: () => [sql`update work_item set closed_at = ${rig.clock.now()}`],
    lastsMinutes: 16,
  },
  {
    condition: 'work-item',
    subject: `work-items/${BID}/a-kind-of-tomorrow`,
    says: /something new/,
    plant: () => [
      sql`insert into work_item (bid, kind, subject, sentence, opened_at)
        values (${BID}, 'a-kind-of-tomorrow', 'x', 'something new', ${rig.clock.now()})`,
    ],
    mend: () => [sql`update work_item set closed_at = ${rig.clock.now()}`],
  },
];

test.each(PLANTED)('$condition is seen ($subject), told in words, and over when it is mended', async (one) => {
  await run(...one.plant());
  await watchFor(one.lastsMinutes ?? 1);
  const mine = async () => (await alerts()).filter((alert) => alert.condition === one.condition);
  expect(await mine()).toMatchObject([{ subject: one.subject, told_at: expect.anything(), recovered_at: null }]);
  expect((await mine())[0]?.sentence).toMatch(one.says);
  await run(...one.mend());
  await watchFor(3);
  expect(await mine()).toMatchObject([{ recovered_at: expect.anything() }]);
});

test('a reminder of a planned end is no alert', async () => {
  await rig.deps.database.withSystem((tx) =>
    openWorkItem(tx, { bid: BID, kind: 'maintenance-ending', subject: 'maintenance-window/1', sentence: 'ends soon' }),
  );
  await watchFor(1);
  expect(await alerts()).toEqual([]);
});

test('a condition that is switched off is told as over, and not seen again', async () => {
  await rig.deps.database.withSystem((tx) =>
    openWorkItem(tx, {
      bid: BID,
      kind: 'reconciliation-gap',
      subject: 'payment/1',
      sentence: 'a gap',
      at: rig.clock.now(),
    }),
  );
  await watchFor(0);
  expect(await alerts()).toMatchObject([{ condition: 'reconciliation-gap', recovered_at: null }]);
  const { version } = await readConditions(rig.deps);
  await changeConditions(rig.deps, {
    expectedVersion: version,
    reason: 'too loud',
    items: [{ condition: 'reconciliation-gap', isOn: false, afterMinutes: 0, limit: null }],
    by,
  });
  await watchFor(2);
  expect(await alerts()).toMatchObject([
    { recovered_at: expect.anything(), recovery: 'This condition is no longer watched.' },
  ]);
});

test('a database near the end of its connections is told', async () => {
  const { version } = await readConditions(rig.deps);
  const held = await Promise.all(Array.from({ length: 25 }, () => rig.deps.database.connect('test')));
  try {
    await changeConditions(rig.deps, {
      expectedVersion: version,
      reason: 'a low limit for the test',
      items: [{ condition: 'database-limits', isOn: true, afterMinutes: 0, limit: 1 }],
      by,
    });
    await watchFor(0);
    expect(await alerts()).toMatchObject([{ condition: 'database-limits', subject: 'database/connections' }]);
  } finally {
    await Promise.all(held.map((client) => client.end()));
  }
});
