import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConfigurationDocument, Sections } from './configuration-data.ts';
import { toPositions, valueAt, withValueAt } from './document-paths.ts';
import { SECTION_NAMES } from './section-screens.ts';
import { choicesOf, settled, type ToldConflict } from './settle.ts';

/** The server’s own files, as they run: the web’s types do not reach them. */
const server = import.meta.glob<Record<string, unknown>>(
  [
    '../../../../server/features/billers/default-configuration.ts',
    '../../../../server/features/billers/document-secrets.ts',
    '../../../../server/features/billers/merge-sections.ts',
    '../../../../server/testing/any-configuration.ts',
  ],
  { eager: true },
);
const from = <Value>(file: string, name: string): Value => {
  const found = Object.entries(server).find(([path]) => path.endsWith(`/${file}`))?.[1][name];
  if (found === undefined) throw new Error(`${file} has no ${name}`);
  return found as Value;
};
const redact = from<(document: unknown) => ConfigurationDocument>('document-secrets.ts', 'redact');
const anyConfiguration = from<() => fc.Arbitrary<unknown>>('any-configuration.ts', 'anyConfiguration');
const mergeSections = from<(sides: object) => { conflicts: readonly ToldConflict[] }>(
  'merge-sections.ts',
  'mergeSections',
);
const base = from<(names: object) => unknown>(
  'default-configuration.ts',
  'defaultConfiguration',
)({
  name: 'Prairie Pine',
  integrationPartner: 'IMT Computer Services',
  invoiceFormatGuid: '7d444840-9dc0-41d1-b245-5ffdce74fad2',
});
const RUNS = 25;
const shown = redact(base);

describe('a place in a form', () => {
  test('is read and written, and everything else stays the same object', () => {
    const changed = withValueAt(shown, 'invoiceTypes.~0.registration.areEmailLinksOn', false);
    expect(valueAt(changed, 'invoiceTypes.~0.registration.areEmailLinksOn')).toBe(false);
    expect(valueAt(shown, 'invoiceTypes.~0.registration.areEmailLinksOn')).toBe(true);
    expect(changed.cards).toBe(shown.cards);
    expect(valueAt(withValueAt(shown, 'profile.contacts', [{ role: 'x' }]), 'profile.contacts.0.role')).toBe('x');
    expect(valueAt(shown, 'dataPump.payments.Pay by Text.CC')).toBe(false);
    expect(valueAt(shown, 'nothing.of.it')).toBeUndefined();
  });

  test('is found from the server’s name of it, however the entry is called, and twice where a name stands twice', () => {
    const document = {
      invoiceTypes: [{ id: '7' }, { id: '0' }, { id: '7' }],
      ftp: { users: [{ username: 'a' }, { username: 'a.b' }] },
    };
    expect(toPositions(document, 'invoiceTypes.7.name')).toEqual(['invoiceTypes.~0.name', 'invoiceTypes.~2.name']);
    expect(toPositions(document, 'invoiceTypes.0.name')).toEqual(['invoiceTypes.~1.name']);
    expect(toPositions(document, 'ftp.users.a.b.password')).toEqual(['ftp.users.~1.password']);
    expect(toPositions(document, 'ftp.users.a')).toEqual(['ftp.users.~0']);
    expect(toPositions(document, 'invoiceTypes.9.name')).toEqual(['invoiceTypes']);
    expect(toPositions(document, 'cards.leastCents')).toEqual(['cards.leastCents']);
  });
});

describe('settling a conflict', () => {
  const theirsOf = (change: Partial<ConfigurationDocument>) => ({ ...shown, ...change });
  const settle = (
    mine: Sections,
    newer: ConfigurationDocument,
    conflicts: readonly ToldConflict[],
    side?: 'mine' | 'theirs',
  ) =>
    settled({
      change: { version: 1, base: shown, sections: mine },
      newer,
      choices: choicesOf(conflicts).map((choice) => ({ ...choice, byItself: side ?? choice.byItself })),
    });

  test('what only one changed is chosen already; what both changed is asked', () => {
    const conflicts = [
      { path: 'cards.leastCents', section: 'cards', base: 100, mine: 200, theirs: 300 },
      { path: 'cards.mostCents', section: 'cards', base: 500, mine: 600, theirs: 500 },
      { path: 'cards.mayExceedBalance', section: 'cards', base: false, mine: false, theirs: true },
    ];
    expect(choicesOf(conflicts).map((choice) => choice.byItself)).toEqual([undefined, 'mine', 'theirs']);
    const mine = { ...shown.cards, leastCents: 200, mostCents: 600 };
    const newer = theirsOf({ cards: { ...shown.cards, leastCents: 300, mayExceedBalance: true } });
    expect(settle({ cards: mine }, newer, conflicts).cards).toEqual({
      ...newer.cards,
      mostCents: 600,
    });
  });

  test('an entry that one side took out is one choice, and so is a group that one side has not', () => {
    const conflicts = [
      { path: 'invoiceTypes.1.id', section: 'invoiceTypes', base: '1', mine: '1' },
      { path: 'invoiceTypes.1.name', section: 'invoiceTypes', base: 'Insurance', mine: 'Farm' },
      { path: 'invoiceTypes.2.fees', section: 'invoiceTypes', base: null, mine: null },
      { path: 'invoiceTypes.2.fees.CC.flatCents', section: 'invoiceTypes', theirs: 5 },
    ];
    expect(choicesOf(conflicts).map((choice) => choice.path)).toEqual(['invoiceTypes.2.fees', 'invoiceTypes.1']);
  });

  test('all mine gives mine, all theirs gives theirs, whatever either of us did', () => {
    fc.assert(
      fc.property(anyConfiguration(), anyConfiguration(), (a, b) => {
        const { conflicts } = mergeSections({ base, mine: a, theirs: b, sections: SECTION_NAMES });
        const mine = redact(a);
        const newer = redact(b);
        const told = conflicts;
        const inConflict = new Set(told.map((conflict) => conflict.section));
        const all = settle(mine, newer, told, 'mine');
        const none = settle(mine, newer, told, 'theirs');
        for (const section of SECTION_NAMES.filter((name) => inConflict.has(name))) {
          expect(all[section]).toEqual(mine[section]);
          expect(none[section]).toEqual(newer[section]);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
