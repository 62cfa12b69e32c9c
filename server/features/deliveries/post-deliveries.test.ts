import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LaneRunner } from '../../platform/lanes.ts';
import { withSandboxBillers } from '../../testing/sandbox-biller.ts';
import { type Biller, defaultConfiguration } from '../billers/index.ts';
import { decideHeldDelivery } from './decide-held-delivery.ts';
import type { DeliveriesDeps, TakenPayment } from './deps.ts';
import { deliveryOfPayment, unpostedCents } from './read-deliveries.ts';
import { reconcile } from './reconcile.ts';
import { recordDelivery } from './record-delivery.ts';
import { replayDeliveries } from './replay-deliveries.ts';
import { startLanes } from './start-lanes.ts';
import { changeTrust } from './trust.ts';

const BY = { kind: 'staff', name: 'ann@example.com' } as const;
const OTHER = { kind: 'staff', name: 'bob@example.com' } as const;
const WAIT_MS = 60_000;

let rig: Awaited<ReturnType<typeof withSandboxBillers>>;
let deps: DeliveriesDeps;
let lanes: LaneRunner;
const taken: TakenPayment[] = [];
let lastPayment = 5000;

beforeAll(async () => {
  rig = await withSandboxBillers();
  deps = { ...rig.deps, takenPayments: async () => taken };
  rig.sandbox.load(
    '3401',
    Array.from({ length: 60 }, (_, at) => ({ policyNumber: `P${100 + at}`, currentDueCents: 500_000 })),
  );
  lanes = startLanes(deps);
});
afterAll(async () => {
  await lanes?.stop();
  await rig?.close();
});

async function addBiller(bid: number): Promise<Biller> {
  const base = defaultConfiguration({
    name: 'x',
    integrationPartner: 'IMT Computer Services',
    invoiceFormatGuid: crypto.randomUUID(),
  });
  const both = { CC: true, ACH: true };
  return rig.addBiller(bid, {
    configuration: {
      dataPump: {
        ...base.dataPump,
        payments: { ...base.dataPump.payments, 'Virtual Site': both },
        nonPayment: { paperless: true, autopay: true },
        settleMinutes: 30,
      },
    },
  });
}

async function pay(
  biller: Biller,
  accountNumber: string,
  cents = 5_000,
): Promise<{ paymentId: number; deliveryId: number }> {
  lastPayment += 1;
  const paymentId = lastPayment;
  const payment = {
    accountNumber,
    method: 'CC' as const,
    amountCents: cents + 250,
    feeCents: 250,
    paymentMessage: 'APPROVED 1',
    customerName: 'ALEX EXAMPLE',
    address1: '1 Main',
    address2: '',
    city: 'Des Moines',
    state: 'IA',
    zip: '50265',
    phone: '',
    email: 'a@example.com',
  };
  const recorded = await deps.database.withBiller(biller.bid, (tx) =>
    recordDelivery(tx, deps, {
      biller,
      invoiceTypeId: '1',
      kind: 'payment',
      paymentId,
      payment,
      source: 'Virtual Site',
      method: 'CC',
    }),
  );
  return { paymentId, deliveryId: recorded.deliveryId };
}

const stateOf = (bid: number, paymentId: number) =>
  deps.database.withBiller(bid, (tx) => deliveryOfPayment(tx, bid, paymentId));

async function until(bid: number, paymentId: number, isSo: (state: string) => boolean) {
  const endMs = Date.now() + WAIT_MS;
  for (;;) {
    const found = await stateOf(bid, paymentId);
    if (found && isSo(found.state)) return found;
    if (Date.now() > endMs) throw new Error(`still ${found?.state}: ${found?.reason}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The clock goes on; the lane, due by then, is found by its poll. */
async function pass(minutes: number): Promise<void> {
  rig.clock.advance(minutes * 60_000);
}

test('payments are posted once each, in the order of their account, with the transaction id of BillerID and PaymentID', async () => {
  const biller = await addBiller(2001);
  const made: { paymentId: number }[] = [];
  for (let at = 0; at < 60; at++) made.push(await pay(biller, `P${100 + (at % 20)}`));
  for (const one of made) await until(2001, one.paymentId, (state) => state === 'posted');
  const ledger = rig.sandbox.ledger({ instance: '3401' });
  const ours = ledger.payments.filter((entry) => entry.transactionId.startsWith('2001'));
  expect(ours.map((entry) => entry.transactionId).sort()).toEqual(made.map((one) => `2001${one.paymentId}`).sort());
  expect(ledger.doubleBooked).toEqual({});
  for (let at = 0; at < 20; at++) {
    const order = ours
      .filter((entry) => entry.policyNumber === `P${100 + at}`)
      .map((entry) => Number(entry.transactionId));
    expect(order).toEqual([...order].sort((one, other) => one - other));
  }
  expect(await deps.database.withBiller(2001, (tx) => unpostedCents(tx, 2001, 'P100'))).toBe(0);
});

test('what DataPump Management does not post is a row that says so', async () => {
  const biller = await addBiller(2002);
  const recorded = await deps.database.withBiller(2002, (tx) =>
    recordDelivery(tx, deps, {
      biller: {
        ...biller,
        configuration: {
          ...biller.configuration,
          dataPump: { ...biller.configuration.dataPump, nonPayment: { paperless: false, autopay: true } },
        },
      },
      invoiceTypeId: '1',
      kind: 'paperless',
      accountNumber: 'P100',
      isOn: true,
    }),
  );
  expect(recorded).toMatchObject({ state: 'not_sent', reason: 'DataPump Management does not post paperless changes' });
});

test('an unknown outcome at level 0 is read twice after it settled, then held; another account flows meanwhile, the same one waits', async () => {
  const biller = await addBiller(2003);
  rig.sandbox.faults.add({
    operation: 'payment',
    policy: 'P130',
    count: 1,
    effect: { kind: 'cut-after-commit' },
  } as never);
  const doubtful = await pay(biller, 'P130');
  await until(2003, doubtful.paymentId, (state) => state === 'unknown');
  const later = await pay(biller, 'P130');
  const elsewhere = await pay(biller, 'P131');
  await until(2003, elsewhere.paymentId, (state) => state === 'posted');
  expect((await stateOf(2003, later.paymentId))?.state).toBe('queued');
  expect(await deps.database.withBiller(2003, (tx) => unpostedCents(tx, 2003, 'P130'))).toBe(10_000);
  await pass(31);
  await expect.poll(async () => (await readingsOf(2003, doubtful.deliveryId)).length, { timeout: WAIT_MS }).toBe(1);
  await pass(6);
  const held = await until(2003, doubtful.paymentId, (state) => state === 'held');
  expect(held.reason).toMatch(/evidence says applied/);
  const verdicts = (await readingsOf(2003, doubtful.deliveryId)).map((reading) => reading.verdict);
  expect(verdicts).toEqual(['E1', 'E1']);
  const row = await rowOf(2003, doubtful.deliveryId);
  const act = { bid: 2003, deliveryId: doubtful.deliveryId, version: row.version, by: BY, reason: 'asked them' };
  const balancesSeen = { beforeCents: 500_000, latestCents: 495_000 };
  await expect(decideHeldDelivery(deps, { ...act, act: 'post-again', balancesSeen })).rejects.toMatchObject({
    code: 'evidence-says-applied',
  });
  await expect(
    decideHeldDelivery(deps, { ...act, act: 'confirm-posted', version: row.version - 1, reference: 'A1' }),
  ).rejects.toMatchObject({ code: 'delivery-changed' });
  await expect(decideHeldDelivery(deps, { ...act, act: 'confirm-posted' })).rejects.toMatchObject({
    code: 'act-does-not-fit',
  });
  await decideHeldDelivery(deps, { ...act, act: 'confirm-posted', reference: 'A1' });
  await until(2003, later.paymentId, (state) => state === 'posted');
  expect(rig.sandbox.ledger({ policyNumber: 'P130' } as never).count).toBe(2);
});

test('at level 1 the evidence closes it, under its own label; a level is raised by two people, and 2 stays locked', async () => {
  const biller = await addBiller(2004);
  const partner = 'IMT Computer Services';
  const ask = {
    bid: 2004,
    partner,
    level: 1 as const,
    expectedLevel: 0 as const,
    reason: '200 definite successes',
    by: BY,
  };
  expect((await changeTrust(deps, ask)).level).toBe(0);
  await expect(changeTrust(deps, ask)).rejects.toMatchObject({ code: 'needs-second-person' });
  expect((await changeTrust(deps, { ...ask, by: OTHER })).level).toBe(1);
  await expect(changeTrust(deps, { ...ask, level: 2, expectedLevel: 1 })).rejects.toMatchObject({
    code: 'trust-locked',
  });
  rig.sandbox.faults.add({
    operation: 'payment',
    policy: 'P132',
    count: 1,
    effect: { kind: 'status', status: 500, commit: true },
  } as never);
  const doubtful = await pay(biller, 'P132');
  await until(2004, doubtful.paymentId, (state) => state === 'unknown');
  await pass(31);
  await expect.poll(async () => (await readingsOf(2004, doubtful.deliveryId)).length, { timeout: WAIT_MS }).toBe(1);
  await pass(6);
  expect(await until(2004, doubtful.paymentId, (state) => state === 'posted')).toMatchObject({ label: 'by evidence' });
});

test('not applied is posted again only by two people who saw both balances', async () => {
  const biller = await addBiller(2005);
  rig.sandbox.faults.add({
    operation: 'payment',
    policy: 'P133',
    count: 1,
    effect: { kind: 'cut-before-commit' },
  } as never);
  const doubtful = await pay(biller, 'P133');
  await until(2005, doubtful.paymentId, (state) => state === 'unknown');
  await pass(31);
  await expect.poll(async () => (await readingsOf(2005, doubtful.deliveryId)).length, { timeout: WAIT_MS }).toBe(1);
  await pass(6);
  await until(2005, doubtful.paymentId, (state) => state === 'held');
  const row = await rowOf(2005, doubtful.deliveryId);
  const act = { bid: 2005, deliveryId: doubtful.deliveryId, act: 'post-again' as const, by: BY, reason: 'not there' };
  const balancesSeen = { beforeCents: 500_000, latestCents: 500_000 };
  await expect(decideHeldDelivery(deps, { ...act, version: row.version })).rejects.toMatchObject({
    code: 'balances-not-seen',
  });
  const asked = await decideHeldDelivery(deps, { ...act, version: row.version, balancesSeen });
  expect(asked).toMatchObject({ state: 'held', isWaitingForSecondPerson: true });
  await expect(decideHeldDelivery(deps, { ...act, version: asked.version, balancesSeen })).rejects.toMatchObject({
    code: 'needs-second-person',
  });
  await decideHeldDelivery(deps, { ...act, version: asked.version, balancesSeen, by: OTHER });
  await until(2005, doubtful.paymentId, (state) => state === 'posted');
  expect(rig.sandbox.ledger({ policyNumber: 'P133' } as never).count).toBe(1);
});

test('a refusal is held with the partner’s words and replayed after a dry run; the count is checked', async () => {
  const biller = await addBiller(2006);
  rig.sandbox.faults.add({
    operation: 'payment',
    policy: 'P134',
    count: 1,
    effect: { kind: 'status', status: 422, body: 'json-api', detail: 'closed today' },
  } as never);
  const refused = await pay(biller, 'P134');
  await until(2006, refused.paymentId, (state) => state === 'held');
  const from = { bid: 2006, filter: {}, expectedCount: undefined, reason: 'open again', by: BY };
  const plan = await replayDeliveries(deps, { ...from, isDryRun: true });
  expect(plan).toMatchObject({ totalCents: 5_000, needPeople: 0 });
  expect((await stateOf(2006, refused.paymentId))?.state).toBe('held');
  await expect(replayDeliveries(deps, { ...from, isDryRun: false, expectedCount: 7 })).rejects.toMatchObject({
    code: 'replay-changed',
  });
  await replayDeliveries(deps, { ...from, isDryRun: false, expectedCount: 1 });
  await until(2006, refused.paymentId, (state) => state === 'posted');
});

test('of several unsent changes of an account only the newest is sent', async () => {
  const biller = await addBiller(2008);
  const change = (isOn: boolean) =>
    deps.database.withBiller(2008, (tx) =>
      recordDelivery(tx, deps, { biller, invoiceTypeId: '1', kind: 'paperless', accountNumber: 'P136', isOn }),
    );
  await deps.database.withBiller(2008, async (tx) => {
    for (const isOn of [true, false, true])
      await recordDelivery(tx, deps, { biller, invoiceTypeId: '1', kind: 'paperless', accountNumber: 'P136', isOn });
  });
  await expect
    .poll(async () => (await statesOf(2008)).join(), { timeout: WAIT_MS })
    .toBe('superseded,superseded,posted');
  await change(false);
  await expect
    .poll(async () => (await statesOf(2008)).join(), { timeout: WAIT_MS })
    .toBe('superseded,superseded,posted,posted');
  expect(rig.sandbox.settingChanges({ policyNumber: 'P136' }).map((made) => made.paperless)).toEqual([true, false]);
});

test('the database refuses a second possibly applied send under one permit', async () => {
  const biller = await addBiller(2009);
  const paid = await pay(biller, 'P137');
  await until(2009, paid.paymentId, (state) => state === 'posted');
  const again = deps.database.withBiller(2009, (tx) =>
    sql`insert into delivery_attempt (bid, delivery_id, n, intent_at, deadline_at, payload_hash, permit, possibly_applied)
      values (2009, ${paid.deliveryId}, 99, now(), now(), '\\x00', 'first', true)`.execute(tx),
  );
  await expect(again).rejects.toMatchObject({ code: '23505' });
});

test('a day reconciles to the cent, and what has no delivery is a gap and an item for a person', async () => {
  const biller = await addBiller(2010);
  const paid = await pay(biller, 'P138');
  await until(2010, paid.paymentId, (state) => state === 'posted');
  const at = deps.clock.now();
  const payment = { amountCents: 5_250, feeCents: 250, takenAt: at };
  taken.push(
    { ...payment, paymentId: paid.paymentId, status: 'approved' },
    { ...payment, paymentId: 999_999, status: 'approved' },
    { ...payment, paymentId: 999_998, status: 'refunded' },
  );
  const day = at.toZonedDateTimeISO('America/Chicago').toPlainDate().toString();
  const found = await reconcile(deps, { bid: 2010, day });
  expect(found).toMatchObject({
    takenCents: 15_750,
    postedCents: 5_250,
    reversedCents: 5_250,
    gapCents: 5_250,
    waitingCents: 0,
  });
  const items = await deps.database.withBiller(2010, (tx) =>
    tx.selectFrom('work_item').select('subject').where('kind', '=', 'reconciliation-gap').execute(),
  );
  expect(items).toEqual([{ subject: 'payment/999999' }]);
  // The gap is explained by a later run: it was refunded. Its item closes, and only then.
  const open = () =>
    deps.database.withBiller(2010, (tx) =>
      tx.selectFrom('work_item').select(['kind', 'subject']).where('closed_at', 'is', null).execute(),
    );
  await reconcile(deps, { bid: 2010, day });
  expect(await open()).toHaveLength(1);
  taken.splice(1, 1, { ...payment, paymentId: 999_999, status: 'refunded' });
  expect(await reconcile(deps, { bid: 2010, day })).toMatchObject({ gapCents: 0, gaps: [] });
  expect(await open()).toEqual([]);
});

async function statesOf(bid: number): Promise<string[]> {
  const rows = await deps.database.withBiller(bid, (tx) =>
    tx.selectFrom('delivery').select('state').where('bid', '=', bid).orderBy('id').execute(),
  );
  return rows.map((row) => row.state);
}
async function rowOf(bid: number, id: number) {
  return deps.database.withBiller(bid, (tx) =>
    tx
      .selectFrom('delivery')
      .select(['version', 'readings'])
      .where('bid', '=', bid)
      .where('id', '=', id)
      .executeTakeFirstOrThrow(),
  );
}
async function readingsOf(bid: number, id: number): Promise<{ verdict: string }[]> {
  return (await rowOf(bid, id)).readings as unknown as { verdict: string }[];
}
