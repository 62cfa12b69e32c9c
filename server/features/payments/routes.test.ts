import { signWebhook } from '@causeway/sandbox/processor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PERMISSIONS, type Principal } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { RIG_BID, withPayments } from '../../testing/payments-rig.ts';
import { withFrontDoor } from '../../testing/sandbox-biller.ts';
import { JUST_PROVEN } from '../../testing/staff.ts';
import { registerNoticesRoutes } from '../notices/index.ts';
import { registerPaymentsRoutes } from './routes.ts';

let at: Awaited<ReturnType<typeof withPayments>>;
let app: App;
let nobody: App;
const csrfToken = 'csrf';
const staff: Principal = {
  kind: 'staff',
  userId: 'u1',
  email: 'ann@example.com',
  name: 'Ann',
  permissions: new Set(PERMISSIONS),
  bid: null,
  csrfToken,
  ...JUST_PROVEN,
};
beforeAll(async () => {
  at = await withPayments();
  const register = (made: App) => {
    registerPaymentsRoutes(made, at.deps);
    registerNoticesRoutes(made, at.deps);
  };
  app = await withFrontDoor(at.deps, staff, register);
  nobody = await withFrontDoor(at.deps, undefined, register);
});
afterAll(async () => {
  await app.close();
  await nobody.close();
  await at.close();
});

const base = `/api/v1/billers/${RIG_BID}`;
const get = async (url: string) => (await app.inject({ method: 'GET', url: `${base}${url}` })).json();
const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url: `${base}${url}`, payload, headers: { 'x-csrf-token': csrfToken, ...headers } });
/** The processor's webhook, over HTTP. */
const deliver = async (publicId: string, change: { signature?: string } = {}) => {
  const event = at.processor.events().findLast((one) => one.reference === publicId);
  const body = JSON.stringify(event, null, 2);
  const signed = signWebhook(at.processor.webhookSecret, {
    id: event?.id ?? '',
    timestamp: Math.floor(at.clock.nowMs() / 1000),
    body,
  });
  const headers = {
    ...signed,
    ...(change.signature && { 'webhook-signature': change.signature }),
    'content-type': 'application/json',
  };
  return nobody.inject({ method: 'POST', url: '/api/v1/processor-events/sandbox', payload: body, headers });
};
const approved = async () => {
  const { payment } = await at.take(await at.account());
  at.pay(payment.publicId);
  expect((await deliver(payment.publicId)).statusCode).toBe(200);
  return payment;
};

test('a webhook is taken without sign-in, by its signature over the bytes; a repeat is taken too', async () => {
  const { payment } = await at.take(await at.account());
  at.pay(payment.publicId);
  const forged = await deliver(payment.publicId, { signature: 'v1,AAAA' });
  expect([forged.statusCode, forged.json().code]).toEqual([401, 'bad-event-signature']);
  expect((await at.payment(payment.publicId)).status).toBe('pending');
  for (let times = 0; times < 3; times++) expect((await deliver(payment.publicId)).statusCode).toBe(200);
  const found = await get(`/payments/${payment.paymentId}`);
  expect(found).toMatchObject({ status: 'approved', clocks: { taken: { state: 'taken' } } });
  expect(found.events.map((event: { kind: string }) => event.kind)).toEqual(['claimed', 'checkout-made', 'approved']);
  expect((await nobody.inject({ method: 'POST', url: '/api/v1/processor-events/other', payload: {} })).statusCode).toBe(
    404,
  );
});

test('payments are listed newest first, filtered, and paged without gap or repeat', async () => {
  for (let n = 0; n < 5; n++) await approved();
  const whole = await get('/payments?status=approved&limit=200');
  const ids = whole.items.map((item: { paymentId: number }) => item.paymentId);
  expect(ids).toEqual([...ids].sort((a, b) => b - a));
  const paged: number[] = [];
  let cursor = '';
  do {
    const page = await get(`/payments?status=approved&limit=2${cursor && `&cursor=${cursor}`}`);
    paged.push(...page.items.map((item: { paymentId: number }) => item.paymentId));
    cursor = page.nextCursor ?? '';
  } while (cursor !== '');
  expect(paged).toEqual(ids);
  expect((await get('/payments?method=ACH')).items).toEqual([]);
  expect((await get('/payments?until=2020-01-01')).items).toEqual([]);
  const { accountNumber } = whole.items[0];
  expect((await get(`/accounts/${accountNumber}/payments`)).items).toHaveLength(1);
});

test('the chart sums what was taken by the biller’s own day', async () => {
  const { items } = await get('/payments/by-day?days=2');
  const count = (await get('/payments?status=approved&limit=200')).items.length;
  const today = at.clock.now().toZonedDateTimeISO('America/Chicago').toPlainDate().toString();
  expect(items).toEqual([{ day: today, method: 'CC', count, amountCents: count * 12_840, feeCents: 0 }]);
});

test('a void needs a key and a reason, is audited, and refuses what the person did not see', async () => {
  const { paymentId } = await approved();
  expect((await post(`/payments/${paymentId}/void`, { reason: 'paid twice' })).json().code).toBe(
    'missing-idempotency-key',
  );
  const headers = { 'idempotency-key': 'void-of-ann-1' };
  expect((await post(`/payments/${paymentId}/void`, { reason: '' }, headers)).statusCode).toBe(400);
  expect(
    (await post(`/payments/${paymentId}/void`, { reason: 'paid twice', expectedVersion: 1 }, headers)).json().code,
  ).toBe('version-changed');
  const { version } = await get(`/payments/${paymentId}`);
  const done = await post(`/payments/${paymentId}/void`, { reason: 'paid twice', expectedVersion: version }, headers);
  expect([done.statusCode, done.json().status]).toEqual([200, 'voided']);
  expect(
    (await post(`/payments/${paymentId}/void`, { reason: 'paid twice', expectedVersion: version }, headers)).json()
      .status,
  ).toBe('voided');
  expect((await post(`/payments/${paymentId}/refund`, { reason: 'paid twice' }, headers)).json()).toMatchObject({
    code: 'act-not-possible',
  });
  const audit = await at.database.withBiller(RIG_BID, (tx) =>
    tx
      .selectFrom('audit_event')
      .select(['actor', 'act', 'reason'])
      .where('subject', '=', `payment/${paymentId}`)
      .execute(),
  );
  expect(audit).toEqual([{ actor: 'ann@example.com', act: 'payment.void-asked', reason: 'paid twice' }]);
});

test('receipts are listed with the payment they are of', async () => {
  const { paymentId } = await approved();
  expect((await get(`/notices?paymentId=${paymentId}`)).items).toMatchObject([
    { kind: 'receipt', state: 'queued', to: 'jane@example.com' },
  ]);
  expect((await nobody.inject({ method: 'GET', url: `${base}/notices` })).statusCode).toBe(401);
  expect((await nobody.inject({ method: 'GET', url: `${base}/payments` })).statusCode).toBe(401);
});
