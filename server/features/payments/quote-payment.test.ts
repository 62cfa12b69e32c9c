import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeWorkItem } from '../../platform/work-items.ts';
import { RIG_BID, withPayments } from '../../testing/payments-rig.ts';
import { applyChargeState } from './apply-charge-state.ts';
import { pollProcessorEvents } from './janitor.ts';
import { reversePayment } from './reverse-payment.ts';

let at: Awaited<ReturnType<typeof withPayments>>;
beforeAll(async () => {
  at = await withPayments({
    isConnected: true,
    configuration: (base) => ({
      invoicing: { ...base.invoicing, suppressStaleBalances: true, respectAllowPayments: true },
      cards: {
        ...base.cards,
        leastCents: 500,
        mostCents: 20_000,
        fees: { CC: { flatCents: 195, basisPoints: 0 }, ACH: { flatCents: 0, basisPoints: 0 } },
      },
    }),
  });
});
afterAll(() => at.close());

const insured = async (currentDueCents: number, more: object = {}): Promise<string> => {
  const accountNumber = await at.account({ totalCents: 99_999 });
  at.imt?.load('3401', [{ policyNumber: accountNumber, currentDueCents, ...more }]);
  return accountNumber;
};
/** Takes and charges the whole balance. */
const paid = async (accountNumber: string, cents: number) => {
  const { payment } = await at.take(accountNumber, {
    billAmountCents: cents,
    balanceSeenCents: cents,
    feeSeenCents: 195,
  });
  at.pay(payment.publicId);
  return applyChargeState(at.deps, { publicId: payment.publicId, toldBy: 'return' });
};
/** What DataPump would have done: the partner has it, and the delivery says since when. */
const posted = async (paymentId: number) => {
  at.clock.advance(1_000);
  await at.database.withBiller(RIG_BID, (tx) =>
    tx
      .updateTable('delivery')
      .set({ state: 'posted', finished_at: at.clock.now() })
      .where('payment_id', '=', paymentId)
      .execute(),
  );
  at.clock.advance(1_000);
};

test('the partner’s balance is quoted with each method’s fee, and the insurer’s figure stands before the bill’s', async () => {
  const quote = await at.quote(await insured(12_840, { totalUnpaidCents: 50_000 }));
  expect(quote).toMatchObject({ cannotPay: null, balance: { cents: 12_840, isStale: false } });
  expect(quote.choices).toEqual([{ kind: 'balance', billAmountCents: 12_840, feeCents: { CC: 195, ACH: 0 } }]);
  expect(quote.methods).toMatchObject([
    { method: 'CC', isOffered: true, fee: { flatCents: 195 }, leastCents: 500, mostCents: 20_000 },
    { method: 'ACH', isOffered: true, mostCents: null },
  ]);
});

test('a balance that moved at the insurer between page and submit is shown, not charged', async () => {
  const account = await insured(12_840);
  await at.quote(account);
  at.imt?.adjust('3401', account, 1_000);
  await expect(at.take(account, { feeSeenCents: 195 })).rejects.toMatchObject({
    code: 'balance-changed',
    details: { seenCents: 12_840, nowCents: 13_840 },
  });
});

test('a suppressed stale balance is neither shown nor payable, and says so; nothing is charged', async () => {
  const account = await insured(12_840);
  const fault = at.imt?.faults.add({ operation: 'balance', effect: { kind: 'status', status: 500 } });
  const quote = await at.quote(account);
  expect(quote).toMatchObject({
    balance: null,
    choices: [],
    cannotPay: { code: 'stale-balance', sentence: expect.stringContaining('No money has been taken') },
  });
  await expect(at.take(account, { feeSeenCents: 195 })).rejects.toMatchObject({
    code: 'cannot-be-paid',
    details: { reason: 'stale-balance' },
  });
  at.imt?.faults.clear(fault?.id);
});

test('nothing due, a credit, and allow_payments false can’t be paid, each with its reason', async () => {
  expect((await at.quote(await insured(0))).cannotPay?.code).toBe('nothing-due');
  expect((await at.quote(await insured(-500))).cannotPay?.code).toBe('nothing-due');
  expect((await at.quote(await insured(500, { allowPayments: false }))).cannotPay?.code).toBe('partner-refuses');
});

test('taken and not posted comes off the balance; posted and told again it stays off; it is never taken off twice', async () => {
  const account = await insured(12_840);
  const payment = await paid(account, 12_840);
  expect((await at.quote(account)).balance).toMatchObject({ cents: 0, toldCents: 12_840, onTheWayCents: 12_840 });
  at.imt?.adjust('3401', account, -12_840);
  await posted(payment.paymentId);
  expect((await at.quote(account)).balance).toMatchObject({ cents: 0, toldCents: 0, onTheWayCents: 0 });
});

test('a partner that calls the posted payment pending and still counts it as due is not paid twice', async () => {
  const account = await insured(12_840);
  const payment = await paid(account, 12_840);
  await posted(payment.paymentId);
  at.imt?.load('3401', [
    { policyNumber: account, currentDueCents: 12_840, pendingCents: 12_840, pendingDate: '2026-11-20' },
  ]);
  expect((await at.quote(account)).balance).toMatchObject({ cents: 0, onTheWayCents: 12_840 });
});

test('money that went back after it was posted is due again, until staff have taken it back at the insurer', async () => {
  const account = await insured(12_840);
  const payment = await paid(account, 12_840);
  at.imt?.adjust('3401', account, -12_840);
  await posted(payment.paymentId);
  const charge = at.processor.charges().find((one) => one.reference === payment.publicId);
  at.processor.act(charge?.id ?? '', { act: 'settle' });
  await pollProcessorEvents(at.deps);
  await reversePayment(at.deps, {
    bid: RIG_BID,
    paymentId: payment.paymentId,
    act: 'refund',
    reason: 'asked by payer',
    by: 'ann',
    idempotencyKey: 'refund-key-1',
  });
  expect((await at.quote(account)).balance).toMatchObject({ cents: 12_840, restoredCents: 12_840 });
  at.imt?.adjust('3401', account, 12_840);
  await at.database.withBiller(RIG_BID, (tx) =>
    closeWorkItem(tx, {
      bid: RIG_BID,
      kind: 'payment-refunded',
      subject: String(payment.paymentId),
      by: 'ann',
      at: at.clock.now(),
    }),
  );
  expect((await at.quote(account)).balance).toMatchObject({ cents: 12_840, restoredCents: 0 });
});

test('the limits of the card section bind cards and not bank accounts', async () => {
  const account = await insured(30_000);
  const change = { billAmountCents: 30_000, balanceSeenCents: 30_000 };
  await expect(at.take(account, { ...change, feeSeenCents: 195 })).rejects.toMatchObject({
    code: 'amount-not-allowed',
  });
  expect((await at.take(account, { ...change, method: 'ACH' })).payment.amountCents).toBe(30_000);
});
