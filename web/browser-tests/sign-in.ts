import type { Browser, BrowserContext } from 'playwright-core';
import { DESKTOP } from './open-browser.ts';
import type { RunningDemo } from './run-demo.ts';

/** What a browser keeps of somebody who signed in: given to a new context, its pages are signed in from the start. */
export type SignedIn = Awaited<ReturnType<BrowserContext['storageState']>>;

/** Signs one of the demo's two administrators in, once for all tests of a file. */
export async function signIn(browser: Browser, demo: RunningDemo, email = demo.admin.email): Promise<SignedIn> {
  const context = await browser.newContext({ viewport: DESKTOP });
  const page = await context.newPage();
  await page.goto(`${demo.url}/staff/`);
  await page.getByLabel('Email').fill(email);
  await page.getByRole('textbox', { name: /^Password/ }).fill(demo.admin.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: /Overview/ }).waitFor();
  const kept = await context.storageState();
  await context.close();
  return kept;
}
