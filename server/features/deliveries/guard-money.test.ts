import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noCrashPoints } from '../../platform/crash-points.ts';
import type { LaneRunner } from '../../platform/lanes.ts';
import { withDeliveries } from '../../testing/deliveries-rig.ts';
import { saveConfiguration, settingsFromTexts } from '../billers/index.ts';
import { decideHeldDelivery } from './decide-held-delivery.ts';
import { findDelivery } from './delivery-store.ts';
import type { DeliveriesDeps } from './deps.ts';
import { laneStore } from './lane-store.ts';
import { holdAfterRestore, pauseLane, resumeLane } from './operate-lane.ts';
import { recordDelivery } from './record-delivery.ts';
import { replayDeliveries } from './replay-deliveries.ts';
import { startLanes } from './start-lanes.ts';
import { withdrawDelivery } from './withdraw-delivery.ts';

const BY = { kind: 'staff', name: 'ann@example.com' } as const;
/** As a lane's mark travels: values of the statement, and which of them are the ids of marks. */
const MARK_IDS = 4;

let rig: Awaited<ReturnType<typeof withDeliveries>>;
let deps: DeliveriesDeps;
let lanes: LaneRunner;
/** Armed: the next commit of a mark finds its database session ended. */
let losesNextMark = false;
let lostMarks = 0;

beforeAll(async () => {
  rig = await withDeliveries();
  deps = { ...rig.deps, database: { ...rig.deps.database, connect: connectLosing } };
  lanes = startLanes(deps);
});
afterAll(async () => {
  await lanes?.stop();
  await rig?.close();
});

/** A real connection whose session a second one ends right before a mark that was lost is sent. */
async function connectLosing(purpose: string, silentMs?: number): Promise<pg.Client> {
  const client = await rig.deps.database.connect(purpose, silentMs);
  const query = client.query.bind(client) as (...from: unknown[]) => Promise<pg.QueryResult<{ pid: number }>>;
  const losing = async (...from: unknown[]): Promise<unknown> => {
    const statement = from[0] as { name?: string; values?: unknown[][] };
    if (losesNextMark && statement.name === 'lane-write' && (statement.values?.[MARK_IDS]?.length ?? 0) > 0) {
      losesNextMark = false;
      lostMarks += 1;
      const { rows } = await query('select pg_backend_pid() as pid');
      const killer = new pg.Client({ connectionString: rig.deps.database.url });
      await killer.connect();
      await killer.query('select pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
      await killer.end();
    }
    return query(...from);
  };
  return Object.assign(client, { query: losing as unknown as pg.Client['query'] });
}

test('a lane sends nothing while it is paused, and afterwards everything once', async () => {
  const [paused, other] = [await rig.addPostingBiller(2101), await rig.addPostingBiller(2102)];
  const first = await rig.pay(paused, 'P101');
  await rig.until(2101, first.paymentId, 'posted');
  const lane = { bid: 2101, laneId: '2101/payments/1', by: BY };
  await pauseLane(deps, { ...lane, reason: 'their maintenance' });
  await expect(pauseLane(deps, { ...lane, reason: 'again' })).rejects.toMatchObject({ code: 'lane-paused' });
  const waiting = [await rig.pay(paused, 'P101'), await rig.pay(paused, 'P102')];
  // Other lanes are claimed and drained meanwhile, again and again: the paused one is passed over each time.
  for (const account of ['P103', 'P104', 'P105'])
    await rig.until(2102, (await rig.pay(other, account)).paymentId, 'posted');
  for (const one of waiting) expect(await rig.stateOf(2101, one.paymentId)).toMatchObject({ state: 'queued' });
  expect(rig.sandbox.ledger({ policyNumber: 'P101' }).count).toBe(1);
  await resumeLane(deps, { ...lane, reason: 'done' });
  for (const one of waiting) await rig.until(2101, one.paymentId, 'posted');
  expect(rig.sandbox.ledger({ policyNumber: 'P101' })).toMatchObject({ count: 2, doubleBooked: {} });
});

test('a payment whose money went back before it was posted is not posted, whatever it waits for, and the next one is', async () => {
  const biller = await rig.addPostingBiller(2111);
  const lane = { bid: 2111, laneId: '2111/payments/1', by: BY };
  await rig.until(2111, (await rig.pay(biller, 'P120')).paymentId, 'posted');
  await pauseLane(deps, { ...lane, reason: 'their maintenance' });
  const [back, onItsWay, next] = [
    await rig.pay(biller, 'P121'),
    await rig.pay(biller, 'P122'),
    await rig.pay(biller, 'P121', 7_000),
  ];
  const withdraw = (paymentId: number) =>
    deps.database.withBiller(2111, (tx) =>
      withdrawDelivery(tx, { bid: 2111, paymentId, why: 'the payment was voided', at: deps.clock.now() }),
    );
  await withdraw(back.paymentId);
  await withdraw(back.paymentId);
  const ended = {
    state: 'not_sent',
    label: 'withdrawn',
    reason: 'not posted: the payment was voided',
    isTakenBack: true,
  };
  expect(await rig.stateOf(2111, back.paymentId)).toMatchObject(ended);
  // Told while a worker was sending it, which came to nothing: it stands as waiting for another try.
  await deps.database.withSystem((tx) =>
    tx.updateTable('delivery').set({ state: 'sending' }).where('id', '=', onItsWay.deliveryId).execute(),
  );
  await withdraw(onItsWay.paymentId);
  expect(await rig.stateOf(2111, onItsWay.paymentId)).toMatchObject({ state: 'sending' });
  await deps.database.withSystem((tx) =>
    tx.updateTable('delivery').set({ state: 'waiting' }).where('id', '=', onItsWay.deliveryId).execute(),
  );
  await resumeLane(deps, { ...lane, reason: 'done' });
  await rig.until(2111, next.paymentId, 'posted');
  expect(await rig.until(2111, onItsWay.paymentId, 'not_sent')).toMatchObject(ended);
  expect(rig.sandbox.ledger({ policyNumber: 'P121' })).toMatchObject({ count: 1, billAmountCents: 7_000 });
  expect(rig.sandbox.ledger({ policyNumber: 'P122' }).count).toBe(0);
});

test('a held payment whose money went back can’t be sent again by anyone', async () => {
  const biller = await rig.addPostingBiller(2112);
  await rig.until(2112, (await rig.pay(biller, 'P123')).paymentId, 'posted');
  const held = await rig.pay(biller, 'P124', 5_000, true);
  await deps.database.withBiller(2112, (tx) =>
    withdrawDelivery(tx, {
      bid: 2112,
      paymentId: held.paymentId,
      why: 'the payment was returned',
      at: deps.clock.now(),
    }),
  );
  const row = await deps.database.withBiller(2112, (tx) => findDelivery(tx, 2112, held.deliveryId));
  expect(row).toMatchObject({ state: 'held', held_kind: 'restored', withdrawn: 'the payment was returned' });
  const again = decideHeldDelivery(deps, {
    bid: 2112,
    deliveryId: held.deliveryId,
    act: 'post-again',
    reason: 'the partner does not have it',
    version: row?.version ?? 0,
    by: BY,
  });
  await expect(again).rejects.toMatchObject({ code: 'act-does-not-fit' });
});

test('a run that began before the pause commits no more intents', async () => {
  const biller = await rig.addPostingBiller(2103);
  await rig.until(2103, (await rig.pay(biller, 'P106')).paymentId, 'posted');
  await pauseLane(deps, { bid: 2103, laneId: '2103/payments/1', reason: 'their maintenance', by: BY });
  await rig.pay(biller, 'P106');
  const connection = await rig.deps.database.connect('test');
  try {
    const store = laneStore({
      connection,
      bid: 2103,
      laneId: '2103/payments/1',
      settleMinutes: 30,
      crash: noCrashPoints,
      clock: deps.clock,
    });
    const [open] = await store.readOpen(0, 10);
    if (!open) throw new Error('the delivery is not there');
    const intent = { id: open.id, version: open.version, n: 1, permit: open.permit, possiblyApplied: true };
    const at = { intentAtMs: deps.clock.nowMs(), deadlineAtMs: deps.clock.nowMs() };
    const written = await store.write({
      marks: [],
      intents: [{ ...intent, ...at, payloadHash: '00', baseline: null }],
    });
    expect(written).toMatchObject({ isPaused: true, intended: new Set(), spent: new Set() });
  } finally {
    await connection.end();
  }
});

test('a delivery goes where it was to go when it was recorded, although the endpoint was changed since', async () => {
  const biller = await rig.addPostingBiller(2104);
  await rig.until(2104, (await rig.pay(biller, 'P107')).paymentId, 'posted');
  await pauseLane(deps, { bid: 2104, laneId: '2104/payments/1', reason: 'conversion', by: BY });
  const before = await rig.pay(biller, 'P107');
  const elsewhere = rig.sandbox.urls('3402');
  rig.sandbox.load('3402', [{ policyNumber: 'P107', currentDueCents: 500_000 }]);
  const logins = { 9: 'causeway', 12: 'causeway', 15: 'causeway', 18: 'causeway', 21: 'causeway' };
  const texts = {
    8: elsewhere.url,
    11: elsewhere.url,
    14: elsewhere.url,
    17: elsewhere.url,
    20: elsewhere.url,
    ...logins,
  };
  const secrets = Object.fromEntries([10, 13, 16, 19, 22].map((number) => [number, 'sandbox-password']));
  await saveConfiguration(rig.deps as never, {
    bid: 2104,
    expectedVersion: biller.version,
    sections: { advancedSettings: settingsFromTexts({ ...texts, ...secrets, 88: elsewhere.authUrl }) },
    reason: 'moved',
    by: BY,
  });
  const moved = await deps.billers.load(2104);
  if (!moved || moved.version === biller.version) throw new Error('the configuration is the old one');
  const after = await rig.pay(moved, 'P107');
  await resumeLane(deps, { bid: 2104, laneId: '2104/payments/1', reason: 'go on', by: BY });
  for (const one of [before, after]) await rig.until(2104, one.paymentId, 'posted');
  const ids = (instance: string) =>
    rig.sandbox.ledger({ instance, policyNumber: 'P107' }).payments.map((one) => one.transactionId);
  expect(ids('3401')).toContain(`2104${before.paymentId}`);
  expect(ids('3402')).toEqual([`2104${after.paymentId}`]);
});

test('the database is away right after the answer: the payment is not lost, not sent again, and held for a person', async () => {
  const biller = await rig.addPostingBiller(2105);
  losesNextMark = true;
  const paid = await rig.pay(biller, 'P108');
  await rig.until(2105, paid.paymentId, 'unknown');
  expect(lostMarks).toBe(1);
  expect(rig.sandbox.ledger({ policyNumber: 'P108' }).count).toBe(1);
  rig.clock.advance(31 * 60_000);
  await expect.poll(async () => (await rig.stateOf(2105, paid.paymentId))?.reason).toBe('read once');
  rig.clock.advance(6 * 60_000);
  const held = await rig.until(2105, paid.paymentId, 'held');
  expect(held.reason).toMatch(/evidence says applied/);
  expect(rig.sandbox.ledger({ policyNumber: 'P108' })).toMatchObject({ count: 1, doubleBooked: {} });
});

test('after a restore every lane is paused, and what may have been sent since is held until a person decides', async () => {
  const biller = await rig.addPostingBiller(2106);
  const posted = await rig.pay(biller, 'P109');
  await rig.until(2106, posted.paymentId, 'posted');
  await lanes.stop();
  const open = await rig.pay(biller, 'P109');
  const setting = { biller, invoiceTypeId: '1', kind: 'paperless', accountNumber: 'P109', isOn: true } as const;
  await deps.database.withBiller(2106, (tx) => recordDelivery(tx, deps, setting));
  // Held in the backup as proven not applied, and asked about by one person: both may have been settled since.
  const spent = await rig.pay(biller, 'P109');
  const asked = JSON.stringify({
    act: 'post-again',
    by: 'bob@example.com',
    reason: 'asked',
    at: '2026-01-01T00:00:00Z',
  });
  await deps.database.withBiller(2106, (tx) =>
    tx
      .updateTable('delivery')
      .set({ state: 'held', held_kind: 'exhausted', request: asked })
      .where('id', '=', spent.deliveryId)
      .execute(),
  );
  expect(await holdAfterRestore(deps)).toBeGreaterThanOrEqual(2);
  expect(await rig.stateOf(2106, open.paymentId)).toMatchObject({ state: 'held' });
  const again = await deps.database.withBiller(2106, (tx) =>
    tx.selectFrom('delivery').select(['held_kind', 'request']).where('id', '=', spent.deliveryId).executeTakeFirst(),
  );
  expect(again).toEqual({ held_kind: 'restored', request: null });
  expect(await rig.stateOf(2106, posted.paymentId)).toMatchObject({ state: 'posted' });
  const seen = await deps.database.withBiller(2106, async (tx) => ({
    lanes: await tx.selectFrom('lane').select(['paused_by', 'paused_at']).execute(),
    items: await tx.selectFrom('work_item').select('kind').where('closed_at', 'is', null).execute(),
    setting: await tx.selectFrom('delivery').select('state').where('kind', '=', 'paperless').executeTakeFirstOrThrow(),
  }));
  expect(seen.lanes.map((lane) => lane.paused_by)).toEqual(['program', 'program']);
  expect(seen.items).toEqual([{ kind: 'restored' }]);
  expect(seen.setting.state).toBe('queued');
  const replay = { bid: 2106, filter: {}, isDryRun: true, expectedCount: undefined, reason: 'again', by: BY };
  expect(await replayDeliveries(deps, replay)).toMatchObject({ willSend: [], needPeople: 2 });
  const act = { bid: 2106, deliveryId: open.deliveryId, version: 2, reason: 'they have it', by: BY };
  await decideHeldDelivery(deps, { ...act, act: 'confirm-posted', reference: 'A1' });
  expect(await rig.stateOf(2106, open.paymentId)).toMatchObject({ state: 'posted', label: 'confirmed by staff' });
});

test('what was under way in a restored backup is held as that, also while the biller has no endpoint', async () => {
  const biller = await rig.addPostingBiller(2107);
  const bare = { ...biller, configuration: { ...biller.configuration, advancedSettings: {} } };
  const [plain, restored] = [await rig.pay(bare, 'P110'), await rig.pay(bare, 'P111', 5_000, true)];
  const kinds = await deps.database.withBiller(2107, (tx) =>
    tx.selectFrom('delivery').select(['id', 'held_kind as kind']).orderBy('id').execute(),
  );
  expect(kinds).toEqual([
    { id: plain.deliveryId, kind: 'destination' },
    { id: restored.deliveryId, kind: 'restored' },
  ]);
  const replay = { bid: 2107, filter: {}, isDryRun: true, expectedCount: undefined, reason: 'again', by: BY };
  const { willSend } = await replayDeliveries(deps, replay);
  expect(willSend.map((line) => line.id)).toEqual([plain.deliveryId]);
});
