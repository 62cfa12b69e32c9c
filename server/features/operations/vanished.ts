import type { ProcessRow } from './process-store.ts';

/** No sign of life for so long: six beats. */
export const VANISHED_MS = 30_000;
/** After this nobody expects it back, nor another in its place. */
export const FORGOTTEN_MS = 24 * 3_600_000;

export const isVanished = (one: Pick<ProcessRow, 'ageMs'>): boolean => one.ageMs > VANISHED_MS;

/**
 * Which living process took which vanished one's place: one with the same roles that began after the last sign of life,
 * on the same host if there is one. Each takes the place of one only.
 */
export function pairReplacements(processes: readonly ProcessRow[]): readonly { vanished: string; by: string }[] {
  const free = new Set(processes.filter((one) => !isVanished(one) && one.replaces === null));
  const rolesOf = (one: ProcessRow): string => one.roles.toSorted().join(',');
  return processes
    .filter(isVanished)
    .toSorted((a, b) => Temporal.Instant.compare(a.beatAt, b.beatAt))
    .flatMap((vanished) => {
      const fit = [...free].filter(
        (one) => rolesOf(one) === rolesOf(vanished) && Temporal.Instant.compare(one.startedAt, vanished.beatAt) >= 0,
      );
      const by = fit.find((one) => one.host === vanished.host) ?? fit[0];
      if (!by) return [];
      free.delete(by);
      return [{ vanished: vanished.id, by: by.id }];
    });
}
