import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFaults, DESKTOP, openBrowser, PHONE, sticksOut } from './open-browser.ts';
import { type RunningDemo, startDemo } from './run-demo.ts';
import { type SignedIn, signIn } from './sign-in.ts';

const BID = 3120;
const GUID = '0c7c1d0e-5b8a-4a86-8f2b-93a0b6a93120';
const FORMAT = 'a7da43f3-9d20-45c9-8dc5-be5ae931a8a3';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMqxJM9sOdsH/PxO6S17EmmK+HrlE3DY+rdj/nALmEZz imt upload';
const FINGERPRINT = 'SHA256:abHhYV9g1uj+s5RP/uDqODTDpJ0VsQLEQBJ7xXramIk';

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
  return page;
}

/** Looks at the change, says why, and saves it. */
async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Look at the change and save' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /Why/ }).fill('trying the screen');
  await dialog.getByRole('button', { name: 'Save the change' }).click();
  await dialog.first().waitFor({ state: 'hidden' });
  await page.getByText('Not saved yet').waitFor({ state: 'hidden' });
}

const fileOf = (count: number) => {
  const invoice = (n: number) =>
    `IH|R|${FORMAT}|${72000000 + n}-2026-11-21|11/21/2026|12/21/2026|100.00||252\nCR|${72000000 + n}|SOMEONE\nID|Insurance\n`;
  return `FH|${GUID}|reference|11/20/2026|${count}|${count * 100}.00\n${Array.from({ length: count }, (_, n) => invoice(n)).join('')}`;
};
const dropped = (name: string, text: string, mimeType = 'text/plain') => ({
  name,
  mimeType,
  buffer: Buffer.from(text),
});

describe('Integration Summary', () => {
  test('a rule is tried on a dropped file before it is saved; a wrong value is told at its field', async () => {
    const page = await open(`/billers/${BID}/integration-summary`);
    const kind = (name: string) => page.getByLabel(`${name}: where its value comes from`);
    await kind('AutoPayCollectionDate').selectOption('date');
    await page.getByLabel('AutoPayCollectionDate: number of days').fill('5');
    await page.getByText('5 days before InvoiceDueDate.').waitFor();
    await kind('CreditCardServiceFee').selectOption('constant');
    await page.getByLabel('CreditCardServiceFee: the value').fill('a lot');
    await page
      .getByText(/a lot is no money/)
      .first()
      .waitFor();
    await page.getByLabel('CreditCardServiceFee: the value').fill('3.50');
    await page
      .getByText(/a lot is no money/)
      .first()
      .waitFor({ state: 'detached' });
    await page.getByLabel('A Biller Invoice File to try').setInputFiles(dropped('november.bif', fileOf(250)));
    await page.getByText(/250 invoices of november\.bif/).waitFor();
    await page
      .getByRole('row', { name: /AutoPayCollectionDate.*InvoiceDueDate - 5 days.*Dec(ember)? 16/ })
      .first()
      .waitFor();
    await page
      .getByRole('row', { name: /CreditCardServiceFee nothing \$3\.50/ })
      .first()
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel('A Biller Invoice File to try').setInputFiles(dropped('holiday.jpg', 'no file of bills'));
    await page.getByText(/0 invoices of holiday\.jpg/).waitFor();
    await page.getByRole('button', { name: 'Try this file' }).click();
    await page.getByText(/invoices of the file were read/).waitFor();
    await save(page);
    await page.reload();
    await page.getByText('5 days before InvoiceDueDate.').waitFor();
    await page.context().close();
  });

  test('a field moved in the layout is seen in the sample; two records with one row type are refused at their place', async () => {
    const page = await open(`/billers/${BID}/integration-summary`);
    // The sample is of this biller: its own BillerGuid.
    await page.getByText(/FH\|0c7c1d0e-5b8a-4a86-8f2b-93a0b6a93120\|/).waitFor();
    await page.getByRole('button', { name: 'Move InvoiceTypeID up' }).click();
    await page.getByLabel('Add a field to the customer record').selectOption('EmailAddress');
    await page.getByText(/\|128\.40\|252\|/).waitFor();
    await page.getByText(/JANE SAMPLE\|jane@example\.com/).waitFor();
    await page.getByLabel('Row type').first().fill('ih');
    await page
      .getByText(/Two records have the same row type/)
      .first()
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByText(/\|128\.40\|\|252/).waitFor();
    await page.context().close();
  });
});

describe('FTP Management', () => {
  test('a user with a key and a password, and the recommended pair, are saved; wrong input is told in words', async () => {
    const page = await open(`/billers/${BID}/ftp-management`);
    await page.getByText('The SFTP server is not part of this version').first().waitFor();
    await page.getByRole('button', { name: 'New FTP user' }).click();
    await page.getByLabel('Username').fill('Cedar Valley');
    await page
      .getByText(/must be 3 to 40 small letters/)
      .first()
      .waitFor();
    await page.getByLabel('Username').fill('cedarvalleyftp');
    const key = page.getByLabel('A public key for cedarvalleyftp');
    await key.fill('-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----');
    await page.getByRole('button', { name: 'Add the key' }).click();
    await page.getByText(/This is a private key/).waitFor();
    await key.fill(KEY);
    await page.getByRole('button', { name: 'Add the key' }).click();
    await page.getByText(FINGERPRINT).waitFor();
    await page.getByRole('button', { name: 'Set a password' }).click();
    await page.getByRole('button', { name: 'Make a strong one' }).click();
    await page.getByRole('button', { name: 'New PDF setting' }).click();
    await page.getByRole('textbox', { name: 'Path' }).fill('..\\elsewhere');
    await page
      .getByText(/can’t hold “\.” or “\.\.”/)
      .first()
      .waitFor();
    await page.getByRole('textbox', { name: 'Path' }).fill('cedarvalleyftp\\ToInvoiceCloud\\PDFs');
    await page.getByRole('textbox', { name: 'Path' }).blur();
    await expect.poll(() => page.getByRole('textbox', { name: 'Path' }).inputValue()).toBe('/ToInvoiceCloud/PDFs');
    await expect.poll(() => page.getByLabel('FTP username').inputValue()).toBe('cedarvalleyftp');
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByText('With a PDF setting on the same folder').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await save(page);
    await page.getByText(/^•••• \([0-9a-f]{8}\)$/).waitFor();
    await page.getByRole('link', { name: 'All billers’ FTP users' }).click();
    await page.getByLabel('Username, biller or BID').fill('cedarvalley');
    await page.getByRole('cell', { name: 'password, 1 key' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'cedarvalleyftp' }).click();
    await page.waitForURL(/ftp-management\?field=/);
    await page.context().close();
  });

  test('a username of another biller is told at the field before it is saved', async () => {
    const [other] = await otherBillers();
    const page = await open(`/billers/${other}/ftp-management`);
    await page.getByRole('button', { name: 'New FTP user' }).click();
    await page.getByLabel('Username').last().fill('cedarvalleyftp');
    await page
      .getByText(/cedarvalleyftp is taken on the SFTP server/)
      .first()
      .waitFor();
    await page.context().close();
  });
});

async function otherBillers(): Promise<readonly number[]> {
  const page = await open('/billers');
  const answer = await page.request.get(`${demo.url}/api/v1/billers`);
  const { items } = (await answer.json()) as { items: { bid: number }[] };
  await page.context().close();
  return items.map(({ bid }) => bid).filter((bid) => bid !== BID);
}

describe('Portal Customization', () => {
  test('is seen on the payer’s own page as it is typed; what could hide the amount is refused with its line', async () => {
    const page = await open(`/billers/${BID}/portal-customization`);
    const frame = page.frameLocator('iframe[title^="Preview"]');
    await frame.getByText('$128.40').first().waitFor();
    await page.getByLabel('Page', { exact: true }).selectOption('find');
    await page.getByLabel('Welcome text, English').fill('Welcome <b>neighbours</b>.');
    await frame.getByText('Welcome <b>neighbours</b>.').waitFor();
    await page.getByLabel('Language').selectOption('es');
    await page.getByLabel('Welcome text, Spanish').fill('Bienvenidos, vecinos.');
    await frame.getByText('Bienvenidos, vecinos.').waitFor();
    await page.getByRole('textbox', { name: 'CSS' }).fill('h1 { font-size: 2rem }\n.amount { display: none }');
    await page
      .getByText(/Line 2: .*could hide what the payer has to see/)
      .first()
      .waitFor();
    await page.getByRole('textbox', { name: 'CSS' }).fill('.bar { color: #777777; background: #888888 }');
    await page
      .getByText(/The contrast of #777777 on #888888 is 1\.2/)
      .first()
      .waitFor();
    await page.getByRole('textbox', { name: 'CSS' }).fill('header.site { color: #ffffff; background: #14324a }');
    await page
      .getByText(/The contrast of/)
      .first()
      .waitFor({ state: 'detached' });
    await page
      .getByLabel('Logo file')
      .setInputFiles(
        dropped(
          'logo.svg',
          '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script></svg>',
          'image/svg+xml',
        ),
      );
    await page
      .getByText(/<script> is a program/)
      .first()
      .waitFor();
    await page
      .getByLabel('Logo file')
      .setInputFiles(
        dropped(
          'logo.svg',
          '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path d="M0 0h40v20z" fill="#e0a030"/></svg>',
          'image/svg+xml',
        ),
      );
    await frame.locator('.brand img').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await save(page);
    await page.goto(`${demo.url}/cedar-valley?lang=es`);
    await page.getByText('Bienvenidos, vecinos.').waitFor();
    const ground = await page
      .locator('header.site')
      .evaluate('getComputedStyle(document.querySelector("header.site")).backgroundColor');
    expect(ground).toBe('rgb(20, 50, 74)');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.context().close();
  });
});

describe('Import worksheet', () => {
  test('shows what each value becomes, no secret, and sets it as one version', async () => {
    const page = await open(`/billers/${BID}/advanced-settings`);
    await page.getByRole('link', { name: 'Import worksheet' }).click();
    const file = page.getByLabel('A worksheet', { exact: true });
    await file.setInputFiles(dropped('worksheet.xlsx', 'PK\u0003\u0004 no workbook at all'));
    await page.getByRole('alert').waitFor();
    await file.setInputFiles(
      dropped(
        'worksheet.csv',
        'Name,Value\nRTDR Username,pine\nRTDR Password,canary-of-the-worksheet\nFavourite word,canary-too\n',
        'text/csv',
      ),
    );
    await page.getByRole('rowheader', { name: 'RTDR Password' }).waitFor();
    expect(await page.locator('body').innerText()).not.toContain('canary');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page
      .getByRole('cell', { name: /Left out/ })
      .first()
      .waitFor();
    await page.getByRole('textbox', { name: /Why/ }).fill('worksheet of November');
    await page.getByRole('button', { name: /^Set it as version/ }).click();
    await page.waitForURL(/advanced-settings$/);
    await page.goto(`${demo.url}/staff/billers/${BID}/configuration-history`);
    await page.getByText('worksheet of November').waitFor();
    await page.context().close();
  });
});

test('on a phone and in the dark nothing sticks out, and axe finds nothing', async () => {
  for (const options of [{ viewport: PHONE }, { colorScheme: 'dark' }] as const) {
    const page = await open('/', options);
    for (const path of [
      `/billers/${BID}/integration-summary`,
      `/billers/${BID}/ftp-management`,
      `/billers/${BID}/portal-customization`,
      `/billers/${BID}/import-worksheet`,
      '/ftp-credentials',
    ]) {
      await page.goto(`${demo.url}/staff${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('.note[role=status]').first().waitFor({ state: 'hidden' });
      expect([path, await accessibilityFaults(page)]).toEqual([path, []]);
      expect([path, await sticksOut(page)]).toEqual([path, false]);
    }
    await page.context().close();
  }
});
