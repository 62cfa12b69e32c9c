import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTestApp } from '../../testing/app.ts';
import { proveAgain, type StaffHeaders } from '../../testing/staff.ts';
import { type Biller, createBiller } from '../billers/index.ts';
import { createStaffUser } from '../identities/index.ts';
import { recordDelivery } from './record-delivery.ts';

const BY = { kind: 'program', name: 'test' } as const;
const PASSWORD = 'a long enough password';
const BID = 31;
const API = `/api/v1/billers/${BID}`;

let rig: Awaited<ReturnType<typeof withTestApp>>;
let biller: Biller;
const headers: Record<string, Record<string, string>> = {};

beforeAll(async () => {
  rig = await withTestApp();
  biller = await createBiller(rig.deps, { bid: BID, name: 'Alder Mutual', by: BY });
  await createBiller(rig.deps, { bid: 32, name: 'Birch Mutual', by: BY });
  headers.admin = await signIn('administrator', null, 'admin');
  headers.asker = await signIn('client services', null, 'asker');
  headers.colleague = await signIn('client services', null, 'colleague');
  headers.manager = await signIn('project manager', null, 'manager');
  headers.foreign = await signIn('csr', 32, 'foreign');
});
afterAll(() => rig?.close());

async function signIn(role: string, bid: number | null, name: string): Promise<Record<string, string>> {
  const { app, deps } = rig;
  const email = `${name}@test.example`;
  const invitation = await createStaffUser(deps, { email, name, roles: [role], bid, by: BY });
  const token = invitation.link.split('#')[1];
  await app.inject({ method: 'POST', url: '/api/v1/invitations/accept', payload: { token, password: PASSWORD } });
  const answer = await app.inject({ method: 'POST', url: '/api/v1/session', payload: { email, password: PASSWORD } });
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  return { cookie, 'x-csrf-token': answer.json().csrfToken };
}

const get = (path: string, who = 'admin') => rig.app.inject({ url: `${API}${path}`, headers: headers[who] ?? {} });
const post = (path: string, payload: object, who = 'admin') =>
  rig.app.inject({ method: 'POST', url: `${API}${path}`, headers: headers[who] ?? {}, payload });

/** A payment that is held; as unknown, it is one whose send may have been applied, read once since and found not there. */
async function hold(paymentId: number, heldKind: 'rejected' | 'unknown'): Promise<{ id: number; version: number }> {
  const payment = {
    accountNumber: `A${paymentId}`,
    method: 'CC' as const,
    amountCents: 5_250,
    feeCents: 250,
    paymentMessage: 'APPROVED',
    customerName: 'ALEX SENTINEL',
    address1: '1 Main',
    address2: '',
    city: 'Des Moines',
    state: 'IA',
    zip: '50265',
    phone: '',
    email: 'alex@sentinel.example',
  };
  return rig.deps.database.withBiller(BID, async (tx) => {
    const of = { biller, invoiceTypeId: '1', source: 'Virtual Site' as const, method: 'CC' as const };
    const { deliveryId: id } = await recordDelivery(tx, rig.deps, { ...of, kind: 'payment', paymentId, payment });
    const readings =
      heldKind === 'unknown'
        ? [
            {
              atMs: 1,
              currentDueCents: 500_000,
              totalUnpaidCents: null,
              pendingCents: null,
              pendingDate: null,
              lastUpdateTime: null,
              skewMs: null,
              verdict: 'E0',
              because: 'nothing moved',
            },
          ]
        : [];
    await sql`update delivery set state = 'held', held_kind = ${heldKind}, finished_at = null, reason = 'test',
      readings = ${JSON.stringify(readings)}::jsonb where bid = ${BID} and id = ${id}`.execute(tx);
    const { version } = await tx
      .selectFrom('delivery')
      .select('version')
      .where('bid', '=', BID)
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return { id, version };
  });
}

test('nobody reads or decides without the right, and a foreign biller is not found', async () => {
  const { id, version } = await hold(101, 'rejected');
  const act = { act: 'return-to-payer', reason: 'refused for good', version };
  const reached = [
    (await get('/deliveries', 'nobody')).statusCode,
    (await get('/deliveries', 'foreign')).statusCode,
    (await post(`/deliveries/${id}/acts`, act, 'nobody')).statusCode,
    (await post(`/deliveries/${id}/acts`, act, 'manager')).statusCode,
    (await post(`/deliveries/${id}/acts`, act, 'foreign')).statusCode,
    (await post('/lanes/payments-1/pause', { reason: 'maintenance' }, 'manager')).statusCode,
    (await post('/deliveries/replay', { dryRun: true, reason: 'again', filter: {} }, 'manager')).statusCode,
  ];
  expect(reached).toEqual([401, 404, 401, 403, 404, 403, 403]);
  expect((await get(`/deliveries/${id}`, 'manager')).json()).toMatchObject({ state: 'held', version });
});

test('the list is newest first and pages; one shows its acts, and hides who paid', async () => {
  const { id } = await hold(102, 'rejected');
  const page = (await get('/deliveries?limit=1')).json();
  expect(page.items.map((one: { id: number }) => one.id)).toEqual([id]);
  const next = (await get(`/deliveries?limit=1&cursor=${page.nextCursor}`)).json();
  expect(next.items[0].id).toBeLessThan(id);
  const one = await get(`/deliveries/${id}`);
  expect(one.json().acts).toEqual(expect.arrayContaining(['replay', 'return-to-payer', 'note']));
  expect(one.json().acts).not.toContain('post-again');
  expect(one.body).not.toMatch(/SENTINEL/i);
  expect((await get('/deliveries/999999')).statusCode).toBe(404);
  expect((await get('/deliveries?limit=0')).statusCode).toBe(400);
});

test('an act needs the version the person saw, is done once, and is in the audit with its reason', async () => {
  const { id, version } = await hold(103, 'rejected');
  const act = { act: 'return-to-payer', reason: 'refused for good', version };
  expect((await post(`/deliveries/${id}/acts`, { ...act, version: version + 1 })).json().code).toBe('delivery-changed');
  expect((await post(`/deliveries/${id}/acts`, act)).json()).toMatchObject({ state: 'not_sent' });
  expect((await post(`/deliveries/${id}/acts`, { ...act, version: version + 1 })).json().code).toBe('not-held');
  const kept = await rig.deps.database.withBiller(BID, async (tx) => ({
    audit: await tx
      .selectFrom('audit_event')
      .select(['act', 'actor', 'reason'])
      .where('subject', '=', `delivery/${id}`)
      .execute(),
    items: await tx.selectFrom('work_item').select('kind').where('subject', '=', 'payment/103').execute(),
  }));
  expect(kept.audit).toEqual([
    { act: 'delivery.return-to-payer', actor: 'admin@test.example', reason: 'refused for good' },
  ]);
  expect(kept.items).toEqual([{ kind: 'payment-to-refund' }]);
});

test('to post again takes two people, the second with the right to approve', async () => {
  const { id, version } = await hold(104, 'unknown');
  const balancesSeen = { beforeCents: 500_000, latestCents: 500_000 };
  const act = { act: 'post-again', reason: 'they do not have it', balancesSeen };
  const asked = (await post(`/deliveries/${id}/acts`, { ...act, version }, 'asker')).json();
  expect(asked).toMatchObject({ state: 'held', isWaitingForSecondPerson: true });
  const again = { ...act, version: asked.version };
  expect((await post(`/deliveries/${id}/acts`, again, 'asker')).json().code).toBe('needs-second-person');
  const refused = await post(`/deliveries/${id}/acts`, again, 'colleague');
  expect([refused.statusCode, refused.json().code]).toEqual([403, 'may-not-agree']);
  expect((await get(`/deliveries/${id}`)).json()).toMatchObject({ state: 'held', version: asked.version });
  expect((await post(`/deliveries/${id}/acts`, again, 'admin')).json()).toMatchObject({ state: 'queued' });
});

test('a replay says what it sends, checks the count, and leaves what may have been applied to people', async () => {
  const fine = await hold(105, 'rejected');
  await hold(106, 'unknown');
  const replay = { reason: 'open again', filter: { accountNumber: 'A105' } };
  const plan = (await post('/deliveries/replay', { ...replay, dryRun: true }, 'asker')).json();
  expect(plan).toMatchObject({ totalCents: 5_000, needPeople: 0, willSend: [{ id: fine.id }] });
  const wrong = await post('/deliveries/replay', { ...replay, dryRun: false, expectedCount: 2 });
  expect(wrong.json().code).toBe('replay-changed');
  const unknown = { dryRun: false, reason: 'again', filter: { accountNumber: 'A106' } };
  expect((await post('/deliveries/replay', unknown)).json().code).toBe('nothing-to-replay');
  rig.clock.advance(16 * 60_000);
  const unproven = await post('/deliveries/replay', { ...replay, dryRun: false, expectedCount: 1 });
  expect(unproven.json().code).toBe('prove-again');
  expect((await post('/deliveries/replay', { ...replay, dryRun: true })).statusCode).toBe(200);
  headers.admin = await proveAgain(rig.app, headers.admin as StaffHeaders, PASSWORD);
  expect((await post('/deliveries/replay', { ...replay, dryRun: false, expectedCount: 1 })).statusCode).toBe(200);
  expect((await get(`/deliveries/${fine.id}`)).json().state).toBe('queued');
});

test('a lane is paused and resumed with a reason, and the list says so', async () => {
  const lane = async () => (await get('/lanes')).json().items[0];
  expect((await post('/lanes/payments-1/pause', { reason: 'their maintenance' })).statusCode).toBe(204);
  expect(await lane()).toMatchObject({ id: '31/payments/1', pausedBy: 'admin@test.example' });
  expect((await post('/lanes/payments-1/pause', { reason: 'once more' })).json().code).toBe('lane-paused');
  expect((await post('/lanes/payments-1/resume', { reason: 'done' })).statusCode).toBe(204);
  expect(await lane()).toMatchObject({ pausedAt: null });
  expect((await post('/lanes/payments-9/pause', { reason: 'no such lane' })).statusCode).toBe(404);
});
