import net from 'node:net';
import { generateSync } from 'otplib';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type RunningProvider,
  startSignOnProvider,
} from '../../server/testing/sign-on-provider.ts';
import { askDatabase } from './ask-database.ts';
import { accessibilityFaults, DESKTOP, openBrowser, PHONE, sticksOut } from './open-browser.ts';
import { type RunningDemo, startDemo } from './run-demo.ts';

const PICTURES = process.env.CAUSEWAY_PICTURES;
const HALF_MINUTE = 30_000;
let demo: RunningDemo;
let browser: Browser;
let provider: RunningProvider;
/** Where passkeys work on this machine. */
let home: string;

beforeAll(async () => {
  const held = await holdPort();
  const environment = {
    CAUSEWAY_REQUIRE_SECOND_FACTOR: 'administrators',
    CAUSEWAY_OIDC_ISSUER: `http://127.0.0.1:${held.port}`,
    CAUSEWAY_OIDC_CLIENT_ID: CLIENT_ID,
    CAUSEWAY_OIDC_CLIENT_SECRET: CLIENT_SECRET,
    CAUSEWAY_OIDC_LABEL: 'Example ID',
    CAUSEWAY_OIDC_IS_SECOND_FACTOR: '1',
  };
  [demo, browser] = await Promise.all([startDemo(environment), openBrowser()]);
  await held.release();
  provider = await startSignOnProvider({
    redirectUri: () => `${demo.url}/api/v1/session/oidc/callback`,
    signedOutUri: `${demo.url}/staff/signed-out`,
    port: held.port,
  });
  home = demo.url.replace('127.0.0.1', 'localhost');
});
afterAll(async () => {
  await browser?.close();
  await provider?.close();
  await demo?.stop();
});

/** A port that nobody else gets until it is released: the demo is told of it, and takes its time to start. */
function holdPort(): Promise<{ port: number; release: () => Promise<void> }> {
  return new Promise((resolve) => {
    const holder = net.createServer().listen(0, '127.0.0.1', () =>
      resolve({
        port: (holder.address() as net.AddressInfo).port,
        release: () => new Promise((released) => void holder.close(() => released())),
      }),
    );
  });
}

async function newPage(viewport: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext({ viewport });
  // The provider's pages ask for fonts of another site.
  await context.route(/^https?:\/\/(?!127\.0\.0\.1|localhost)/, (route) => route.abort().catch(() => undefined));
  const page = await context.newPage();
  return page;
}

async function looksRight(page: Page, name: string): Promise<void> {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
  expect([name, await accessibilityFaults(page)]).toEqual([name, []]);
  expect([name, await sticksOut(page)]).toEqual([name, false]);
}

async function enterPassword(page: Page, email = demo.admin.email): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByRole('textbox', { name: /^Password/ }).fill(demo.admin.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
const isIn = (page: Page) => page.locator('.frame').waitFor();
async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^You:/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
}
/** The next code, so that none is sent twice; the server takes half a minute more and less. */
let ahead = 0;
const nextCode = (key: string) => {
  const code = generateSync({ secret: key, epoch: Math.floor((Date.now() + ahead) / 1000) });
  ahead = ahead === 0 ? HALF_MINUTE : 0;
  return code;
};
const forgetUsedCodes = () => {
  ahead = 0;
  return askDatabase(demo.dataFolder, 'update staff_totp set last_step = 0');
};

async function addAuthenticator(page: Page): Promise<{ cdp: CDPSession; authenticatorId: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, authenticatorId };
}

describe('a person with a phone and a passkey', () => {
  let page: Page;
  let key = '';
  let recoveryCodes: string[] = [];
  let authenticator: Awaited<ReturnType<typeof addAuthenticator>>;

  beforeAll(async () => {
    page = await newPage(PHONE);
    authenticator = await addAuthenticator(page);
  });

  test('who must have a second factor sets one up before anything else', async () => {
    await page.goto(`${home}/staff/billers`);
    await page
      .getByRole('button', { name: 'Sign in with Example ID' })
      .or(page.getByRole('link', { name: 'Sign in with Example ID' }))
      .waitFor();
    await looksRight(page, 'factors-1-sign-in-phone');
    await enterPassword(page);
    await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor();
    await page.getByRole('button', { name: /authenticator app/ }).waitFor();
    await looksRight(page, 'factors-2-enrol-phone');
    await page.goto(`${home}/staff/users`);
    await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor();
    await page.getByRole('button', { name: /authenticator app/ }).click();
    await page.getByAltText('QR code with the key').waitFor();
    await page.getByRole('button', { name: /Show the key to type/ }).click();
    key = (await page.locator('.totp-key').innerText()).replaceAll(' ', '');
    await looksRight(page, 'factors-3-totp-phone');
    await page.getByLabel('First code').fill('000000');
    await page.getByRole('button', { name: 'Turn it on' }).click();
    await page
      .getByRole('alert')
      .getByText(/That code is not right/)
      .waitFor();
    await page.getByLabel('First code').fill(nextCode(key));
    await page.getByRole('button', { name: 'Turn it on' }).click();
    await page.getByRole('heading', { name: 'Your second factor is on' }).waitFor();
    recoveryCodes = await page.locator('.recovery-codes code').allInnerTexts();
    expect(recoveryCodes).toHaveLength(10);
    await looksRight(page, 'factors-4-codes-phone');
    await page.getByRole('button', { name: /I have kept them/ }).click();
    await isIn(page);
    expect(new URL(page.url()).pathname).toBe('/staff/users');
  });

  test('signs in with the code, after a wrong one, also when the page was loaded again', async () => {
    await signOut(page);
    await page.goto(`${home}/staff/sign-in`);
    await enterPassword(page);
    await page.getByRole('heading', { name: 'One more step' }).waitFor();
    await page.reload();
    await page.getByLabel('Code from your authenticator app').fill('123456');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page
      .getByRole('alert')
      .getByText(/That code is not right/)
      .waitFor();
    await looksRight(page, 'factors-5-second-step-phone');
    await page.getByLabel('Code from your authenticator app').fill(nextCode(key));
    await page.keyboard.press('Enter');
    await isIn(page);
  });

  test('adds a passkey, signs in by it alone, and is told when none was given', async () => {
    await page.goto(`${home}/staff/own-security`);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByLabel('Name of the passkey').fill('Test phone');
    await looksRight(page, 'factors-6-add-passkey-phone');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('Test phone').waitFor();
    await looksRight(page, 'factors-7-own-phone');
    await signOut(page);
    await looksRight(page, 'factors-8-signed-out-phone');
    await page.getByRole('link', { name: 'Sign in again' }).click();
    const { cdp, authenticatorId } = authenticator;
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page
      .getByRole('alert')
      .getByText(/No passkey was given/)
      .waitFor();
    await looksRight(page, 'factors-9-no-passkey-phone');
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await isIn(page);
  });

  test('uses the passkey, or a recovery code, as the second step', async () => {
    await signOut(page);
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await enterPassword(page);
    await page.getByRole('button', { name: 'Show the passkey' }).click();
    await isIn(page);
    await signOut(page);
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await enterPassword(page);
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(recoveryCodes[0] ?? '');
    await looksRight(page, 'factors-10-recovery-phone');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await isIn(page);
  });

  test('proves again with the passkey or the app, and removes what is not the last', async () => {
    await forgetUsedCodes();
    await page.setViewportSize(DESKTOP);
    await page.goto(`${home}/staff/own-security`);
    await page.getByText('9 of 10 left').waitFor();
    await looksRight(page, 'factors-11-own-desktop');
    const age = () =>
      askDatabase(demo.dataFolder, 'update staff_session set proven_at = now() - make_interval(mins => 20)');
    await age();
    await page.getByRole('button', { name: 'Make new codes' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make new codes' }).click();
    await page.getByRole('button', { name: 'Show the passkey' }).waitFor();
    await looksRight(page, 'factors-12-prove-desktop');
    await page.getByRole('button', { name: 'Show the passkey' }).click();
    await page.getByText('Keep these ten recovery codes').waitFor();
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await age();
    await page.getByRole('button', { name: 'Remove the app' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('button', { name: 'Use your authenticator app instead' }).click();
    await page.getByLabel('Code from your authenticator app').fill(nextCode(key));
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('None. An app on your phone').waitFor();
    await page.getByRole('button', { name: 'Remove Test phone' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText(/This is your only second factor, and you must have one/).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
  });

  test('is told where passkeys work, when the address is a number', async () => {
    const other = await newPage(PHONE);
    await other.goto(`${demo.url}/staff/sign-in`);
    await other.getByRole('link', { name: 'Sign in with Example ID' }).waitFor();
    await expect.poll(() => other.getByRole('button', { name: 'Sign in with a passkey' }).count()).toBe(0);
    await other.context().close();
  });
});

describe('a person known to the provider', () => {
  async function signOn(page: Page, login: string): Promise<void> {
    await page.goto(`${demo.url}/staff/billers`);
    await page.getByRole('link', { name: 'Sign in with Example ID' }).click();
    await page.locator('input[name=login]').fill(login);
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.getByRole('button', { name: /Continue/i }).click();
  }

  test('signs on through its pages, lands where they wanted to go, and can sign out there too', async () => {
    provider.people.set('second', { email: demo.admin.second, isVerified: true });
    const page = await newPage(DESKTOP);
    await signOn(page, 'second');
    await isIn(page);
    expect(new URL(page.url()).pathname).toBe('/staff/billers');
    await page.goto(`${demo.url}/staff/own-security`);
    await page.getByText('Linked as').waitFor();
    await looksRight(page, 'factors-13-linked-desktop');
    await signOut(page);
    await page.getByRole('link', { name: 'Sign out of Example ID too' }).click();
    await page.waitForURL((url) => url.origin === provider.issuer);
    await page.context().close();
  });

  test('but not to Causeway, is told so, and can sign in by password', async () => {
    provider.people.set('stranger', { email: 'stranger@example.com', isVerified: true });
    const page = await newPage(PHONE);
    await signOn(page, 'stranger');
    await page
      .getByRole('alert')
      .getByText(/Causeway has no user with your email/)
      .waitFor();
    await looksRight(page, 'factors-14-unknown-phone');
    await page.context().close();
  });

  test('reads that the provider is away, and the form is still there', async () => {
    const page = await newPage(PHONE);
    await page.goto(`${demo.url}/staff/sign-in?signOn=away`);
    await page
      .getByRole('alert')
      .getByText(/does not answer at the moment/)
      .waitFor();
    await page.getByLabel('Email').waitFor();
    await page.context().close();
  });
});

test('a manager sees what somebody has, and resets it with a reason', async () => {
  const page = await newPage(DESKTOP);
  await page.goto(`${demo.url}/staff/users`);
  provider.people.set('second', { email: demo.admin.second, isVerified: true });
  await page.getByRole('link', { name: 'Sign in with Example ID' }).click();
  await page.locator('input[name=login]').fill('second');
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  const consent = page.getByRole('button', { name: /Continue/i });
  await consent.or(page.locator('.frame')).first().waitFor();
  if ((await consent.count()) > 0) await consent.click();
  await isIn(page);
  const [admin] = await askDatabase<{ id: string }>(demo.dataFolder, 'select id from staff_user where email = $1', [
    demo.admin.email,
  ]);
  await page.goto(`${demo.url}/staff/users/${admin?.id}`);
  await page.getByRole('button', { name: 'Reset' }).click();
  await looksRight(page, 'factors-15-reset-desktop');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Why').fill('Lost the phone; called back on the known number');
  await dialog.getByRole('button', { name: 'Reset' }).click();
  await dialog.first().waitFor({ state: 'hidden' });
  await page.getByRole('region', { name: 'Second factors' }).getByText('none').first().waitFor();
  await page.context().close();
});
