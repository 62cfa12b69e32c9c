import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askDatabase } from './ask-database.ts';
import { accessibilityFaults, DESKTOP, openBrowser, PHONE, sticksOut } from './open-browser.ts';
import { type RunningDemo, startDemo } from './run-demo.ts';
import { type SignedIn, signIn } from './sign-in.ts';

let demo: RunningDemo;
let browser: Browser;
let signedIn: SignedIn;
let receiver: Server;
const received: { headers: Record<string, string>; body: string }[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      received.push({ headers: request.headers as Record<string, string>, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
  signedIn = await signIn(browser, demo);
  await watchOnlyGaps();
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  receiver?.close();
});

/** What else is watched may come about on a busy machine: a process that stands still for 30 seconds, a call that fails. */
async function watchOnlyGaps(): Promise<void> {
  const context = await browser.newContext({ storageState: signedIn });
  const at = `${demo.url}/api/v1/operations/alert-conditions`;
  const { version, items } = (await (await context.request.get(at)).json()) as {
    version: number;
    items: { condition: string; afterMinutes: number; limit: number | null }[];
  };
  const { csrfToken } = (await (await context.request.get(`${demo.url}/api/v1/session`)).json()) as {
    csrfToken: string;
  };
  const off = items
    .filter((each) => !['reconciliation-gap', 'disk-low'].includes(each.condition))
    .map(({ condition, afterMinutes, limit }) => ({ condition, isOn: false, afterMinutes, limit }));
  const changed = await context.request.put(at, {
    headers: { 'x-csrf-token': csrfToken },
    data: { expectedVersion: version, reason: 'only gaps are tried here', items: off },
  });
  expect(changed.status(), await changed.text()).toBe(200);
  await context.close();
}

async function open(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: DESKTOP, storageState: signedIn, ...options });
  const page = await context.newPage();
  await page.goto(`${demo.url}/staff${path}`);
  return page;
}

/** For looking at: `SCREENSHOTS` names a folder. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

async function addDestination(page: Page, of: { kind: RegExp; name: string; address: string }): Promise<void> {
  await page.getByRole('button', { name: 'Add a destination' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: of.kind }).check();
  await dialog.getByRole('textbox', { name: /^Name/ }).fill(of.name);
  await dialog.getByRole('textbox', { name: /ddress/ }).fill(of.address);
  await dialog.getByRole('button', { name: /^Add the/ }).click();
}

test('an operator adds a webhook, is refused a hostile one, keeps its secret and sees a signed test arrive', async () => {
  const page = await open('/operations/destinations');
  await page.getByText('Nobody is told yet').waitFor();
  const hostile = { kind: /^Webhook/, name: 'Hostile', address: 'http://169.254.169.254/latest' };
  await addDestination(page, hostile);
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/No alert can be sent to that address: .*169\.254/).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alerts`;
  await addDestination(page, { kind: /^Webhook/, name: 'Pager', address });
  const secret = await page.getByText(/^whsec_/).innerText();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByText(/^•••• [0-9a-f]{8}$/).waitFor();
  expect(await page.locator('main').innerText()).not.toContain('whsec_');
  await page.getByRole('button', { name: 'Send a test: Pager' }).click();
  await page.getByRole('region', { name: 'List of messages' }).getByText('Arrived').waitFor();
  const [one] = received;
  expect(new Webhook(secret).verify(one?.body ?? '', one?.headers ?? {})).toMatchObject({ type: 'alert.test' });
  await page.context().close();
});

test('an email destination gets its test in the demo’s inbox', async () => {
  const page = await open('/operations/destinations');
  await addDestination(page, { kind: /^Email/, name: 'On call', address: 'oncall@example.com' });
  await page.getByRole('button', { name: 'Send a test: On call' }).click();
  await page.getByText('the mail server took it').first().waitFor();
  await page.context().close();
});

test('what is watched is changed with a reason, and kept', async () => {
  const page = await open('/operations/conditions');
  const disk = page.getByRole('group', { name: 'A disk fills up' });
  await disk.getByLabel('After minutes').fill('30');
  await page.getByRole('button', { name: 'Save 1 change' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/after 5 minutes → .*after 30 minutes/).waitFor();
  await dialog.getByRole('textbox', { name: /^Why/ }).fill('the disk is small');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.first().waitFor({ state: 'hidden' });
  await page.reload();
  await expect.poll(() => disk.getByLabel('After minutes').inputValue()).toBe('30');
  await page.context().close();
});

/** A payer looks up a bill, for which the partner is asked. */
async function askThePartner(): Promise<void> {
  const [slug = '', example] = Object.entries(demo.examples)[0] ?? [];
  const page = await (await browser.newContext({ viewport: PHONE })).newPage();
  await page.goto(`${demo.url}/${slug}`);
  await page.getByLabel('Policy or account number').fill(example?.accountNumber ?? '');
  await page.getByLabel('Last name or ZIP code').fill(example?.lastName ?? '');
  await page.getByRole('button', { name: 'Find my bill' }).click();
  await page.getByRole('link', { name: 'Pay this bill' }).waitFor();
  await page.context().close();
}

test('the health page shows this process, its endpoints and the database, and leads to an endpoint’s hour', async () => {
  await askThePartner();
  const page = await open('/operations');
  await page
    .getByText(/^Runs, heard/)
    .first()
    .waitFor();
  await page.getByRole('region', { name: 'Partner endpoints' }).getByRole('link', { name: 'Sign-in' }).first().click();
  await page.getByRole('heading', { level: 1, name: /Sign-in of/ }).waitFor();
  await page.getByRole('img', { name: /^How long calls take/ }).waitFor();
  await shoot(page, 'endpoint');
  expect(await accessibilityFaults(page)).toEqual([]);
  const phone = await open(new URL(page.url()).href.split('/staff')[1] ?? '', { viewport: PHONE });
  await phone.getByRole('img', { name: /^How long calls take/ }).waitFor();
  await shoot(phone, 'endpoint-phone');
  expect(await sticksOut(phone)).toBe(false);
  await phone.context().close();
  await page.context().close();
});

test('what breaks stands on top and is sent, and both say when it is over', async () => {
  const page = await open('/operations');
  await page.getByText('Nothing that is watched is broken now.').waitFor();
  const gap = "bid = 2984 and kind = 'reconciliation-gap'";
  await askDatabase(
    demo.dataFolder,
    `insert into work_item (bid, kind, subject, sentence) values (2984, 'reconciliation-gap', 'payment/1', $1)`,
    ['Payment 1 does not reconcile: it was taken and never posted.'],
  );
  await page.getByText('A reconciliation has a gap: Prairie Pine Mutual').waitFor();
  await shoot(page, 'broken');
  expect(await accessibilityFaults(page)).toEqual([]);
  await askDatabase(demo.dataFolder, `update work_item set closed_at = now() where ${gap}`);
  await page.getByText('Nothing that is watched is broken now.').waitFor();
  await page.goto(`${demo.url}/staff/operations/alerts`);
  await page.getByRole('cell', { name: 'Recovered', exact: true }).waitFor();
  await shoot(page, 'alerts');
  await expect
    .poll(() => received.map((one) => JSON.parse(one.body).type))
    .toEqual(['alert.test', 'alert.opened', 'alert.recovered']);
  await page.context().close();
});

const SCREENS = [
  ['/operations', 'Operations'],
  ['/operations/jobs', 'Jobs and schedules'],
  ['/operations/alerts', 'Alerts'],
  ['/operations/destinations', 'Where alerts go'],
  ['/operations/conditions', 'What is watched'],
] as const;

for (const [name, options] of [
  ['on a desktop', { viewport: DESKTOP }],
  ['on a phone', { viewport: PHONE }],
  ['in the dark', { viewport: DESKTOP, colorScheme: 'dark' }],
] as const)
  test(`every Operations screen ${name} has no accessibility fault, and nothing sticks out`, async () => {
    const page = await open('/operations', options);
    for (const [path, heading] of SCREENS) {
      await page.goto(`${demo.url}/staff${path}`);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await page.getByRole('status').first().waitFor({ state: 'hidden' });
      await shoot(page, `${path.replaceAll('/', '-')}-${name.replaceAll(' ', '-')}`);
      expect([path, await accessibilityFaults(page)]).toEqual([path, []]);
      expect([path, await sticksOut(page)]).toEqual([path, false]);
    }
    await page.context().close();
  });
