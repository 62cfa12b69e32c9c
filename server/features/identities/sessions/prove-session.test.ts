import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withTestPlatform } from '../../../testing/platform.ts';
import { proveAgain, type StaffHeaders, signInAs, TEST_PASSWORD, withBillersApp } from '../../../testing/staff.ts';
import { type Actor, createBiller } from '../../billers/index.ts';
import { forgetSessions } from '../authenticate.ts';

let opened: Awaited<ReturnType<typeof withTestPlatform>>;
let made: Awaited<ReturnType<typeof withBillersApp>>;
let headers: StaffHeaders;
let email: string;
let count = 0;
const by: Actor = { kind: 'operator', name: 'test' };

beforeAll(async () => {
  opened = await withTestPlatform();
  made = await withBillersApp(opened.platform);
  await createBiller(made.deps, { bid: 1, name: 'Biller 1', by });
});
beforeEach(async () => {
  email = `prover${++count}@example.com`;
  headers = await signInAs(made.app, made.deps, { role: 'administrator', email });
});
afterAll(async () => {
  await made.app.close();
  await made.billers.close();
  await opened.close();
});

const minutes = (n: number) => opened.clock.advance(n * 60_000);
const createCredential = (sent: Record<string, string> = headers) =>
  made.app.inject({
    method: 'POST',
    url: '/api/v1/billers/1/credentials',
    headers: sent,
    payload: { name: 'x', scopes: ['invoices:read'] },
  });
const prove = (password: string, remoteAddress = '203.0.113.1') =>
  made.app.inject({ method: 'POST', url: '/api/v1/session/prove', headers, payload: { password }, remoteAddress });
const setSetting = (number: number, text: string, sent: Record<string, string> = headers) =>
  made.app.inject({
    method: 'PUT',
    url: `/api/v1/billers/1/configuration/advanced-settings/${number}`,
    headers: sent,
    payload: { expectedVersion: 1, reason: 'a reason of the test', value: { text } },
  });

describe('an act on secrets, money or users', () => {
  test('goes by sign-in for 15 minutes, then asks for a new proof and changes nothing', async () => {
    minutes(14);
    expect((await createCredential()).statusCode).toBe(201);
    minutes(1);
    const refused = await createCredential();
    expect(refused.json()).toMatchObject({
      status: 403,
      code: 'prove-again',
      details: { methods: ['password'], minutes: 15 },
    });
    headers = await proveAgain(made.app, headers);
    expect((await createCredential()).statusCode).toBe(201);
    minutes(15);
    expect((await createCredential()).json().code).toBe('prove-again');
  });

  test('is the setting of a secret, not of what everybody may read', async () => {
    minutes(16);
    expect((await setSetting(9, 'user')).json().code).not.toBe('prove-again');
    expect((await setSetting(10, 'secret of the partner')).json().code).toBe('prove-again');
    const section = await made.app.inject({
      method: 'PUT',
      url: '/api/v1/billers/1/configuration/advancedSettings',
      headers,
      payload: {
        expectedVersion: 1,
        reason: 'a reason of the test',
        value: { '10': { kind: 'secret', new: 'secret of the partner' } },
      },
    });
    expect(['prove-again', 'invalid-request']).toContain(section.json().code);
    const removed = await made.app.inject({
      method: 'DELETE',
      url: '/api/v1/billers/1/configuration/advanced-settings/10',
      headers,
      payload: { expectedVersion: 1, reason: 'a reason of the test' },
    });
    expect(removed.json().code).toBe('prove-again');
    for (const [url, payload] of [
      ['/api/v1/staff-users', { email: 'n@example.com', name: 'N', roles: ['csr'], bid: 1 }],
      ['/api/v1/billers/1/configuration/restore', { version: 1, expectedVersion: 1, reason: 'a reason of the test' }],
    ] as const) {
      expect((await made.app.inject({ method: 'POST', url, headers, payload })).json().code, url).toBe('prove-again');
    }
    expect((await made.app.inject({ url: '/api/v1/billers/1/credentials', headers })).statusCode).toBe(200);
  });
});

describe('a new proof', () => {
  test('gives the session a new token, ends the one before, and moves the end of the session nowhere', async () => {
    minutes(20);
    const answer = await prove(TEST_PASSWORD);
    expect(answer.json()).toEqual({ provenAt: expect.any(String), until: expect.any(String) });
    expect(String(answer.headers['set-cookie'])).toMatch(/Max-Age=42000; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await createCredential()).statusCode).toBe(401);
    forgetSessions(made.deps);
    expect((await made.app.inject({ url: '/api/v1/session', headers })).statusCode).toBe(401);
    const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
    expect((await createCredential({ ...headers, cookie })).statusCode).toBe(201);
  });

  test('counts wrong passwords together with those of sign-in, and pauses for both', async () => {
    for (const left of [4, 3, 2]) {
      expect((await prove('a wrong password')).json()).toMatchObject({
        status: 403,
        code: 'proof-refused',
        details: { left },
      });
    }
    const signIn = (password: string) =>
      made.app.inject({
        method: 'POST',
        url: '/api/v1/session',
        payload: { email, password },
        remoteAddress: '203.0.113.1',
      });
    expect((await signIn('a wrong password')).json().details.left).toBe(1);
    expect((await prove('a wrong password')).statusCode).toBe(429);
    expect((await prove(TEST_PASSWORD)).json().code).toBe('sign-in-paused');
    expect((await signIn(TEST_PASSWORD)).statusCode).toBe(429);
    minutes(15);
    expect((await prove(TEST_PASSWORD)).statusCode).toBe(200);
  });

  test('is not taken without the token of the page, from a credential, or for a session that was ended', async () => {
    const without = await made.app.inject({
      method: 'POST',
      url: '/api/v1/session/prove',
      headers: { cookie: headers.cookie },
      payload: { password: TEST_PASSWORD },
    });
    expect(without.json().code).toBe('missing-csrf-token');
    const { token } = (await createCredential()).json();
    const bearer = await made.app.inject({
      method: 'POST',
      url: '/api/v1/session/prove',
      headers: { authorization: `Bearer ${token}` },
      payload: { password: TEST_PASSWORD },
    });
    expect(bearer.statusCode).toBe(403);
    await made.app.inject({ method: 'DELETE', url: '/api/v1/session', headers });
    expect((await prove(TEST_PASSWORD)).statusCode).toBe(401);
  });

  test('is on record, wrong ones too, and without what was typed', async () => {
    await prove('a wrong password');
    await prove(TEST_PASSWORD);
    const events = await opened.database.withSystem((tx) =>
      tx
        .selectFrom('audit_event')
        .select(['act', 'detail'])
        .where('actor', '=', email)
        .where('act', 'like', 'session.%')
        .orderBy('seq')
        .execute(),
    );
    expect(events.map((event) => event.act)).toEqual(['session.proof-failed', 'session.proven']);
    expect(JSON.stringify(events)).not.toMatch(/wrong|levee/);
  });
});
