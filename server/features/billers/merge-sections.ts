import { compareConfigurations, type Difference, type JsonLeaf } from './compare-configurations.ts';
import type { Configuration, SectionName } from './configuration.ts';

/** One value that two people set differently. Secrets as fingerprints; an absent side was not there. */
export interface Conflict {
  readonly path: string;
  readonly section: SectionName;
  readonly base?: JsonLeaf;
  readonly mine?: JsonLeaf;
  readonly theirs?: JsonLeaf;
}

/**
 * Puts my sections onto the configuration in force. A section that only one side changed since `base` is taken from
 * that side; one that both changed alike is no conflict; one that both changed differently is, value by value. Pure.
 */
export function mergeSections(from: {
  base: Configuration;
  mine: Configuration;
  theirs: Configuration;
  sections: readonly SectionName[];
}): { readonly merged: Configuration; readonly conflicts: readonly Conflict[] } {
  const mineChanged = bySection(compareConfigurations(from.base, from.mine));
  const theirsChanged = bySection(compareConfigurations(from.base, from.theirs));
  const apart = bySection(compareConfigurations(from.theirs, from.mine));
  const changed = from.sections.filter((section) => mineChanged.has(section) && apart.has(section));
  const conflicts = changed
    .filter((section) => theirsChanged.has(section))
    .flatMap((section) =>
      (apart.get(section) ?? []).map((difference) =>
        conflictOf(difference, mineChanged.get(section) ?? [], theirsChanged.get(section) ?? []),
      ),
    );
  const merged = { ...from.theirs, ...Object.fromEntries(changed.map((section) => [section, from.mine[section]])) };
  return { merged, conflicts };
}

function bySection(differences: readonly Difference[]): ReadonlyMap<SectionName, readonly Difference[]> {
  return Map.groupBy(differences, (difference) => difference.section);
}

function conflictOf(apart: Difference, mine: readonly Difference[], theirs: readonly Difference[]): Conflict {
  // A value that only one of us changed was, before, what the other still has.
  const changed =
    mine.find((difference) => difference.path === apart.path) ??
    theirs.find((difference) => difference.path === apart.path);
  return {
    path: apart.path,
    section: apart.section,
    ...(changed && 'from' in changed && { base: changed.from }),
    ...('to' in apart && { mine: apart.to }),
    ...('from' in apart && { theirs: apart.from }),
  };
}
