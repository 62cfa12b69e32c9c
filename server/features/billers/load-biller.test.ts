import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withTestPlatform } from '../../testing/platform.ts';
import { testPartners } from '../../testing/staff.ts';
import type { Actor } from './actor.ts';
import type { Biller } from './biller-store.ts';
import type { ConfigurationDraft } from './configuration.ts';
import { createBiller } from './create-biller.ts';
import { type Billers, createBillers } from './load-biller.ts';
import { saveConfiguration } from './save-configuration.ts';
import { settingsFromTexts } from './settings/settings-from-texts.ts';

let opened: Awaited<ReturnType<typeof withTestPlatform>>;
let billers: Billers;
const by: Actor = { kind: 'operator', name: 'test' };
const partners = testPartners();

beforeAll(async () => {
  opened = await withTestPlatform();
  billers = createBillers(opened.platform, partners);
  await billers.listening();
});
afterAll(async () => {
  await billers.close();
  await opened.close();
});

const deps = () => ({ ...opened.platform, partners });
/** Asks until it is so; the database tells in its own time, well within a second where nothing else runs. */
async function eventually<T>(ask: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  for (let turn = 0; turn < 6_000; turn++) {
    const value = await ask();
    if (isSo(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not come to be so within a minute');
}

describe('loading a biller', () => {
  test('hears of a save made in another process', async () => {
    const made = await createBiller(deps(), { bid: 1, name: 'Prairie Pine Mutual', by });
    expect((await billers.load(1))?.slug).toBe('prairie-pine-mutual');
    await saveConfiguration(deps(), {
      bid: 1,
      expectedVersion: 1,
      sections: { obd: { ...made.configuration.obd, isOn: true } },
      reason: 'told elsewhere',
      by,
    });
    const seen = await eventually(
      () => billers.load(1),
      (biller) => biller?.version === 2,
    );
    expect(seen?.configuration.obd.isOn).toBe(true);
  });

  test('is at most a second behind while the listening connection is lost, and hears again afterwards', async () => {
    const made = await createBiller(deps(), { bid: 2, name: 'Two', by });
    await billers.load(2);
    await opened.database.withSystem((tx) => tx.selectFrom('biller').select('bid').limit(1).execute());
    const killer = await opened.database.connect('killer');
    await killer.query('set role none');
    await killer.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'causeway configuration listener'`,
    );
    await killer.end();
    await saveConfiguration(deps(), {
      bid: 2,
      expectedVersion: 1,
      sections: { obd: { ...made.configuration.obd, isOn: true } },
      reason: 'not heard',
      by,
    });
    opened.clock.advance(1000);
    const seen = await eventually(
      async () => {
        opened.clock.advance(1000);
        return billers.load(2);
      },
      (biller) => biller?.version === 2,
    );
    expect(seen?.version).toBe(2);
    await eventually(
      async () => {
        const { rows } = await opened.database.withSystem(async (tx) => ({
          rows: await tx.selectFrom('biller').select('version').where('bid', '=', 2).execute(),
        }));
        const version = rows[0]?.version ?? 0;
        await saveConfiguration(deps(), {
          bid: 2,
          expectedVersion: version,
          sections: { cards: { ...made.configuration.cards, leastCents: 100 + version } },
          reason: 'is it heard',
          by,
        });
        return eventually(
          () => billers.load(2),
          (biller) => biller?.version === version + 1,
        );
      },
      (biller) => biller !== undefined,
    );
  });

  test('finds by slug, and nothing under a slug or BID nobody has', async () => {
    await createBiller(deps(), { bid: 3, name: 'Three', slug: 'three-rivers', by });
    expect((await billers.loadBySlug('three-rivers'))?.bid).toBe(3);
    expect(await billers.loadBySlug('nobody')).toBeUndefined();
    expect(await billers.load(999)).toBeUndefined();
    expect((await billers.list()).map((biller) => biller.bid)).toContain(3);
  });

  test('refuses a second biller of the same BID, slug or GUID', async () => {
    const made = await createBiller(deps(), { bid: 4, name: 'Four', by });
    for (const [what, from] of [
      ['BID', { bid: 4, slug: 'other', name: 'x' }],
      ['slug', { bid: 5, slug: made.slug, name: 'x' }],
      ['BillerGuid', { bid: 6, guid: made.guid, slug: 'six', name: 'x' }],
    ] as const) {
      await expect(createBiller(deps(), { ...from, by })).rejects.toMatchObject({
        code: 'biller-exists',
        details: { what },
      });
    }
  });

  test('shows the rows of one biller to nobody who asks as another', async () => {
    const rows = await opened.database.withBiller(3, async (tx) => [
      await tx.selectFrom('biller').select('bid').execute(),
      await tx.selectFrom('biller_configuration').select('bid').distinct().execute(),
      await tx.selectFrom('sealed_key').select('bid').execute(),
    ]);
    expect(rows).toEqual([[{ bid: 3 }], [{ bid: 3 }], [{ bid: 3 }]]);
  });
});

describe('a connection to the partner', () => {
  const single = { 8: 'https://a.example/', 9: 'refresh', 10: 'pw-a|b', 88: 'https://auth.example/' };
  let next = 50;
  const withSettings = async (
    texts: Record<number, string>,
    more: Partial<ConfigurationDraft> = {},
    partner = 'Many Abilities',
  ): Promise<Biller> => {
    const hasPrivateKey = partners.get(partner)?.abilities.hasPrivateKey ?? false;
    const bid = next++;
    return createBiller(deps(), {
      bid,
      name: `B${bid}`,
      configuration: { advancedSettings: settingsFromTexts(texts, { hasPrivateKey }), ...more },
      by,
    });
  };
  const profileOf = (name: string, biller: Biller): Partial<ConfigurationDraft> => ({
    profile: { ...biller.configuration.profile, integrationPartner: name },
  });

  test('has address, sign-in address, user and password of its operation', async () => {
    const connection = await billers.connectionFor(await withSettings(single), 'balance', { invoiceTypeId: '1' });
    if ('missing' in connection) throw new Error(connection.missing);
    expect(connection).toMatchObject({
      url: 'https://a.example/',
      authUrl: 'https://auth.example/',
      username: 'refresh',
      environment: 1,
      maxConcurrent: 8,
    });
    expect(connection.credentials.password()).toBe('pw-a|b');
    expect(connection.credentials.privateKey()).toBeUndefined();
    expect(JSON.stringify(connection)).not.toContain('pw-a');
  });

  test('names the setting that is missing', async () => {
    const biller = await withSettings({ 8: 'https://a.example/', 88: 'https://auth.example/' });
    expect(await billers.connectionFor(biller, 'balance', { invoiceTypeId: '1' })).toEqual({
      missing: 'Setting 9 (RTDR Username if Applicable) is not set.',
    });
    expect(await billers.connectionFor(biller, 'payment', { invoiceTypeId: '1' })).toMatchObject({
      missing: expect.stringContaining('Setting 11 ('),
    });
  });

  test('goes to the environment of the invoice type, never to the other', async () => {
    const first = await withSettings(single);
    const [type] = first.configuration.invoiceTypes;
    if (!type) throw new Error('no invoice type');
    const multi = {
      ...single,
      8: 'https://one.example/|https://two.example/',
      10: 'pw1\\|x|pw2',
      81: 'MULTIENVIRONMENT',
    };
    const biller = await withSettings(multi, {
      invoiceTypes: [
        { ...type, id: 'A', environment: 1 },
        { ...type, id: 'B', environment: 2 },
      ],
    });
    const told = await Promise.all(
      ['A', 'B'].map(async (invoiceTypeId) => {
        const connection = await billers.connectionFor(biller, 'balance', { invoiceTypeId });
        return 'missing' in connection
          ? connection.missing
          : [
              connection.environment,
              connection.url,
              connection.username,
              connection.credentials.password(),
              connection.authUrl,
            ];
      }),
    );
    expect(told).toEqual([
      [1, 'https://one.example/', 'refresh', 'pw1|x', 'https://auth.example/'],
      [2, 'https://two.example/', 'refresh', 'pw2', 'https://auth.example/'],
    ]);
    expect(await billers.connectionFor(biller, 'balance', { invoiceTypeId: 'C' })).toMatchObject({
      missing: expect.stringContaining('no invoice type C'),
    });
  });

  test('carries private key and password apart, bars and all', async () => {
    const plain = await withSettings({});
    const biller = await withSettings(
      { 8: 'https://s.example/', 9: 'u', 10: '9w!tb\\|bKa|99A9999F' },
      profileOf('Few Abilities', plain),
      'Few Abilities',
    ).catch((cause: unknown) => cause);
    if (biller instanceof Error) throw new Error(JSON.stringify((biller as Error & { details?: unknown }).details));
    const connection = await billers.connectionFor(biller as Biller, 'balance', { invoiceTypeId: '1' });
    if ('missing' in connection) throw new Error(connection.missing);
    expect([connection.credentials.privateKey(), connection.credentials.password(), connection.authUrl]).toEqual([
      '9w!tb|bKa',
      '99A9999F',
      undefined,
    ]);
    expect(await billers.connectionFor(biller as Biller, 'pdf', { environment: 1 })).toMatchObject({
      missing: expect.stringContaining('Few Abilities'),
    });
  });
});
