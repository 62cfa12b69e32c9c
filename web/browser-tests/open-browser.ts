import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 900 };

/** How long a test waits for what must come: a machine that is slow, or busy with something else, is no fault of a page. */
const PATIENCE_MS = 180_000;
/** `BROWSER_SLOWDOWN=4` shows every page as a computer a quarter as fast does. */
const SLOWDOWN = Number(process.env.BROWSER_SLOWDOWN ?? '1');
/** A fault of accessibility counts when it is there each time one looks. */
const LOOKS_MAX = 3;

/** The Chromium that `npm test` found, without its calls home; its pages wait patiently. */
export async function openBrowser(): Promise<Browser> {
  const browser = await launch();
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    if (SLOWDOWN > 1) context.on('page', (page) => void slowDown(page).catch(() => undefined));
    return context;
  };
  return browser;
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    timeout: PATIENCE_MS,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
}

/**
 * Every violation of WCAG 2.2 AA that axe finds on the page as it is now, as one line each. Axe takes seconds on a slow
 * machine, and something may fade in or out meanwhile: only what is still there at the next looks is a fault.
 */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  let faults: readonly string[] = [];
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    await standStill(page);
    faults = await lookOnce(page);
    if (faults.length === 0) break;
  }
  return faults;
}

async function lookOnce(page: Page): Promise<readonly string[]> {
  const result = await new AxeBuilder({ page })
    // A frame without the right to run scripts can't be looked into; what it shows is a payer page, which has tests of its own.
    .exclude('iframe[sandbox]')
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return result.violations.map(
    (violation) =>
      `${violation.id}: ${violation.nodes.map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`,
  );
}

/** What fades in is looked at once it is there: half-way, its words have too little contrast. A spinner is not waited for. */
async function standStill(page: Page): Promise<void> {
  await page.evaluate(`new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))).then(() =>
    Promise.all(
      document.getAnimations()
        .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
        .map((one) => one.finished.catch(() => undefined)),
    ).then(() => undefined))`);
}

/** The page scrolls in one direction only: nothing sticks out sideways. */
export function sticksOut(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}
