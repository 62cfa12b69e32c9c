/** What is kept of a condition that holds, or held a moment ago. */
export interface KeptAlert {
  readonly firstSeenMs: number;
  readonly isTold: boolean;
  readonly goneSinceMs: number | null;
}

/**
 * What follows from seeing, or not seeing, a condition now.
 * `begin`: keep it, not told yet. `tell`: now it is told. `forget`: it was gone before it was told, so nobody hears of it.
 * `gone`: not seen now; wait. `back`: seen again while waiting. `recover`: told, and gone for long enough. `stay`: nothing.
 */
export type AlertStep = 'begin' | 'tell' | 'forget' | 'gone' | 'back' | 'recover' | 'stay';

/**
 * Decides for one condition. It is told after it held for `afterMs`, and told as over after it was gone for `goneMs`:
 * one that comes and goes within that time is told once, and not told as over.
 */
export function advanceAlert(
  kept: KeptAlert | undefined,
  from: { isSeen: boolean; sinceMs: number; nowMs: number; afterMs: number; goneMs: number },
): AlertStep {
  const { isSeen, nowMs } = from;
  if (!kept) {
    if (!isSeen) return 'stay';
    return nowMs - from.sinceMs >= from.afterMs ? 'tell' : 'begin';
  }
  if (isSeen) {
    if (!kept.isTold && nowMs - kept.firstSeenMs >= from.afterMs) return 'tell';
    return kept.goneSinceMs === null ? 'stay' : 'back';
  }
  if (kept.goneSinceMs === null && from.goneMs > 0) return 'gone';
  const isOver = nowMs - (kept.goneSinceMs ?? nowMs) >= from.goneMs;
  if (!isOver) return 'stay';
  return kept.isTold ? 'recover' : 'forget';
}
