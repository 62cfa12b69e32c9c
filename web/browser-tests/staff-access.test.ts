import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askDatabase } from './ask-database.ts';
import { accessibilityFaults, DESKTOP, openBrowser, PHONE, sticksOut } from './open-browser.ts';
import { type RunningDemo, startDemo } from './run-demo.ts';

const BID = 3120;
const PASSWORD = 'a long walk on the levee 7';
const PICTURES = process.env.CAUSEWAY_PICTURES;

let demo: RunningDemo;
let browser: Browser;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

/** A page of somebody just signed in. */
async function signedIn(
  path: string,
  from: { email?: string; password?: string; viewport?: { width: number; height: number } } = {},
): Promise<Page> {
  const page = await (await browser.newContext({ viewport: from.viewport ?? DESKTOP })).newPage();
  await page.goto(`${demo.url}/staff${path}`);
  await signIn(page, from.email ?? demo.admin.email, from.password ?? demo.admin.password);
  return page;
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByRole('textbox', { name: /^Password/ }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('.frame').waitFor();
}

async function looksRight(page: Page, name: string): Promise<void> {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
  expect([name, await accessibilityFaults(page)]).toEqual([name, []]);
  expect([name, await sticksOut(page)]).toEqual([name, false]);
}

/** As if the last proof of everybody were so many minutes old. */
const ageProofs = (minutes: number) =>
  askDatabase(demo.dataFolder, 'update staff_session set proven_at = now() - make_interval(mins => $1)', [minutes]);

/** The newest email to somebody that has the subject, waited for as a person would reload the inbox. */
async function mailTo(page: Page, email: string, subject: RegExp): Promise<string> {
  const MAIL_TRIES_MAX = 300;
  for (let at = 0; at < MAIL_TRIES_MAX; at += 1) {
    await page.goto(`${demo.url}/inbox`);
    const message = page.getByRole('link').filter({ hasText: email }).filter({ hasText: subject }).first();
    if ((await message.count()) > 0) {
      await message.click();
      return page.locator('pre').innerText();
    }
    await page.waitForTimeout(500);
  }
  throw new Error(`no mail ${subject} came to ${email}`);
}
const linkIn = (text: string): string => /http\S+#[A-Za-z0-9_-]{43}/.exec(text)?.[0] ?? 'no link';

async function choosePassword(page: Page, password: string): Promise<void> {
  await page.getByRole('textbox', { name: /^(New p|P)assword/ }).fill(password);
  await page.getByRole('textbox', { name: /^The same once more/ }).fill(password);
}

/** Invites somebody by the screen and takes the invitation up by its email. */
async function invite(admin: Page, who: { email: string; name: string; role: string; worksFor?: string }) {
  await admin.goto(`${demo.url}/staff/users`);
  await admin.getByRole('button', { name: 'Invite a person' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Invite a person' });
  await dialog.getByLabel('Email').fill(who.email);
  await dialog.getByLabel('Name').fill(who.name);
  if (who.worksFor) await dialog.getByLabel('Works for').selectOption(who.worksFor);
  await dialog.getByLabel('Role').selectOption(who.role);
  await dialog.getByRole('button', { name: 'Invite', exact: true }).click();
  await dialog.first().waitFor({ state: 'hidden' });
  const page = await (await browser.newContext({ viewport: DESKTOP })).newPage();
  const mail = await mailTo(page, who.email, /invitation/i);
  await page.goto(linkIn(mail));
  await choosePassword(page, PASSWORD);
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByRole('heading', { name: 'Your password is set' }).waitFor();
  await page.getByRole('link', { name: 'sign in' }).click();
  await signIn(page, who.email, PASSWORD);
  return page;
}

describe('an invitation', () => {
  test('goes by email, is taken up once, and the person finds the screens of their role', async () => {
    const admin = await signedIn('/users');
    await admin.getByRole('button', { name: 'Invite a person' }).click();
    await looksRight(admin, 'invite');
    await admin.keyboard.press('Escape');
    const page = await invite(admin, { email: 'ina@example.com', name: 'Ina Invited', role: 'operator' });
    await expectNoLink(page, 'Users');
    await admin.goto(`${demo.url}/staff/users`);
    await admin.getByRole('row', { name: /Ina Invited.*Active/ }).waitFor();
    await looksRight(admin, 'users');
    // The same invitation once more.
    const used = linkIn(await mailTo(page, 'ina@example.com', /invitation/i));
    await page.goto(used);
    await choosePassword(page, PASSWORD);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('This invitation was used, has expired').waitFor();
    await page.context().close();
    await admin.context().close();
  });
});

const expectNoLink = async (page: Page, name: string): Promise<void> =>
  await expect
    .poll(() => page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name, exact: true }).count())
    .toBe(0);

describe('a forgotten password', () => {
  test('is renewed by one email; a wrong address gets the same answer; wrong input is told', async () => {
    const admin = await signedIn('/users');
    const other = await invite(admin, { email: 'fay@example.com', name: 'Fay Forgets', role: 'operator' });
    const page = await (await browser.newContext({ viewport: PHONE })).newPage();
    await page.goto(`${demo.url}/staff/sign-in`);
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByRole('heading', { name: 'Forgot your password?' }).waitFor();
    await looksRight(page, 'forgot-password');
    const told: string[] = [];
    for (const email of ['nobody@example.com', 'fay@example.com']) {
      await page.goto(`${demo.url}/staff/forgot-password`);
      await page.getByLabel('Email').fill(email);
      await page.getByRole('button', { name: 'Send the link' }).click();
      await page.getByRole('heading', { name: 'Look at your email' }).waitFor();
      told.push((await page.locator('main').innerText()).replace(email, 'X'));
    }
    expect(told[0]).toBe(told[1]);
    await looksRight(page, 'look-at-your-email');
    const mail = await mailTo(page, 'fay@example.com', /new password/i);
    expect(mail).toContain('127.0.0.1');
    await page.goto(linkIn(mail));
    await page.getByRole('heading', { name: 'Set a new password' }).waitFor();
    await choosePassword(page, 'short');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('At least 12 characters.', { exact: true }).waitFor();
    await choosePassword(page, 'passwordpassword');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('That password can’t be used').waitFor();
    await looksRight(page, 'reset-password');
    await choosePassword(page, `${PASSWORD} again`);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByRole('heading', { name: 'Your password is set' }).waitFor();
    await page.getByRole('link', { name: 'sign in' }).click();
    await signIn(page, 'fay@example.com', `${PASSWORD} again`);
    // The session from before is over, and says why.
    await other.getByRole('link', { name: 'Work items', exact: true }).click();
    await other.reload();
    await other.getByText('Your password was changed').waitFor();
    for (const each of [page, other, admin]) await each.context().close();
  });
});

describe('an act on secrets, money or users', () => {
  test('asks again who it is when the last proof is old, then goes on by itself', async () => {
    const page = await signedIn(`/billers/${BID}/api-credentials`);
    await ageProofs(16);
    await page.getByRole('button', { name: 'Create a credential' }).click();
    await page.getByLabel('Name').fill('Proven again');
    await page.getByRole('button', { name: 'Create, and show the token' }).click();
    const question = page.getByRole('dialog', { name: 'Show that it is still you' });
    await question.waitFor();
    await looksRight(page, 'prove-again');
    await question.getByRole('textbox', { name: /^Password/ }).fill('a wrong password');
    await question.getByRole('button', { name: 'Go on' }).click();
    await question.getByText('That does not prove it').waitFor();
    // Escape gives up the question, and leaves the act as it was.
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden' });
    await page.getByText('This needs a fresh proof that it is you').waitFor();
    await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('Proven again');
    await page.getByRole('button', { name: 'Create, and show the token' }).click();
    await question.getByRole('textbox', { name: /^Password/ }).fill(demo.admin.password);
    await page.keyboard.press('Enter');
    await page.getByText('The token, told this once').waitFor();
    await expect.poll(() => page.locator('code').filter({ hasText: /^cw_/ }).innerText()).toMatch(/^cw_3120_/);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    // Within 15 minutes, nothing is asked.
    await page.getByRole('button', { name: 'Revoke Proven again' }).click();
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('row', { name: /Proven again.*Revoked/ }).waitFor();
    await looksRight(page, 'credentials');
    await page.context().close();
  });

  test('is done once, however fast the button is pressed a second time', async () => {
    const page = await signedIn(`/billers/${BID}/api-credentials`);
    await page.getByRole('button', { name: 'Create a credential' }).click();
    await page.getByLabel('Name').fill('Pressed twice');
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(new URL(request.url()).pathname);
    });
    // Two presses of which nothing comes between, not even a timer.
    await expect.poll(() => page.getByRole('button', { name: 'Create, and show the token' }).isEnabled()).toBe(true);
    await page.evaluate(`new Promise((resolve) => {
      const button = [...document.querySelectorAll('button')].find((each) => /^Create, and show/.test(each.textContent));
      const { port1, port2 } = new MessageChannel();
      let presses = 0;
      port1.onmessage = () => {
        button.click();
        presses += 1;
        if (presses === 2) resolve();
      };
      port2.postMessage('first');
      port2.postMessage('second');
    })`);
    await page.getByText('The token, told this once').waitFor();
    expect(sent).toEqual([`/api/v1/billers/${BID}/credentials`]);
    await page.context().close();
  });

  test('on a phone the question fits, and a credential can have a last day', async () => {
    const page = await signedIn(`/billers/${BID}/api-credentials`, { viewport: PHONE });
    await ageProofs(16);
    await page.getByRole('button', { name: 'Create a credential' }).click();
    await page.getByLabel('Name').fill('Until the end of the year');
    await page.getByLabel('Last day').fill('2020-01-01');
    await page.getByRole('button', { name: 'Create, and show the token' }).click();
    const question = page.getByRole('dialog', { name: 'Show that it is still you' });
    await question.waitFor();
    await looksRight(page, 'prove-again-phone');
    await question.getByRole('textbox', { name: /^Password/ }).fill(demo.admin.password);
    await question.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('it would have expired already').waitFor();
    await page.getByLabel('Last day').fill('2030-12-31');
    await page.getByRole('button', { name: 'Create, and show the token' }).click();
    await page.getByText('The token, told this once').waitFor();
    await page.context().close();
  });
});

describe('one’s own sign-in', () => {
  test('shows where one is signed in, ends it elsewhere, and changes the password', async () => {
    const admin = await signedIn('/users');
    const own = await invite(admin, { email: 'ola@example.com', name: 'Ola Own', role: 'operator' });
    const elsewhere = await signedIn('/', { email: 'ola@example.com', password: PASSWORD, viewport: PHONE });
    await own.getByRole('button', { name: /^You:/ }).click();
    await own.getByRole('link', { name: 'Your sign-in and sessions' }).click();
    const list = own.getByRole('region', { name: 'Where you are signed in' });
    await list.getByText('This session').waitFor();
    await list
      .getByRole('button', { name: /^End it/ })
      .first()
      .waitFor();
    await looksRight(own, 'own-security');
    await list
      .getByRole('button', { name: /^End it/ })
      .first()
      .click();
    await list.getByRole('button', { name: /^End it/ }).waitFor({ state: 'hidden' });
    await elsewhere.reload();
    await elsewhere.getByText('This session was ended from another one').waitFor();
    await own.getByRole('button', { name: 'Change the password' }).click();
    await own.getByRole('textbox', { name: /^Present password/ }).fill('a wrong password');
    await choosePassword(own, `${PASSWORD} new`);
    await own.getByRole('button', { name: 'Change the password' }).click();
    await own.getByText('That does not prove it').waitFor();
    await looksRight(own, 'own-password');
    await own.getByRole('textbox', { name: /^Present password/ }).fill(PASSWORD);
    await own.getByRole('button', { name: 'Change the password' }).click();
    await own.getByText('Your password is changed').first().waitFor();
    for (const each of [own, elsewhere, admin]) await each.context().close();
    const phone = await signedIn('/own-security', {
      email: 'ola@example.com',
      password: `${PASSWORD} new`,
      viewport: PHONE,
    });
    await phone.getByText('This session').waitFor();
    await looksRight(phone, 'own-security-phone');
    await phone.context().close();
  });
});

describe('users and roles', () => {
  test('who was disabled between opening a form and saving it is told so, and nothing is changed', async () => {
    const admin = await signedIn('/users');
    const page = await invite(admin, { email: 'dee@example.com', name: 'Dee Dismissed', role: 'project manager' });
    await page.goto(`${demo.url}/staff/billers/${BID}/api-credentials`);
    await page.getByRole('button', { name: 'Create a credential' }).click();
    await page.getByLabel('Name').fill('never made');
    await admin.goto(`${demo.url}/staff/users`);
    await admin.getByRole('link', { name: 'Dee Dismissed' }).click();
    await admin.getByRole('heading', { name: 'Dee Dismissed' }).waitFor();
    await admin.getByText('User made').waitFor();
    await looksRight(admin, 'user');
    await admin.getByRole('button', { name: 'Disable', exact: true }).click();
    await admin.getByRole('dialog').getByRole('button', { name: 'Disable', exact: true }).click();
    await admin.getByRole('button', { name: 'Enable', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Create, and show the token' }).click();
    await page.getByText('Your user was disabled. What you were about to save was not saved').waitFor();
    await looksRight(page, 'session-disabled');
    const made = await askDatabase(demo.dataFolder, `select id from api_credential where name = 'never made'`);
    expect(made).toEqual([]);
    for (const each of [page, admin]) await each.context().close();
  });

  test('roles are changed with what that means said before; one’s own are not; the table says who may do what', async () => {
    const admin = await signedIn('/users');
    const page = await invite(admin, {
      email: 'rob@example.com',
      name: 'Rob Roles',
      role: 'csr',
      worksFor: String(BID),
    });
    await expectNoLink(page, 'Users');
    await admin.goto(`${demo.url}/staff/users`);
    await admin.getByRole('link', { name: 'Rob Roles' }).click();
    await admin.getByRole('button', { name: 'Change name or roles' }).click();
    await admin.getByRole('checkbox', { name: 'CSR' }).uncheck();
    await admin.getByText('At least one role').waitFor();
    await admin.getByRole('checkbox', { name: 'Biller admin' }).check();
    await admin.getByText('They can from now on:').waitFor();
    await looksRight(admin, 'change-user');
    await admin.getByRole('button', { name: 'Save' }).click();
    await admin.getByText('CSR → Biller admin').waitFor();
    // Without signing in again, and for this biller's people alone.
    await page.reload();
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByRole('link', { name: 'Rob Roles' }).click();
    await page.getByText('This is you.').waitFor();
    await page.goto(`${demo.url}/staff/users`);
    await page.getByRole('link', { name: 'Rob Roles' }).waitFor();
    await expect.poll(() => page.getByRole('link', { name: 'Avery Admin' }).count()).toBe(0);
    await admin.goto(`${demo.url}/staff/roles`);
    await admin.getByRole('rowheader', { name: 'Create FTP users and settings' }).waitFor();
    await looksRight(admin, 'roles');
    await admin.getByLabel('Role').selectOption('csr');
    await admin.getByText('one biller’s own staff.').waitFor();
    await looksRight(admin, 'one-role');
    for (const each of [page, admin]) await each.context().close();
  });

  test('on a phone and in the dark, every screen of users and roles fits', async () => {
    const page = await signedIn('/users', { viewport: PHONE });
    await page.getByRole('link', { name: 'Sam Second' }).waitFor();
    await looksRight(page, 'users-phone');
    await page.getByRole('link', { name: 'Sam Second' }).click();
    await page.getByText('User made').waitFor();
    await looksRight(page, 'user-phone');
    await page.emulateMedia({ colorScheme: 'dark' });
    await looksRight(page, 'user-phone-dark');
    await page.goto(`${demo.url}/staff/roles`);
    await page.getByRole('rowheader', { name: 'Create FTP users and settings' }).waitFor();
    await looksRight(page, 'roles-phone-dark');
    await page.context().close();
  });
});
