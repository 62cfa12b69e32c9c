import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withTestPlatform } from '../../../testing/platform.ts';
import {
  CLIENT_ID,
  type RunningProvider,
  signOnThere,
  startSignOnProvider,
} from '../../../testing/sign-on-provider.ts';
import {
  type Browser,
  CALLBACK,
  environmentFor,
  newBrowser,
  PUBLIC_URL,
  visitAs,
  withSignOn,
} from '../../../testing/sign-on-rig.ts';
import { type StaffHeaders, signInAs, withBillersApp } from '../../../testing/staff.ts';
import { whileHeld } from '../../../testing/while-held.ts';
import { createStaffUser, STAFF_MAIL_QUEUE } from '../index.ts';
import { disableUser, enableUser, lockUser } from '../staff/staff-store.ts';
import { safeBack } from './oidc-start.ts';

let provider: RunningProvider;
let opened: Awaited<ReturnType<typeof withSignOn>>['opened'];
let made: Awaited<ReturnType<typeof withSignOn>>['made'];
let close: () => Promise<void>;

beforeAll(async () => {
  ({ provider, opened, made, close } = await withSignOn());
});
afterAll(() => close?.());
beforeEach(() => {
  provider.meddle = undefined;
});

const visit = (browser: Browser, url: string, of = made) => visitAs(of.app, browser, url);
const start = async (browser: Browser, back = '') =>
  String(
    (await visit(browser, `/api/v1/session/oidc/start${back && `?back=${encodeURIComponent(back)}`}`)).headers.location,
  );

/** The whole way: the button, the provider's pages, and back. Answers where the browser ends. */
async function signOn(login: string, browser = newBrowser(), back = '') {
  const wayBack = await signOnThere(await start(browser, back), login);
  const answer = await visit(browser, wayBack);
  return { answer, browser, wayBack, location: String(answer.headers.location) };
}
const person = (login: string, email: string, isVerified = true) => provider.people.set(login, { email, isVerified });
const invite = (email: string) =>
  createStaffUser(opened.platform, {
    email,
    name: email,
    roles: ['csr'],
    bid: 1,
    by: { kind: 'program', name: 'test' },
  });
const whoIs = async (browser: Browser) => {
  const answer = await visit(browser, '/api/v1/session');
  return answer.statusCode === 200 ? answer.json().user.email : answer.statusCode;
};
const audited = (act: string) =>
  opened.database.withSystem((tx) =>
    tx.selectFrom('audit_event').select(['actor', 'detail']).where('act', '=', act).orderBy('seq', 'desc').execute(),
  );

describe('a sign-on through the provider', () => {
  test('is offered by its label, and leads back to where the person was', async () => {
    const ways = (await visit(newBrowser(), '/api/v1/session/ways')).json();
    expect(ways.signOn).toEqual({ label: 'Example ID', startUrl: `${PUBLIC_URL}/api/v1/session/oidc/start` });
    await invite('ann@example.com');
    person('ann', 'Ann@Example.com');
    const { browser, location, answer } = await signOn('ann', newBrowser(), '/billers/1/payments?state=unknown');
    expect(answer.statusCode).toBe(302);
    expect(location).toBe('/staff/billers/1/payments?state=unknown');
    expect(await whoIs(browser)).toBe('ann@example.com');
    expect((await audited('sign-on.linked'))[0]).toMatchObject({ actor: 'ann@example.com' });
    expect((await audited('sign-in'))[0]).toMatchObject({ actor: 'ann@example.com', detail: { by: 'oidc' } });
    expect([...browser.cookies.keys()]).toEqual(['causeway_session']);
  });

  test('asks with PKCE, state and nonce, anew each time', async () => {
    const [first, second] = [new URL(await start(newBrowser())), new URL(await start(newBrowser()))];
    expect(Object.fromEntries(first.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: CALLBACK,
      scope: 'openid email profile',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(first.searchParams.get(name)?.length).toBeGreaterThan(40);
      expect(first.searchParams.get(name)).not.toBe(second.searchParams.get(name));
    }
  });

  test('makes nobody: who was not invited is told so', async () => {
    person('stranger', 'stranger@example.com');
    const { browser, location } = await signOn('stranger');
    expect(location).toBe('/staff/sign-in?signOn=unknown-person');
    expect(await whoIs(browser)).toBe(401);
    const users = await opened.database.withSystem((tx) => tx.selectFrom('staff_user').select('email').execute());
    expect(users.map((user) => user.email)).not.toContain('stranger@example.com');
    expect(JSON.stringify(await audited('sign-in.failed'))).not.toContain('stranger@example.com');
  });

  test('trusts an email only where the provider vouches for it', async () => {
    await invite('boss@example.com');
    person('claims-to-be-boss', 'boss@example.com', false);
    expect((await signOn('claims-to-be-boss')).location).toBe('/staff/sign-in?signOn=email-not-verified');
  });

  test('stays with the person whatever their email becomes, and another person never takes it over', async () => {
    await invite('carol@example.com');
    await invite('dave@example.com');
    person('carol-at-provider', 'carol@example.com');
    expect(await whoIs((await signOn('carol-at-provider')).browser)).toBe('carol@example.com');
    person('carol-at-provider', 'dave@example.com');
    expect(await whoIs((await signOn('carol-at-provider')).browser)).toBe('carol@example.com');
    person('new-holder-of-the-address', 'carol@example.com');
    expect((await signOn('new-holder-of-the-address')).location).toBe('/staff/sign-in?signOn=other-person');
  });

  test('opens nothing for a disabled user, linked or not', async () => {
    const { userId } = await invite('gone@example.com');
    person('gone', 'gone@example.com');
    expect((await signOn('gone')).location).toBe('/staff/');
    await opened.database.withSystem((tx) =>
      tx.updateTable('staff_user').set({ disabled_at: opened.clock.now() }).where('id', '=', userId).execute(),
    );
    expect((await signOn('gone')).location).toBe('/staff/sign-in?signOn=disabled');
  });

  test('gives a user who is disabled at that moment no session that comes back when they are enabled', async () => {
    person('held', 'held@example.com');
    const { userId } = await invite('held@example.com');
    await signOn('held');
    const browser = newBrowser();
    const wayBack = await signOnThere(await start(browser), 'held');
    const answer = await whileHeld(opened.database, {
      hold: (tx) => lockUser(tx, userId),
      act: () => visit(browser, wayBack),
      happens: (tx) => disableUser(tx, userId, opened.clock.now()),
    });
    expect(answer.headers.location).toContain('signOn=disabled');
    await opened.database.withSystem((tx) => enableUser(tx, userId));
    expect(await whoIs(browser)).toBe(401);
  });

  test('asks for the second factor of who has one', async () => {
    const headers = await signInAs(made.app, made.deps, { role: 'csr', bid: 1, email: 'factor@example.com' });
    await withTotp(headers);
    person('factor', 'factor@example.com');
    const { browser, location } = await signOn('factor', newBrowser(), '/billers');
    expect(location).toBe('/staff/sign-in?step=second&back=%2Fbillers');
    expect(await whoIs(browser)).toBe(401);
    const asked = await visit(browser, '/api/v1/session/second-step');
    expect(asked.json().methods).toEqual(['totp', 'recovery-code']);
  });

  test('can be cut again, unless it is the only way in', async () => {
    await invite('only@example.com');
    person('only', 'only@example.com');
    const { browser } = await signOn('only');
    const session = (await visit(browser, '/api/v1/session')).json();
    const headers = {
      cookie: `causeway_session=${browser.cookies.get('causeway_session')}`,
      'x-csrf-token': session.csrfToken,
    };
    const own = await made.app.inject({ url: '/api/v1/own-security', headers });
    expect(own.json().signOn).toMatchObject({ label: 'Example ID', email: 'only@example.com' });
    const cut = () => made.app.inject({ method: 'DELETE', url: '/api/v1/own-security/sign-on', headers });
    expect((await cut()).json().code).toBe('last-way-in');
    await opened.database.withSystem((tx) =>
      tx.updateTable('staff_user').set({ password_hash: 'x' }).where('email', '=', 'only@example.com').execute(),
    );
    expect((await cut()).statusCode).toBe(204);
    expect((await cut()).json().code).toBe('not-linked');
  });
});

async function withTotp(headers: StaffHeaders): Promise<void> {
  const { generateSync } = await import('otplib');
  const { key } = (await made.app.inject({ method: 'POST', url: '/api/v1/own-security/totp', headers })).json();
  const code = generateSync({ secret: key, epoch: Math.floor(opened.clock.nowMs() / 1000) });
  const payload = { code };
  await made.app.inject({ method: 'POST', url: '/api/v1/own-security/totp/confirm', headers, payload });
}

describe('the way back is refused', () => {
  test('when it is used twice, in another browser, too late, or was never begun', async () => {
    await invite('replay@example.com');
    person('replay', 'replay@example.com');
    const { browser, wayBack } = await signOn('replay');
    const stale = '/staff/sign-in?signOn=stale';
    browser.cookies.delete('causeway_session');
    expect((await visit(browser, wayBack)).headers.location).toBe(stale);
    const begun = newBrowser();
    const cookiesBefore = new Map(await begin(begun));
    const back = await signOnThere(String(cookiesBefore.get('url')), 'replay');
    expect((await visit(newBrowser(), back)).headers.location).toBe(stale);
    const planted = newBrowser();
    await begin(planted);
    expect((await visit(planted, back)).headers.location).toBe(stale);
    opened.clock.advance(10 * 60_000);
    expect((await visit(begun, back)).headers.location).toBe(stale);
    for (const query of ['', '?code=x', '?state=x', '?code=x&state=x', '?error=access_denied'])
      expect((await visit(newBrowser(), `/api/v1/session/oidc/callback${query}`)).headers.location).toBe(stale);
  });

  test('when its code, its state or its issuer is another’s; and the first try spends it', async () => {
    await invite('mixed@example.com');
    person('mixed', 'mixed@example.com');
    for (const change of [
      (url: URL) => url.searchParams.set('code', 'a code of nobody'),
      (url: URL) => url.searchParams.set('iss', 'https://another.example'),
      (url: URL) => url.searchParams.delete('iss'),
      (url: URL) => url.searchParams.append('state', 'two of them'),
      (url: URL) => url.searchParams.append('code', 'two of them'),
    ]) {
      const browser = newBrowser();
      const honest = await signOnThere(await start(browser), 'mixed');
      const url = new URL(honest);
      change(url);
      const answer = await visit(browser, url.href);
      expect(String(answer.headers.location ?? answer.statusCode)).toMatch(/signOn=(refused|stale)|^400$/);
      expect(await whoIs(browser)).toBe(401);
      if (answer.statusCode === 302) expect((await visit(browser, honest)).headers.location).toMatch(/signOn=stale/);
    }
  });

  test('when the person gave up at the provider', async () => {
    const browser = newBrowser();
    const state = new URL(await start(browser)).searchParams.get('state') ?? '';
    const query = `error=access_denied&state=${state}&iss=${encodeURIComponent(provider.issuer)}`;
    const answer = await visit(browser, `/api/v1/session/oidc/callback?${query}`);
    expect(answer.headers.location).toBe('/staff/sign-in?signOn=cancelled');
  });

  test('while two tabs each come back by their own', async () => {
    await invite('tabs@example.com');
    person('tabs', 'tabs@example.com');
    const browser = newBrowser();
    const [one, two] = [await start(browser), await start(browser)];
    const backs = [await signOnThere(two, 'tabs'), await signOnThere(one, 'tabs')];
    for (const back of backs) expect((await visit(browser, back)).headers.location).toBe('/staff/');
  });
});

async function begin(browser: Browser): Promise<readonly (readonly [string, string])[]> {
  return [['url', await start(browser)]];
}

describe('an id token is refused', () => {
  const claims = () => ({
    iss: provider.issuer,
    aud: CLIENT_ID,
    sub: 'token',
    email: 'token@example.com',
    email_verified: true,
  });

  /** The provider's token answer, with an id token of our own making in it. `nonce` is the one that was asked with. */
  async function withToken(make: (nonce: string) => Promise<string>) {
    const browser = newBrowser();
    const url = await start(browser);
    const back = await signOnThere(url, 'token');
    const token = await make(new URL(url).searchParams.get('nonce') ?? '');
    provider.meddle = (path, body) =>
      path.startsWith('/token') ? JSON.stringify({ ...JSON.parse(body), id_token: token }) : undefined;
    const answer = await visit(browser, back);
    provider.meddle = undefined;
    return { location: String(answer.headers.location), who: await whoIs(browser) };
  }
  const stranger = generateKeyPair('RS256');
  const sign = async (payload: Record<string, unknown>, from: { expiresIn?: string } = {}) =>
    new SignJWT(payload)
      .setProtectedHeader({ alg: 'RS256', kid: 'test' })
      .setIssuedAt()
      .setExpirationTime(from.expiresIn ?? '5 minutes')
      .sign((await stranger).privateKey);

  beforeAll(async () => {
    await invite('token@example.com');
    person('token', 'token@example.com');
  });

  test('signed by another key, by none, or not at all', async () => {
    const refused = { location: '/staff/sign-in?signOn=refused', who: 401 };
    const foreign = await withToken((nonce) => sign({ ...claims(), nonce }));
    expect(foreign).toEqual(refused);
    const none = (payload: object) =>
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.`;
    expect(await withToken(async (nonce) => none({ ...claims(), nonce }))).toEqual(refused);
    expect(await withToken(async () => 'nonsense')).toEqual(refused);
  });

  test('of another issuer, for another audience, with another nonce or none, or expired: signed by the right key', async () => {
    const keys = JSON.stringify({
      keys: [{ ...(await exportJWK((await stranger).publicKey)), kid: 'test', use: 'sig', alg: 'RS256' }],
    });
    // A provider of its own, so that its keys are read anew: the stranger's are its own here.
    const lying = await startSignOnProvider({ redirectUri: () => CALLBACK });
    lying.people.set('token', { email: 'token@example.com', isVerified: true });
    const other = await withTestPlatform({ queues: [STAFF_MAIL_QUEUE], environment: environmentFor(lying.issuer) });
    const app = await withBillersApp(other.platform);
    await createStaffUser(other.platform, {
      email: 'token@example.com',
      name: 'T',
      roles: ['csr'],
      bid: 1,
      by: { kind: 'program', name: 'test' },
    });
    const tryToken = async (payload: (nonce: string) => Record<string, unknown>, expiresIn?: string) => {
      const browser = newBrowser();
      const url = String((await visit(browser, '/api/v1/session/oidc/start', app)).headers.location);
      const back = await signOnThere(url, 'token');
      const nonce = new URL(url).searchParams.get('nonce') ?? '';
      const token = await sign(payload(nonce), expiresIn === undefined ? {} : { expiresIn });
      lying.meddle = (path, body) => {
        if (path.startsWith('/jwks')) return keys;
        return path.startsWith('/token') ? JSON.stringify({ ...JSON.parse(body), id_token: token }) : undefined;
      };
      const answer = await visit(browser, back, app);
      lying.meddle = undefined;
      return String(answer.headers.location);
    };
    const right = { ...claims(), iss: lying.issuer };
    try {
      expect(await tryToken((nonce) => ({ ...right, nonce }))).toBe('/staff/');
      const refused = '/staff/sign-in?signOn=refused';
      expect(await tryToken((nonce) => ({ ...right, nonce, iss: 'https://another.example' }))).toBe(refused);
      expect(await tryToken((nonce) => ({ ...right, nonce, aud: 'another-client' }))).toBe(refused);
      expect(await tryToken((nonce) => ({ ...right, nonce, aud: [CLIENT_ID, 'x'], azp: 'x' }))).toBe(refused);
      expect(await tryToken(() => ({ ...right, nonce: 'another' }))).toBe(refused);
      expect(await tryToken(() => right)).toBe(refused);
      expect(await tryToken((nonce) => ({ ...right, nonce }), '-5 minutes')).toBe(refused);
      expect(await tryToken((nonce) => ({ ...right, nonce, sub: undefined }))).toBe(refused);
    } finally {
      await app.app.close();
      await app.billers.close();
      await other.close();
      await lying.close();
    }
  });

  test('when the user info is about somebody else', async () => {
    const browser = newBrowser();
    const back = await signOnThere(await start(browser), 'token');
    provider.meddle = (path) =>
      path.startsWith('/me')
        ? JSON.stringify({ sub: 'somebody else', email: 'token@example.com', email_verified: true })
        : undefined;
    expect((await visit(browser, back)).headers.location).toBe('/staff/sign-in?signOn=refused');
  });
});

test.each([
  ['/billers/1?x=%2F#y', '/billers/1?x=%2F#y'],
  [undefined, '/'],
  ['', '/'],
  ['billers', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\tevil', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/../api/v1/session', '/'],
  ['/..//evil.example', '/'],
  [`/${'x'.repeat(2000)}`, '/'],
])('the way back %j leads to %s, among our own pages', (back, expected) => {
  expect(safeBack(back)).toBe(expected);
});
