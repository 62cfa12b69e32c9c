import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Problem } from '../../platform/problems.ts';
import { Killed, RIG_BID, withPayments } from '../../testing/payments-rig.ts';
import { applyChargeState } from './apply-charge-state.ts';
import { askAboutDuePayments, pollProcessorEvents } from './janitor.ts';
import { recordFacts } from './record-facts.ts';

let at: Awaited<ReturnType<typeof withPayments>>;
beforeAll(async () => {
  at = await withPayments();
});
afterAll(() => at.close());
afterEach(() => {
  at.rig.crashAt = undefined;
  at.processor.faults.clear();
  // A processor that failed is left alone for a while: the next test finds it rested.
  at.clock.advance(120_000);
});

const codeOf = async (act: Promise<unknown>): Promise<string> => {
  const outcome = await act.then(
    () => 'done',
    (cause: unknown) => cause,
  );
  if (outcome instanceof Problem) return outcome.code;
  if (outcome === 'done') return 'done';
  throw outcome;
};
const paymentsOf = async (accountNumber: string) =>
  (await at.rows('payment')).filter((row) => row.account_number === accountNumber);
const deliveriesOf = async (paymentId: number) =>
  (await at.rows('delivery')).filter((row) => row.payment_id === paymentId);
const receiptsOf = async (paymentId: number) => (await at.rows('notice')).filter((row) => row.payment_id === paymentId);

test('a payment is taken: page, approval, delivery and receipt, each once, and the clocks say so', async () => {
  const account = await at.account();
  const taken = await at.take(account);
  expect(taken.next.kind).toBe('checkout');
  expect(taken.payment).toMatchObject({
    status: 'pending',
    amountCents: 12_840,
    clocks: { taken: { state: 'not-yet' }, posted: { state: 'never' } },
  });
  at.pay(taken.payment.publicId);
  const after = await applyChargeState(at.deps, { publicId: taken.payment.publicId, toldBy: 'return' });
  expect(after).toMatchObject({
    status: 'approved',
    brand: 'Visa',
    clocks: { taken: { state: 'taken' }, settled: { state: 'not-yet' }, posted: { state: 'not-sent' } },
  });
  expect(after.lastFour).toMatch(/^\d{4}$/);
  expect(await deliveriesOf(after.paymentId)).toHaveLength(1);
  const receipts = await receiptsOf(after.paymentId);
  expect(receipts).toHaveLength(1);
  expect(JSON.stringify(receipts[0])).toContain(String(after.paymentId));
  expect((await at.quote(account)).balance).toMatchObject({ cents: 0, onTheWayCents: 12_840 });
});

test('50 submits with one key make one payment, and ask the processor for one page', async () => {
  const account = await at.account();
  const idempotencyKey = crypto.randomUUID();
  const all = await Promise.all(Array.from({ length: 50 }, () => at.take(account, { idempotencyKey })));
  expect(new Set(all.map((taken) => taken.payment.paymentId)).size).toBe(1);
  expect(all.filter((taken) => !taken.isRepeat)).toHaveLength(1);
  expect(await paymentsOf(account)).toHaveLength(1);
  expect(at.processor.checkouts().filter((checkout) => checkout.reference === all[0]?.payment.publicId)).toHaveLength(
    1,
  );
  const again = await at.take(account, { idempotencyKey });
  expect(again).toMatchObject({ isRepeat: true, next: { kind: 'checkout' } });
});

test('the same key with another amount is refused', async () => {
  const account = await at.account();
  const idempotencyKey = crypto.randomUUID();
  await at.take(account, { idempotencyKey });
  expect(await codeOf(at.take(account, { idempotencyKey, billAmountCents: 500 }))).toBe('idempotency-key-reused');
});

test('two keys at once on one account leave one open payment, and one page at most can charge', async () => {
  const account = await at.account();
  await Promise.allSettled(Array.from({ length: 8 }, () => at.take(account)));
  const open = (await paymentsOf(account)).filter((row) => ['submitting', 'pending', 'unknown'].includes(row.status));
  expect(open).toHaveLength(1);
  const references = new Set((await paymentsOf(account)).map((row) => row.public_id));
  expect(
    at.processor.checkouts().filter((checkout) => references.has(checkout.reference) && checkout.status === 'open'),
  ).toHaveLength(1);
});

test('an attempt that others always come before gives up without closing the last of them', async () => {
  const account = await at.account();
  const openOnes = async () => (await paymentsOf(account)).filter((row) => row.status === 'pending');
  const overtaken: typeof at.deps = {
    ...at.deps,
    database: {
      ...at.deps.database,
      // Before each of its transactions another press has opened a page, if none is open.
      withBiller: async (bid, act) => {
        if ((await openOnes()).length === 0) await at.take(account);
        return at.deps.database.withBiller(bid, act);
      },
    },
  };
  expect(await codeOf(at.take(account, {}, overtaken))).toBe('payment-under-way');
  expect(await openOnes()).toHaveLength(1);
});

test('a new attempt closes the page of the old one', async () => {
  const account = await at.account();
  const first = await at.take(account);
  const second = await at.take(account);
  expect(second.next.kind).toBe('checkout');
  expect(await at.payment(first.payment.publicId)).toMatchObject({
    status: 'error',
    clocks: { taken: { state: 'not-taken' } },
  });
  expect(() => at.pay(first.payment.publicId)).toThrow();
});

test('an old page that was paid meanwhile is applied, and the new attempt refused', async () => {
  const account = await at.account();
  const first = await at.take(account);
  at.pay(first.payment.publicId);
  expect(await codeOf(at.take(account))).toBe('already-paid');
  expect((await at.payment(first.payment.publicId)).status).toBe('approved');
  expect(await paymentsOf(account)).toHaveLength(1);
});

test('while nobody can say what came of the old one, a new one is refused and nothing is charged', async () => {
  const account = await at.account();
  const first = await at.take(account);
  at.processor.faults.add({ operation: 'cancel', kind: 'unavailable' });
  expect(await codeOf(at.take(account))).toBe('payment-in-doubt');
  expect(await paymentsOf(account)).toHaveLength(1);
  at.processor.faults.clear();
  at.clock.advance(60_000);
  expect((await at.take(account)).payment.paymentId).not.toBe(first.payment.paymentId);
});

test('a lost answer of the processor leaves the payment unknown, blocks another, and heals', async () => {
  const account = await at.account();
  at.processor.faults.add({ operation: 'checkout', kind: 'cut', when: 'after', count: 1 });
  const taken = await at.take(account);
  expect(taken).toMatchObject({
    next: { kind: 'payment-page' },
    payment: { status: 'unknown', clocks: { taken: { state: 'in-doubt' } } },
  });
  expect((await at.quote(account)).cannotPay?.code).toBe('in-doubt');
  at.clock.advance(16_000);
  await askAboutDuePayments(at.deps);
  const healed = await at.payment(taken.payment.publicId);
  expect(healed.status).toBe('pending');
  expect(at.processor.checkouts().filter((checkout) => checkout.reference === healed.publicId)).toHaveLength(1);
});

test('the duplicate guard asks within ten minutes, a confirmation or time lets it through', async () => {
  const account = await at.account({ totalCents: 50_000 });
  const change = { billAmountCents: 10_000, balanceSeenCents: 50_000 };
  const first = await at.take(account, change);
  at.pay(first.payment.publicId);
  await applyChargeState(at.deps, { publicId: first.payment.publicId, toldBy: 'return' });
  const again = { billAmountCents: 10_000, balanceSeenCents: 40_000 };
  expect(await codeOf(at.take(account, again))).toBe('possible-duplicate');
  expect((await at.take(account, { ...again, confirmedDuplicate: true })).payment.status).toBe('pending');
  expect(await codeOf(at.take(account, { ...again, billAmountCents: 10_001 }))).toBe('done');
  at.clock.advance(11 * 60_000);
  expect(await codeOf(at.take(account, again))).toBe('done');
});

test('a balance or a fee that changed is shown and asked about, never charged', async () => {
  const account = await at.account();
  const refusal = await at
    .take(account, { balanceSeenCents: 9_999, billAmountCents: 9_999 })
    .catch((cause: unknown) => cause);
  expect(refusal).toMatchObject({ code: 'balance-changed', details: { seenCents: 9_999, nowCents: 12_840 } });
  expect((refusal as Problem).message).toContain('$128.40');
  expect(await codeOf(at.take(account, { feeSeenCents: 195 }))).toBe('fee-changed');
  expect(await paymentsOf(account)).toHaveLength(0);
});

test('a blocked method, too much, and too little are refused by the guard too', async () => {
  const blocked = await at.account({ blockCc: true });
  expect(await codeOf(at.take(blocked))).toBe('method-not-offered');
  const account = await at.account();
  expect(await codeOf(at.take(account, { billAmountCents: 12_841 }))).toBe('amount-not-allowed');
  expect(await codeOf(at.take(account, { billAmountCents: 99 }))).toBe('amount-not-allowed');
  expect(
    await codeOf(at.take(await at.account({ derived: { allowPartialPayments: false } }), { billAmountCents: 500 })),
  ).toBe('amount-not-allowed');
  expect(
    await codeOf(
      at.take(
        await at.account({ derived: { paymentExpirationDate: '2020-01-01', paymentExpirationMessage: 'Call us.' } }),
      ),
    ),
  ).toBe('cannot-be-paid');
});

test('a declined card takes nothing, records no delivery, and leaves the bill payable', async () => {
  const account = await at.account();
  const taken = await at.take(account);
  at.pay(taken.payment.publicId, 'insufficient-funds');
  const after = await applyChargeState(at.deps, { publicId: taken.payment.publicId, toldBy: 'return' });
  expect(after).toMatchObject({
    status: 'declined',
    clocks: { taken: { state: 'not-taken', sentence: expect.stringContaining('No money') } },
  });
  expect(await deliveriesOf(after.paymentId)).toHaveLength(0);
  expect((await at.quote(account)).cannotPay).toBeNull();
});

test('a bank debit keeps the authorization with its elements, and the receipt carries a copy', async () => {
  const account = await at.account();
  const taken = await at.take(account, { method: 'ACH' });
  expect(taken.payment.authorizationText).toContain('Jane Doe');
  expect(taken.payment.authorizationText).toContain('$128.40');
  at.pay(taken.payment.publicId, 'bank');
  const after = await applyChargeState(at.deps, { publicId: taken.payment.publicId, toldBy: 'return' });
  expect(after.clocks.settled).toMatchObject({
    state: 'not-yet',
    canComeBackUntil: expect.stringMatching(/^\d{4}-/),
    disputableUntil: expect.stringMatching(/^\d{4}-/),
  });
  expect(JSON.stringify(await receiptsOf(after.paymentId))).toContain('authorize Prairie Mutual');
});

test.each([
  'payment-claimed',
  'checkout-created',
  'charge-answer-received',
  'payment-approved-before-commit',
  'payment-approved',
] as const)('killed at %s, the janitor brings the payment to what the processor knows, once', async (point) => {
  const account = await at.account();
  const isBeforePage = point === 'payment-claimed' || point === 'checkout-created';
  let publicId: string;
  if (isBeforePage) {
    at.rig.crashAt = point;
    await expect(at.take(account)).rejects.toThrow(Killed);
    publicId = (await paymentsOf(account))[0]?.public_id ?? '';
  } else {
    publicId = (await at.take(account)).payment.publicId;
    at.pay(publicId);
    at.rig.crashAt = point;
    await expect(applyChargeState(at.deps, { publicId, toldBy: 'return' })).rejects.toThrow(Killed);
  }
  at.rig.crashAt = undefined;
  at.clock.advance(20_000);
  await askAboutDuePayments(at.deps);
  await pollProcessorEvents(at.deps);
  const healed = await at.payment(publicId);
  if (point === 'payment-claimed') expect(healed.status).toBe('error');
  else if (point === 'checkout-created') expect(healed.status).toBe('pending');
  else expect(healed.status).toBe('approved');
  expect(await deliveriesOf(healed.paymentId)).toHaveLength(healed.status === 'approved' ? 1 : 0);
  expect(await receiptsOf(healed.paymentId)).toHaveLength(healed.status === 'approved' ? 1 : 0);
});

test('asked by many at once, an approval is applied once', async () => {
  const account = await at.account();
  const taken = await at.take(account);
  at.pay(taken.payment.publicId);
  await Promise.all(
    Array.from({ length: 20 }, () => applyChargeState(at.deps, { publicId: taken.payment.publicId, toldBy: 'return' })),
  );
  expect(await deliveriesOf(taken.payment.paymentId)).toHaveLength(1);
  expect(await receiptsOf(taken.payment.paymentId)).toHaveLength(1);
  const events = (await at.rows('payment_event')) as unknown as { payment_id: number; kind: string }[];
  expect(
    events.filter((event) => event.payment_id === taken.payment.paymentId && event.kind === 'approved'),
  ).toHaveLength(1);
});

test('a payer who never comes back: after the page’s time the payment ends without a charge', async () => {
  const account = await at.account();
  const taken = await at.take(account);
  at.clock.advance(40 * 60_000);
  await askAboutDuePayments(at.deps);
  expect((await at.payment(taken.payment.publicId)).status).toBe('error');
  expect(() => at.pay(taken.payment.publicId)).toThrow();
});

test('a payment nobody can say anything of for hours becomes a person’s matter, once, and settles when the answer comes', async () => {
  const account = await at.account();
  const taken = await at.take(account);
  at.pay(taken.payment.publicId);
  at.processor.faults.add({ operation: 'status', reference: taken.payment.publicId, kind: 'html' });
  for (let hour = 0; hour < 6; hour++) {
    at.clock.advance(3_600_000);
    while ((await askAboutDuePayments(at.deps)) > 0);
  }
  const items = async () =>
    ((await at.rows('work_item')) as unknown as { kind: string; subject: string; closed_at: unknown }[]).filter(
      (item) => item.kind === 'payment-in-doubt' && item.subject === String(taken.payment.paymentId),
    );
  expect(await items()).toMatchObject([{ closed_at: null }]);
  at.processor.faults.clear();
  at.clock.advance(3_600_000);
  while ((await askAboutDuePayments(at.deps)) > 0);
  expect((await at.payment(taken.payment.publicId)).status).toBe('approved');
  expect(await items()).toMatchObject([{ closed_at: expect.anything() }]);
});

test('a card number typed into a form of ours is refused, names its field, and is not repeated', async () => {
  const account = await at.account();
  const refusal = await at
    .take(account, { payer: { name: 'Jane 4242-4242 4242 4242', email: 'jane@example.com' } })
    .catch((cause: unknown) => cause);
  expect(refusal).toMatchObject({ code: 'invalid-request', details: { faults: [{ at: 'payer.name' }] } });
  expect(JSON.stringify((refusal as Problem).details)).not.toContain('4242');
  expect(await paymentsOf(account)).toHaveLength(0);
  expect(
    (await at.take(account, { payer: { name: 'Jane Doe', phone: '515-555-0100', zip: '50309-1234' } })).payment.status,
  ).toBe('pending');
});

test('an approval that comes after the payment was given up is applied, and told to staff when another was begun', async () => {
  const account = await at.account();
  const first = await at.take(account);
  const second = await at.take(account);
  const approved = {
    kind: 'approved',
    at: at.clock.now(),
    toldBy: 'processor',
    externalId: 'late-1',
    detail: { message: 'APPROVED 1' },
  } as const;
  for (let times = 0; times < 2; times++) {
    await recordFacts(at.deps, { bid: RIG_BID, paymentId: first.payment.paymentId, events: [approved] });
  }
  expect((await at.payment(first.payment.publicId)).status).toBe('approved');
  expect((await at.payment(second.payment.publicId)).status).toBe('pending');
  expect(await deliveriesOf(first.payment.paymentId)).toHaveLength(1);
  const items = (await at.rows('work_item')) as unknown as { kind: string; subject: string }[];
  expect(items.filter((item) => item.kind === 'payment-approved-late').map((item) => item.subject)).toEqual([
    String(first.payment.paymentId),
  ]);
});

test('one key on two accounts at once makes one payment; the other is refused', async () => {
  const [a, b] = [await at.account(), await at.account()];
  const idempotencyKey = crypto.randomUUID();
  const codes = await Promise.all([codeOf(at.take(a, { idempotencyKey })), codeOf(at.take(b, { idempotencyKey }))]);
  expect(codes.sort()).toEqual(['done', 'idempotency-key-reused']);
});

test('the payment’s page, opened while its submit is still asking, cancels nothing', async () => {
  const account = await at.account();
  at.processor.faults.add({ operation: 'checkout', kind: 'latency', ms: 300, count: 1 });
  const submit = at.take(account);
  let row = (await paymentsOf(account))[0];
  while (row === undefined) row = (await paymentsOf(account))[0];
  await applyChargeState(at.deps, { publicId: row.public_id, toldBy: 'payer' });
  expect(await submit).toMatchObject({ next: { kind: 'checkout' }, payment: { status: 'pending' } });
});

test('no card number is anywhere in the database', async () => {
  const account = await at.account();
  const taken = await at.take(account);
  at.pay(taken.payment.publicId);
  await applyChargeState(at.deps, { publicId: taken.payment.publicId, toldBy: 'return' });
  const { TEST_NUMBERS } = await import('@causeway/sandbox/processor');
  const owner = new pg.Client({ connectionString: at.database.url });
  await owner.connect();
  const tables = await owner.query<{ name: string }>(
    "select table_schema || '.' || quote_ident(table_name) as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema in ('public', 'pgboss')",
  );
  const texts: string[] = [];
  for (const { name } of tables.rows)
    texts.push(
      ...(await owner.query<{ row: string }>(`select t::text as row from ${name} t`)).rows.map(({ row }) => row),
    );
  await owner.end();
  const dump = texts.join('\n');
  expect(tables.rows.length).toBeGreaterThan(20);
  expect(dump.length).toBeGreaterThan(1_000);
  expect(dump).toContain(String(RIG_BID));
  for (const known of TEST_NUMBERS) expect(dump).not.toContain(known.number);
});
