import type { ApplyPlan, Difference } from '@causeway/server/operator';
import { faultLines } from './configuration-lines.ts';

/** A plan for a person, as infrastructure tools print it: `+` new, `~` changed, `-` gone, then what it costs. */
export function planLines(plan: ApplyPlan): readonly string[] {
  const { differences, missingSecrets, clearedSecrets, broughtSecrets, faults } = plan;
  if (differences.length === 0) return ['Nothing would change.', ...faultLines(faults)];
  const count = (sign: string) => differences.filter((difference) => signOf(difference) === sign).length;
  return [
    ...differences.map(lineOf),
    ...broughtSecrets.map((place) => `  ${place}: the secret comes sealed in the file`),
    ...missingSecrets.map((place) => `! ${place} has no secret here; set it afterwards.`),
    ...clearedSecrets.map(
      (number) => `! The secret of setting ${number} would be taken out: its address leads to another host.`,
    ),
    ...faultLines(faults),
    `Plan: ${count('+')} to add, ${count('~')} to change, ${count('-')} to remove; of version ${plan.version}.`,
  ];
}

function signOf(difference: Difference): '+' | '~' | '-' {
  if (!('from' in difference)) return '+';
  return 'to' in difference ? '~' : '-';
}

function lineOf(difference: Difference): string {
  const sign = signOf(difference);
  if (sign === '+') return `+ ${difference.path}: ${text(difference.to)}`;
  if (sign === '-') return `- ${difference.path}: ${text(difference.from)}`;
  return `~ ${difference.path}: ${text(difference.from)} → ${text(difference.to)}`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value || '(empty)' : JSON.stringify(value);
}
