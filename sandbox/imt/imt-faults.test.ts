import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Effect, effect } from './faults.ts';
import { connectImtControls, createImtSandbox, type ImtSandbox, SENTINELS } from './index.ts';
import { sentinelEffects } from './sentinels.ts';
import { TestClient } from './test-client.ts';

const POLICY = '30000001';
let imt: ImtSandbox;
let client: TestClient;

beforeAll(async () => {
  imt = await createImtSandbox();
});
afterAll(() => imt.close());
beforeEach(async () => {
  imt.reset(['faults', 'requests', 'sessions', 'ledger', 'policies']);
  imt.generate('3401', { count: 5 });
  client = new TestClient(imt);
  await client.logIn();
});

/** What a payment under the effect comes to: the answer, or null for none, and how often it was booked. */
async function payUnder(
  what: Effect,
): Promise<{ answer: Awaited<ReturnType<TestClient['pay']>> | null; booked: number }> {
  imt.faults.add({ operation: 'payment', count: 1, effect: what });
  const answer = await client.pay(POLICY, '1').catch(() => null);
  return { answer, booked: imt.ledger().count };
}

describe('faults of a payment', () => {
  it.each([401, 403, 404, 409, 422, 429, 500, 502, 503])(
    'answers %i and books nothing, or books where told to',
    async (status) => {
      const without = await payUnder({ kind: 'status', status, retryAfter: '3' });
      expect(without).toMatchObject({ answer: { status }, booked: 0 });
      expect(without.answer?.headers.get('retry-after')).toBe('3');
      expect(without.answer?.json?.errors?.[0]?.status).toBe(String(status));
      expect(await payUnder({ kind: 'status', status, commit: true })).toMatchObject({ answer: { status }, booked: 1 });
    },
  );

  it.each([
    [{ kind: 'cut-before-commit' }, 0],
    [{ kind: 'cut-after-commit' }, 1],
    [{ kind: 'cut-mid-response' }, 1],
    [{ kind: 'double-answer' }, 1],
  ] satisfies [Effect, number][])('%j leaves the ledger with %i payments', async (what, booked) => {
    const outcome = await payUnder(what);
    expect(outcome.booked).toBe(booked);
    if (what.kind !== 'double-answer') expect(outcome.answer).toBeNull();
  });

  it.each([
    [{ kind: 'html' }, 0, 'text/html'],
    [{ kind: 'wrong-content-type' }, 1, 'text/plain'],
  ] satisfies [Effect, number, string][])('%j answers 2xx with %i booked and type %s', async (what, booked, type) => {
    const outcome = await payUnder(what);
    expect(outcome.booked).toBe(booked);
    expect(outcome.answer?.status).toBeLessThan(300);
    expect(outcome.answer?.headers.get('content-type')).toContain(type);
  });

  it('sends malformed, deep and odd JSON after booking', async () => {
    expect((await payUnder({ kind: 'malformed-json' })).answer?.json).toBeUndefined();
    expect((await payUnder({ kind: 'deep-json', depth: 50_000 })).answer?.text.length).toBeGreaterThan(100_000);
    expect((await payUnder({ kind: 'odd-json', oddity: 'proto' })).answer?.text).toContain('"__proto__"');
    expect((await payUnder({ kind: 'odd-json', oddity: 'duplicate-keys' })).booked).toBe(4);
  });

  it('echoes another payment, books twice, or redirects, as told', async () => {
    const echo = await payUnder({ kind: 'wrong-echo', field: 'total_paid' });
    expect(echo.answer?.json?.data?.attributes).toMatchObject({ transaction_id: '1', total_paid: '1.11' });
    expect((await payUnder({ kind: 'book-twice' })).booked).toBe(3);
    const away = await payUnder({ kind: 'redirect', location: 'http://127.0.0.1:9/x' });
    expect(away).toMatchObject({ answer: { status: 307 }, booked: 3 });
    expect(away.answer?.headers.get('location')).toBe('http://127.0.0.1:9/x');
  });

  it('never answers a time-out, and the log says that no status was sent', async () => {
    imt.faults.add({ operation: 'payment', effect: { kind: 'timeout', commit: true } });
    const controller = new AbortController();
    const asked = fetch(`${imt.url}payments/`, {
      method: 'POST',
      signal: controller.signal,
      headers: { 'Content-Type': 'application/vnd.api+json', Cookie: client.cookie },
      body: JSON.stringify((await import('./test-client.ts')).paymentBody(POLICY, '1')),
    });
    await expect.poll(() => imt.ledger().count).toBe(1);
    controller.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => imt.requests({ operation: 'payment' }).requests[0]?.ms).not.toBeNull();
    expect(imt.requests({ operation: 'payment' }).requests[0]?.status).toBeNull();
  });

  it('sends too much: a huge body, one without end, a gzip bomb', async () => {
    const read = async (what: Effect, bytesMax: number): Promise<number> => {
      imt.faults.add({ operation: 'balance', count: 1, effect: what });
      const url = `${imt.url}payments-due/?filter[policy_number]=${POLICY}`;
      const response = await fetch(url, { headers: { Cookie: client.cookie } });
      let bytes = 0;
      for await (const part of response.body ?? []) {
        bytes += part.length;
        if (bytes > bytesMax) break;
      }
      return bytes;
    };
    expect(await read({ kind: 'huge-body', bytes: 3_000_000 }, 9_000_000)).toBe(3_000_000);
    expect(await read({ kind: 'endless-body' }, 5_000_000)).toBeGreaterThan(5_000_000);
    expect(await read({ kind: 'gzip-bomb', bytes: 8 << 20 }, 64 << 20)).toBe(8 << 20);
  });

  it('trickles headers and bodies, byte by byte', async () => {
    imt.faults.add({ operation: 'balance', count: 1, effect: { kind: 'slow-body', bytes: 400, everyMs: 5 } });
    expect(await client.due(POLICY)).toMatch(/\.\d\d$/);
    imt.faults.add({ operation: 'close', count: 1, effect: { kind: 'slow-headers', everyMs: 0 } });
    expect((await client.close()).status).toBe(200);
  });
});

describe('faults of sessions', () => {
  it('ends the session before the request: one 401, nothing booked, and a new login works', async () => {
    for (const kind of ['expire-session', 'other-node-close'] as const) {
      expect(await payUnder({ kind })).toMatchObject({ answer: { status: 401 }, booked: 0 });
      expect((await client.balance(POLICY)).status).toBe(401);
      await client.logIn();
    }
    expect((await client.pay(POLICY, '2')).status).toBe(201);
  });

  it('logs in without the cookie, or with a second one', async () => {
    imt.faults.add({ operation: 'login', count: 1, effect: { kind: 'no-cookie' } });
    const bare = await client.logIn();
    expect(bare.status).toBe(201);
    expect(bare.headers.getSetCookie()).toEqual([]);
    imt.faults.add({ operation: 'login', count: 1, effect: { kind: 'two-cookies' } });
    expect((await client.logIn()).headers.getSetCookie()).toHaveLength(3);
  });
});

describe('rules', () => {
  it('strikes by policy, skip and count, and lists what is left', async () => {
    imt.faults.add({
      operation: 'balance',
      policy: '3000*',
      skip: 1,
      count: 2,
      effect: { kind: 'status', status: 503 },
    });
    const statuses: number[] = [];
    for (let at = 0; at < 4; at += 1) statuses.push((await client.balance(POLICY)).status);
    statuses.push((await client.balance('20240903')).status);
    expect(statuses).toEqual([200, 503, 503, 200, 200]);
    expect(imt.faults.list()).toMatchObject([{ id: expect.any(String), seen: 4, struck: 2 }]);
    expect(imt.faults.clear()).toBe(1);
  });

  it('repeats the same faults for the same seed', async () => {
    const run = async (): Promise<number[]> => {
      imt.faults.clear();
      imt.faults.add({
        operation: 'balance',
        probability: 0.5,
        seed: 7,
        oneOf: [
          { kind: 'status', status: 500 },
          { kind: 'status', status: 429 },
        ],
      });
      const statuses: number[] = [];
      for (let at = 0; at < 30; at += 1) statuses.push((await client.balance(POLICY)).status);
      return statuses;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 500, 429]));
    expect(await run()).toEqual(first);
  });

  it('uses up no fault on a request without a session', async () => {
    imt.faults.add({ operation: 'payment', count: 1, effect: { kind: 'cut-after-commit' } });
    expect((await new TestClient(imt).pay(POLICY, '1')).status).toBe(401);
    expect(imt.faults.list()[0]?.struck).toBe(0);
  });

  it('never turns the refusal of an unknown policy into a success', async () => {
    imt.faults.add({ operation: 'payment', effect: { kind: 'wrong-content-type', contentType: 'text/plain' } });
    expect((await client.pay('404', '1')).status).toBe(404);
  });
});

describe('reserved policies', () => {
  it('are numbered in 999000xx, each once, and all stand in the README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(new Set(SENTINELS.map(({ policyNumber }) => policyNumber)).size).toBe(SENTINELS.length);
    for (const { policyNumber, outcome } of SENTINELS) {
      expect(policyNumber).toMatch(/^999000\d\d$/);
      expect(readme).toContain(`| ${policyNumber} | ${outcome} |`);
    }
    for (const option of effect.options) expect(readme).toContain(`\`${option.shape.kind.value}\``);
  });

  it.each([
    ['99900001', 201, 1],
    ['99900002', 422, 0],
    ['99900003', 500, 1],
    ['99900006', null, 1],
    ['99900007', null, 0],
    ['99900008', 200, 0],
    ['99900009', 409, 0],
    ['99900010', 201, 1],
    ['99900013', 503, 0],
    ['99900014', 500, 0],
    ['99900015', 201, 1],
    ['99900017', 403, 0],
    ['99900018', 201, 1],
    ['99900019', 307, 0],
    ['99900020', 404, 0],
  ])('%s answers a payment with %s and %i booked', async (policy, status, booked) => {
    const answer = await client.pay(policy, '9').catch(() => null);
    expect(answer?.status ?? null).toBe(status);
    expect(imt.ledger({ policyNumber: policy }).count).toBe(booked);
  });

  it.each([
    ['99900004', 1],
    ['99900005', 0],
  ])('%s leaves a payment unanswered with %i booked', async (policy, booked) => {
    const { paymentBody } = await import('./test-client.ts');
    const controller = new AbortController();
    const asked = fetch(`${imt.url}payments/`, {
      method: 'POST',
      signal: controller.signal,
      headers: { 'Content-Type': 'application/vnd.api+json', Cookie: client.cookie },
      body: JSON.stringify(paymentBody(policy, '1')),
    });
    await expect.poll(() => imt.requests({ operation: 'payment' }).requests).toHaveLength(1);
    await expect.poll(() => imt.ledger().count).toBe(booked);
    controller.abort();
    await expect(asked).rejects.toThrow(/abort/i);
    expect(imt.ledger().count).toBe(booked);
  });

  it('99900011 answers 429 to the first send of each transaction and then books it', async () => {
    const sends = ['a', 'a', 'b', 'b'].map((transactionId) => () => client.pay('99900011', transactionId));
    const statuses: number[] = [];
    for (const send of sends) statuses.push((await send()).status);
    expect(statuses).toEqual([429, 201, 429, 201]);
    expect(imt.ledger().doubleBooked).toEqual({});
  });

  it('99900016 raises the pending amount and leaves what is due', async () => {
    await client.pay('99900016', '1');
    expect(imt.policy('3401', '99900016')).toMatchObject({ currentDueCents: 12_840, pendingCents: 2_500 });
  });

  it.each([
    ['99900020', []],
    ['99900021', [{ current_due: '-25.00' }]],
    ['99900022', [{ current_due: '128.405' }]],
    ['99900023', [{ current_due: null }]],
    ['99900024', [{ current_due: 'see agent' }]],
    ['99900025', [{ payment_types: ['ACH'] }]],
    ['99900026', [{ payment_types: ['CC'] }]],
    ['99900027', [{ payment_types: [] }]],
    ['99900029', [{ payment_types: ['ACH', 'CC', 'BITCOIN'] }]],
    ['99900030', [{ current_due: '100.00' }, { current_due: '28.40' }]],
    ['99900031', [{ policy_number: '99900001' }]],
    ['99900032', [{ allow_payments: false }]],
    ['99900036', [{ current_due: '0.00' }]],
    ['20240903', [{ current_due: '1675.00' }]],
  ])('%s has a balance of its kind', async (policy, entries) => {
    const data = [...((await client.balance(policy)).json?.data ?? [])];
    expect(data.map((entry) => entry.attributes)).toMatchObject(entries);
  });

  it('99900028 and 99900037 leave an attribute out', async () => {
    const names = async (policy: string) =>
      Object.keys([...((await client.balance(policy)).json?.data ?? [])][0]?.attributes ?? {});
    expect(await names('99900028')).not.toContain('payment_types');
    expect(await names('99900037')).not.toContain('current_due');
  });

  it('99900033 and 99900034 fail the balance, 99900012 takes its time over everything', async () => {
    expect((await client.balance('99900033')).status).toBe(500);
    expect((await client.balance('99900034')).headers.get('content-type')).toContain('text/html');
    expect(sentinelEffects('99900012', 'pdf')).toEqual([{ kind: 'latency', ms: 5_000 }]);
  });

  it('99900040 to 99900047 misbehave on the bill', async () => {
    const bill = (suffix: string) => client.ask('GET', `bills/999000${suffix}/`);
    expect((await bill('40')).status).toBe(404);
    expect((await bill('41')).headers.get('content-type')).toContain('text/html');
    expect((await bill('42')).text.length).toBeGreaterThan(25 << 20);
    expect((await bill('43')).text).toBe('');
    const base64 = (await bill('44')).json?.data?.attributes?.pdf;
    expect(Buffer.from(String(base64), 'base64').subarray(0, 5).toString()).toBe('%PDF-');
    const url = String((await bill('45')).json?.data?.attributes?.url);
    expect((await client.ask('GET', url)).text).toMatch(/^%PDF-/);
    expect((await bill('47')).text).toMatch(/^<!doctype/);
  });

  it('99900050 to 99900052 refuse settings', async () => {
    expect((await client.change('99900050', { paperless: true })).status).toBe(422);
    expect((await client.change('99900051', { bill_mode: 'autopay' })).status).toBe(422);
    expect((await client.change('99900051', { paperless: true })).status).toBe(200);
    expect((await client.change('99900052', { paperless: true })).status).toBe(500);
  });
});

describe('control over HTTP', () => {
  it('does from another process what the handle does', async () => {
    const remote = connectImtControls(imt.controlUrl);
    await remote.configure('9001', { users: { u: 'p' }, mode: 'pending' });
    expect(await remote.load('9001', [{ policyNumber: '0042', currentDueCents: 1_234 }])).toBe(1);
    expect(await remote.policy('9001', '0042')).toMatchObject({ policyNumber: '0042', currentDueCents: 1_234 });
    expect((await remote.adjust('9001', '0042', -234)).currentDueCents).toBe(1_000);
    const rule = await remote.faults.add({ instance: '9001', effect: { kind: 'status', status: 503 } });
    expect(await remote.faults.list()).toMatchObject([{ id: rule.id }]);
    expect(await remote.faults.clear(rule.id)).toBe(1);
    expect(await remote.ledger({ instance: '9001' })).toMatchObject({ count: 0 });
    expect((await remote.requests({ operation: 'login' })).byOperation.login).toBe(1);
    await expect(remote.policy('9001', 'none')).rejects.toThrow('Instance 9001 has no policy none');
  });

  it('refuses a rule that makes no sense, with words', async () => {
    const post = (body: string, headers = {}) => fetch(`${imt.controlUrl}faults`, { method: 'POST', body, headers });
    const refused = await post('{"operation":"payment","effect":{"kind":"explode"}}');
    expect(refused.status).toBe(400);
    expect(((await refused.json()) as { error: string }).error).toContain('effect');
    expect((await post('{}', { Origin: 'https://evil.example' })).status).toBe(403);
  });
});
