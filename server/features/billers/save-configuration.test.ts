import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Platform } from '../../platform/platform.ts';
import { Problem } from '../../platform/problems.ts';
import { createKeyring } from '../../platform/secrets.ts';
import { withTestPlatform } from '../../testing/platform.ts';
import { testPartners } from '../../testing/staff.ts';
import type { Actor } from './actor.ts';
import type { Biller } from './biller-store.ts';
import type { ConfigurationDraft } from './configuration.ts';
import { createBiller } from './create-biller.ts';
import { type Billers, createBillers } from './load-biller.ts';
import { compareVersions, readDocument, readHistory } from './read-history.ts';
import { restoreVersion } from './restore-version.ts';
import { previewConfiguration, saveConfiguration } from './save-configuration.ts';
import { rewrapDataKeys } from './sealed-keys.ts';
import { settingsFromTexts } from './settings/settings-from-texts.ts';

let opened: Awaited<ReturnType<typeof withTestPlatform>>;
let deps: Platform & { partners: ReturnType<typeof testPartners>; billers: Billers };
let nextBid = 100;
const by: Actor = { kind: 'staff', name: 'pm@example.com' };
const endpoints = {
  8: 'https://a.example/api/',
  9: 'refresh',
  10: 'canary-refresh',
  11: 'https://a.example/api/',
  12: 'pump',
  13: 'canary-pump',
  88: 'https://auth.example/1/api/sessions/',
};

beforeAll(async () => {
  opened = await withTestPlatform();
  const partners = testPartners();
  deps = { ...opened.platform, partners, billers: createBillers(opened.platform, partners) };
});
afterAll(async () => {
  await deps.billers.close();
  await opened.close();
});

async function biller(
  texts: Record<number, string> = endpoints,
  more: Partial<ConfigurationDraft> = {},
): Promise<Biller> {
  const bid = nextBid++;
  return createBiller(deps, {
    bid,
    name: `Biller ${bid}`,
    configuration: { advancedSettings: settingsFromTexts(texts), ...more },
    by,
  });
}
const save = (from: Biller, sections: Partial<ConfigurationDraft>, expectedVersion = from.version) =>
  saveConfiguration(deps, { bid: from.bid, expectedVersion, sections, reason: 'in a test', by });
const problem = async (promise: Promise<unknown>): Promise<Problem> => {
  const cause = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(cause instanceof Problem)) throw new Error(`expected a refusal, got ${String(cause)}`);
  return cause;
};
const withTexts = (from: Biller, texts: Record<number, string>): Partial<ConfigurationDraft> => ({
  advancedSettings: { ...from.configuration.advancedSettings, ...settingsFromTexts(texts) },
});

describe('saving a configuration', () => {
  test('keeps who, when, why and what of each version', async () => {
    const made = await biller();
    const saved = await save(made, { cards: { ...made.configuration.cards, leastCents: 500 } });
    expect(saved).toMatchObject({
      version: 2,
      isChanged: true,
      differences: [{ path: 'cards.leastCents', from: 100, to: 500 }],
    });
    const history = await readHistory(deps, { bid: made.bid });
    expect(history.items.map((item) => [item.version, item.changedBy, item.reason, item.sections])).toEqual([
      [2, 'pm@example.com', 'in a test', ['cards']],
      [1, 'pm@example.com', 'The biller was created.', expect.arrayContaining(['profile', 'portal'])],
    ]);
    const again = await save(made, { cards: { ...made.configuration.cards, leastCents: 500 } }, 2);
    expect(again).toMatchObject({ version: 2, isChanged: false });
  });

  test('of two people who change one section, tells the second both values, and loses neither', async () => {
    const made = await biller();
    const { cards } = made.configuration;
    await save(made, { cards: { ...cards, leastCents: 200 } });
    const refused = await problem(save(made, { cards: { ...cards, leastCents: 300 } }));
    expect(refused.kind.status).toBe(409);
    expect(refused.details.conflicts).toEqual([
      { path: 'cards.leastCents', section: 'cards', base: 100, mine: 300, theirs: 200 },
    ]);
    expect((await deps.billers.load(made.bid))?.configuration.cards.leastCents).toBe(200);
  });

  test('lets two people change different sections, at the same time too', async () => {
    const made = await biller();
    const { cards, obd, ivr } = made.configuration;
    await Promise.all([
      save(made, { cards: { ...cards, leastCents: 200 } }),
      save(made, { obd: { ...obd, isOn: true } }),
      save(made, { ivr: { ...ivr, invoiceTypeIds: ['1'] } }),
    ]);
    const now = await deps.billers.load(made.bid);
    expect(now).toMatchObject({
      version: 4,
      configuration: { cards: { leastCents: 200 }, obd: { isOn: true }, ivr: { invoiceTypeIds: ['1'] } },
    });
  });

  test('shows a secret in a conflict as its fingerprint', async () => {
    const made = await biller();
    await save(made, withTexts(made, { 10: 'canary-theirs' }));
    const refused = await problem(save(made, withTexts(made, { 10: 'canary-mine' })));
    expect(refused.details.conflicts).toMatchObject([
      {
        path: 'advancedSettings.10',
        base: expect.stringMatching(/^•••• \([0-9a-f]{8}\)$/),
        mine: expect.stringMatching(/^••••/),
        theirs: expect.stringMatching(/^••••/),
      },
    ]);
    expect(JSON.stringify(refused.details)).not.toMatch(/canary|v1\./);
  });

  test('takes a secret that is typed again as no change', async () => {
    const made = await biller();
    expect(await save(made, withTexts(made, { 10: 'canary-refresh' }))).toMatchObject({ isChanged: false });
  });

  test('refuses what can’t work, each fault at its field, and stores nothing', async () => {
    const made = await biller({});
    const refused = await problem(
      save(made, { invoicing: { ...made.configuration.invoicing, realTimeDataRefresh: true } }),
    );
    expect(refused.kind.status).toBe(422);
    expect(refused.details.faults?.map((fault) => [fault.at, fault.rule])).toEqual(
      [8, 9, 10, 88].map((n) => [`advancedSettings.${n}`, 'rtdr-endpoint']),
    );
    expect((await deps.billers.load(made.bid))?.version).toBe(1);
  });

  test('refuses to keep a secret that is not there', async () => {
    const made = await biller();
    const shown = { kind: 'secret' as const, secret: { shown: '••••' as const, fingerprint: '00000000' } };
    expect(
      (await problem(save(made, { advancedSettings: { ...made.configuration.advancedSettings, '10': shown } }))).code,
    ).toBe('secret-not-known');
  });

  test('leaves nothing behind when only looked at', async () => {
    const made = await biller();
    const looked = await previewConfiguration(deps, {
      bid: made.bid,
      expectedVersion: 1,
      sections: withTexts(made, { 8: 'https://evil.example/' }),
    });
    expect(looked).toMatchObject({
      clearedSecrets: [10],
      differences: [{ path: 'advancedSettings.8' }, { path: 'advancedSettings.10' }],
    });
    expect((await deps.billers.load(made.bid))?.version).toBe(1);
  });
});

describe('an endpoint that moves to another host', () => {
  test.each([
    [8, 'https://evil.example/api/', [10]],
    [11, 'http://a.example/api/', [13]],
    [11, 'https://a.example:8443/api/', [13]],
    [88, 'https://evil.example/', [10, 13]],
    [8, 'https://a.example/another/path/', []],
  ] as const)('setting %i to %s loses the secrets %j', async (number, url, cleared) => {
    const made = await biller();
    const saved = await save(made, withTexts(made, { [number]: url }));
    expect(saved.clearedSecrets).toEqual(cleared);
    const now = await deps.billers.load(made.bid);
    for (const gone of cleared) expect(now?.configuration.advancedSettings[String(gone)]).toBeUndefined();
  });

  test('keeps a secret that is new in the same save', async () => {
    const made = await biller();
    const saved = await save(
      made,
      withTexts(made, { 8: 'https://b.example/', 10: 'canary-new', 88: 'https://auth2.example/', 13: 'canary-new-2' }),
    );
    expect(saved.clearedSecrets).toEqual([]);
  });

  test('can’t be reached in two steps, by taking the address away first', async () => {
    const made = await biller();
    const { '8': _gone, ...rest } = made.configuration.advancedSettings;
    expect((await save(made, { advancedSettings: rest })).clearedSecrets).toEqual([10]);
  });

  test('where there was none, takes stored secrets along only for who may write secrets', async () => {
    const { 88: _later, ...without } = endpoints;
    const made = await biller(without);
    const request = {
      bid: made.bid,
      expectedVersion: 1,
      sections: withTexts(made, { 88: 'https://auth.example/' }),
      reason: 'by number',
      by,
    };
    expect(await previewConfiguration(deps, { ...request, mayWriteSecrets: false })).toMatchObject({
      clearedSecrets: [10, 13],
    });
    expect(await saveConfiguration(deps, request)).toMatchObject({ clearedSecrets: [] });
  });

  test('is refused with a sentence where the secret is needed', async () => {
    const made = await biller();
    await save(made, { invoicing: { ...made.configuration.invoicing, realTimeDataRefresh: true } });
    const refused = await problem(save(made, withTexts(made, { 8: 'https://evil.example/' }), 2));
    expect(refused.details.faults).toMatchObject([
      { at: 'advancedSettings.10', message: expect.stringContaining('leads to another host') },
    ]);
  });
});

describe('restoring a version', () => {
  test('gives every value of it back, secrets too', async () => {
    const made = await biller();
    await save(made, withTexts(made, { 8: 'https://b.example/', 10: 'canary-other' }));
    await save(made, { cards: { ...made.configuration.cards, leastCents: 700 } }, 2);
    const restored = await restoreVersion(deps, {
      bid: made.bid,
      version: 1,
      expectedVersion: 3,
      reason: 'back to the start',
      by,
    });
    expect(restored.version).toBe(4);
    expect(await compareVersions(deps, { bid: made.bid, from: 1, to: 4 })).toEqual([]);
    expect(await readDocument(deps, { bid: made.bid, version: 4 })).toEqual(
      await readDocument(deps, { bid: made.bid, version: 1 }),
    );
    const now = await deps.billers.load(made.bid);
    if (!now) throw new Error('gone');
    const connection = await deps.billers.connectionFor(now, 'balance', { environment: 1 });
    expect('credentials' in connection && connection.credentials.password()).toBe('canary-refresh');
  });

  test('of one section leaves the others as they are', async () => {
    const made = await biller();
    await save(made, {
      cards: { ...made.configuration.cards, leastCents: 700 },
      obd: { ...made.configuration.obd, isOn: true },
    });
    await restoreVersion(deps, {
      bid: made.bid,
      version: 1,
      expectedVersion: 2,
      sections: ['cards'],
      reason: 'cards only',
      by,
    });
    const now = await deps.billers.load(made.bid);
    expect(now?.configuration).toMatchObject({ cards: { leastCents: 100 }, obd: { isOn: true } });
  });
});

describe('what is kept of secrets', () => {
  test('no row of the database holds one in the clear', async () => {
    const made = await biller();
    await save(made, withTexts(made, { 10: 'canary-again' }));
    const rows = await deps.database.withSystem(async (tx) => [
      await tx.selectFrom('biller_configuration').selectAll().execute(),
      await tx.selectFrom('audit_event').selectAll().execute(),
      await tx.selectFrom('sealed_key').selectAll().execute(),
    ]);
    expect(JSON.stringify(rows)).not.toContain('canary');
    expect(JSON.stringify(rows[1])).not.toMatch(/v1\.[0-9a-f]{8}/);
    expect(JSON.stringify(rows[1])).toContain('configuration.changed');
  });

  test('a change of the master key leaves every secret readable', async () => {
    const made = await biller();
    const [oldKey] = opened.config.masterKeys;
    if (!oldKey) throw new Error('no master key');
    const rotated = createKeyring({ currentMasterKey: opened.platform.random.bytes(32), olderMasterKeys: [oldKey] });
    await deps.database.withSystem(async (tx) => expect(await rewrapDataKeys(tx, rotated)).toBeGreaterThan(0));
    const partners = testPartners();
    const billers = createBillers({ ...opened.platform, keyring: rotated }, partners);
    const connection = await billers.connectionFor(made, 'payment', { environment: 1 });
    expect('credentials' in connection && connection.credentials.password()).toBe('canary-pump');
    await billers.close();
    await deps.database.withSystem((tx) => rewrapDataKeys(tx, opened.platform.keyring).catch(() => 0));
    deps = { ...deps, keyring: rotated };
  });
});
