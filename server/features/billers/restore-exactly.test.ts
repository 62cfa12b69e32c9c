import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyConfiguration } from '../../testing/any-configuration.ts';
import { withTestPlatform } from '../../testing/platform.ts';
import { type StaffHeaders, signInAs, testPartners, withBillersApp } from '../../testing/staff.ts';
import { compareConfigurations, type Difference } from './compare-configurations.ts';
import { type Configuration, type ConfigurationDraft, type ConfigurationView, SECTION_NAMES } from './configuration.ts';
import { mapSecrets, redact } from './document-secrets.ts';
import { checkConfiguration } from './rules/rules.ts';
import { saveConfiguration } from './save-configuration.ts';

/** Documents made for the property; each has some two hundred values. */
const RUNS = 100;
/** Versions kept in a real database and restored over HTTP. */
const VERSIONS = 8;

interface Leaf {
  readonly parts: readonly string[];
  readonly value: unknown;
}

/** Every value of a document by its place, named as differences name it. Written apart from the comparison under test. */
function leavesOf(document: ConfigurationView): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const keep = (parts: readonly string[], value: unknown) => leaves.set(parts.join('.'), { parts, value });
  const walk = (parts: readonly string[], value: unknown): void => {
    const path = parts.join('.');
    const key = path === 'invoiceTypes' ? 'id' : path === 'ftp.users' ? 'username' : undefined;
    if (Array.isArray(value) && key !== undefined) {
      keep(
        [...parts, 'order'],
        value.map((entry: Record<string, unknown>) => entry[key]),
      );
      for (const entry of value) walk([...parts, String(entry[key])], entry);
      return;
    }
    const isSetting = /^advancedSettings\../.test(path);
    if (isSetting || Array.isArray(value) || value === null || typeof value !== 'object' || 'fingerprint' in value) {
      keep(parts, value);
      return;
    }
    for (const [name, each] of Object.entries(value)) walk([...parts, name], each);
  };
  walk([], document);
  return leaves;
}

/** The document of its values again. */
function documentOf(leaves: ReadonlyMap<string, Leaf>): Record<string, unknown> {
  const lists = new Map(
    [...leaves]
      .filter(([, leaf]) => leaf.parts.at(-1) === 'order')
      .map(([, leaf]) => [leaf.parts.slice(0, -1).join('.'), leaf.value as string[]]),
  );
  const made: Record<string, unknown> = { advancedSettings: {} };
  for (const { parts, value } of leaves.values()) {
    if (parts.at(-1) === 'order') continue;
    let place = made;
    for (const part of parts.slice(0, -1)) {
      place[part] ??= {};
      place = place[part] as Record<string, unknown>;
    }
    place[parts.at(-1) ?? ''] = value;
  }
  for (const [path, order] of lists) {
    const parts = path.split('.');
    const above = parts
      .slice(0, -1)
      .reduce<Record<string, unknown>>((place, part) => place[part] as Record<string, unknown>, made);
    const entries = (above[parts.at(-1) ?? ''] ?? {}) as Record<string, unknown>;
    above[parts.at(-1) ?? ''] = order.map((name) => entries[name]);
  }
  return made;
}

/** Applies differences: what is told as a value is taken as told; a setting or secret, told as text, is looked up in `b`. */
function applied(
  a: ConfigurationView,
  differences: readonly Difference[],
  b: ConfigurationView,
): Record<string, unknown> {
  const leaves = leavesOf(a);
  const target = leavesOf(b);
  for (const difference of differences) {
    if (!('to' in difference)) {
      leaves.delete(difference.path);
      continue;
    }
    const there = target.get(difference.path);
    if (!there) throw new Error(`${difference.path} is told and is not there`);
    const isText = difference.isSecret || difference.path.startsWith('advancedSettings.');
    leaves.set(difference.path, { parts: there.parts, value: isText ? there.value : difference.to });
  }
  return documentOf(leaves);
}

test('applying the differences of two versions to the first gives exactly the second', () => {
  fc.assert(
    fc.property(anyConfiguration(), anyConfiguration(), (a, b) => {
      expect(documentOf(leavesOf(redact(a)))).toEqual(redact(a));
      expect(applied(redact(a), compareConfigurations(a, b), redact(b))).toEqual(redact(b));
      expect(applied(redact(b), compareConfigurations(b, a), redact(a))).toEqual(redact(a));
    }),
    { numRuns: RUNS },
  );
});

describe('restoring over HTTP', () => {
  let opened: Awaited<ReturnType<typeof withTestPlatform>>;
  let made: Awaited<ReturnType<typeof withBillersApp>>;
  let admin: StaffHeaders;
  const bid = 2984;

  beforeAll(async () => {
    opened = await withTestPlatform();
    made = await withBillersApp(opened.platform);
    admin = await signInAs(made.app, made.deps, { role: 'administrator' });
  });
  afterAll(async () => {
    await made.app.close();
    await made.billers.close();
    await opened.close();
  });

  const get = async (path: string) =>
    (
      await made.app.inject({ method: 'GET', url: `/api/v1/billers/${bid}/configuration${path}`, headers: admin })
    ).json();
  const restore = async (body: object) => {
    const answer = await made.app.inject({
      method: 'POST',
      url: `/api/v1/billers/${bid}/configuration/restore`,
      headers: admin,
      payload: body,
    });
    expect([answer.statusCode, answer.body.slice(0, 500)]).toEqual([200, expect.any(String)]);
    return answer.json();
  };

  test('a version gives exactly that document, and one section of it exactly that section', async () => {
    await made.app.inject({
      method: 'POST',
      url: '/api/v1/billers',
      headers: admin,
      payload: { bid, name: 'Prairie Pine' },
    });
    const kept: ConfigurationView[] = [(await get('')).configuration];
    for (const document of fc.sample(working(), VERSIONS)) {
      const saved = await saveConfiguration(made.deps, {
        bid,
        expectedVersion: kept.length,
        sections: withTypedSecrets(document),
        reason: 'any document',
        by: { kind: 'program', name: 'test' },
      });
      if (saved.isChanged) kept.push((await get('')).configuration);
    }
    expect(kept.length).toBeGreaterThan(VERSIONS / 2);
    let version = kept.length;
    for (const [n, document] of kept.entries()) {
      const saved = await restore({ version: n + 1, expectedVersion: version, reason: 'whole' });
      version = saved.version;
      expect((await get('')).configuration).toEqual(document);
      expect((await get(`/diff?from=${n + 1}&to=${version}`)).items).toEqual([]);
    }
    const before = (await get('')).configuration as ConfigurationView;
    for (const section of SECTION_NAMES) {
      const [wanted] = kept;
      const answer = await made.app.inject({
        method: 'POST',
        url: `/api/v1/billers/${bid}/configuration/restore`,
        headers: admin,
        payload: { version: 1, expectedVersion: version, sections: [section], reason: 'one screen' },
      });
      // A single section may not go with the others: then it is refused as a save of it would be, and nothing changed.
      if (answer.statusCode === 422) continue;
      version = answer.json().version;
      const now = (await get('')).configuration as ConfigurationView;
      expect(now).toEqual({ ...before, [section]: wanted?.[section] });
      version = (await restore({ version: kept.length, expectedVersion: version, sections: [section], reason: 'back' }))
        .version;
    }
  });
});

/** Documents that no rule refuses: nothing is asked of a partner, and no setting that needs another. */
function working(): fc.Arbitrary<Configuration> {
  const partners = testPartners();
  return anyConfiguration()
    .map(
      (document): Configuration => ({
        ...document,
        profile: { ...document.profile, integrationPartner: 'Many Abilities' },
        invoiceTypes: document.invoiceTypes.map((type) => ({
          ...type,
          environment: null,
          methods: [...new Set(type.methods)],
        })),
        cards: {
          ...document.cards,
          leastCents: Math.min(document.cards.leastCents, document.cards.mostCents),
          brands: ['visa'],
        },
        ivr: { invoiceTypeIds: [] },
        invoicing: { ...document.invoicing, realTimeDataRefresh: false },
        dataPump: {
          ...document.dataPump,
          payments: Object.fromEntries(
            Object.keys(document.dataPump.payments).map((source) => [source, { CC: false, ACH: false }]),
          ) as Configuration['dataPump']['payments'],
          nonPayment: { paperless: false, autopay: false },
        },
        ftp: { ...document.ftp, pdfSettings: [], zipSettings: [] },
        advancedSettings: Object.fromEntries(
          Object.entries(document.advancedSettings).filter(
            ([number, value]) =>
              ['32', '105', '4711', '99999'].includes(number) || (number === '13' && value.kind === 'secret'),
          ),
        ),
      }),
    )
    .filter((document) => checkConfiguration(document, partners).every((fault) => fault.severity === 'warning'));
}

/** Secrets as they are typed: the same one where the fingerprint is the same. */
function withTypedSecrets(document: Configuration): ConfigurationDraft {
  return mapSecrets(document, (sealed) => ({ set: `secret ${sealed.fingerprint}` }));
}
