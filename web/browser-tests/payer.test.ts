import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askDatabase } from './ask-database.ts';
import { accessibilityFaults, DESKTOP, openBrowser, PHONE, sticksOut } from './open-browser.ts';
import { type RunningDemo, startDemo } from './run-demo.ts';

let demo: RunningDemo;
let browser: Browser;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

const CARD = '4242 4242 4242 4242';

async function openPage(
  options: {
    viewport?: { width: number; height: number };
    javaScriptEnabled?: boolean;
    locale?: string;
    colorScheme?: 'light' | 'dark';
  } = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: PHONE, ...options });
  return context.newPage();
}

async function find(page: Page, slug: string, accountNumber: string, proof: string): Promise<void> {
  await page.goto(`${demo.url}/${slug}`);
  await page.getByLabel('Policy or account number').fill(accountNumber);
  await page.getByLabel('Last name or ZIP code').fill(proof);
  await page.getByRole('button', { name: 'Find my bill' }).click();
}

/** Accounts of the sample biller, counted from its first. */
function account(slug: string, at: number): string {
  return String(Number(demo.examples[slug]?.accountNumber) + at);
}

async function lastNameOf(accountNumber: string, instance: string): Promise<string> {
  const policy = (await (
    await fetch(`${demo.imtControlUrl}instances/${instance}/policies/${accountNumber}`)
  ).json()) as { lastName: string };
  return policy.lastName;
}

async function payWithCard(page: Page, number: string): Promise<void> {
  await page.waitForURL((url) => url.origin !== demo.url);
  await page.getByRole('textbox', { name: /name on the card/i }).fill('Jessica Smith');
  await page.getByRole('textbox', { name: /zip/i }).fill('50265');
  await page.getByRole('textbox', { name: /card number/i }).fill(number);
  await page.getByRole('textbox', { name: /expir/i }).fill('12 / 30');
  await page.getByRole('textbox', { name: /security code/i }).fill('123');
  await page.getByRole('button', { name: /pay/i }).click();
}

async function checkScreen(page: Page): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await sticksOut(page)).toBe(false);
}

describe('a payer on a phone', () => {
  test('finds a bill, sees its live balance and PDF, pays by card, gets a receipt; the payment stands at the partner', async () => {
    const page = await openPage();
    const example = demo.examples['prairie-pine'];
    const sentToCauseway: string[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).origin === demo.url)
        sentToCauseway.push(`${request.url()} ${request.postData() ?? ''}`);
    });
    await page.goto(`${demo.url}/prairie-pine`);
    await checkScreen(page);
    await find(page, 'prairie-pine', example?.accountNumber ?? '', example?.lastName ?? '');
    await page.getByRole('heading', { name: 'Your bill' }).waitFor();
    await expect.poll(() => page.getByText('Checked with your insurer').count()).toBe(1);
    await checkScreen(page);
    const pdfLink = await page.getByRole('link', { name: 'See the bill (PDF)' }).first().getAttribute('href');
    const pdf = await page.context().request.get(`${demo.url}${pdfLink}`);
    expect([pdf.status(), pdf.headers()['content-type'], (await pdf.body()).subarray(0, 5).toString()]).toEqual([
      200,
      'application/pdf',
      '%PDF-',
    ]);
    const due = await page.locator('.amount').innerText();
    await page.getByRole('link', { name: 'Pay this bill' }).click();
    await checkScreen(page);
    await page.getByLabel('Email for your receipt').fill('jessica@example.com');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Review and pay' }).waitFor();
    await checkScreen(page);
    await page.getByRole('button', { name: /^Pay \$/ }).click();
    await payWithCard(page, CARD);
    await page.getByRole('heading', { name: 'Payment received' }).waitFor();
    await checkScreen(page);
    const confirmation = await page.locator('dd').first().innerText();
    await expect
      .poll(() => transactionsAtPartner(example?.accountNumber ?? ''), { interval: 300 })
      .toEqual([`2984${confirmation}`]);
    await page.reload();
    await expect
      .poll(
        async () => {
          await page.reload();
          return page.locator('.clocks .mark').allInnerTexts();
        },
        { interval: 500 },
      )
      .toEqual(['✓', '✓', expect.any(String)]);
    await expect
      .poll(async () => (await (await fetch(`${demo.url}/inbox`)).text()).includes('jessica@example.com'), {
        interval: 500,
      })
      .toBe(true);
    await page.goto(`${demo.url}/prairie-pine/bill`);
    await expect.poll(() => page.getByText('Nothing is due').count()).toBe(1);
    // The card number was typed at the processor; nothing the browser sent here, and nothing printed, holds it.
    expect(sentToCauseway.length).toBeGreaterThan(5);
    expect(`${sentToCauseway.join('\n')}${demo.output()}`.replaceAll(/[ +%20-]/g, '')).not.toContain(
      '4242424242424242',
    );
    expect(due).toMatch(/^\$[\d,]+\.\d\d$/);
    await page.context().close();
  });

  test('pays with JavaScript off, by another amount, in Spanish', async () => {
    const page = await openPage({ javaScriptEnabled: false, locale: 'es-US' });
    const accountNumber = account('prairie-pine', 2);
    await page.goto(`${demo.url}/prairie-pine`);
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('es');
    await page.getByLabel('Número de póliza o de cuenta').fill(accountNumber);
    await page.getByLabel('Apellido o código postal').fill(await lastNameOf(accountNumber, '3401'));
    await page.getByRole('button', { name: 'Buscar mi factura' }).click();
    await page.getByRole('link', { name: 'Pagar esta factura' }).click();
    await page.getByLabel('Otro monto').check();
    await page.getByLabel('Monto en dólares').fill('12.34');
    await page.getByLabel('Cuenta bancaria').check();
    await page.getByRole('button', { name: 'Continuar' }).click();
    await expect.poll(() => page.getByText('un único débito electrónico').count()).toBe(1);
    await page.getByRole('button', { name: 'Pagar $12.34' }).click();
    await page.waitForURL((url) => url.origin !== demo.url);
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('es');
    await page.context().close();
  });

  test('guessing: a wrong name and an account that is not there get the same answer after the same time', async () => {
    const page = await openPage();
    const look = async (number: string) => {
      const started = performance.now();
      await find(page, 'prairie-pine', number, 'Nosuchname');
      await page.getByRole('alert').waitFor();
      return { text: await page.getByRole('alert').innerText(), ms: performance.now() - started };
    };
    const wrongName = await look(account('prairie-pine', 4));
    const noAccount = await look('99999999999');
    expect(noAccount.text).toBe(wrongName.text);
    expect(Math.min(wrongName.ms, noAccount.ms)).toBeGreaterThan(1100);
    await checkScreen(page);
    await page.context().close();
  });

  test('a declined card says that no money was taken, and another try works', async () => {
    const page = await openPage();
    const accountNumber = account('cedar-valley', 3);
    await find(page, 'cedar-valley', accountNumber, await lastNameOf(accountNumber, '3403'));
    await page.getByRole('link', { name: 'Pay this bill' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: /^Pay \$/ }).click();
    await payWithCard(page, '4000 0000 0000 9995');
    await page.getByRole('heading', { name: 'The payment was declined' }).waitFor();
    await expect.poll(() => page.getByText('No money has been taken.').count()).toBe(1);
    await checkScreen(page);
    await page.getByRole('link', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'How would you like to pay?' }).waitFor();
    await page.context().close();
  });

  test.each([
    { clicks: 'a double click', clickCount: 2, javaScriptEnabled: true, at: 5 },
    { clicks: 'three fast clicks', clickCount: 3, javaScriptEnabled: true, at: 8 },
    { clicks: 'a double click with scripts off', clickCount: 2, javaScriptEnabled: false, at: 9 },
  ])('$clicks, a second tab and the back button make one payment', async ({ clickCount, javaScriptEnabled, at }) => {
    const page = await openPage({ javaScriptEnabled });
    const accountNumber = account('cedar-valley', at);
    await find(page, 'cedar-valley', accountNumber, await lastNameOf(accountNumber, '3403'));
    await page.getByRole('link', { name: 'Pay this bill' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Review and pay' }).waitFor();
    const second = await page.context().newPage();
    await second.goto(`${demo.url}/cedar-valley/review`);
    await Promise.all([
      page.getByRole('button', { name: /^Pay \$/ }).click({ clickCount }),
      second.getByRole('button', { name: /^Pay \$/ }).click(),
    ]);
    // Whichever press came first: each tab ends at the processor, on the page of the same checkout.
    for (const tab of [page, second]) await tab.waitForURL((url) => url.origin !== demo.url);
    expect(new URL(second.url()).pathname).toBe(new URL(page.url()).pathname);
    await payWithCard(page, CARD);
    await page.getByRole('heading', { name: 'Payment received' }).waitFor();
    await page.goBack();
    await page.goto(`${demo.url}/cedar-valley/bill`);
    await page.getByText('Nothing is due').waitFor();
    await expect.poll(() => transactionsAtPartner(accountNumber), { interval: 300 }).toHaveLength(1);
    const made = await askDatabase(demo.dataFolder, 'select status from payment where account_number = $1', [
      accountNumber,
    ]);
    expect(made).toHaveLength(1);
    await page.context().close();
  });

  test('every field’s fault is said on top and at the field, and the title says Error', async () => {
    const page = await openPage();
    await page.goto(`${demo.url}/cedar-valley`);
    await page.getByRole('button', { name: 'Find my bill' }).click();
    await page.getByRole('alert').waitFor();
    await expect.poll(() => page.title()).toMatch(/^Error: /);
    await expect.poll(() => page.locator('.fault').count()).toBe(2);
    await expect.poll(() => page.evaluate('document.activeElement?.className')).toBe('problem');
    await page.context().close();
  });

  test('the dark scheme and the desktop keep every contrast', async () => {
    const page = await openPage({ viewport: DESKTOP, colorScheme: 'dark' });
    await page.goto(`${demo.url}/cedar-valley`);
    await checkScreen(page);
    await page.context().close();
  });

  test('a fee that takes a sentence to say fits the narrowest phone', async () => {
    const page = await openPage({ viewport: { width: 320, height: 640 } });
    const accountNumber = account('cedar-valley', 7);
    await find(page, 'cedar-valley', accountNumber, await lastNameOf(accountNumber, '3403'));
    await page.getByRole('link', { name: 'Pay this bill' }).click();
    await page.getByText(/^Fee \$\S+ when you pay \$/).waitFor();
    await checkScreen(page);
    await page.context().close();
  });

  test('no amount is broken in two, in the longer language on the narrowest phone', async () => {
    const page = await openPage({ viewport: { width: 320, height: 640 }, locale: 'es-US' });
    const accountNumber = account('cedar-valley', 10);
    await page.goto(`${demo.url}/cedar-valley`);
    await page.getByLabel('Número de póliza o de cuenta').fill(accountNumber);
    await page.getByLabel('Apellido o código postal').fill(await lastNameOf(accountNumber, '3403'));
    await page.getByRole('button', { name: 'Buscar mi factura' }).click();
    await page.getByRole('link', { name: 'Pagar esta factura' }).click();
    await page.getByRole('button', { name: 'Continuar' }).click();
    await page.getByRole('button', { name: /^Pagar \$/ }).click();
    await page.waitForURL((url) => url.origin !== demo.url);
    await page.getByText('Cancelar y volver').click();
    await page.getByRole('heading', { name: 'El pago no se hizo' }).waitFor();
    const figures = await page.locator('dd').all();
    const lines = await Promise.all(
      figures.map((figure) =>
        figure.evaluate((cell) => {
          const range = cell.ownerDocument.createRange();
          range.selectNodeContents(cell);
          return /\d/.test(cell.textContent ?? '') ? range.getClientRects().length : 1;
        }),
      ),
    );
    expect(lines.length).toBeGreaterThan(4);
    expect(lines).toEqual(lines.map(() => 1));
    await checkScreen(page);
    await page.context().close();
  });

  test('an unknown biller, an unknown payment and a session that is over have pages that say what to do', async () => {
    const page = await openPage();
    for (const [path, words] of [
      ['/no-such-biller', 'No page here'],
      ['/prairie-pine/payments/0123456789012345678901234', 'No such payment'],
      ['/prairie-pine/bill', 'Please find your bill again'],
    ] as const) {
      await page.goto(`${demo.url}${path}`);
      await page.getByRole('heading', { name: words }).waitFor();
      await checkScreen(page);
    }
    await page.context().close();
  });
});

async function transactionsAtPartner(accountNumber: string): Promise<string[]> {
  const ledger = (await (await fetch(`${demo.imtControlUrl}ledger?policyNumber=${accountNumber}`)).json()) as {
    payments: { transactionId: string }[];
  };
  return ledger.payments.map((payment) => payment.transactionId);
}
