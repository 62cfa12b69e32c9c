import fs from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askDatabase } from './ask-database.ts';
import { letTimePass } from './let-time-pass.ts';
import { accessibilityFaults, DESKTOP, openBrowser, PHONE, sticksOut } from './open-browser.ts';
import { type RunningDemo, startDemo } from './run-demo.ts';

const BID = 3120;
const GUID = '0c7c1d0e-5b8a-4a86-8f2b-93a0b6a93120';
const FORMAT = 'a7da43f3-9d20-45c9-8dc5-be5ae931a8a3';
/** An account of the sample biller whose payment the partner refuses, so that one payment is held. */
const HELD = '71000040';

let demo: RunningDemo;
let browser: Browser;
let signedIn: Awaited<ReturnType<Awaited<ReturnType<Browser['newContext']>>['storageState']>>;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
  const page = await (await browser.newContext({ viewport: DESKTOP })).newPage();
  await page.goto(`${demo.url}/staff/`);
  await enterPassword(page);
  await page.getByRole('heading', { name: /Overview/ }).waitFor();
  signedIn = await page.context().storageState();
  // As if it had just shown who it is, however long these tests take: the question has tests of its own.
  await askDatabase(demo.dataFolder, `update staff_session set proven_at = now() + interval '1 day'`);
  await page.context().close();
  await payAndBeRefused();
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

async function enterPassword(page: Page, email = demo.admin.email): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByRole('textbox', { name: /^Password/ }).fill(demo.admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function open(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: DESKTOP, storageState: signedIn, ...options });
  const page = await context.newPage();
  await page.goto(`${demo.url}/staff${path}`);
  return page;
}

async function plant(rule: Record<string, unknown>): Promise<void> {
  await fetch(`${demo.imtControlUrl}faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ operation: 'payment', ...rule }]),
  });
}

async function payAndBeRefused(): Promise<void> {
  await plant({ policy: HELD, effect: { kind: 'status', status: 422, detail: 'Policy is cancelled' } });
  await pay(HELD);
}

/** Pays what is due by card, as a payer on a phone would. */
async function pay(account: string): Promise<void> {
  const policy = await fetch(`${demo.imtControlUrl}instances/3403/policies/${account}`);
  const { lastName } = (await policy.json()) as { lastName: string };
  const page = await (await browser.newContext({ viewport: PHONE })).newPage();
  await page.goto(`${demo.url}/cedar-valley`);
  await page.getByLabel('Policy or account number').fill(account);
  await page.getByLabel('Last name or ZIP code').fill(lastName);
  await page.getByRole('button', { name: 'Find my bill' }).click();
  await page.getByRole('link', { name: 'Pay this bill' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: /^Pay \$/ }).click();
  await page.waitForURL((url) => url.origin !== demo.url);
  await page.getByRole('textbox', { name: /name on the card/i }).fill('Jessica Smith');
  await page.getByRole('textbox', { name: /zip/i }).fill('50265');
  await page.getByRole('textbox', { name: /card number/i }).fill('4242 4242 4242 4242');
  await page.getByRole('textbox', { name: /expir/i }).fill('12 / 30');
  await page.getByRole('textbox', { name: /security code/i }).fill('123');
  await page.getByRole('button', { name: /pay/i }).click();
  await page.getByRole('heading', { name: 'Payment received' }).waitFor();
  await page.context().close();
}

/** Pays while the partner's connection breaks, and lets the settling pass until the payment is held. */
async function payAndBeHeld(page: Page, account: string, kind: 'cut-after-commit' | 'cut-before-commit') {
  await plant({ policy: account, count: 1, effect: { kind } });
  await pay(account);
  await page.goto(`${demo.url}/staff/billers/${BID}/held?state=unknown&accountNumber=${account}`);
  await reloadUntil(page, async () => (await page.locator('a.row-anchor').count()) === 1);
  await page.getByRole('cell', { name: 'being found out' }).waitFor();
  await page.locator('a.row-anchor').click();
  await page.getByText(/^The connection broke/).waitFor();
  const address = page.url();
  await reloadUntil(page, async () => {
    await letTimePass(demo.dataFolder, account);
    return (await page.getByRole('button', { name: 'Confirm posted' }).count()) === 1;
  });
  return address;
}

const SO_WITHIN_MS = 240_000;
async function reloadUntil(page: Page, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + SO_WITHIN_MS;
  while (performance.now() < endMs) {
    if (await isSo()) return;
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    // What says that it loads; a message that stays is a status too.
    await page.locator('.note[role="status"]').first().waitFor({ state: 'hidden' });
  }
  throw new Error(`never so: ${await page.locator('main').innerText()}`);
}

/** How often the partner has it: times, and cents in all. */
async function ledgerOf(account: string): Promise<{ count: number; billAmountCents: number }> {
  const answer = await fetch(`${demo.imtControlUrl}ledger?instance=3403&policyNumber=${account}`);
  return (await answer.json()) as { count: number; billAmountCents: number };
}

/** One act of the decision, with its reason, confirmed. */
async function decide(page: Page, button: string, confirm: RegExp, fill: Record<string, string>): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click();
  const dialog = page.getByRole('dialog');
  for (const [name, value] of Object.entries(fill))
    await dialog.getByRole('textbox', { name: new RegExp(name) }).fill(value);
  await dialog.getByRole('button', { name: confirm }).click();
  await dialog.first().waitFor({ state: 'hidden' });
}

async function openAsSecond(path: string): Promise<Page> {
  const page = await open(path, { storageState: { cookies: [], origins: [] } });
  await enterPassword(page, demo.admin.second);
  return page;
}

const SCREENS: readonly (readonly [path: string, heading: RegExp])[] = [
  ['/', /Overview of all billers/],
  [`/?bid=${BID}`, /Overview of Cedar Valley/],
  ['/work-items', /Work items/],
  ['/billers', /Billers/],
  ['/users', /Users/],
  ['/roles', /Roles and rights/],
  ['/own-security', /Your sign-in and sessions/],
  [`/billers/${BID}`, /Cedar Valley/],
  [`/billers/${BID}/accounts`, /Accounts/],
  [`/billers/${BID}/accounts/${HELD}`, /./],
  [`/billers/${BID}/invoices`, /Invoices/],
  [`/billers/${BID}/invoice-files`, /Invoice Files/],
  [`/billers/${BID}/payments`, /Payments/],
  [`/billers/${BID}/notices`, /Notices/],
  [`/billers/${BID}/deliveries`, /Deliveries/],
  [`/billers/${BID}/held`, /Held payments/],
  [`/billers/${BID}/lanes`, /Lanes/],
  [`/billers/${BID}/reconciliation`, /Reconciliation/],
  [`/billers/${BID}/advanced-settings`, /Advanced Settings/],
  [`/billers/${BID}/datapump-management`, /DataPump Management/],
  [`/billers/${BID}/configuration-history`, /Configuration history/],
  [`/billers/${BID}/api-credentials`, /API credentials/],
  [`/billers/${BID}/audit`, /Audit/],
  ['/no-such-page', /There is no such page/],
];

describe('every screen', () => {
  for (const [name, options] of [
    ['on a desktop', { viewport: DESKTOP }],
    ['on a phone', { viewport: PHONE }],
    ['in the dark', { viewport: DESKTOP, colorScheme: 'dark' }],
  ] as const) {
    test(`${name} has no accessibility fault, and nothing sticks out`, async () => {
      const page = await open('/', options);
      for (const [path, heading] of SCREENS) {
        await page.goto(`${demo.url}/staff${path}`);
        await page.getByRole('heading', { level: 1, name: heading }).waitFor();
        // What says that it loads; a message that stays is a status too.
        await page.locator('.note[role="status"]').first().waitFor({ state: 'hidden' });
        expect([path, await accessibilityFaults(page)]).toEqual([path, []]);
        expect([path, await sticksOut(page)]).toEqual([path, false]);
      }
      await page.context().close();
    });
  }
});

describe('staff', () => {
  test('who comes without a session, or whose session ends, is led back after signing in', async () => {
    const page = await open(`/billers/${BID}/payments?status=settled`, { storageState: { cookies: [], origins: [] } });
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await enterPassword(page);
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    await page.context().clearCookies();
    await page.getByLabel('Method').selectOption('CC');
    await page.getByText('Your session is over').waitFor();
    await enterPassword(page);
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    expect(new URL(page.url()).search).toBe('?status=settled&method=CC');
    await page.context().close();
  });

  test('an address that names nothing keeps the menu and the search, and is told in the reader’s words', async () => {
    const page = await open('/no-such-page');
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder(/Paste or type/).waitFor();
    for (const path of ['/billers/9999', `/billers/${BID}/invoice-files/mistyped`, `/billers/${BID}/invoices/short`]) {
      await page.goto(`${demo.url}/staff${path}`);
      await page.getByText('There is nothing here under that name.').waitFor();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByRole('link', { name: 'Accounts', exact: true }).waitFor();
      expect(await page.getByText(/params\.|UUID|Too small/).count()).toBe(0);
    }
    await page.context().close();
  });

  test('choosing a biller keeps the screen: the overview and the work items are then of that biller alone', async () => {
    const page = await open('/');
    await page.getByRole('heading', { name: 'Overview of all billers' }).waitFor();
    await page.getByLabel('Biller').selectOption(String(BID));
    await page.getByRole('heading', { name: /Overview of Cedar Valley/ }).waitFor();
    await page.getByRole('link', { name: 'Work items', exact: true }).click();
    await page.getByLabel('Biller').selectOption('');
    await page.waitForURL(/work-items$/);
    await page.context().close();
  });

  test('what is pasted into the palette leads to its page; arrows and Enter walk a list; its CSV holds all of it', async () => {
    const page = await open(`/billers/${BID}/accounts`);
    await page.locator('a.row-anchor').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/accounts\/71000001$/);
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder(/Paste or type/).fill(` ${HELD} `);
    await page.getByText(`Account ${HELD}`).first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`accounts/${HELD}$`));
    await page.goto(`${demo.url}/staff/billers/${BID}/accounts`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    expect(
      fs
        .readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\r\n'),
    ).toHaveLength(1 + 1_000);
    await page.context().close();
  });

  test('a faulty file shows every fault at its line; Data Refresh asks for the balance of one of its accounts', async () => {
    const page = await open(`/billers/${BID}/invoice-files`);
    const invoice = (account: string, date: string, due: string) =>
      `IH|R|${FORMAT}|${account}-2026-11-21|${date}|12/21/2026|${due}||252\nCR|${account}|SOMEONE\nID|Insurance\n`;
    const bif = `FH|${GUID}|reference|11/20/2026|2|200.00\n${invoice('71000010', '11/21/2026', '100.00')}${invoice('71000011', '13/41/2026', '100.00')}`;
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'faulty.bif', mimeType: 'text/plain', buffer: Buffer.from(bif) });
    await page.getByRole('cell', { name: '13/41/2026' }).waitFor();
    await expect.poll(() => page.getByText('Loaded in part').count()).toBe(1);
    await expect.poll(() => page.getByRole('link', { name: 'Refused invoices (.bif)' }).count()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByLabel(/Account of the file/).fill('71000010');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('button', { name: '71000010' }).click();
    await page.getByRole('button', { name: 'Data Refresh' }).click();
    await page.getByText('The partner answered').waitFor();
    await page.context().close();
  });

  test('a change of settings is shown before it is saved; a refresh it breaks leads back to the settings; restore mends it', async () => {
    const page = await open(`/billers/${BID}/advanced-settings`);
    await page.getByRole('button', { name: 'Replace setting 10', exact: true }).click();
    await page.getByRole('textbox', { name: /Value/ }).fill('not|the|password');
    await page.getByRole('button', { name: 'Put it in the change' }).click();
    await page.getByRole('button', { name: 'Look at the change and save' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('cell', { name: 'Advanced Settings' }).waitFor();
    expect(await dialog.innerText()).not.toContain('not|the|password');
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('textbox', { name: /Why/ }).fill('trying the screen');
    await dialog.getByRole('button', { name: 'Save the change' }).click();
    await dialog.first().waitFor({ state: 'hidden' });
    await page.goto(`${demo.url}/staff/billers/${BID}/accounts/71000021`);
    await page.getByRole('button', { name: 'Data Refresh' }).click();
    await page.getByRole('link', { name: 'Advanced Setting 10' }).click();
    await page.waitForURL(/advanced-settings\?setting=10$/);
    await page.goto(`${demo.url}/staff/billers/${BID}/configuration-history`);
    await page.getByRole('button', { name: 'Restore 1', exact: true }).click();
    await page.getByRole('textbox', { name: /Why/ }).fill('putting it back');
    await page.getByRole('button', { name: 'Restore version 1' }).click();
    await page.getByText('putting it back').waitFor();
    await page.context().close();
  });

  test('a held payment is one page with its evidence; a note is kept, and a replay says beforehand what it sends', async () => {
    const page = await open(`/billers/${BID}/held`);
    await page.locator('a.row-anchor').first().click();
    await page.getByText('Policy is cancelled').first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Note' }).click();
    await page.getByRole('textbox', { name: /Why/ }).fill('called the insurer');
    await page.getByRole('dialog').getByRole('button', { name: 'Note' }).click();
    await page.getByText('Recorded.').waitFor();
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByText(/1 delivery \(\$.*\) will be sent/).waitFor();
    await expect
      .poll(() => page.getByRole('dialog').getByRole('button', { name: 'Send 1 delivery again' }).isDisabled())
      .toBe(true);
    await page.context().close();
  });

  test('a lane is paused and resumed with a reason; a day reconciles to the cent', async () => {
    const page = await open(`/billers/${BID}/lanes`);
    for (const [verb, button] of [
      ['Pause', 'Pause the lane'],
      ['Resume', 'Resume the lane'],
    ] as const) {
      await page.getByRole('button', { name: verb, exact: true }).first().click();
      await page.getByRole('textbox', { name: /Why/ }).fill('trying it');
      await page.getByRole('button', { name: button }).click();
      await page.getByRole('dialog').first().waitFor({ state: 'hidden' });
    }
    await page.goto(`${demo.url}/staff/billers/${BID}/reconciliation`);
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.getByRole('heading', { name: /no gap/ }).waitFor();
    await page.context().close();
  });
});

describe('an unknown payment', () => {
  test('whose figures moved is seen as unknown, then held with its evidence; it is noted and confirmed, and the story tells it', async () => {
    const account = '71000041';
    const page = await open('/');
    await payAndBeHeld(page, account, 'cut-after-commit');
    await page.getByText(/^Applied: the partner’s figures moved/).waitFor();
    for (const column of ['Before the send', 'Reading 1', 'Reading 2', 'Moved'])
      await page.getByRole('columnheader', { name: column }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Post again', exact: true }).waitFor({ state: 'detached' });
    await decide(page, 'Note', /^Note$/, { Why: 'called the insurer at nine' });
    await page.getByText('“called the insurer at nine”').waitFor();
    await decide(page, 'Confirm posted', /^Confirm posted$/, { reference: 'IMT-7781', Why: 'they read it to me' });
    await page.getByText('Confirmed as posted, reference IMT-7781').waitFor();
    await page.getByText('Posted', { exact: true }).first().waitFor();
    expect((await ledgerOf(account)).count).toBe(1);
    await page.goto(`${demo.url}/staff/billers/${BID}/accounts/${account}`);
    await page.getByText('“they read it to me”').waitFor();
    await page
      .getByText(/The partner told this before payment \d+ of \$.* was posted; the payer is shown \$/)
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.goto(`${demo.url}/staff/billers/${BID}/audit`);
    await page.getByRole('cell', { name: 'Confirmed as posted, reference IMT-7781' }).waitFor();
    await page.context().close();
  });

  test('of which nothing arrived is posted again by two people, and stands at the partner exactly once', async () => {
    const account = '71000042';
    const page = await open('/');
    const address = await payAndBeHeld(page, account, 'cut-before-commit');
    await page
      .getByText(/^Not applied/)
      .first()
      .waitFor();
    expect((await ledgerOf(account)).count).toBe(0);
    await decide(page, 'Post again', /Ask a second person/, { Why: 'their screen shows nothing' });
    await page.getByRole('button', { name: 'Agree: post again' }).click();
    await page.getByText('You asked for it yourself').waitFor();
    await expect
      .poll(() =>
        page
          .getByRole('dialog')
          .getByRole('button', { name: /Agree, and post/ })
          .isDisabled(),
      )
      .toBe(true);
    const second = await openAsSecond(new URL(address).pathname.replace('/staff', ''));
    await second
      .getByText(/asked to post it again/)
      .first()
      .waitFor();
    await decide(second, 'Agree: post again', /Agree, and post \$/, { Why: 'I looked as well' });
    await second.getByText('Agreed to post it again').waitFor();
    await reloadUntil(second, async () => (await second.getByText('Posted', { exact: true }).count()) > 0);
    expect((await ledgerOf(account)).count).toBe(1);
    await second.context().close();
    await page.context().close();
  });

  test('that is returned to the payer opens an item to refund it, and is never sent', async () => {
    const account = '71000043';
    const page = await open('/');
    await payAndBeHeld(page, account, 'cut-before-commit');
    await decide(page, 'Return to payer', /^Return to payer$/, { Why: 'the policy has moved to another insurer' });
    await page.getByText('Returned to the payer', { exact: true }).waitFor();
    await page.goto(`${demo.url}/staff/work-items?bid=${BID}`);
    await page.getByText(/refund it to the payer/).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect((await ledgerOf(account)).count).toBe(0);
    await page.context().close();
  });
});

test('the trust level goes up by two people and down by one', async () => {
  const page = await open(`/billers/${BID}/lanes`);
  await decide(page, 'Ask for L1, confirm by evidence', /Ask for L1/, { Why: 'its figures were right for a month' });
  await page.getByText('You asked for it yourself').waitFor();
  const second = await openAsSecond(`/billers/${BID}/lanes`);
  await decide(second, 'Agree to L1, confirm', /Agree to L1/, { Why: 'I looked at the month as well' });
  await second.getByText(/L1, confirm: clear evidence/).waitFor();
  await decide(second, 'Lower to L0, hold', /Lower to L0/, { Why: 'only trying it' });
  await second.getByText(/L0, hold: an unknown/).waitFor();
  await second.context().close();
  await page.context().close();
});
