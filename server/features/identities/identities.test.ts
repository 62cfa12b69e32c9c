import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../../platform/access.ts';
import { withTestPlatform } from '../../testing/platform.ts';
import { type StaffHeaders, signIn, signInAs, TEST_PASSWORD, withBillersApp } from '../../testing/staff.ts';
import { type Actor, createBiller } from '../billers/index.ts';
import { createCredential, createStaffUser, roles } from './index.ts';

let opened: Awaited<ReturnType<typeof withTestPlatform>>;
let made: Awaited<ReturnType<typeof withBillersApp>>;
const by: Actor = { kind: 'operator', name: 'test' };

beforeAll(async () => {
  opened = await withTestPlatform();
  made = await withBillersApp(opened.platform);
  // Stands for any call of a partner.
  made.app.get(
    '/api/v1/billers/:bid/probe',
    { config: { access: needs({ scope: 'invoices:read', permission: 'invoices:read' }) } },
    async () => ({ ok: true }),
  );
  for (const bid of [1, 2]) await createBiller(made.deps, { bid, name: `Biller ${bid}`, by });
});
afterAll(async () => {
  await made.app.close();
  await made.billers.close();
  await opened.close();
});

const ask = async (url: string, headers: Record<string, string> = {}) =>
  (await made.app.inject({ url, headers })).statusCode;
const trySignIn = (email: string, password: string, remoteAddress = '203.0.113.1') =>
  made.app.inject({ method: 'POST', url: '/api/v1/session', payload: { email, password }, remoteAddress });
const audited = (act: string) =>
  opened.database.withSystem((tx) =>
    tx
      .selectFrom('audit_event')
      .select(['actor', 'subject', 'detail'])
      .where('act', '=', act)
      .orderBy('seq', 'desc')
      .execute(),
  );

describe('signing in', () => {
  test('gives a cookie scripts can’t read, a right to change things only with the token beside it, and an audit event', async () => {
    const headers = await signInAs(made.app, made.deps, { role: 'administrator', email: 'ann@example.com' });
    const answer = await trySignIn('Ann@Example.com', TEST_PASSWORD);
    expect([answer.headers['set-cookie']].flat()[0]).toMatch(
      /^causeway_session=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect(answer.json()).toMatchObject({
      user: { email: 'ann@example.com', bid: null },
      permissions: expect.arrayContaining(['users:manage']),
    });
    const create = (sent: Record<string, string>) =>
      made.app.inject({
        method: 'POST',
        url: '/api/v1/billers/1/credentials',
        headers: sent,
        payload: { name: 'x', scopes: ['invoices:read'] },
      });
    expect((await create({ cookie: headers.cookie })).json().code).toBe('missing-csrf-token');
    expect((await create(headers)).statusCode).toBe(201);
    expect((await audited('sign-in'))[0]).toMatchObject({
      actor: 'ann@example.com',
      detail: { address: '203.0.113.1' },
    });
  });

  test('gives a new token each time, and keeps only its hash', async () => {
    await signInAs(made.app, made.deps, { role: 'csr', bid: 1, email: 'two@example.com' });
    const cookies = [
      await signIn(made.app, 'two@example.com', TEST_PASSWORD),
      await signIn(made.app, 'two@example.com', TEST_PASSWORD),
    ].map((headers) => headers.cookie.split('=')[1] ?? '');
    expect(cookies[0]).not.toBe(cookies[1]);
    const stored = await opened.database.withSystem((tx) => tx.selectFrom('staff_session').selectAll().execute());
    const bytes = stored.map((row) => row.token_hash.toString('base64url')).join();
    for (const cookie of cookies) expect(bytes).not.toContain(cookie);
  });

  test('answers an unknown email, a wrong password and a disabled user alike, and pauses for each alike', async () => {
    await signInAs(made.app, made.deps, { role: 'csr', bid: 1, email: 'known@example.com' });
    const strip = (body: string) => body.replace(/"requestId":"[^"]+"/, '');
    const series = async (email: string) => {
      const told: string[] = [];
      for (let n = 0; n < 7; n++) {
        const answer = await trySignIn(email, 'a wrong password', '203.0.113.9');
        told.push(`${answer.statusCode} ${strip(answer.body)}`);
      }
      return told;
    };
    const known = await series('known@example.com');
    expect(await series('nobody@example.com')).toEqual(known);
    expect(known.map((line) => line.slice(0, 3))).toEqual(['401', '401', '401', '401', '429', '429', '429']);
    expect(known[4]).toMatch(/Sign-in opens again at 9:15 AM CST/);
    expect((await trySignIn('known@example.com', TEST_PASSWORD)).statusCode).toBe(429);
    opened.clock.advance(15 * 60_000);
    expect((await trySignIn('known@example.com', TEST_PASSWORD)).statusCode).toBe(201);
    const failures = await audited('sign-in.failed');
    expect(failures.map((event) => event.actor)).toContain('known@example.com');
    expect(JSON.stringify(failures)).not.toMatch(/nobody@example|wrong password/);
  });

  test('pauses for an address that tries many emails, and for that address only', async () => {
    await signInAs(made.app, made.deps, { role: 'csr', bid: 1, email: 'victim@example.com' });
    let last = 0;
    for (let n = 0; n < 31; n++)
      last = (await trySignIn(`guess${n}@example.com`, 'a wrong password', '198.51.100.7')).statusCode;
    expect(last).toBe(429);
    expect((await trySignIn('victim@example.com', TEST_PASSWORD, '198.51.100.7')).statusCode).toBe(429);
    expect((await trySignIn('victim@example.com', TEST_PASSWORD, '198.51.100.8')).statusCode).toBe(201);
  });

  test('pauses for the whole network of an IPv6 address, whichever of its addresses is next', async () => {
    let last = 0;
    for (let n = 0; n < 31; n++)
      last = (await trySignIn(`six${n}@example.com`, 'a wrong password', `2001:db8:7:7::${n.toString(16)}`)).statusCode;
    expect(last).toBe(429);
    expect((await trySignIn('six@example.com', 'a wrong password', '2001:db8:7:8::1')).statusCode).toBe(401);
  });

  test('counts tries made at the same time, each one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => trySignIn('race@example.com', 'a wrong password', '203.0.113.77')),
    );
    expect(answers.filter((answer) => answer.statusCode === 401).length).toBeLessThanOrEqual(4);
  });

  test('takes no form, which another site could post', async () => {
    const answer = await made.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `email=ann@example.com&password=${encodeURIComponent(TEST_PASSWORD)}`,
    });
    expect(answer.statusCode).toBe(415);
  });

  test('keeps its cookie to this host and to https where the public address is https', async () => {
    const secure = await withBillersApp({ ...opened.platform, publicUrl: 'https://pay.example' });
    const answer = await secure.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload: { email: 'ann@example.com', password: TEST_PASSWORD },
    });
    const [session = ''] = [answer.headers['set-cookie']].flat();
    expect(session).toMatch(
      /^__Host-causeway_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const asked = async (cookie: string) =>
      (await secure.app.inject({ url: '/api/v1/session', headers: { cookie } })).statusCode;
    const [own = ''] = session.split(';');
    expect(await asked(own)).toBe(200);
    // What another host of the domain can plant: the name without the prefix.
    expect(await asked(own.replace('__Host-', ''))).toBe(401);
    await secure.app.close();
    await secure.billers.close();
  });
});

describe('a session', () => {
  const minutes = (n: number) => opened.clock.advance(n * 60_000);
  const isIn = async (headers: StaffHeaders) => (await ask('/api/v1/session', headers)) === 200;

  test('ends 30 minutes after its last request', async () => {
    const headers = await signInAs(made.app, made.deps, { role: 'csr', bid: 1 });
    for (const wait of [29, 29, 29]) {
      minutes(wait);
      expect(await isIn(headers)).toBe(true);
    }
    minutes(30);
    expect(await isIn(headers)).toBe(false);
  });

  test('ends 12 hours after sign-in, however busy', async () => {
    const headers = await signInAs(made.app, made.deps, { role: 'csr', bid: 1 });
    for (let passed = 20; passed < 12 * 60; passed += 20) {
      minutes(20);
      expect(await isIn(headers)).toBe(true);
    }
    minutes(20);
    expect(await isIn(headers)).toBe(false);
  });

  test('ends with sign-out, and with the user’s being disabled, at the next request', async () => {
    const leaving = await signInAs(made.app, made.deps, { role: 'csr', bid: 1 });
    expect((await made.app.inject({ method: 'DELETE', url: '/api/v1/session', headers: leaving })).statusCode).toBe(
      204,
    );
    expect(await isIn(leaving)).toBe(false);
    const admin = await signInAs(made.app, made.deps, { role: 'administrator' });
    const dismissed = await signInAs(made.app, made.deps, { role: 'csr', bid: 1, email: 'dismissed@example.com' });
    expect(await isIn(dismissed)).toBe(true);
    const { items } = (await made.app.inject({ url: '/api/v1/staff-users?limit=200', headers: admin })).json();
    const { id } = items.find((user: { email: string }) => user.email === 'dismissed@example.com');
    expect(
      (await made.app.inject({ method: 'POST', url: `/api/v1/staff-users/${id}/disable`, headers: admin })).statusCode,
    ).toBe(204);
    expect(await isIn(dismissed)).toBe(false);
    expect((await trySignIn('dismissed@example.com', TEST_PASSWORD, '203.0.113.50')).statusCode).toBe(401);
  });

  test('that another process ended is gone within 2 seconds', async () => {
    const headers = await signInAs(made.app, made.deps, { role: 'csr', bid: 1 });
    expect(await isIn(headers)).toBe(true);
    await opened.database.withSystem((tx) =>
      tx.updateTable('staff_session').set({ ended_at: opened.clock.now() }).execute(),
    );
    opened.clock.advance(2_000);
    expect(await isIn(headers)).toBe(false);
  });
});

describe('an invitation', () => {
  const invite = async (email: string) => {
    const invitation = await createStaffUser(made.deps, { email, roles: ['csr'], bid: 1, by });
    return { invitation, token: invitation.link.split('#')[1] ?? '' };
  };
  const accept = (token: string, password: string) =>
    made.app.inject({ method: 'POST', url: '/api/v1/invitations/accept', payload: { token, password } });

  test('is good once, for 7 days, and its link keeps the token from the server’s logs', async () => {
    const { invitation, token } = await invite('new@example.com');
    expect(invitation.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/staff\/accept-invitation#[A-Za-z0-9_-]{43}$/);
    expect((await accept(token, TEST_PASSWORD)).json()).toEqual({ email: 'new@example.com' });
    expect((await accept(token, TEST_PASSWORD)).statusCode).toBe(410);
    const late = await invite('late@example.com');
    opened.clock.advance(7 * 24 * 3_600_000);
    expect((await accept(late.token, TEST_PASSWORD)).statusCode).toBe(410);
  });

  test.each(['short', 'passwordpassword', 'Password123456', 'qwertyuiop12', 'aaaaaaaaaaaaaaaa', 'weakling-and-more'])(
    'refuses the password %s with the reason',
    async (password) => {
      const { token } = await invite(
        `weakling@${password.length}.${opened.platform.random.token(4).replaceAll(/[-_]/g, 'x').toLowerCase()}.example`,
      );
      expect((await accept(token, password)).json()).toMatchObject({ status: 422, code: 'password-refused' });
      expect((await accept(token, TEST_PASSWORD)).statusCode).toBe(200);
    },
  );

  test('can be taken up by one of two at the same time', async () => {
    const { token } = await invite('twice@example.com');
    const answers = await Promise.all([accept(token, TEST_PASSWORD), accept(token, TEST_PASSWORD)]);
    expect(answers.map((answer) => answer.statusCode).toSorted()).toEqual([200, 410]);
  });
});

describe('staff users', () => {
  test('of a biller see and make only their own, with roles of a biller', async () => {
    const own = await signInAs(made.app, made.deps, { role: 'biller admin', bid: 2 });
    const { items } = (await made.app.inject({ url: '/api/v1/staff-users', headers: own })).json();
    expect(items.every((user: { bid: number }) => user.bid === 2)).toBe(true);
    const create = (payload: object) =>
      made.app.inject({ method: 'POST', url: '/api/v1/staff-users', headers: own, payload });
    expect((await create({ email: 'x1@example.com', name: 'X', roles: ['csr'], bid: 2 })).statusCode).toBe(201);
    expect((await create({ email: 'x2@example.com', name: 'X', roles: ['csr'], bid: 1 })).statusCode).toBe(404);
    expect((await create({ email: 'x3@example.com', name: 'X', roles: ['administrator'], bid: null })).statusCode).toBe(
      404,
    );
    expect(
      (await create({ email: 'x4@example.com', name: 'X', roles: ['administrator'], bid: 2 })).json(),
    ).toMatchObject({ status: 422, faults: [{ at: 'roles' }] });
    expect((await create({ email: 'x1@example.com', name: 'X', roles: ['csr'], bid: 2 })).statusCode).toBe(409);
  });

  test('are made of a biller that exists, with an address mail takes, a name of one line, and each role once', async () => {
    const own = await signInAs(made.app, made.deps, { role: 'administrator' });
    const create = async (changes: object) =>
      made.app.inject({
        method: 'POST',
        url: '/api/v1/staff-users',
        headers: own,
        payload: { email: 'right@example.com', name: 'Right', roles: ['csr'], bid: 1, ...changes },
      });
    expect((await create({ bid: 999_999 })).json()).toMatchObject({ code: 'user-not-valid', faults: [{ at: 'bid' }] });
    for (const email of ['a@b@c.example', 'a\u202eb@example.com', 'a@evil%0d%0ax:y', 'a b@example.com', 'a@-b.example'])
      expect((await create({ email })).json(), email).toMatchObject({ faults: [{ at: 'email' }] });
    for (const name of ['two\nlines', 'turned \u202e around', 'a\u2028b'])
      expect((await create({ name })).json().code, name).toBe('invalid-request');
    const { userId } = (await create({ roles: ['csr', 'csr'] })).json();
    const user = await made.app.inject({ url: `/api/v1/staff-users/${userId}`, headers: own });
    expect(user.json()).toMatchObject({ roles: ['csr'], email: 'right@example.com' });
  });

  test('of a biller have no right that crosses billers', () => {
    for (const role of roles.filter((each) => each.of === 'biller')) {
      expect(
        role.permissions.filter((permission) =>
          ['billers:create', 'configuration:write', 'secrets:write', 'operations:read', 'deliveries:approve'].includes(
            permission,
          ),
        ),
      ).toEqual([]);
    }
  });
});

describe('a credential', () => {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  test('works for its biller and scopes; another biller’s is not found; a revoked one stops at once', async () => {
    const admin = await signInAs(made.app, made.deps, { role: 'administrator' });
    const answer = await made.app.inject({
      method: 'POST',
      url: '/api/v1/billers/1/credentials',
      headers: admin,
      payload: { name: 'IMT upload', scopes: ['invoices:read', 'invoices:write'] },
    });
    const { token, id } = answer.json();
    expect(token).toMatch(/^cw_1_[A-Za-z0-9_-]{43}$/);
    expect(await ask('/api/v1/billers/1/probe', bearer(token))).toBe(200);
    expect(await ask('/api/v1/billers/2/probe', bearer(token))).toBe(404);
    expect(await ask('/api/v1/billers/1/configuration', bearer(token))).toBe(403);
    expect(await ask('/api/v1/session', bearer(token))).toBe(403);
    const list = (await made.app.inject({ url: '/api/v1/billers/1/credentials', headers: admin })).body;
    expect(list).toContain('IMT upload');
    expect(list).not.toContain(token.slice(5));
    expect(
      (await made.app.inject({ method: 'DELETE', url: `/api/v1/billers/2/credentials/${id}`, headers: admin }))
        .statusCode,
    ).toBe(404);
    expect(
      (await made.app.inject({ method: 'DELETE', url: `/api/v1/billers/1/credentials/${id}`, headers: admin }))
        .statusCode,
    ).toBe(204);
    expect(await ask('/api/v1/billers/1/probe', bearer(token))).toBe(401);
    const events = [...(await audited('credential.created')), ...(await audited('credential.revoked'))];
    expect(JSON.stringify(events)).toContain(id);
    expect(JSON.stringify(events)).not.toContain(token.slice(5));
  });

  test('with a last day is refused from the next one on, and does not count against the limit', async () => {
    const admin = await signInAs(made.app, made.deps, { role: 'administrator' });
    const create = (expiresAt: string) =>
      made.app.inject({
        method: 'POST',
        url: '/api/v1/billers/1/credentials',
        headers: admin,
        payload: { name: 'for a day', scopes: ['invoices:read'], expiresAt },
      });
    const now = opened.clock.now();
    expect((await create(now.toString())).json().code).toBe('credential-not-valid');
    expect((await create(now.add({ hours: 24 * 365 * 11 }).toString())).json().code).toBe('credential-not-valid');
    expect((await create('tomorrow')).statusCode).toBe(400);
    const { token, id } = (await create(now.add({ minutes: 10 }).toString())).json();
    expect(await ask('/api/v1/billers/1/probe', bearer(token))).toBe(200);
    opened.clock.advance(10 * 60_000);
    expect(await ask('/api/v1/billers/1/probe', bearer(token))).toBe(401);
    const { items } = (await made.app.inject({ url: '/api/v1/billers/1/credentials', headers: admin })).json();
    expect(items.find((item: { id: string }) => item.id === id)).toMatchObject({ isInForce: false, revokedAt: null });
  });

  test('with another biller’s number written into it is nobody', async () => {
    const { token } = await createCredential(made.deps, { bid: 1, scopes: ['invoices:read'], by });
    expect(await ask('/api/v1/billers/2/probe', bearer(token.replace('cw_1_', 'cw_2_')))).toBe(401);
    for (const wrong of ['cw_1_short', 'cw_0_'.padEnd(48, 'a'), `cw_99999999999_${'a'.repeat(43)}`, 'x', '']) {
      expect(await ask('/api/v1/billers/1/probe', bearer(wrong))).toBe(401);
    }
  });

  test('beside a session’s cookie decides alone', async () => {
    const admin = await signInAs(made.app, made.deps, { role: 'administrator' });
    expect(await ask('/api/v1/billers/1/probe', { ...admin, ...bearer('cw_1_none') })).toBe(401);
  });

  test('says when it was last used, written at most once a minute', async () => {
    const { token, id } = await createCredential(made.deps, { bid: 2, scopes: ['invoices:read'], by });
    const lastUsed = async () => {
      await ask('/api/v1/billers/2/probe', bearer(token));
      return opened.database.withBiller(2, async (tx) =>
        (
          await tx.selectFrom('api_credential').select('last_used_at').where('id', '=', id).executeTakeFirst()
        )?.last_used_at?.toString(),
      );
    };
    const first = await lastUsed();
    opened.clock.advance(59_000);
    expect(await lastUsed()).toBe(first);
    opened.clock.advance(1_000);
    expect(await lastUsed()).not.toBe(first);
  });

  test('is refused without a known scope, or for a biller that is not there', async () => {
    await expect(createCredential(made.deps, { bid: 1, scopes: ['everything'], by })).rejects.toMatchObject({
      code: 'credential-not-valid',
    });
    await expect(createCredential(made.deps, { bid: 1, scopes: [], by })).rejects.toMatchObject({
      code: 'credential-not-valid',
    });
    await expect(createCredential(made.deps, { bid: 77, scopes: ['invoices:read'], by })).rejects.toMatchObject({
      code: 'credential-not-valid',
    });
  });
});

test('the role of one biller sees no member of staff', async () => {
  await expect(
    opened.database.withBiller(1, (tx) => tx.selectFrom('staff_user').select('id').execute()),
  ).rejects.toThrow(/permission denied/);
  expect(
    await opened.database.withBiller(1, (tx) => tx.selectFrom('api_credential').select('bid').distinct().execute()),
  ).toEqual([{ bid: 1 }]);
});
