import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { RIG_BID, withPayments } from '../../testing/payments-rig.ts';
import { applyChargeState } from './apply-charge-state.ts';

let rig: Awaited<ReturnType<typeof withPayments>>;

beforeAll(async () => {
  rig = await withPayments();
});
afterAll(() => rig?.close());
beforeEach(async () => {
  await change(sql`delete from maintenance_window`);
  forget();
});

const change = (statement: ReturnType<typeof sql>) =>
  rig.database.withBiller(RIG_BID, async (tx) => void (await statement.execute(tx)));

/** A window in force now, for half an hour, written by another node: this process's cache is told, or not. */
async function close(from: { isHeard: boolean; pages?: readonly string[] } = { isHeard: true }): Promise<void> {
  const now = rig.clock.now();
  const [start, end] = [now.subtract({ minutes: 1 }), now.add({ minutes: 30 })];
  await change(sql`insert into maintenance_window (bid, description, message_en, message_es, starts_at, ends_at, planned_ends_at,
      is_active, applies_to_all, pages, pauses_datapump, created_by_kind, created_by, created_at, changed_by_kind, changed_by, changed_at)
    values (${RIG_BID}, 'x', 'Back soon.', 'Volvemos pronto.', ${start}, ${end}, ${end}, true, ${from.pages === undefined},
      ${[...(from.pages ?? [])]}::text[], false, 'staff', 'x', ${now}, 'staff', 'x', ${now})`);
  if (from.isHeard) await rig.deps.maintenance.inForce(RIG_BID);
}
const forget = () => (rig.deps.maintenance as { forget?: (bid: number) => void }).forget?.(RIG_BID);

test('no payment begins in a window: nothing is written, the processor is not asked, and it says until when', async () => {
  const account = await rig.account();
  await close();
  forget();
  const before = rig.processor.checkouts().length;
  await expect(rig.take(account)).rejects.toMatchObject({
    code: 'maintenance',
    kind: { status: 503 },
    details: { retryAfterSeconds: 1800, message: 'Back soon.' },
  });
  await expect(rig.take(account, { locale: 'es' })).rejects.toMatchObject({ details: { message: 'Volvemos pronto.' } });
  for (const source of ['CSR', 'Customer Portal', 'AutoPay'] as const)
    await expect(rig.take(account, { source })).rejects.toMatchObject({ code: 'maintenance' });
  expect(rig.processor.checkouts()).toHaveLength(before);
  expect((await rig.rows('payment')).filter((row) => row.account_number === account)).toEqual([]);
});

test('a window this process has not heard of refuses it all the same, in the transaction that would claim it', async () => {
  const account = await rig.account();
  forget();
  expect(await rig.deps.maintenance.inForce(RIG_BID)).toBeUndefined();
  await close({ isHeard: false });
  expect(await rig.deps.maintenance.inForce(RIG_BID)).toBeUndefined();
  await expect(rig.take(account)).rejects.toMatchObject({ code: 'maintenance' });
  expect((await rig.rows('payment')).filter((row) => row.account_number === account)).toEqual([]);
});

test('a window that closes only some pages lets no payment begin either', async () => {
  const account = await rig.account();
  await close({ isHeard: true, pages: ['find', 'pay'] });
  forget();
  await expect(rig.take(account)).rejects.toMatchObject({ code: 'maintenance' });
});

test('a payment already at the processor finishes: its repeat is that payment, and it is approved in the window', async () => {
  const account = await rig.account();
  const wanted = { idempotencyKey: crypto.randomUUID() };
  const { payment } = await rig.take(account, wanted);
  await close();
  forget();
  const again = await rig.take(account, wanted);
  expect(again).toMatchObject({ isRepeat: true, payment: { publicId: payment.publicId }, next: { kind: 'checkout' } });
  rig.pay(payment.publicId);
  const told = await applyChargeState(rig.deps, { publicId: payment.publicId, toldBy: 'payer' });
  expect(told.status).toBe('approved');
  expect((await rig.rows('notice')).filter((row) => row.payment_id === told.paymentId)).toHaveLength(1);
  expect((await rig.rows('delivery')).filter((row) => row.payment_id === told.paymentId)).toHaveLength(1);
});

test('payments begin again the moment the window is over', async () => {
  const account = await rig.account();
  await close();
  forget();
  await expect(rig.take(account)).rejects.toMatchObject({ code: 'maintenance' });
  rig.clock.advance(30 * 60_000);
  expect((await rig.take(account)).next.kind).toBe('checkout');
});
