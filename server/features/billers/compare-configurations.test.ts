import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changedSections, compareConfigurations } from './compare-configurations.ts';
import { type Configuration, configurationSchema, SECTION_NAMES, type SettingValue } from './configuration.ts';
import { defaultConfiguration } from './default-configuration.ts';
import { feeFor } from './fees.ts';
import { mergeSections } from './merge-sections.ts';
import { pickSections } from './restore-version.ts';

const base = defaultConfiguration({
  name: 'Prairie Pine',
  integrationPartner: 'Many Abilities',
  invoiceFormatGuid: '7d444840-9dc0-41d1-b245-5ffdce74fad2',
});
const secret = fc.record({
  sealed: fc.constantFrom('v1.a', 'v1.b'),
  fingerprint: fc.constantFrom('0000000a', '0000000b'),
});
const setting: fc.Arbitrary<SettingValue> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), value: fc.constantFrom('x', 'y|z') }),
  fc.record({ kind: fc.constant('secret' as const), secret }),
  fc.record({ kind: fc.constant('onOff' as const), value: fc.boolean() }),
);
/** Documents that differ here and there, as people's do. */
const document: fc.Arbitrary<Configuration> = fc
  .record({
    settings: fc.dictionary(fc.constantFrom('8', '9', '10', '4711'), setting, { maxKeys: 4 }),
    least: fc.integer({ min: 0, max: 3 }),
    ids: fc.uniqueArray(fc.constantFrom('1', '2', '3'), { minLength: 1, maxLength: 3 }),
    users: fc.uniqueArray(fc.constantFrom('ann', 'bob'), { maxLength: 2 }),
    password: fc.option(secret),
    css: fc.constantFrom('', 'a{}'),
  })
  .map(({ settings, least, ids, users, password, css }) => ({
    ...base,
    advancedSettings: settings,
    cards: { ...base.cards, leastCents: least },
    invoiceTypes: ids.flatMap((id) => base.invoiceTypes.map((type) => ({ ...type, id }))),
    ftp: { ...base.ftp, users: users.map((username) => ({ username, password, publicKeys: [] })) },
    portal: { ...base.portal, css },
  }));
/** What a reader can tell apart: the sealed text changes with each sealing, the fingerprint only with the secret. */
const readable = (configuration: Configuration) =>
  JSON.stringify(configuration, (name, value: unknown) => (name === 'sealed' ? undefined : value));

describe('comparing configurations', () => {
  test('finds no difference exactly where there is none', () => {
    expect(configurationSchema.safeParse(base).success).toBe(true);
    fc.assert(
      fc.property(document, document, (a, b) => {
        expect(compareConfigurations(a, a)).toEqual([]);
        expect(compareConfigurations(a, b).length === 0).toBe(readable(sorted(a)) === readable(sorted(b)));
      }),
    );
  });

  test('tells both sides, each the other way round when the sides change places', () => {
    fc.assert(
      fc.property(document, document, (a, b) => {
        const there = compareConfigurations(a, b).map(({ path, from, to }) => ({ path, from, to }));
        const back = compareConfigurations(b, a).map(({ path, from, to }) => ({ path, from: to, to: from }));
        const byPath = (x: { path: string }, y: { path: string }) => (x.path < y.path ? -1 : 1);
        expect(there.toSorted(byPath)).toEqual(back.toSorted(byPath));
      }),
    );
  });

  test('finds what is shown alike and is not: a | that setting 81 makes a sign between two values', () => {
    const settings = (value: string, more: Configuration['advancedSettings'] = {}) => ({
      ...base,
      advancedSettings: { '20': { kind: 'text' as const, value }, ...more },
    });
    const multi = { '81': { kind: 'text' as const, value: 'MULTIENVIRONMENT' } };
    expect(
      compareConfigurations(settings('a|b', multi), settings('a\\|b')).map((difference) => difference.path),
    ).toEqual(['advancedSettings.20', 'advancedSettings.81']);
  });

  test('shows no sealed text', () => {
    fc.assert(
      fc.property(document, document, (a, b) => {
        expect(JSON.stringify(compareConfigurations(a, b))).not.toMatch(/v1\./);
      }),
    );
  });

  test('restoring sections gives exactly those sections back and leaves the others', () => {
    fc.assert(
      fc.property(document, document, fc.subarray([...SECTION_NAMES]), (old, now, sections) => {
        const restored = { ...now, ...pickSections(old, sections) };
        const left = changedSections(old, restored);
        expect(left.filter((name) => sections.includes(name))).toEqual([]);
        expect(left).toEqual(changedSections(old, now).filter((name) => !sections.includes(name)));
        for (const name of sections) expect(restored[name]).toEqual(old[name]);
      }),
    );
  });
});

describe('merging sections', () => {
  test('never loses what either side changed: it is in the result or in the conflicts', () => {
    fc.assert(
      fc.property(document, document, document, (start, mine, theirs) => {
        const { merged, conflicts } = mergeSections({ base: start, mine, theirs, sections: SECTION_NAMES });
        const inConflict = new Set(conflicts.map((conflict) => conflict.section));
        for (const section of SECTION_NAMES) {
          const one = pickSections(merged, [section])[section];
          if (inConflict.has(section)) continue;
          const didMine = changedSections(start, mine).includes(section);
          expect(readable(sorted({ ...base, [section]: one }))).toBe(
            readable(sorted({ ...base, [section]: (didMine ? mine : theirs)[section] })),
          );
        }
        for (const section of inConflict) {
          expect(changedSections(start, mine)).toContain(section);
          expect(changedSections(start, theirs)).toContain(section);
        }
      }),
    );
  });

  test('tells base, mine and theirs of a conflict', () => {
    const mine = { ...base, cards: { ...base.cards, leastCents: 200 } };
    const theirs = { ...base, cards: { ...base.cards, leastCents: 300 } };
    expect(mergeSections({ base, mine, theirs, sections: ['cards'] }).conflicts).toEqual([
      { path: 'cards.leastCents', section: 'cards', base: 100, mine: 200, theirs: 300 },
    ]);
  });
});

describe('fees', () => {
  test('are the flat part and the percentage, half a cent rounded up', () => {
    const configuration = {
      ...base,
      cards: {
        ...base.cards,
        fees: { CC: { flatCents: 95, basisPoints: 250 }, ACH: { flatCents: 0, basisPoints: 1 } },
      },
    };
    expect(feeFor(configuration, '1', 'CC', 10_000)).toBe(345);
    expect(feeFor(configuration, '1', 'ACH', 4_999)).toBe(0);
    expect(feeFor(configuration, '1', 'ACH', 5_000)).toBe(1);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99_999_999_999 }),
        fc.integer({ min: 0, max: 1000 }),
        (amountCents, basisPoints) => {
          const fees = { CC: { flatCents: 0, basisPoints }, ACH: { flatCents: 0, basisPoints: 0 } };
          const exact = (BigInt(amountCents) * BigInt(basisPoints) * 2n + 10_000n) / 20_000n;
          expect(feeFor({ ...base, cards: { ...base.cards, fees } }, '1', 'CC', amountCents)).toBe(Number(exact));
        },
      ),
    );
  });
});

function sorted(configuration: Configuration): Configuration {
  return {
    ...configuration,
    advancedSettings: Object.fromEntries(
      Object.entries(configuration.advancedSettings).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}
