import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  decideAccess,
  needs,
  PERMISSIONS,
  type Principal,
  SIGNED_IN,
  SIGNED_IN_ENROLLING,
} from '../../../platform/access.ts';
import { withTestPlatform } from '../../../testing/platform.ts';
import { signInAs, withBillersApp } from '../../../testing/staff.ts';
import { STAFF_MAIL_QUEUE } from '../index.ts';

let strict: Awaited<ReturnType<typeof withTestPlatform>>;
let app: Awaited<ReturnType<typeof withBillersApp>>;
beforeAll(async () => {
  strict = await withTestPlatform({
    queues: [STAFF_MAIL_QUEUE],
    environment: { CAUSEWAY_REQUIRE_SECOND_FACTOR: 'administrators' },
  });
  app = await withBillersApp(strict.platform);
  app.app.get('/api/v1/probe', { config: { access: needs({ permission: 'billers:read' }) } }, async () => ({}));
});
afterAll(async () => {
  await app.app.close();
  await app.billers.close();
  await strict.close();
});

test('where the operator asks for a second factor, an administrator without one reaches nothing but setting it up', async () => {
  const headers = await signInAs(app.app, app.deps, { role: 'administrator', email: 'boss@example.com' });
  const ask = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: Record<string, unknown>) =>
    app.app.inject({ method, url, headers, ...(payload && { payload }) });
  const session = await ask('GET', '/api/v1/session');
  expect(session.json()).toMatchObject({ mustEnrol: true, permissions: [] });
  for (const url of ['/api/v1/probe', '/api/v1/staff-users', '/api/v1/billers']) {
    const answer = await ask('GET', url);
    expect(answer.statusCode).toBe(403);
    expect(answer.json().code).toBe('second-factor-required');
  }
  const { key } = (await ask('POST', '/api/v1/own-security/totp')).json();
  const code = generateSync({ secret: key, epoch: Math.floor(strict.clock.nowMs() / 1000) });
  expect((await ask('POST', '/api/v1/own-security/totp/confirm', { code })).statusCode).toBe(201);
  expect((await ask('GET', '/api/v1/probe')).statusCode).toBe(200);
  expect((await ask('GET', '/api/v1/session')).json()).toMatchObject({ mustEnrol: false });
  const removed = await ask('DELETE', '/api/v1/own-security/totp');
  expect(removed.json().code).toBe('last-factor');
  expect((await ask('GET', '/api/v1/own-security')).json().totpSince).not.toBeNull();
});

test('a route that does not say that it is open to them is closed', () => {
  const boss: Principal = {
    kind: 'staff',
    userId: '1',
    email: 'boss@example.com',
    name: 'Boss',
    permissions: new Set(PERMISSIONS),
    bid: null,
    csrfToken: 'x',
    sessionId: '1',
    provenAt: strict.clock.now(),
    proofMethods: [],
    isEnrolling: true,
  };
  for (const access of [SIGNED_IN, needs({ permission: 'billers:read' }), needs({ scope: 'invoices:read' })])
    for (const bid of [undefined, 1]) expect(decideAccess(access, boss, bid)).toBe('must-enrol');
  expect(decideAccess(SIGNED_IN_ENROLLING, boss, undefined)).toBe('allowed');
});

test('others than those the operator names are not asked', async () => {
  const headers = await signInAs(app.app, app.deps, { role: 'operator', email: 'op@example.com' });
  expect((await app.app.inject({ url: '/api/v1/probe', headers })).statusCode).toBe(200);
});
