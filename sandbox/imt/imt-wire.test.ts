import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createImtSandbox, type ImtSandbox } from './index.ts';
import { TestClient } from './test-client.ts';

let imt: ImtSandbox;
let client: TestClient;

beforeAll(async () => {
  imt = await createImtSandbox({ instances: { '3401': {}, '3402': { users: { other: 'secret' } } } });
});
afterAll(() => imt.close());
beforeEach(async () => {
  imt.reset(['faults', 'requests', 'sessions', 'ledger', 'policies']);
  imt.configure('3401', { mode: 'immediate', deduplicate: false, strictIds: false, echo: true, makeUnknown: false });
  imt.generate('3401', { count: 20 });
  client = new TestClient(imt);
  await client.logIn();
});

describe('sessions', () => {
  it('gives cookies for the right password and a JSON:API 401 for a wrong one', async () => {
    expect(client.cookie).toMatch(/sessionid=\S+; imt_node=web1/);
    const refused = await new TestClient(imt).logIn('causeway', 'wrong');
    expect(refused.status).toBe(401);
    expect(refused.json?.errors?.[0]?.status).toBe('401');
    expect(refused.headers.getSetCookie()).toEqual([]);
  });

  it('answers 401 to every operation without a session', async () => {
    const stranger = new TestClient(imt);
    expect((await stranger.balance('30000001')).status).toBe(401);
    expect((await stranger.pay('30000001', '1')).status).toBe(401);
    expect((await stranger.change('30000001', { paperless: true })).status).toBe(401);
    expect((await stranger.ask('GET', 'bills/30000001/')).status).toBe(401);
    expect(imt.ledger().count).toBe(0);
  });

  it('ends a session under every other request of the username when one of them closes it', async () => {
    const other = new TestClient(imt);
    await other.logIn();
    expect((await client.balance('30000001')).status).toBe(200);
    expect((await other.close()).status).toBe(200);
    expect((await client.balance('30000001')).status).toBe(401);
  });

  it('lets nobody close the session of another username', async () => {
    imt.configure('3401', { users: { causeway: 'sandbox-password', second: 'pw' } });
    const second = new TestClient(imt);
    await second.logIn('second', 'pw');
    expect((await second.close('causeway')).status).toBe(403);
    expect((await client.balance('30000001')).status).toBe(200);
  });

  it('expires a session by its lifetime and by control', async () => {
    expect(imt.expireSessions('3401', 'causeway')).toBe(1);
    expect((await client.balance('30000001')).status).toBe(401);
    imt.configure('3401', { sessionTtlMs: 1 });
    await client.logIn();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await client.balance('30000001')).status).toBe(401);
    imt.configure('3401', { sessionTtlMs: 60_000 });
  });

  it('keeps instances apart: neither cookie nor policy nor user of one serves in the other', async () => {
    const foreign = new TestClient(imt, '3402');
    expect((await foreign.logIn()).status).toBe(401);
    foreign.cookie = client.cookie;
    expect((await foreign.balance('99900001')).status).toBe(401);
    await foreign.logIn('other', 'secret');
    expect((await foreign.balance('30000001')).json).toEqual({ data: [] });
  });
});

describe('media types', () => {
  it('answers 415 to another Content-Type and 406 to an Accept that rules JSON:API out', async () => {
    const body = {};
    for (const type of ['application/json', 'application/vnd.api+json; charset=utf-8']) {
      expect((await client.ask('POST', 'payments/', { body, headers: { 'Content-Type': type } })).status).toBe(415);
    }
    const asked = await client.ask('GET', 'payments-due/?filter[policy_number]=1', {
      headers: { Accept: 'text/html' },
    });
    expect(asked.status).toBe(406);
  });
});

describe('Spectrum', () => {
  const logInWith = (spectrum: TestClient, more: Record<string, unknown>) => {
    const attributes = { username: 'causeway', password: 'sandbox-password', ...more };
    return spectrum.ask('POST', 'sessions/', { body: { data: { id: '1', type: 'sessions', attributes } } });
  };
  /** Signs in, and gives a client that carries the session as the answer handed it out. */
  const opened = async (sessionAnswer: 'cookie' | 'token' | 'both', carry = sessionAnswer) => {
    imt.configure('5000', { system: 'spectrum', privateKey: 'p|k!', sessionAnswer, sessionTtlMs: 60_000 });
    const spectrum = new TestClient(imt, '5000');
    const answer = await logInWith(spectrum, { private_key: 'p|k!' });
    const token = answer.json?.data?.attributes?.token;
    spectrum.cookie =
      carry === 'token'
        ? ''
        : answer.headers
            .getSetCookie()
            .map((each) => each.split(';')[0])
            .join('; ');
    const headers = carry === 'cookie' ? {} : { Authorization: `Bearer ${token}` };
    const due = () => spectrum.ask('GET', 'payments-due/?filter[policy_number]=20240903', { headers });
    return { answer, token, spectrum, headers, due };
  };

  it('asks for the private key beside the password', async () => {
    const { spectrum } = await opened('token');
    for (const attributes of [
      {},
      { private_key: 'pk!' },
      { private_key: 'p' },
      { private_key: 'p|k!', password: 'k!' },
    ]) {
      const refused = await logInWith(spectrum, attributes);
      expect([refused.status, refused.headers.getSetCookie()]).toEqual([401, []]);
      expect(refused.json?.data?.attributes?.token).toBeUndefined();
    }
  });

  it.each([
    ['cookie', 'cookie', 2, 'undefined'],
    ['token', 'token', 0, 'string'],
    ['both', 'cookie', 2, 'string'],
    ['both', 'token', 2, 'string'],
  ] as const)(
    'answers a login by %s, and takes the %s on later requests',
    async (sessionAnswer, carry, cookies, kind) => {
      const session = await opened(sessionAnswer, carry);
      expect(session.answer.headers.getSetCookie()).toHaveLength(cookies);
      expect(typeof session.token).toBe(kind);
      expect((await session.due()).status).toBe(200);
    },
  );

  it('has neither settings nor bills', async () => {
    const { spectrum, headers } = await opened('token');
    expect((await spectrum.ask('GET', 'bills/20240903/', { headers })).status).toBe(404);
    expect((await spectrum.ask('PATCH', 'settings/20240903/', { headers, body: {} })).status).toBe(404);
  });

  it('ends a session by its lifetime, by control, by its close and by another node’s close', async () => {
    const expired = await opened('token');
    expect(imt.expireSessions('5000', 'causeway')).toBe(1);
    expect((await expired.due()).status).toBe(401);
    const [one, other] = [await opened('token'), await opened('cookie')];
    expect((await other.due()).status).toBe(200);
    expect((await one.spectrum.ask('DELETE', 'sessions/causeway', { headers: one.headers })).status).toBe(200);
    expect([(await one.due()).status, (await other.due()).status]).toEqual([401, 401]);
    const third = await opened('token');
    imt.faults.add({ operation: 'balance', count: 1, effect: { kind: 'other-node-close' } });
    expect((await third.due()).status).toBe(401);
    imt.configure('5000', { sessionTtlMs: 1 });
    const short = await logInWith(third.spectrum, { private_key: 'p|k!' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    const headers = { Authorization: `Bearer ${short.json?.data?.attributes?.token}` };
    expect((await third.spectrum.ask('GET', 'payments-due/?filter[policy_number]=1', { headers })).status).toBe(401);
  });
});

describe('payments due', () => {
  it('answers the sample policy as the specification prints it: every attribute, in its order', async () => {
    const sample = JSON.parse(readFileSync(new URL('payments-due.sample.json', import.meta.url), 'utf8')) as unknown;
    // Compared as text: the order counts, and a missing attribute is not an undefined one.
    expect((await client.balance('20240903')).text).toBe(JSON.stringify(sample));
  });

  it('takes the brackets of the filter raw or percent-encoded', async () => {
    const raw = await client.ask('GET', 'payments-due/?filter[policy_number]=20240903');
    const encoded = await client.ask('GET', 'payments-due/?filter%5Bpolicy_number%5D=20240903');
    expect(encoded.text).toBe(raw.text);
  });

  it('knows no policy nobody loaded, unless told to make them', async () => {
    expect((await client.balance('77')).json).toEqual({ data: [] });
    imt.configure('3401', { makeUnknown: true });
    const made = await client.due('77');
    expect(made).toMatch(/^\d+\.\d{2}$/);
    expect(await client.due('77')).toBe(made);
  });
});

describe('payments', () => {
  it('books a payment, echoes it, and takes what was paid on the bill off what is due', async () => {
    const before = imt.policy('3401', '30000001');
    const answer = await client.pay('30000001', '29841007');
    expect(answer.status).toBe(201);
    expect(answer.json?.data).toMatchObject({
      id: '30000001',
      attributes: { transaction_id: '29841007', total_paid: '27.50' },
    });
    const after = imt.policy('3401', '30000001');
    expect(after.currentDueCents).toBe(before.currentDueCents - 2_500);
    expect(after.totalUnpaidCents).toBe(before.totalUnpaidCents - 2_500);
    expect(after.pendingCents).toBe(0);
    expect(after.pendingDate).not.toBeNull();
    expect(after.lastUpdateTime).not.toBe(before.lastUpdateTime);
    const ledger = imt.ledger({ transactionId: '29841007' });
    expect(ledger).toMatchObject({ count: 1, billAmountCents: 2_500, totalPaidCents: 2_750, doubleBooked: {} });
  });

  it('books the same transaction_id again unless told to deduplicate', async () => {
    await client.pay('30000001', '7');
    await client.pay('30000001', '7');
    expect(imt.ledger().doubleBooked).toEqual({ '7': 2 });
    imt.configure('3401', { deduplicate: true });
    expect((await client.pay('30000001', '7')).status).toBe(201);
    expect(imt.ledger().count).toBe(2);
  });

  it('refuses the second payment of an account with 409 where ids are strict', async () => {
    imt.configure('3401', { strictIds: true });
    expect((await client.pay('30000001', '1')).status).toBe(201);
    expect((await client.pay('30000001', '2')).status).toBe(409);
    expect(imt.ledger().count).toBe(1);
  });

  it('leaves what is due where payments are pending, until they settle', async () => {
    imt.configure('3401', { mode: 'pending' });
    const before = imt.policy('3401', '30000002').currentDueCents;
    await client.pay('30000002', '1');
    expect(imt.policy('3401', '30000002')).toMatchObject({ currentDueCents: before, pendingCents: 2_500 });
    imt.settlePending('3401');
    expect(imt.policy('3401', '30000002')).toMatchObject({ currentDueCents: before - 2_500, pendingCents: 0 });
  });

  it('shows a delayed payment only when its time has come, though it is booked at once', async () => {
    imt.configure('3401', { mode: 'delayed', delayMs: 30 });
    const before = imt.policy('3401', '30000003').currentDueCents;
    await client.pay('30000003', '1');
    expect(imt.ledger().count).toBe(1);
    await expect.poll(() => imt.policy('3401', '30000003').currentDueCents).toBe(before - 2_500);
  });

  it.each([
    ['payment_method', 'CHECK'],
    ['bill_amount_paid', '25.005'],
    ['bill_amount_paid', '0.00'],
    ['total_paid', '24.99'],
    ['total_paid', 27.5],
    ['transaction_id', ''],
    ['site_fee', '1.00'],
    ['approval_code', 'APPROVED 1'],
    ['entity_identifier', '30000002'],
    ['interest_paid', '1'],
    ['sort', null],
  ])('refuses a payment whose %s is %j with 422 and a pointer to it', async (name, value) => {
    const answer = await client.pay('30000001', '5', { [name]: value });
    expect(answer.status).toBe(422);
    expect(answer.json?.errors?.[0]?.source?.pointer).toBe(`/data/attributes/${name}`);
    expect(imt.ledger().count).toBe(0);
  });

  it('answers without attributes where the echo is off', async () => {
    imt.configure('3401', { echo: false });
    expect((await client.pay('30000001', '1')).json).toEqual({ data: { type: 'payments', id: '30000001' } });
  });
});

describe('settings and bills', () => {
  it('keeps paperless and autopay changes in order', async () => {
    expect((await client.change('30000001', { paperless: true })).status).toBe(200);
    expect((await client.change('30000001', { bill_mode: 'autopay' })).status).toBe(200);
    expect((await client.change('30000001', { bill_mode: 'weekly' })).status).toBe(422);
    expect(imt.policy('3401', '30000001')).toMatchObject({ paperless: true, billMode: 'autopay' });
    expect(imt.settingChanges({ policyNumber: '30000001' })).toMatchObject([
      { paperless: true },
      { billMode: 'autopay' },
    ]);
    expect(imt.requests().byOperation).toMatchObject({ paperless: 1, autopay: 2 });
  });

  it('gives a real PDF, the same bytes for the same balance', async () => {
    const get = async (): Promise<Buffer> => {
      const headers = { Cookie: client.cookie, Accept: 'application/pdf' };
      const response = await fetch(`${imt.url}bills/30000001/`, { headers });
      expect(response.headers.get('content-type')).toBe('application/pdf');
      return Buffer.from(await response.arrayBuffer());
    };
    const first = await get();
    expect(first.subarray(0, 5).toString()).toBe('%PDF-');
    expect((await get()).equals(first)).toBe(true);
    await client.pay('30000001', '1');
    expect((await get()).equals(first)).toBe(false);
  });
});

describe('the request log', () => {
  it('tells one call from two and how many were under way at once', async () => {
    imt.faults.add({ operation: 'balance', effect: { kind: 'latency', ms: 50 } });
    await Promise.all([client.balance('30000001'), client.balance('30000002'), client.balance('30000003')]);
    const { byOperation, inFlightMax, requests } = imt.requests({ operation: 'balance' });
    expect(byOperation.balance).toBe(3);
    expect(inFlightMax['operation:balance']).toBe(3);
    expect(requests.map((entry) => entry.policyNumber).sort()).toEqual(['30000001', '30000002', '30000003']);
    expect(requests.every((entry) => entry.username === 'causeway' && entry.status === 200)).toBe(true);
  });
});
