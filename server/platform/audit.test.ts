import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTestDatabase } from '../testing/database.ts';
import { type AuditEntry, exportCheckpoint, listAuditChains, readAudit, recordAudit, verifyAudit } from './audit.ts';

let given: Awaited<ReturnType<typeof withTestDatabase>>;
beforeAll(async () => {
  given = await withTestDatabase();
});
afterAll(() => given.close());

const entry = (bid: number | null, more: Partial<AuditEntry> = {}): AuditEntry => ({
  at: Temporal.Instant.from('2026-11-20T10:00:00.123456789Z'),
  bid,
  actorKind: 'staff',
  actor: 'ann@example.test',
  act: 'delivery.confirmed-posted',
  subject: 'payment/84123',
  ...more,
});

test('what was recorded is read back and verifies: odd texts, numbers and nesting included', async () => {
  const detail = {
    nul: 'a\0b',
    half: '\ud800',
    emoji: '🏠',
    big: 1e21,
    small: 1e-7,
    deep: [{ b: 1, a: [null, true] }],
    'ke\0y': '',
  };
  await given.database.withBiller(11, async (tx) => {
    expect(await recordAudit(tx, entry(11, { detail, reason: 'line\r\nbreak \0' }))).toEqual({ chain: '11', seq: 1 });
    expect(await recordAudit(tx, entry(11, { subject: 'payment/2' }))).toEqual({ chain: '11', seq: 2 });
  });
  await given.database.withBiller(11, async (tx) => {
    expect(await verifyAudit(tx, 11)).toMatchObject({ ok: true, events: 2 });
    expect((await readAudit(tx, { bid: 11 })).map((event) => event.seq)).toEqual([2, 1]);
    expect((await readAudit(tx, { bid: 11, beforeSeq: 2 })).map((event) => event.seq)).toEqual([1]);
    const [event] = await readAudit(tx, { bid: 11, subject: 'payment/84123' });
    expect(event).toMatchObject({
      seq: 1,
      bid: 11,
      at: '2026-11-20T10:00:00.123Z',
      detail: { emoji: '🏠', big: 1e21 },
    });
  });
});

test('a hundred at once make one chain without a gap; a transaction that rolls back leaves none', async () => {
  await Promise.all(
    Array.from({ length: 100 }, (_none, n) =>
      given.database
        .withBiller(12, async (tx) => {
          await recordAudit(tx, entry(12, { detail: { n } }));
          if (n % 10 === 0) throw new Error('rolled back');
        })
        .catch(() => {}),
    ),
  );
  const verdict = await given.database.withBiller(12, (tx) => verifyAudit(tx, 12));
  expect(verdict).toMatchObject({ ok: true, events: 90 });
});

test('an edit, a deletion and a cut tail are found, even when the owner of the tables made them', async () => {
  await given.database.withBiller(13, async (tx) => {
    for (let n = 0; n < 5; n += 1) await recordAudit(tx, entry(13, { detail: { n } }));
  });
  const checkpoint = await given.database.withBiller(13, (tx) => exportCheckpoint(tx, 13));
  if (checkpoint === null) throw new Error('no checkpoint');
  await tamper(`update audit_event set actor = 'bob@example.test' where chain = '13' and seq = 3`);
  expect(await verdictOf(13)).toMatchObject({ ok: false, fault: 'edited', seq: 3 });
  await tamper(`update audit_event set actor = 'ann@example.test' where chain = '13' and seq = 3`);
  expect(await verdictOf(13)).toMatchObject({ ok: true });
  await tamper(`delete from audit_event where chain = '13' and seq = 5`);
  expect(await verdictOf(13)).toMatchObject({ ok: true, events: 4 });
  expect(await given.database.withBiller(13, (tx) => verifyAudit(tx, 13, checkpoint))).toMatchObject({
    ok: false,
    fault: 'truncated',
    seq: 5,
  });
  await tamper(`delete from audit_event where chain = '13' and seq = 2`);
  expect(await verdictOf(13)).toMatchObject({ ok: false, fault: 'missing', seq: 2 });
});

test('the program itself can neither change nor delete an event', async () => {
  await given.database.withBiller(14, (tx) => recordAudit(tx, entry(14)));
  for (const statement of [sql`update audit_event set actor = 'x'`, sql`delete from audit_event`]) {
    await expect(given.database.withBiller(14, (tx) => statement.execute(tx))).rejects.toThrow(/permission denied/);
  }
});

test('a biller sees its own chain only, and cannot write into another one', async () => {
  await given.database.withBiller(15, (tx) => recordAudit(tx, entry(15)));
  expect(await given.database.withBiller(16, (tx) => readAudit(tx, { bid: 15 }))).toEqual([]);
  await expect(given.database.withBiller(16, (tx) => recordAudit(tx, entry(15)))).rejects.toThrow();
});

test('what belongs to no biller has a chain of its own, and the chains can be listed', async () => {
  await given.database.withSystem(async (tx) => {
    expect(await recordAudit(tx, entry(null, { act: 'user.invited' }))).toEqual({ chain: 'system', seq: 1 });
    expect(await recordAudit(tx, entry(17))).toEqual({ chain: '17', seq: 1 });
  });
  const chains = await given.database.withSystem((tx) => listAuditChains(tx));
  expect(chains).toEqual(expect.arrayContaining([null, 17]));
  expect(await given.database.withSystem((tx) => verifyAudit(tx, null))).toMatchObject({ ok: true, events: 1 });
});

const verdictOf = (bid: number) => given.database.withBiller(bid, (tx) => verifyAudit(tx, bid));

/** As the owner of the tables would, with the trigger out of the way. */
async function tamper(statement: string): Promise<void> {
  const client = await given.database.connect('tampering');
  try {
    await client.query('reset role');
    await client.query(`set role none; set session_replication_role = replica; ${statement}`);
  } finally {
    await client.end();
  }
}
