import { signWebhook } from '@causeway/sandbox/processor';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Problem } from '../../platform/problems.ts';
import { closeWorkItem } from '../../platform/work-items.ts';
import { RIG_BID, withPayments } from '../../testing/payments-rig.ts';
import { applyChargeState } from './apply-charge-state.ts';
import { pollProcessorEvents } from './janitor.ts';
import { receiveProcessorEvent } from './receive-processor-event.ts';
import { reversePayment } from './reverse-payment.ts';

const ORDERS = 12;

let at: Awaited<ReturnType<typeof withPayments>>;
beforeAll(async () => {
  at = await withPayments();
});
afterAll(() => at.close());

type Wire = ReturnType<typeof at.processor.events>[number];
const nowSeconds = () => Math.floor(at.clock.nowMs() / 1000);
const deliver = (
  event: object & { id: string },
  change: { timestamp?: number; body?: string; secret?: string } = {},
) => {
  const body = JSON.stringify(event);
  const signed = signWebhook(change.secret ?? at.processor.webhookSecret, {
    id: event.id,
    timestamp: change.timestamp ?? nowSeconds(),
    body,
  });
  return receiveProcessorEvent(at.deps, {
    processor: 'sandbox',
    headers: signed,
    rawBody: Buffer.from(change.body ?? body),
  });
};
const refusalOf = async (act: Promise<unknown>) => {
  const cause: unknown = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return cause instanceof Problem ? `${cause.code} ${String(cause.details.why ?? '')}`.trim() : cause;
};
const chargeOf = (publicId: string) => at.processor.charges().find((charge) => charge.reference === publicId)?.id ?? '';
const eventsOf = (publicId: string) => at.processor.events().filter((event) => event.reference === publicId);
const itemsOf = async (paymentId: number) =>
  (
    (await at.rows('work_item')) as unknown as { subject: string; kind: string; sentence: string; closed_at: unknown }[]
  ).filter((item) => item.subject === String(paymentId));

/** A bank debit that was taken, settled and returned at the processor; Causeway has heard nothing of it yet. */
async function returnedDebit(): Promise<{ publicId: string; paymentId: number; events: Wire[] }> {
  const { payment } = await at.take(await at.account(), { method: 'ACH' });
  at.pay(payment.publicId, 'bank-r01');
  at.processor.act(chargeOf(payment.publicId), { act: 'settle' });
  at.processor.act(chargeOf(payment.publicId), { act: 'return', code: 'R01' });
  return { publicId: payment.publicId, paymentId: payment.paymentId, events: eventsOf(payment.publicId) };
}

test('approved, settled and returned in every order and twice come to the same payment, one delivery, one item', async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 0, 1, 2], { minLength: 6, maxLength: 6 }), async (order) => {
      const { publicId, paymentId, events } = await returnedDebit();
      expect(events.map((event) => event.type)).toEqual(['charge.approved', 'charge.settled', 'charge.returned']);
      for (const index of order) await deliver(events[index] as Wire);
      const { clocks, ...payment } = await at.payment(publicId);
      expect(payment).toMatchObject({ status: 'returned', brand: 'Checking' });
      expect(clocks).toMatchObject({ taken: { state: 'taken' }, settled: { state: 'came-back' } });
      expect(new Date(clocks.taken.at ?? '').toISOString()).toBe(events[0]?.createdAt);
      expect((await at.rows('delivery')).filter((row) => row.payment_id === paymentId)).toHaveLength(1);
      expect((await at.rows('notice')).filter((row) => row.payment_id === paymentId)).toHaveLength(1);
      expect(await itemsOf(paymentId)).toHaveLength(1);
    }),
    { numRuns: ORDERS },
  );
});

test('a return says why in words, restores the balance shown, and no longer once staff have taken it back', async () => {
  const { publicId, paymentId, events } = await returnedDebit();
  for (const event of events.slice(0, 2)) await deliver(event);
  const { accountNumber } = await at.payment(publicId);
  expect((await at.quote(accountNumber)).balance?.cents).toBe(0);
  await deliver(events[2] as Wire);
  expect((await at.quote(accountNumber)).balance?.cents).toBe(12_840);
  const [item] = await itemsOf(paymentId);
  expect(item).toMatchObject({ kind: 'payment-returned', sentence: expect.stringContaining('R01: not enough money') });
  await at.database.withBiller(RIG_BID, (tx) =>
    closeWorkItem(tx, {
      bid: RIG_BID,
      kind: 'payment-returned',
      subject: String(paymentId),
      by: 'staff',
      at: at.clock.now(),
    }),
  );
  expect((await at.quote(accountNumber)).balance?.cents).toBe(12_840);
});

test('a payment that went back before it was posted is not posted, and is on the balance once', async () => {
  const { publicId, paymentId, events } = await returnedDebit();
  for (const event of events.slice(0, 2)) await deliver(event);
  // As where DataPump posts such payments, and the partner is away.
  await at.database.withBiller(RIG_BID, (tx) =>
    tx
      .updateTable('delivery')
      .set({ state: 'queued', reason: null, finished_at: null })
      .where('payment_id', '=', paymentId)
      .execute(),
  );
  await deliver(events[2] as Wire);
  const [delivery] = (await at.rows('delivery')).filter((row) => row.payment_id === paymentId);
  expect(delivery).toMatchObject({ state: 'not_sent', reason: 'not posted: the payment was returned' });
  const { accountNumber } = await at.payment(publicId);
  // What the partner says from now on never had the payment in it.
  at.clock.advance(5 * 60_000);
  await at.database.withBiller(RIG_BID, (tx) =>
    tx.updateTable('balance').set({ as_of: at.clock.now() }).where('account_number', '=', accountNumber).execute(),
  );
  expect((await at.quote(accountNumber)).balance?.cents).toBe(12_840);
});

test('a signature that is wrong, of other bytes, or too old is refused and changes nothing', async () => {
  const { payment } = await at.take(await at.account());
  at.pay(payment.publicId);
  const event = eventsOf(payment.publicId)[0] as Wire;
  const otherSecret = `whsec_${Buffer.from('another secret of thirty-two byte').toString('base64')}`;
  expect(await refusalOf(deliver(event, { secret: otherSecret }))).toBe('bad-event-signature signature');
  expect(await refusalOf(deliver(event, { body: JSON.stringify({ ...event, code: 'R01' }) }))).toBe(
    'bad-event-signature signature',
  );
  expect(await refusalOf(deliver(event, { timestamp: nowSeconds() - 301 }))).toBe('bad-event-signature clock');
  expect(await refusalOf(deliver(event, { timestamp: nowSeconds() + 301 }))).toBe('bad-event-signature clock');
  expect((await at.payment(payment.publicId)).status).toBe('pending');
  expect(await deliver(event)).toBe('applied');
  expect((await at.payment(payment.publicId)).status).toBe('approved');
});

test('an event of an unknown charge is kept for a person, once', async () => {
  const { payment } = await at.take(await at.account());
  at.pay(payment.publicId);
  const stray = { ...(eventsOf(payment.publicId)[0] as Wire), id: 'evt_stray', reference: 'nobody-knows-this' };
  expect(await deliver(stray)).toBe('unmatched');
  expect(await deliver(stray)).toBe('unmatched');
  const kept = await at.database.withSystem((tx) =>
    tx.selectFrom('unmatched_processor_event').select(['external_id', 'reference']).execute(),
  );
  expect(kept).toEqual([{ external_id: 'evt_stray', reference: 'nobody-knows-this' }]);
});

test('what webhooks lost is found by the poll, and polling again changes nothing', async () => {
  const { publicId, paymentId } = await returnedDebit();
  await pollProcessorEvents(at.deps);
  expect((await at.payment(publicId)).status).toBe('returned');
  const before = JSON.stringify(await at.rows('payment_event'));
  expect(await pollProcessorEvents(at.deps)).toBe(0);
  expect(JSON.stringify(await at.rows('payment_event'))).toBe(before);
  expect(await itemsOf(paymentId)).toHaveLength(1);
});

test('staff void what has not settled and refund what has, once for a key, with an item each', async () => {
  const taken = async () => {
    const { payment } = await at.take(await at.account());
    at.pay(payment.publicId);
    return applyChargeState(at.deps, { publicId: payment.publicId, toldBy: 'return' });
  };
  const act = (paymentId: number, kind: 'void' | 'refund', idempotencyKey = 'a-key-of-staff') =>
    reversePayment(at.deps, {
      bid: RIG_BID,
      paymentId,
      act: kind,
      reason: 'paid twice',
      by: 'ann@example.com',
      idempotencyKey,
    });
  const first = await taken();
  expect(first).toMatchObject({ mayVoid: true, mayRefund: false });
  expect(await refusalOf(act(first.paymentId, 'refund'))).toContain('act-not-possible');
  expect((await act(first.paymentId, 'void')).status).toBe('voided');
  expect((await act(first.paymentId, 'void')).status).toBe('voided');
  expect(at.processor.charges().find((charge) => charge.reference === first.publicId)?.status).toBe('voided');
  expect(await itemsOf(first.paymentId)).toMatchObject([{ kind: 'payment-voided' }]);

  const second = await taken();
  at.processor.act(chargeOf(second.publicId), { act: 'settle' });
  await pollProcessorEvents(at.deps);
  expect(await at.payment(second.publicId)).toMatchObject({ status: 'settled', mayRefund: true });
  at.processor.faults.add({ operation: 'refund', kind: 'cut', when: 'after', count: 1 });
  expect(await refusalOf(act(second.paymentId, 'refund'))).toContain('processor-did-not-answer');
  expect((await act(second.paymentId, 'refund')).status).toBe('refunded');
  const charge = at.processor.charges().find((one) => one.reference === second.publicId);
  expect(charge).toMatchObject({ status: 'refunded', refundedCents: second.amountCents });
});
