import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFaults, DESKTOP, openBrowser, PHONE, sticksOut } from './open-browser.ts';
import { type RunningDemo, startDemo } from './run-demo.ts';
import { type SignedIn, signIn } from './sign-in.ts';

const BID = 3120;
const OTHER = 2984;
const SHOTS = process.env.SCREENSHOTS;

let demo: RunningDemo;
let browser: Browser;
let signedIn: SignedIn;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-safekeeping-'));

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
  signedIn = await signIn(browser, demo);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function open(at: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: DESKTOP, storageState: signedIn, ...options });
  const page = await context.newPage();
  await page.goto(`${demo.url}/staff${at}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

async function isSound(page: Page, name: string): Promise<void> {
  expect(await accessibilityFaults(page), name).toEqual([]);
  expect(await sticksOut(page), name).toBe(false);
  if (SHOTS) await page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage: true });
}

/** Presses a button that saves a file, and keeps that file. */
async function download(page: Page, press: () => Promise<void>): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), press()]);
  const kept = path.join(folder, file.suggestedFilename());
  await file.saveAs(kept);
  return kept;
}

describe('the audit', () => {
  test('is one timeline with filters in the address, an export, and a proof that is renewed', async () => {
    const page = await open('/audit');
    await page.getByRole('button', { name: 'Verify now' }).click();
    await page.getByText('Every chain is sound').waitFor();
    await page.getByRole('cell', { name: 'Signed in' }).first().waitFor();
    await isSound(page, 'audit-desktop');

    const checkpoint = await download(page, () => page.getByRole('button', { name: 'Keep a checkpoint' }).click());
    expect(JSON.parse(fs.readFileSync(checkpoint, 'utf8'))).toMatchObject({ causeway: 'audit-checkpoint' });
    await page.getByLabel('A checkpoint').setInputFiles(checkpoint);
    await page.getByText('against the checkpoint of').waitFor();
    const wrong = path.join(folder, 'wrong.json');
    fs.writeFileSync(wrong, 'not JSON');
    await page.getByLabel('A checkpoint').setInputFiles(wrong);
    await page.getByRole('alert').getByText('That file is no checkpoint').waitFor();
    const changed = path.join(folder, 'changed.json');
    fs.writeFileSync(changed, fs.readFileSync(checkpoint, 'utf8').replace(/"seq": \d+/, '"seq": 1'));
    await page.getByLabel('A checkpoint').setInputFiles(changed);
    await page.getByRole('alert').getByText('not as it was written').waitFor();

    await page.getByLabel('What', { exact: true }).selectOption('biller');
    await page.getByRole('cell', { name: 'Made the biller' }).first().waitFor();
    await page.getByRole('cell', { name: 'Signed in' }).first().waitFor({ state: 'hidden' });
    expect(new URL(page.url()).searchParams.get('act')).toBe('biller');
    const csv = await download(page, () => page.getByRole('link', { name: 'CSV', exact: true }).click());
    const lines = fs.readFileSync(csv, 'utf8').trimEnd().split('\r\n');
    expect(lines[0]).toContain('chain,seq,at');
    expect(lines.slice(1).every((line) => line.includes('biller.created'))).toBe(true);
    await page.getByLabel('Any text, the reason too').fill('no such words anywhere');
    await page.getByLabel('Any text, the reason too').press('Enter');
    await page.getByText('Nothing fits. Take a filter away.').waitFor();
    await page.context().close();
  });

  test('of one biller is sound on a phone, and in the dark', async () => {
    const phone = await open(`/billers/${BID}/audit`, { viewport: PHONE });
    await phone.getByRole('table').waitFor();
    await isSound(phone, 'audit-biller-phone');
    await phone.context().close();
    const dark = await open('/audit', { colorScheme: 'dark', viewport: PHONE });
    await dark.getByRole('table').waitFor();
    await isSound(dark, 'audit-dark-phone');
    await dark.context().close();
  });
});

describe('export and apply', () => {
  test('takes chosen screens from one biller’s file to another, as exactly the plan that was shown', async () => {
    const page = await open(`/billers/${OTHER}/export-apply`);
    await page.getByText(/causeway-key:[A-Za-z0-9_-]{43}/).waitFor();
    await isSound(page, 'export-desktop');
    await page.getByRole('button', { name: 'None of them' }).click();
    await expect.poll(() => page.getByRole('button', { name: 'Download the file' }).isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: 'Credit/Debit Cards' }).check();
    const file = await download(page, () => page.getByRole('button', { name: 'Download the file' }).click());
    const exported = JSON.parse(fs.readFileSync(file, 'utf8'));
    expect(Object.keys(exported.sections)).toEqual(['cards']);
    exported.sections.cards.leastCents = 777;
    fs.writeFileSync(file, JSON.stringify(exported));
    await page.context().close();

    const target = await open(`/billers/${BID}/export-apply`);
    await target
      .getByLabel('A configuration file')
      .setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
    await target.getByRole('alert').getByText('not an exported configuration').waitFor();
    await target.getByLabel('A configuration file').setInputFiles(file);
    await target.getByText(/to add, .* to change, .* to remove/).waitFor();
    await target.getByRole('cell', { name: '$7.77' }).waitFor();
    await isSound(target, 'apply-desktop');
    const apply = target.getByRole('button', { name: /Apply exactly this as version/ });
    await expect.poll(() => apply.isDisabled()).toBe(true);
    await target.getByRole('textbox', { name: /Why/ }).fill('as tried in test');
    await apply.click();
    await target.getByText(/Applied: version \d+ is in force/).waitFor();
    await target.goto(`${demo.url}/staff/billers/${BID}/credit-debit-cards`);
    await expect
      .poll(() => target.evaluate("[...document.querySelectorAll('input')].map(each => each.value)"))
      .toContain('7.77');
    await target.context().close();
  });

  test('seals secrets to the key of an installation, and says which key is none', async () => {
    const page = await open(`/billers/${OTHER}/export-apply`, { viewport: PHONE });
    const key = await page.getByText(/^causeway-key:/).textContent();
    await page.getByRole('radio', { name: /Sealed/ }).check();
    const field = page.getByRole('textbox', { name: /Public key/ });
    await field.fill('something else');
    await page.getByRole('button', { name: 'Download the file' }).click();
    await page.getByRole('alert').getByText('no public key of an installation').waitFor();
    await isSound(page, 'export-phone');
    await field.fill(key ?? '');
    const file = await download(page, () => page.getByRole('button', { name: 'Download the file' }).click());
    const text = fs.readFileSync(file, 'utf8');
    expect(text).toContain('"jwe"');
    await page.getByLabel('A configuration file').setInputFiles(file);
    await page.getByText('come sealed in the file').waitFor();
    await isSound(page, 'apply-phone');
    await page.context().close();
  });
});
