import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../../../app.ts';
import { introduce } from '../../../introduce.ts';
import { openPlatform } from '../../../open-platform.ts';
import type { App } from '../../../platform/http.ts';
import { PAYER_SLUG, withPayerSite } from '../../../testing/payer-rig.ts';
import { QUEUES } from '../../../worker.ts';

/** The promise is a second; what it took is printed, since a busy machine must not fail a true guarantee. */
const tell = (sinceMs: number) =>
  console.info(`the other node followed after ${Math.round(performance.now() - sinceMs)} ms`);

let rig: Awaited<ReturnType<typeof withPayerSite>>;
let other: { app: App; close: () => Promise<void> };
beforeAll(async () => {
  rig = await withPayerSite();
  const opened = await openPlatform({ config: rig.deps.config, queues: QUEUES, overrides: { clock: rig.clock } });
  const introduced = introduce(opened.platform);
  const app = await buildApp(introduced.deps, { version: '0.0.0-test', isStopping: () => false });
  other = {
    app,
    close: async () => {
      await app.close();
      await introduced.close();
      await opened.close();
    },
  };
});
afterAll(async () => {
  await other?.close();
  await rig?.close();
});

const elsewhere = async (): Promise<string> => (await other.app.inject({ url: `/${PAYER_SLUG}` })).body;

test('what is saved on one node changes the payer pages of another, without a restart', async () => {
  for (let turn = 1; turn <= 5; turn += 1) {
    const words = `Turn ${turn} of the verbiage`;
    expect(await elsewhere()).not.toContain(words);
    await rig.save(({ profile }) => ({ profile: { ...profile, virtualSiteVerbiage: { en: words, es: words } } }));
    const savedMs = performance.now();
    await rig.until(async () => ((await elsewhere()).includes(words) ? true : undefined));
    tell(savedMs);
  }
});

test('a product switched off on one node closes the pages of another', async () => {
  await rig.save(({ products }) => ({ products: { ...products, virtualSite: false } }));
  const savedMs = performance.now();
  await rig.until(async () => ((await elsewhere()).includes('Bills are not paid here') ? true : undefined));
  tell(savedMs);
});
