import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTestDatabase } from '../testing/database.ts';
import { recordAudit } from './audit.ts';
import { hashOf } from './audit-chain.ts';
import {
  type AuditCheckpointFile,
  faultSentence,
  isCheckpointWhole,
  makeCheckpoint,
  verifyAllChains,
} from './audit-checkpoint.ts';

const ROWS = 12;
const AT = Temporal.Instant.from('2026-11-20T10:00:00.123Z');
let given: Awaited<ReturnType<typeof withTestDatabase>>;
let owner: pg.Client;
let checkpoint: AuditCheckpointFile;

beforeAll(async () => {
  given = await withTestDatabase();
  await given.database.withSystem(async (tx) => {
    for (let n = 1; n <= ROWS; n += 1) {
      for (const bid of [null, 2984, 77])
        await recordAudit(tx, {
          at: AT.add({ seconds: n }),
          bid,
          actorKind: 'staff',
          actor: 'ann@example.test',
          act: 'delivery.confirm-posted',
          subject: `payment/${n}`,
          reason: n % 2 === 0 ? null : 'they have it',
          detail: { n, amountCents: 12_850, deep: [{ on: true }] },
        });
    }
  });
  checkpoint = await makeCheckpoint(given, AT.add({ hours: 1 }));
  owner = new pg.Client({ connectionString: given.url });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await given.close();
});

/** What the owner of the database can do, with every guard off; what it changed is put back when `look` has looked. */
async function tampered<T>(act: () => Promise<void>, look: () => Promise<T>): Promise<T> {
  await owner.query('create temp table if not exists kept as select * from audit_event');
  await owner.query('alter table audit_event disable trigger all; alter table audit_event disable row level security');
  await owner.query('alter table audit_event no force row level security');
  try {
    await act();
    return await look();
  } finally {
    await owner.query('delete from audit_event; insert into audit_event select * from kept');
  }
}

const chains = ['system', '2984', '77'] as const;
const CHANGES: readonly (readonly [string, string])[] = [
  ['seq', 'seq + 1000'],
  ['at', "at + interval '1 microsecond'"],
  ['bid', 'coalesce(bid, 0) + 1'],
  ['actor_kind', "'payer'"],
  ['actor', "actor || ' '"],
  ['act', "'delivery.note'"],
  ['subject', "'payment/999'"],
  ['reason', "coalesce(reason, '') || '.'"],
  ['detail', `detail || '{"more": 1}'`],
  ['detail', `jsonb_set(detail, '{n}', '999')`],
  ['detail', `jsonb_set(detail, '{amountCents}', '12850.0')`],
  ['detail', `jsonb_set(detail, '{amountCents}', '1e400'::jsonb)`],
  ['detail', `jsonb_set(detail, '{deep,0,on}', 'false')`],
  ['detail', `detail - 'n'`],
  ['previous_hash', "sha256('x')"],
  ['hash', "sha256('x')"],
  ['chain', "'5'"],
];

type Tampering = { name: string; act: () => Promise<void> };
const place = fc.record({ chain: fc.constantFrom(...chains), seq: fc.integer({ min: 1, max: ROWS }) });
const tampering: fc.Arbitrary<Tampering> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(place, fc.constantFrom(...CHANGES)).map(([{ chain, seq }, [column, value]]) => ({
      name: `${column} of ${chain}/${seq} = ${value}`,
      act: async () =>
        void (await owner.query(`update audit_event set ${column} = ${value} where chain = $1 and seq = $2`, [
          chain,
          seq,
        ])),
    })),
  },
  fc
    .tuple(place, fc.integer({ min: 1, max: ROWS }))
    .filter(([one, other]) => one.seq !== other)
    .map(([{ chain, seq }, other]) => ({
      name: `${chain}: ${seq} and ${other} swapped`,
      act: async () => {
        await owner.query('update audit_event set seq = -seq where chain = $1 and seq in ($2, $3)', [
          chain,
          seq,
          other,
        ]);
        await owner.query(
          'update audit_event set seq = case when seq = -$2::bigint then $3::bigint else $2::bigint end where chain = $1 and seq < 0',
          [chain, seq, other],
        );
      },
    })),
  place.map(({ chain, seq }) => ({
    name: `${chain}/${seq} deleted`,
    act: async () => void (await owner.query('delete from audit_event where chain = $1 and seq = $2', [chain, seq])),
  })),
  place.map(({ chain, seq }) => ({
    name: `${chain} cut at ${seq}`,
    act: async () => void (await owner.query('delete from audit_event where chain = $1 and seq >= $2', [chain, seq])),
  })),
  fc.constantFrom(...chains).map((chain) => ({
    name: `${chain} taken away`,
    act: async () => void (await owner.query('delete from audit_event where chain = $1', [chain])),
  })),
  place.map(({ chain, seq }) => ({
    name: `${chain} forged from ${seq} on, hashes and all`,
    act: () => forge(chain, seq),
  })),
);

/** Changes one event and computes every later hash anew, as who knows the program would. */
async function forge(chain: string, from: number): Promise<void> {
  const { rows } = await owner.query(
    'select seq, bid, actor_kind, act, subject, reason, detail, hash from audit_event where chain = $1 order by seq',
    [chain],
  );
  let previous: Buffer = rows[from - 2]?.hash ?? Buffer.alloc(32);
  for (const row of rows.slice(from - 1)) {
    const seq = Number(row.seq);
    const actor = seq === from ? 'mallory@example.test' : 'ann@example.test';
    const hash = hashOf(previous, {
      at: AT.add({ seconds: seq }).toString({ fractionalSecondDigits: 3 }),
      bid: row.bid === null ? null : Number(row.bid),
      actorKind: row.actor_kind,
      actor,
      act: row.act,
      subject: row.subject,
      reason: row.reason,
      detail: row.detail,
      chain,
      seq,
    });
    await owner.query(
      'update audit_event set actor = $3, previous_hash = $4, hash = $5 where chain = $1 and seq = $2',
      [chain, seq, actor, previous, hash],
    );
    previous = hash;
  }
}

test('untouched chains are sound, by themselves and against the checkpoint, and so are entries added since', async () => {
  expect(await verifyAllChains(given)).toMatchObject({ isSound: true, events: 3 * ROWS });
  expect(isCheckpointWhole(checkpoint)).toBe(true);
  const added = await tampered(
    async () =>
      void (await given.database.withSystem((tx) =>
        recordAudit(tx, { at: AT, bid: 77, actorKind: 'program', actor: 'x', act: 'y', subject: 'z' }),
      )),
    () => verifyAllChains(given, checkpoint),
  );
  expect(added).toMatchObject({ isSound: true, events: 3 * ROWS + 1 });
});

test('every tampering with any column, row, order or tail is found from the checkpoint', async () => {
  await fc.assert(
    fc.asyncProperty(tampering, async ({ name, act }) => {
      const found = await tampered(act, () => verifyAllChains(given, checkpoint));
      expect(found.isSound, name).toBe(false);
      for (const one of found.chains) if (!one.ok) expect(faultSentence(one).length).toBeGreaterThan(20);
    }),
    { numRuns: 150 },
  );
});

test.each(CHANGES)('a change of %s to %s is found without a checkpoint', async (column, value) => {
  const change = `update audit_event set ${column} = ${value} where chain = '77' and seq = 5`;
  expect(
    await tampered(
      async () => void (await owner.query(change)),
      () => verifyAllChains(given),
    ),
  ).toMatchObject({
    isSound: false,
  });
});

test('a checkpoint that was changed itself is known', () => {
  expect(isCheckpointWhole({ ...checkpoint, chains: checkpoint.chains.slice(1) })).toBe(false);
  expect(isCheckpointWhole({ ...checkpoint, at: '2026-11-21T00:00:00.000Z' })).toBe(false);
});
