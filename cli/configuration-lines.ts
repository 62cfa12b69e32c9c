import type { Difference, RuleFault, Saved } from '@causeway/server/operator';

/** What a save did, for a person. */
export function savedLines(saved: Saved): readonly string[] {
  if (!saved.isChanged) return [`Nothing changed; version ${saved.version} stays in force.`];
  return [
    `Version ${saved.version} is in force.`,
    ...differenceLines(saved.differences),
    ...saved.clearedSecrets.map(
      (number) =>
        `! The secret of setting ${number} was taken out, since its address now leads to another host. Set it again.`,
    ),
    ...faultLines(saved.warnings),
  ];
}

/** One line a value: path, from → to. */
export function differenceLines(differences: readonly Difference[]): readonly string[] {
  return differences.map(
    (difference) => `  ${difference.path}: ${shown(difference, 'from')} → ${shown(difference, 'to')}`,
  );
}

export function faultLines(faults: readonly RuleFault[]): readonly string[] {
  return faults.map(
    (fault) => `${fault.severity === 'error' ? 'error  ' : 'warning'}  ${fault.at}: ${fault.sentence} (${fault.rule})`,
  );
}

function shown(difference: Difference, side: 'from' | 'to'): string {
  if (!(side in difference)) return '(not set)';
  const value = difference[side];
  return typeof value === 'string' ? value || '(empty)' : JSON.stringify(value);
}
