import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFaults, DESKTOP, openBrowser, PHONE, sticksOut } from './open-browser.ts';
import { type RunningDemo, startDemo } from './run-demo.ts';
import { type SignedIn, signIn } from './sign-in.ts';

const BID = 3120;
const base = `/billers/${BID}`;

let demo: RunningDemo;
let browser: Browser;
const signedIn: Partial<Record<'email' | 'second', SignedIn>> = {};

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
  for (const who of ['email', 'second'] as const) signedIn[who] = await signIn(browser, demo, demo.admin[who]);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

async function open(
  path: string,
  who: 'email' | 'second' = 'email',
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Page> {
  const storageState = signedIn[who];
  const context = await browser.newContext({ viewport: DESKTOP, ...(storageState && { storageState }), ...options });
  const page = await context.newPage();
  await page.goto(`${demo.url}/staff${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

/** Looks at the change, says why, and saves it. */
async function save(page: Page, why = 'trying the screen'): Promise<void> {
  await page.getByRole('button', { name: 'Look at the change and save' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /Why/ }).fill(why);
  await dialog.getByRole('button', { name: 'Save the change' }).click();
  await dialog.first().waitFor({ state: 'hidden' });
  await page.getByText('Not saved yet:').waitFor({ state: 'hidden' });
}

const focused = (page: Page) => page.evaluate('document.activeElement?.id');
const beside = (page: Page) => page.getByRole('complementary', { name: 'What it means' });

const SCREENS: readonly (readonly [path: string, heading: string])[] = [
  ['configuration', 'Configuration'],
  ['profile', 'Profile'],
  ['invoice-types', 'Invoice Types'],
  ['products', 'Products'],
  ['credit-debit-cards', 'Credit/Debit Cards'],
  ['obd', 'OBD'],
  ['cloud-ivr-connect-invoice-types', 'Cloud IVR Connect Invoice Types'],
  ['advanced-configuration', 'Advanced Configuration'],
  ['advanced-settings', 'Advanced Settings'],
  ['datapump-management', 'DataPump Management'],
  ['configuration-history?from=1&to=1', 'Configuration history'],
];

describe('every screen of the configuration', () => {
  for (const [name, options] of [
    ['on a desktop', { viewport: DESKTOP }],
    ['on a phone', { viewport: PHONE }],
    ['in the dark', { viewport: DESKTOP, colorScheme: 'dark' }],
  ] as const) {
    test(`${name} has no accessibility fault, and nothing sticks out`, async () => {
      const page = await open('/', 'email', options);
      // The dark colours are the same on all of them.
      const screens = 'colorScheme' in options ? SCREENS.filter((_screen, at) => at % 4 === 0) : SCREENS;
      for (const [path, heading] of screens) {
        await page.goto(`${demo.url}/staff${base}/${path}`);
        await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
        await page.getByRole('heading', { level: 2 }).first().waitFor();
        expect([path, await accessibilityFaults(page)]).toEqual([path, []]);
        expect([path, await sticksOut(page)]).toEqual([path, false]);
      }
      await page.context().close();
    });
  }
});

describe('Credit/Debit Cards', () => {
  test('what is typed wrong is told at the field and in a list that leads to it, and can’t be saved; what is right is', async () => {
    const page = await open(`${base}/credit-debit-cards`);
    const least = page.getByRole('textbox', { name: 'Least card payment' });
    await least.focus();
    await beside(page).getByText('A smaller card payment is not taken').first().waitFor();
    await least.fill('five dollars');
    await page.getByText('Least card payment must be an amount such as 12.50.').first().waitFor();
    await page.getByText('1 fault: the change can’t be saved like this').waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    await expect.poll(() => least.inputValue()).toBe('1.00');
    await least.fill('five dollars');
    await page.getByText('1 field can’t be read yet').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    // As one types: the server says that least is above most, at its field.
    await least.fill('20,000.00');
    await page.getByText('The least payment is above the most, so no payment could be taken.').first().waitFor();
    await expect.poll(() => least.getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('textbox', { name: 'Convenience fee, bank: percent' }).focus();
    await page.getByRole('link', { name: /The least payment is above the most/ }).click();
    await expect.poll(() => focused(page)).toBe('field-cards-leastCents');
    await page.getByRole('button', { name: 'Look at the change and save' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('This configuration can’t work').waitFor();
    await dialog.getByRole('textbox', { name: /Why/ }).fill('it can’t work');
    await expect.poll(() => dialog.getByRole('button', { name: 'Save the change' }).isDisabled()).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Back', exact: true }).click();
    await least.fill('5');
    await page.getByRole('textbox', { name: 'Convenience fee, card: flat part' }).fill('0.20');
    await page.getByRole('textbox', { name: 'Convenience fee, card: percent' }).fill('2.25');
    await page.getByText('A $25.00 card payment costs the payer $0.76, $100.00: $2.45').waitFor();
    await page.getByRole('textbox', { name: 'Convenience fee, card: percent' }).fill('12');
    await page.getByText('must not be above 10 %').first().waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Look at the change and save' }).isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: 'Convenience fee, card: percent' }).fill('2.25');
    await page.getByRole('button', { name: 'Look at the change and save' }).click();
    await page
      .getByRole('dialog')
      .getByRole('row', { name: /Credit\/Debit Cards Least card payment \$1\.00 \$5\.00/ })
      .waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Back', exact: true }).click();
    await save(page);
    await page.reload();
    await expect.poll(() => page.getByRole('textbox', { name: 'Least card payment' }).inputValue()).toBe('5.00');
    await page.context().close();
  });

  test('two people’s changes of one section are both shown, and each field is chosen', async () => {
    const mine = await open(`${base}/credit-debit-cards`);
    const theirs = await open(`${base}/credit-debit-cards`, 'second');
    await theirs.getByRole('textbox', { name: 'Least card payment' }).fill('7');
    await theirs.getByRole('checkbox', { name: 'Discover' }).uncheck();
    await save(theirs, 'theirs');
    await mine.getByRole('textbox', { name: 'Least card payment' }).fill('9');
    await mine.getByRole('textbox', { name: 'Most per card payment' }).fill('4,000');
    await mine.getByText(/Someone saved version \d+ meanwhile/).waitFor();
    await mine.getByRole('button', { name: 'Look at both' }).click();
    const dialog = mine.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'Theirs: $7.00' }).waitFor();
    expect(await accessibilityFaults(mine)).toEqual([]);
    await expect.poll(() => dialog.getByRole('radio', { name: 'Yours: $4,000.00' }).isChecked()).toBe(true);
    await expect
      .poll(() => dialog.getByRole('radio', { name: 'Theirs: visa, mastercard, amex' }).isChecked())
      .toBe(true);
    await dialog.getByRole('button', { name: '1 choice to make' }).waitFor();
    await dialog.getByRole('radio', { name: 'Yours: $9.00' }).check();
    await dialog.getByRole('button', { name: 'Go on with these values' }).click();
    await mine
      .getByRole('dialog')
      .getByRole('row', { name: /Least card payment \$7\.00 \$9\.00/ })
      .waitFor();
    await expect
      .poll(() =>
        mine
          .getByRole('dialog')
          .getByRole('row', { name: /Cards taken/ })
          .count(),
      )
      .toBe(0);
    await mine.getByRole('dialog').getByRole('textbox', { name: /Why/ }).fill('both');
    await mine.getByRole('dialog').getByRole('button', { name: 'Save the change' }).click();
    await mine.getByRole('dialog').first().waitFor({ state: 'hidden' });
    await theirs.reload();
    await expect.poll(() => theirs.getByRole('textbox', { name: 'Least card payment' }).inputValue()).toBe('9.00');
    await expect
      .poll(() => theirs.getByRole('textbox', { name: 'Most per card payment' }).inputValue())
      .toBe('4,000.00');
    await expect.poll(() => theirs.getByRole('checkbox', { name: 'Discover' }).isChecked()).toBe(false);
    await mine.context().close();
    await theirs.context().close();
  });
});

describe('a change that is not saved', () => {
  test('goes along over the configuration screens, asks before one leaves them, and is one version', async () => {
    const page = await open(`${base}/obd`);
    await page.getByRole('checkbox', { name: 'Take payments from payers’ banks' }).check();
    await page.getByRole('link', { name: 'Products', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Products' }).waitFor();
    await page.getByRole('checkbox', { name: 'OBD' }).check();
    await page.getByText('Bank remittances are not read yet').first().waitFor();
    await page.getByText('Not saved yet: Products, OBD').waitFor();
    await page.getByRole('link', { name: 'Payments', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Leave with a change that is not saved?').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Stay here' }).click();
    await save(page);
    await page.goto(`${demo.url}/staff${base}/configuration`);
    await page.getByRole('row', { name: /^OBD .*trying the screen/ }).waitFor();
    await page.goto(`${demo.url}/staff${base}/obd`);
    await page.getByRole('checkbox', { name: 'Take payments from payers’ banks' }).uncheck();
    await page.getByRole('link', { name: 'Payments', exact: true }).click();
    await page.getByRole('button', { name: 'Discard and leave' }).click();
    await page.getByRole('heading', { level: 1, name: 'Payments' }).waitFor();
    await page.goBack();
    await expect
      .poll(() => page.getByRole('checkbox', { name: 'Take payments from payers’ banks' }).isChecked())
      .toBe(true);
    await page.context().close();
  });
});

describe('Profile', () => {
  test('takes contacts, colour with its contrast, a logo, and refuses what is none at its field', async () => {
    const page = await open(`${base}/profile`);
    await page.getByRole('button', { name: 'Add a contact' }).click();
    await expect.poll(() => focused(page)).toMatch(/^field-profile-contacts-\d-role$/);
    await page.getByRole('textbox', { name: 'Role' }).last().fill('billing manager');
    await page.getByRole('textbox', { name: 'Name', exact: true }).last().fill('Ann Olsen');
    await page.getByRole('textbox', { name: 'Email' }).last().fill('ann at example');
    await page.getByText('Email must be an email address such as ann@example.com, or empty.').first().waitFor();
    await page.getByRole('textbox', { name: 'Email' }).last().fill('ann@example.com');
    // What is typed in the middle of a text stays there: the cursor does not jump to the end.
    const name = page.getByRole('textbox', { name: 'Name', exact: true }).last();
    await name.fill('Ann Ol');
    await name.press('Home');
    await name.pressSequentially('Ms ');
    await expect.poll(() => name.inputValue()).toBe('Ms Ann Ol');
    await name.fill('Ann Olsen');
    await page.getByRole('textbox', { name: 'Accent colour', exact: true }).fill('#ffe600');
    await page.getByText(/Contrast with white 1\.\d : 1, and 4.5 is needed/).waitFor();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
    await page.getByText('notes.txt is not a PNG, SVG or WebP image.').waitFor();
    const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from(pixel, 'base64') });
    await page.getByRole('img', { name: 'Logo of Cedar Valley Insurance' }).waitFor();
    await page.getByRole('combobox', { name: 'Time zone' }).fill('America/Denver');
    expect(await accessibilityFaults(page)).toEqual([]);
    await save(page);
    await page.getByRole('button', { name: 'Take out Ann Olsen' }).click();
    await page.getByRole('button', { name: 'Take out Ann Olsen' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Name', exact: true }).last().inputValue())
      .toBe('Ann Olsen');
    await page.context().close();
  });

  test('name and slug say beforehand what breaks', async () => {
    const page = await open(`${base}/profile`);
    await page.getByRole('button', { name: 'Change name, slug or BillerGuid' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: /Slug/ }).fill('Cedar Valley');
    await dialog.getByText('must be 2 to 63 small letters').waitFor();
    await dialog.getByRole('textbox', { name: /Slug/ }).fill('cedar-valley');
    await dialog.getByRole('textbox', { name: /^Name/ }).fill('Cedar Valley Insurance Co.');
    await dialog.getByRole('textbox', { name: /Why/ }).fill('their new name');
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Change it' }).click();
    await dialog.first().waitFor({ state: 'hidden' });
    await page.getByRole('definition').filter({ hasText: 'Cedar Valley Insurance Co.' }).waitFor();
    await page.context().close();
  });
});

describe('Invoice Types', () => {
  test('a type is added, gets fees of its own, and is removed; one that invoices have stays', async () => {
    const page = await open(`${base}/invoice-types`);
    await page.getByRole('button', { name: 'Add an invoice type' }).click();
    await expect.poll(() => focused(page)).toBe('field-invoiceTypes-1-id');
    const id = page.getByRole('textbox', { name: 'InvoiceTypeID' });
    await id.fill('252');
    await page.getByText('InvoiceTypeID 252 stands more than once.').first().waitFor();
    await id.fill('farm policies!');
    await page.getByText('InvoiceTypeID must be 1 to 20 letters').first().waitFor();
    await id.fill('300');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Farm');
    await page.getByRole('checkbox', { name: 'Fees of its own' }).check();
    await page.getByRole('textbox', { name: 'Card fee: flat part' }).fill('2.45');
    await page.getByRole('textbox', { name: 'Card fee: percent' }).fill('0');
    await page.getByText(/A \$25\.00 card payment costs the payer \$2\.45, \$100\.00: \$2\.45/).waitFor();
    await expect.poll(() => page.getByLabel('Environment').count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await save(page);
    await page.getByRole('button', { name: 'Open invoice type 252' }).click();
    await page.getByRole('button', { name: 'Remove this type' }).click();
    await page.getByRole('button', { name: 'Remove it from the change' }).click();
    await page.getByText('Invoice type 252 (All policies) must stay, with its InvoiceTypeID').first().waitFor();
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await page.getByRole('button', { name: 'Open invoice type 300' }).click();
    await page.getByRole('button', { name: 'Remove this type' }).click();
    await page.getByRole('button', { name: 'Remove it from the change' }).click();
    await save(page);
    await expect.poll(() => page.getByRole('button', { name: /Open invoice type/ }).count()).toBe(1);
    await page.context().close();
  });
});

describe('Advanced Settings', () => {
  test('131 shows that 32 goes with it; a fault elsewhere is told where the change is made, and leads there', async () => {
    const page = await open(`${base}/advanced-settings?setting=32`);
    await page.getByRole('button', { name: 'Remove setting 32' }).click();
    await page.getByRole('button', { name: 'Switch 32 on as well' }).waitFor();
    await page
      .getByText(/Setting 131 lets the partner block ACH and CC, so setting 32/)
      .first()
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Switch 32 on as well' }).click();
    await page.getByText('Not saved yet:').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Remove setting 9', exact: true }).click();
    await page.getByRole('link', { name: /Setting 9 \(RTDR Username if Applicable\) is missing/ }).waitFor();
    await page.getByRole('link', { name: 'Invoicing › Advanced Configuration' }).click();
    await page.getByRole('heading', { level: 1, name: 'Advanced Configuration' }).waitFor();
    await page.getByRole('checkbox', { name: 'Real Time Data Refresh' }).uncheck();
    await page.getByRole('link', { name: /Setting 9 .* is missing/ }).waitFor({ state: 'hidden' });
    await page.getByRole('checkbox', { name: 'Real Time Data Refresh' }).check();
    await page.getByRole('link', { name: /Setting 9 .* is missing/ }).click();
    await page.waitForURL(/advanced-settings\?setting=9$/);
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await page.context().close();
  });
});

test('another partner is one change with its settings: what it does not have is told, a key and a password are two fields', async () => {
  const page = await open(`${base}/profile`);
  await page.getByLabel('Integration Partner ID').selectOption('IMT Spectrum');
  await page.getByRole('link', { name: /Setting 14 .* does not exist for IMT Spectrum; remove it/ }).click();
  await page.getByRole('heading', { level: 2, name: 'Settings of IMT Spectrum' }).waitFor();
  await page.getByRole('button', { name: 'Remove setting 14', exact: true }).click();
  await page.getByRole('link', { name: /Setting 14 .* does not exist/ }).waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Replace setting 10', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Private key' }).fill('9w!tbb|a');
  await dialog.getByRole('textbox', { name: 'Password' }).fill('99A9999F');
  await dialog.getByRole('button', { name: 'Put it in the change' }).click();
  await page.getByText('key •••• (new) | password •••• (new)').waitFor();
  await page.getByText('Not saved yet: Profile, Advanced Settings').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Discard', exact: true }).click();
  await page.context().close();
});

describe('history', () => {
  test('any two versions are compared both ways; some screens of one are restored, the plan first', async () => {
    const page = await open(`${base}/configuration-history`);
    await page.getByLabel('From version').selectOption('1');
    await page.getByLabel('To version').selectOption('3');
    await page.getByText(/From version 1 to version 3: \d+ differences/).waitFor();
    await page.getByRole('button', { name: 'The other way round' }).click();
    await page.getByText(/From version 3 to version 1/).waitFor();
    await page.getByRole('button', { name: 'Restore 1', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('checkbox', { name: 'Products' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    for (const box of await dialog.getByRole('checkbox').all()) await box.uncheck();
    await dialog.getByRole('checkbox', { name: 'OBD' }).check();
    await dialog.getByRole('textbox', { name: /Why/ }).fill('OBD as it was');
    await dialog.getByRole('button', { name: 'Restore 1 screen of version 1' }).click();
    await dialog.first().waitFor({ state: 'hidden' });
    await page.getByText(/restored from version 1 · OBD/).waitFor();
    await page.goto(`${demo.url}/staff${base}/obd`);
    await expect
      .poll(() => page.getByRole('checkbox', { name: 'Take payments from payers’ banks' }).isChecked())
      .toBe(false);
    await page.context().close();
  });
});

test('who may not change it reads it, and is told which right is missing; the palette finds a field', async () => {
  const page = await open('/');
  await page.route('**/api/v1/session', async (route) => {
    const answer = await route.fetch();
    const session = await answer.json();
    const permissions = session.permissions.filter((each: string) => each !== 'configuration:write');
    await route.fulfill({ response: answer, json: { ...session, permissions } });
  });
  await page.goto(`${demo.url}/staff${base}/products`);
  await page.getByText('Changing it needs the right').waitFor();
  await expect.poll(() => page.getByRole('checkbox', { name: 'AutoPay' }).isDisabled()).toBe(true);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder(/Paste or type/).fill('least card');
  await page.getByText('Least card payment', { exact: true }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/credit-debit-cards\?field=cards.leastCents$/);
  await expect.poll(() => focused(page)).toBe('field-cards-leastCents');
  expect(await page.getByRole('textbox', { name: 'Least card payment' }).getAttribute('readonly')).not.toBeNull();
  // One under way when the page closes is no fault.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.context().close();
});
