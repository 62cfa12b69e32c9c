import type { Change } from './change-store.ts';
import type { ConfigurationDocument, SectionName, Sections } from './configuration-data.ts';
import { takePath } from './document-paths.ts';

/** A value that differs between two people's versions of a section, as the server tells it; a side that is absent was not there. */
export interface ToldConflict {
  readonly path: string;
  readonly section: string;
  readonly base?: unknown;
  readonly mine?: unknown;
  readonly theirs?: unknown;
}

/** One thing to choose. `byItself`: the side that alone changed it. */
export interface Choice extends ToldConflict {
  readonly byItself: 'mine' | 'theirs' | undefined;
}

/**
 * What is to be chosen: one line for each value, but one for a whole entry or group that only one side has, since half
 * of it would be nothing.
 */
export function choicesOf(conflicts: readonly ToldConflict[]): readonly Choice[] {
  const wholes = [
    // `…fees` on one side is `…fees.CC` on the other.
    ...conflicts
      .filter(({ path }) => conflicts.some((other) => other.path.startsWith(`${path}.`)))
      .map(({ path }) => path),
    // An entry of which one side has not even the name.
    ...conflicts
      .filter(
        (each) =>
          /^(invoiceTypes\..+\.id|ftp\.users\..+\.username)$/.test(each.path) && !('mine' in each && 'theirs' in each),
      )
      .map(({ path }) => path.replace(/\.(id|username)$/, '')),
  ];
  const wholeOf = (path: string) => wholes.find((whole) => path === whole || path.startsWith(`${whole}.`));
  const single = conflicts
    .filter(({ path }) => wholeOf(path) === undefined)
    .map((each) => ({ ...each, byItself: aloneOf([each]) }));
  const grouped = [...new Set(wholes)].map((path) => {
    const parts = conflicts.filter((each) => wholeOf(each.path) === path);
    const has = (side: 'mine' | 'theirs') =>
      parts.some((part) => side in part) ? (parts.find((part) => part.path === path)?.[side] ?? 'there') : 'not there';
    return {
      path,
      section: parts[0]?.section ?? '',
      mine: has('mine'),
      theirs: has('theirs'),
      byItself: aloneOf(parts),
    };
  });
  return [...single, ...grouped];
}

/** The side that alone changed all of these; undefined when both did. */
function aloneOf(parts: readonly ToldConflict[]): 'mine' | 'theirs' | undefined {
  const isLikeBase = (side: 'mine' | 'theirs') =>
    parts.every((part) => JSON.stringify(part[side]) === JSON.stringify(part.base));
  if (isLikeBase('theirs')) return 'mine';
  return isLikeBase('mine') ? 'theirs' : undefined;
}

/** The change on top of the newer version: theirs, with what was chosen of mine, and my sections that nobody else touched. */
export function settled(from: { change: Change; newer: ConfigurationDocument; choices: readonly Choice[] }): Sections {
  const mine = { ...from.change.base, ...from.change.sections } as ConfigurationDocument;
  const inConflict = new Set(from.choices.map((choice) => choice.section));
  const merged = from.choices
    .filter((choice) => choice.byItself === 'mine')
    // An order is of the entries that are there in the end.
    .toSorted((a, b) => Number(a.path.endsWith('.order')) - Number(b.path.endsWith('.order')))
    .reduce((document, choice) => takePath(document, mine, choice.path), from.newer);
  return Object.fromEntries(
    (Object.keys(from.change.sections) as SectionName[]).map((section) => [
      section,
      inConflict.has(section) ? merged[section] : mine[section],
    ]),
  );
}
