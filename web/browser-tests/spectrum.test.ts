import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFaults, DESKTOP, openBrowser, PHONE, sticksOut } from './open-browser.ts';
import { type RunningDemo, startDemo } from './run-demo.ts';

const BID = 4410;
const SLUG = 'bluff-creek';

let demo: RunningDemo;
let browser: Browser;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

async function look(page: Page, name: string): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await sticksOut(page)).toBe(false);
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

async function atPartner(accountNumber: string): Promise<{ transactionId: string; instance: string }[]> {
  const answer = await fetch(`${demo.imtControlUrl}ledger?policyNumber=${accountNumber}`);
  return ((await answer.json()) as { payments: { transactionId: string; instance: string }[] }).payments;
}

test('a payer of the Spectrum biller finds a bill, pays it, and it stands at the partner and with staff', async () => {
  const page = await (await browser.newContext({ viewport: PHONE })).newPage();
  const { accountNumber, lastName } = demo.examples[SLUG] ?? { accountNumber: '', lastName: '' };
  await page.goto(`${demo.url}/${SLUG}`);
  await page.getByRole('link', { name: '515-555-0142' }).waitFor();
  await look(page, 'spectrum-find');
  await page.getByLabel('Policy or account number').fill(accountNumber);
  await page.getByLabel('Last name or ZIP code').fill(lastName);
  await page.getByRole('button', { name: 'Find my bill' }).click();
  await page.getByText('Checked with your insurer').waitFor();
  await look(page, 'spectrum-bill');
  const pdf = await page.getByRole('link', { name: 'See the bill (PDF)' }).first().getAttribute('href');
  const shown = await page.context().request.get(`${demo.url}${pdf}`);
  expect([shown.status(), (await shown.text()).includes('PDF is not available yet')]).toEqual([404, true]);
  await page.getByRole('link', { name: 'Pay this bill' }).click();
  await look(page, 'spectrum-pay');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: /^Pay \$/ }).click();
  await page.waitForURL((url) => url.origin !== demo.url);
  await page.goto(`${page.url()}?use=visa`);
  await page.getByRole('button', { name: /^pay/i }).click();
  await page.getByRole('heading', { name: 'Payment received' }).waitFor();
  const confirmation = await page.locator('dd').first().innerText();
  await expect
    .poll(() => atPartner(accountNumber), { interval: 300 })
    .toMatchObject([{ transactionId: `${BID}${confirmation}`, instance: '5501' }]);
  await expect
    .poll(async () => (await page.reload()) && (await page.locator('.clocks').innerText()), { interval: 500 })
    .not.toContain('On its way');
  await look(page, 'spectrum-receipt');
  await page.context().close();
});

test.each([
  ['desktop', DESKTOP],
  ['phone', PHONE],
] as const)('on a %s, staff see of a Spectrum biller only what exists for it', async (size, viewport) => {
  const page = await (await browser.newContext({ viewport })).newPage();
  await page.goto(`${demo.url}/staff/`);
  await page.getByLabel('Email').fill(demo.admin.email);
  await page.getByRole('textbox', { name: /^Password/ }).fill(demo.admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: /Overview/ }).waitFor();

  await page.goto(`${demo.url}/staff/billers/${BID}/advanced-settings`);
  await page.getByText('RTDR Key or Password if Applicable').waitFor();
  const numbers = await page.locator('.settings-row .figure').allInnerTexts();
  expect(numbers).toEqual(['3', '8', '9', '10', '11', '12', '13', '23', '32', '36', '131']);
  await look(page, `spectrum-settings-${size}`);
  await page.getByRole('button', { name: 'Replace setting 10' }).click();
  await page.getByLabel('Private key').waitFor();
  await expect
    .poll(() =>
      page
        .getByRole('dialog')
        .getByLabel(/^Password/)
        .count(),
    )
    .toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Cancel' }).click();

  await page.goto(`${demo.url}/staff/billers/${BID}/datapump-management`);
  await page.getByText(/IMT Spectrum takes payments only/).waitFor();
  await expect.poll(() => page.getByRole('checkbox', { name: /Paperless|AutoPay changes/ }).count()).toBe(0);
  await look(page, `spectrum-datapump-${size}`);

  await page.goto(`${demo.url}/staff/billers/${BID}/accounts/${demo.examples[SLUG]?.accountNumber}`);
  await page.getByText('so staff can’t change it (Advanced Setting 32)').waitFor();
  await look(page, `spectrum-account-${size}`);

  await page.goto(`${demo.url}/staff/billers/${BID}`);
  await page.getByText('balances, payments', { exact: true }).waitFor();
  await look(page, `spectrum-biller-${size}`);
  await page.context().close();
});

test('what staff set for payers is there at once: texts, help, style, and staff block a card where the setting leaves it to them', async () => {
  const staff = await (await browser.newContext({ viewport: DESKTOP })).newPage();
  await staff.goto(`${demo.url}/staff/`);
  await staff.getByLabel('Email').fill(demo.admin.email);
  await staff.getByRole('textbox', { name: /^Password/ }).fill(demo.admin.password);
  await staff.getByRole('button', { name: 'Sign in' }).click();
  await staff.getByRole('heading', { name: /Overview/ }).waitFor();
  const { csrfToken } = await (await staff.request.get(`${demo.url}/api/v1/session`)).json();
  const base = `${demo.url}/api/v1/billers/${BID}/configuration`;
  const { version, configuration } = await (await staff.request.get(base)).json();
  const { '131': _131, ...settings } = configuration.advancedSettings;
  const texts = {
    welcome: { en: 'Welcome to Bluff Creek.', es: 'Bienvenido a Bluff Creek.' },
    footer: { en: 'Insuring farms since 1889.', es: 'Asegurando granjas desde 1889.' },
  };
  const saved = await staff.request.put(base, {
    headers: { 'x-csrf-token': csrfToken },
    data: {
      expectedVersion: version,
      reason: 'a test of what payers see',
      sections: {
        portal: { ...configuration.portal, texts, css: 'h1 { letter-spacing: 1px }' },
        advancedSettings: { ...settings, 32: { kind: 'onOff', value: false } },
      },
    },
  });
  expect(saved.status(), await saved.text()).toBe(200);

  const payer = await (await browser.newContext({ viewport: PHONE })).newPage();
  await payer.goto(`${demo.url}/${SLUG}`);
  await payer.getByText('Welcome to Bluff Creek.').waitFor();
  await payer.getByText('Insuring farms since 1889.').waitFor();
  await expect.poll(() => payer.evaluate('getComputedStyle(document.querySelector("h1")).letterSpacing')).toBe('1px');
  await look(payer, 'spectrum-find-texts');

  const accountNumber = String(Number(demo.examples[SLUG]?.accountNumber) + 1);
  await staff.goto(`${demo.url}/staff/billers/${BID}/accounts/${accountNumber}`);
  await staff.getByRole('button', { name: 'Block or allow methods' }).click();
  await staff.getByLabel('Block cards (CC)').check();
  await staff.getByLabel('Why').fill('Two cards bounced');
  await look(staff, 'block-flags');
  await staff.getByRole('button', { name: 'Save' }).click();
  await staff.getByText(/Set by: .*Two cards bounced/).waitFor();
  await staff.getByText('Blocked or allowed methods of an account').waitFor();
  await staff.context().close();
  await payer.context().close();
});
