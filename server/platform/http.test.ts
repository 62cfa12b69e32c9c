import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { TEST_START, withTestPlatform } from '../testing/platform.ts';
import { JUST_PROVEN } from '../testing/staff.ts';
import { needs, type Principal, PUBLIC, SIGNED_IN } from './access.ts';
import { registerHealth } from './health.ts';
import { type App, buildHttp } from './http.ts';
import type { Platform } from './platform.ts';

let app: App;
let platform: Platform;
let close: () => Promise<void>;
let isStopping = false;
let clock: Awaited<ReturnType<typeof withTestPlatform>>['clock'];

const staff: Principal = {
  kind: 'staff',
  userId: 'u',
  email: 'a@example.com',
  name: 'A',
  permissions: new Set(['accounts:read']),
  bid: 7,
  csrfToken: 'right',
  ...JUST_PROVEN,
  provenAt: Temporal.Instant.from(TEST_START),
};
const partner: Principal = { kind: 'credential', bid: 7, credentialId: 'c', name: 'c', scopes: ['invoices:read'] };

beforeAll(async () => {
  ({ platform, close, clock } = await withTestPlatform());
  app = await buildHttp({
    log: platform.log,
    database: platform.database,
    random: platform.random,
    clock: platform.clock,
    version: '1.2.3',
    isSecure: false,
    authenticate: async (request) => {
      if (request.headers.authorization === 'Bearer partner') return partner;
      return request.headers.cookie === 'staff' ? staff : undefined;
    },
  });
  registerHealth(app, { database: platform.database, metrics: platform.metrics, isStopping: () => isStopping });
  const bid = { params: z.object({ bid: z.coerce.number().int() }) };
  app.get('/api/v1/open', { config: { access: PUBLIC } }, () => ({ ok: true }));
  app.get('/api/v1/mine', { config: { access: SIGNED_IN } }, () => ({ ok: true }));
  app.get(
    '/api/v1/billers/:bid/accounts',
    { schema: bid, config: { access: needs({ permission: 'accounts:read' }) } },
    () => ({ ok: true }),
  );
  app.post(
    '/api/v1/billers/:bid/things',
    {
      schema: { ...bid, body: z.strictObject({ amountCents: z.int() }) },
      config: { access: needs({ scope: 'invoices:read', permission: 'accounts:read' }) },
    },
    () => ({ ok: true }),
  );
  app.post(
    '/api/v1/billers/:bid/secret',
    {
      schema: bid,
      config: { access: needs({ scope: 'invoices:read', permission: 'accounts:read', isProofRecent: true }) },
    },
    () => ({ ok: true }),
  );
  app.get('/api/v1/bug', { config: { access: PUBLIC } }, () => {
    throw new Error('the password is hunter2');
  });
  app.get('/api/v1/away', { config: { access: PUBLIC } }, () => {
    throw Object.assign(new Error('terminating connection'), { code: '57P01' });
  });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await close();
});

describe('who may call', () => {
  test('nobody in particular reaches a public route, with a request id', async () => {
    const answer = await app.inject('/api/v1/open');
    expect([answer.statusCode, answer.json()]).toEqual([200, { ok: true }]);
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
  test.each([
    ['/api/v1/mine', {}, 401, 'not-signed-in'],
    ['/api/v1/mine', { authorization: 'Bearer partner' }, 403, 'not-allowed'],
    ['/api/v1/billers/7/accounts', { authorization: 'Bearer partner' }, 403, 'not-allowed'],
    ['/api/v1/billers/8/accounts', { cookie: 'staff' }, 404, 'not-found'],
    ['/nothing', {}, 404, 'not-found'],
  ])('%s with %j answers %i %s', async (url, headers, status, code) => {
    const answer = await app.inject({ url, headers });
    expect([answer.statusCode, answer.json().code, answer.headers['content-type']]).toEqual([
      status,
      code,
      'application/problem+json; charset=utf-8',
    ]);
  });
  test('a change by a session without its page’s token is refused', async () => {
    const send = (token: string) =>
      app.inject({
        method: 'POST',
        url: '/api/v1/billers/7/things',
        headers: { cookie: 'staff', 'x-csrf-token': token },
        payload: { amountCents: 5 },
      });
    expect((await send('wrong')).json().code).toBe('missing-csrf-token');
    expect((await send('right')).statusCode).toBe(200);
  });
  test('a route that asks for a recent proof asks staff alone, whatever a credential has', async () => {
    const call = (headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/api/v1/billers/7/secret', headers });
    expect((await call({ authorization: 'Bearer partner' })).statusCode).toBe(200);
    expect((await call({ cookie: 'staff', 'x-csrf-token': 'right' })).statusCode).toBe(200);
    clock.advance(15 * 60_000);
    expect((await call({ cookie: 'staff', 'x-csrf-token': 'right' })).json().code).toBe('prove-again');
    expect((await call({ cookie: 'staff', 'x-csrf-token': 'wrong' })).json().code).toBe('missing-csrf-token');
    expect((await call({ authorization: 'Bearer partner' })).statusCode).toBe(200);
  });

  test('a route that does not say who may call it can’t be added', async () => {
    const other = await buildHttp({
      log: platform.log,
      database: platform.database,
      random: platform.random,
      clock: platform.clock,
      version: '1',
      isSecure: false,
      authenticate: async () => undefined,
    });
    expect(() => other.get('/api/v1/forgotten', () => 'x')).toThrow(/config.access/);
    await other.close();
  });
});

describe('bad input', () => {
  const post = (payload: string, type = 'application/json') =>
    app.inject({
      method: 'POST',
      url: '/api/v1/billers/7/things',
      headers: { authorization: 'Bearer partner', 'content-type': type },
      payload,
    });
  test.each([
    ['{"amountCents": 5', 'application/json', 400, 'not-json'],
    ['{"amountCents": "5"}', 'application/json', 400, 'invalid-request'],
    ['{"amountCents": 5, "more": 1}', 'application/json', 400, 'invalid-request'],
    ['<a/>', 'text/xml', 415, 'wrong-media-type'],
    [`{"amountCents": ${'1'.repeat(1_100_000)}}`, 'application/json', 413, 'body-too-large'],
  ])('%.24s as %s is refused with %i %s', async (payload, type, status, code) => {
    const answer = await post(payload, type);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });
  test('the fault names its field', async () => {
    expect((await post('{"amountCents": "5"}')).json().faults[0].at).toBe('body.amountCents');
  });
});

test('a bug answers 500 without its detail', async () => {
  const answer = await app.inject('/api/v1/bug');
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('hunter2');
});

test('a database that is away answers 503 with Retry-After', async () => {
  const answer = await app.inject('/api/v1/away');
  expect([answer.statusCode, answer.headers['retry-after'], answer.json().retryable]).toEqual([503, '2', true]);
});

test('the OpenAPI document describes the routes of the API alone', async () => {
  const document = (await app.inject('/openapi.json')).json();
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toContain('/api/v1/billers/{bid}/things');
  expect(Object.keys(document.paths).every((path) => path.startsWith('/api/'))).toBe(true);
});

test('health tells readiness, and stops saying so while stopping', async () => {
  expect((await app.inject('/health/live')).json()).toEqual({ status: 'live' });
  expect((await app.inject('/health/ready')).json()).toEqual({ status: 'ready' });
  isStopping = true;
  expect((await app.inject('/health/ready')).statusCode).toBe(503);
});
