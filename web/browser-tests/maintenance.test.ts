import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFaults, DESKTOP, openBrowser, PHONE, sticksOut } from './open-browser.ts';
import { type RunningDemo, startDemo } from './run-demo.ts';
import { type SignedIn, signIn } from './sign-in.ts';

const BID = 2984;
const SLUG = 'prairie-pine';
const WINDOWS = `/billers/${BID}/portal-customization/maintenance-windows`;
/** Set to keep pictures of each screen. */
const PICTURES = process.env.PICTURES;

let demo: RunningDemo;
let browser: Browser;
let signedIn: SignedIn;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
  signedIn = await signIn(browser, demo);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

async function open(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: DESKTOP, storageState: signedIn, ...options });
  const page = await context.newPage();
  await page.goto(`${demo.url}/staff${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

async function look(page: Page, name: string): Promise<void> {
  await page
    .getByText(/^Loading/)
    .first()
    .waitFor({ state: 'hidden' });
  // What lies half under the bar that stays on top would count as too small to be pressed.
  await page.evaluate('window.scrollTo(0, 0)');
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
  expect(await accessibilityFaults(page), name).toEqual([]);
  expect(await sticksOut(page), name).toBe(false);
}

/** A moment as it is typed in Central Time. */
function central(minutesFromNow: number): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'America/Chicago',
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return parts.format(new Date(Date.now() + minutesFromNow * 60_000)).replace(' ', 'T');
}

async function fill(page: Page, of: { description: string; start: string; end: string }): Promise<void> {
  await page.getByLabel('Internal description').fill(of.description);
  await page.getByLabel('Start (Central Time)').fill(of.start);
  await page.getByLabel('End (Central Time)').fill(of.end);
}

const payerStatus = async () => (await fetch(`${demo.url}/${SLUG}`)).status;

describe('a maintenance window', () => {
  test('is planned, previewed, seen by payers, and ended early with the page back by itself', async () => {
    const page = await open(WINDOWS);
    await page.getByText('No window is in force').waitFor();
    await look(page, 'windows-none');
    await page.getByRole('button', { name: 'New Maintenance Window' }).click();
    await page.getByRole('heading', { name: 'New Maintenance Window' }).waitFor();
    await fill(page, { description: 'IMT Spectrum Conversion', start: central(-1), end: central(600) });
    await page
      .getByText(/^That is /)
      .nth(1)
      .waitFor();
    await page.getByRole('button', { name: 'Fill in the usual words' }).click();
    await page.getByLabel('Pause DataPump').check();
    await page.getByText('It is in force as soon as it is saved.').waitFor();
    const frame = page.frameLocator('iframe');
    await frame.getByText('We are working on this site from').waitFor();
    await look(page, 'window-new');
    await page.getByRole('button', { name: 'Spanish' }).click();
    await frame.getByRole('heading', { name: 'Cerrado por mantenimiento' }).waitFor();
    expect(await payerStatus()).toBe(200);
    await page.getByRole('button', { name: 'Save, and close the pages now' }).click();
    await page.getByRole('heading', { name: 'Maintenance Windows' }).waitFor();
    await page.getByText('In force', { exact: true }).waitFor();
    await look(page, 'windows-in-force');
    await payersSeeIt();
    await othersShowIt();

    await page.getByRole('button', { name: 'End it now: IMT Spectrum Conversion' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('DataPump posts what waited').waitFor();
    await dialog.getByLabel('Why').fill('the partner is ready early');
    await look(page, 'window-ending');
    await dialog.getByRole('button', { name: 'End it now' }).click();
    await expect.poll(payerStatus, { interval: 20 }).toBe(200);
    await page.getByText('Ended early').waitFor();
    await page.getByRole('link', { name: 'IMT Spectrum Conversion' }).click();
    await page.getByText('Ended early: the partner is ready early').waitFor();
    await look(page, 'window-ended');
    await page.context().close();
  });

  test('saved with nothing in it, says at each field what is missing, and goes to the first', async () => {
    const page = await open(`${WINDOWS}/new`, { viewport: PHONE });
    await page.getByRole('button', { name: 'Save the window' }).click();
    const start = 'Say when it begins: a day and a time.';
    for (const said of ['Say what it is for.', start, 'Say when it ends: a day and a time.', /^Say in English/])
      await page.getByText(said).waitFor();
    await expect.poll(() => page.evaluate('document.activeElement?.id')).toBe('maintenance-description');
    await look(page, 'window-empty');
    await page.getByLabel('Internal description').fill('Autumn');
    await page.getByText('Say what it is for.').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Save the window' }).click();
    await expect.poll(() => page.evaluate('document.activeElement?.id')).toBe('maintenance-start');
    await page.context().close();
  });

  test('a time in the spring gap is told at its field, and one that comes twice is asked about', async () => {
    const page = await open(`${WINDOWS}/new`);
    await fill(page, { description: 'Spring', start: '2027-03-14T02:30', end: '2027-03-14T06:00' });
    await page.getByText(/2:30 AM on March 14, 2027 does not exist in Central Time/).waitFor();
    await fill(page, { description: 'Autumn', start: '2027-11-07T01:30', end: '2027-11-07T06:00' });
    await page.getByLabel('In English').fill('We work.');
    await page.getByText(/comes twice in Central Time/).waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Save the window' }).isDisabled()).toBe(true);
    await look(page, 'window-twice');
    await page.getByLabel(/^The second: .*1:30 AM CST/).check();
    await page.getByText('It lasts').getByText('4 hours 30 minutes').waitFor();
    await page.getByLabel('Apply to all pages').uncheck();
    await page.getByLabel('Find your bill').check();
    await look(page, 'window-second');
    await page.getByRole('button', { name: 'Save the window' }).click();
    await page.getByText('Planned', { exact: true }).waitFor();
    await page.getByRole('heading', { name: 'Autumn' }).waitFor();
    await page.context().close();
  });

  test('two editors: the second sees both values and chooses', async () => {
    const first = await open(WINDOWS);
    await first
      .getByRole('region', { name: 'Autumn' })
      .getByRole('link', { name: /^Change/ })
      .click();
    await first.getByLabel('Internal description').waitFor();
    const address = new URL(first.url()).pathname.replace('/staff', '');
    const second = await open(address);
    await second.getByLabel('Internal description').fill('Autumn, as the second wants it');
    await first.getByLabel('Internal description').fill('Autumn, as the first wants it');
    await first.getByRole('button', { name: 'Save the window' }).click();
    await first.getByRole('heading', { name: 'Maintenance Windows' }).waitFor();
    await second.getByRole('button', { name: 'Save the window' }).click();
    await second.getByText(/saved this window while you had it open/).waitFor();
    await second.getByRole('cell', { name: 'Autumn, as the first wants it' }).waitFor();
    await look(second, 'window-conflict');
    await second.getByRole('button', { name: 'Keep mine, to save over theirs' }).click();
    await second.getByRole('button', { name: 'Save the window' }).click();
    await second.getByRole('heading', { name: 'Autumn, as the second wants it' }).waitFor();
    await Promise.all([first.context().close(), second.context().close()]);
  });
});

async function payersSeeIt(): Promise<void> {
  for (const [name, options] of [
    ['phone', { viewport: PHONE }],
    ['phone-dark', { viewport: PHONE, colorScheme: 'dark' as const }],
    ['small', { viewport: { width: 320, height: 640 }, javaScriptEnabled: true }],
    ['desktop', { viewport: DESKTOP }],
  ] as const) {
    const payer = await (await browser.newContext(options)).newPage();
    const answer = await payer.goto(`${demo.url}/${SLUG}`);
    expect([answer?.status(), Number(answer?.headers()['retry-after']) > 7_000]).toEqual([503, true]);
    await payer.getByRole('heading', { name: 'Closed for maintenance' }).waitFor();
    await look(payer, `payer-${name}`);
    await payer.getByRole('link', { name: 'Español' }).click();
    await payer.getByRole('heading', { name: 'Cerrado por mantenimiento' }).waitFor();
    await look(payer, `payer-${name}-es`);
    await payer.context().close();
  }
}

async function othersShowIt(): Promise<void> {
  const phone = await open(WINDOWS, { viewport: PHONE });
  await phone.getByText('In force', { exact: true }).waitFor();
  await look(phone, 'windows-phone');
  await phone.getByRole('link', { name: 'Change, preview, history' }).click();
  await phone.getByLabel('Internal description').waitFor();
  await phone.frameLocator('iframe').getByText('We are working on this site').waitFor();
  await look(phone, 'window-phone');
  await phone.context().close();
  const lanes = await open(`/billers/${BID}/lanes`);
  await lanes.getByText('Paused by the maintenance window').waitFor();
  await look(lanes, 'lanes-paused');
  await lanes.context().close();
  const overview = await open(`/?bid=${BID}`);
  await overview.getByRole('link', { name: '1 maintenance windows in force' }).waitFor();
  await look(overview, 'overview');
  await overview.context().close();
}
