import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withTestPlatform } from '../../../testing/platform.ts';
import { type RunningProvider, signOnThere } from '../../../testing/sign-on-provider.ts';
import {
  type Browser,
  environmentFor,
  newBrowser,
  PUBLIC_URL,
  visitAs,
  withSignOn,
} from '../../../testing/sign-on-rig.ts';
import { signInAs, TEST_PASSWORD, withBillersApp } from '../../../testing/staff.ts';
import { STAFF_MAIL_QUEUE } from '../index.ts';

let provider: RunningProvider;
let made: Awaited<ReturnType<typeof withSignOn>>['made'];
let close: () => Promise<void>;

beforeAll(async () => {
  ({ provider, made, close } = await withSignOn());
});
afterAll(() => close?.());
beforeEach(() => {
  provider.meddle = undefined;
});

const visit = (browser: Browser, url: string, of = made) => visitAs(of.app, browser, url);
const person = (login: string, email: string) => provider.people.set(login, { email, isVerified: true });

describe('a provider', () => {
  const startAt = async (environment: Record<string, string>, meddled?: RunningProvider['meddle']) => {
    provider.meddle = meddled;
    const other = await withTestPlatform({
      queues: [STAFF_MAIL_QUEUE],
      environment: { ...environmentFor(provider.issuer), ...environment },
    });
    const app = await withBillersApp(other.platform);
    const location = (await visit(newBrowser(), '/api/v1/session/oidc/start', app)).headers.location;
    const headers = await signInAs(app.app, app.deps, { role: 'csr', bid: 1, email: 'still@example.com' });
    const hasPassword = (await app.app.inject({ url: '/api/v1/session', headers })).statusCode === 200;
    await app.app.close();
    await app.billers.close();
    await other.close();
    return { location, hasPassword };
  };
  const away = { location: '/staff/sign-in?signOn=away', hasPassword: true };

  test('that is down is said to be, and the password still works', async () => {
    expect(await startAt({ CAUSEWAY_OIDC_ISSUER: 'http://127.0.0.1:1' })).toEqual(away);
  });

  test('that answers nonsense, is another issuer, or names no page leads nowhere', async () => {
    const described = (changes: object) => (path: string, body: string) =>
      path.startsWith('/.well-known') ? JSON.stringify({ ...JSON.parse(body), ...changes }) : undefined;
    for (const meddled of [
      () => '<html>nonsense',
      () => 'null',
      () => '[]',
      described({ issuer: 'https://another.example' }),
      described({ authorization_endpoint: 'javascript:alert(1)' }),
      described({ authorization_endpoint: undefined }),
    ])
      expect(await startAt({}, meddled)).toEqual(away);
  });

  test('on a private address is not asked, unless the operator allows those', async () => {
    const environment = { CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS: '0', CAUSEWAY_OIDC_ISSUER: 'https://127.0.0.1:1' };
    expect(await startAt(environment)).toEqual(away);
  });

  test('that points inside, to where even then nobody is asked, gets no further', async () => {
    person('inside', 'inside@example.com');
    const other = await withTestPlatform({ queues: [STAFF_MAIL_QUEUE], environment: environmentFor(provider.issuer) });
    const app = await withBillersApp(other.platform);
    provider.meddle = (path, body) =>
      path.startsWith('/.well-known')
        ? JSON.stringify({ ...JSON.parse(body), token_endpoint: 'http://169.254.169.254/latest/meta-data' })
        : undefined;
    const browser = newBrowser();
    const url = String((await visit(browser, '/api/v1/session/oidc/start', app)).headers.location);
    provider.meddle = undefined;
    const answer = await visit(browser, await signOnThere(url, 'inside'), app);
    expect(answer.headers.location).toBe('/staff/sign-in?signOn=away');
    await app.app.close();
    await app.billers.close();
    await other.close();
  });

  test('has a sign-out of its own, offered as its own page', async () => {
    const location = String((await visit(newBrowser(), '/api/v1/session/oidc/sign-out')).headers.location);
    expect(location).toMatch(new RegExp(`^${provider.issuer}/session/end\\?`));
    expect(new URL(location).searchParams.get('post_logout_redirect_uri')).toBe(`${PUBLIC_URL}/staff/signed-out`);
  });

  test('that is trusted with the second factor spares the own one, also where the operator asks for it', async () => {
    const environment = { CAUSEWAY_OIDC_IS_SECOND_FACTOR: '1', CAUSEWAY_REQUIRE_SECOND_FACTOR: 'everyone' };
    const other = await withTestPlatform({
      queues: [STAFF_MAIL_QUEUE],
      environment: { ...environmentFor(provider.issuer), ...environment },
    });
    const app = await withBillersApp(other.platform);
    await signInAs(app.app, app.deps, { role: 'csr', bid: 1, email: 'trusted@example.com' });
    person('trusted', 'trusted@example.com');
    const browser = newBrowser();
    const url = String((await visit(browser, '/api/v1/session/oidc/start', app)).headers.location);
    await visit(browser, await signOnThere(url, 'trusted'), app);
    const session = await visit(browser, '/api/v1/session', app);
    expect(session.json()).toMatchObject({ mustEnrol: false });
    const payload = { email: 'trusted@example.com', password: TEST_PASSWORD };
    const byPassword = await app.app.inject({ method: 'POST', url: '/api/v1/session', payload });
    expect(byPassword.json()).toMatchObject({ mustEnrol: true });
    await app.app.close();
    await app.billers.close();
    await other.close();
  });
});

test('without a provider there is no button and no door', async () => {
  const other = await withTestPlatform({ queues: [STAFF_MAIL_QUEUE] });
  const app = await withBillersApp(other.platform);
  expect((await app.app.inject({ url: '/api/v1/session/ways' })).json().signOn).toBeNull();
  for (const path of ['start', 'callback?code=x&state=y', 'sign-out'])
    expect((await app.app.inject({ url: `/api/v1/session/oidc/${path}` })).statusCode).toBe(404);
  await app.app.close();
  await app.billers.close();
  await other.close();
});
