/** Waits after the 1st, 2nd … failed try; the first try itself is at once. Then every two hours. spec/payments.md. */
export const RETRY_WAITS_MS: readonly number[] = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 7_200_000];
export const RETRY_EVERY_MS = 7_200_000;
export const RETRY_FOR_MS = 72 * 3_600_000;
const JITTER = 0.2;
/** A wait told by the partner is obeyed up to this. */
export const TOLD_WAIT_MS_MAX = 3_600_000;

/**
 * Milliseconds to wait after the `retries`-th failed try (1 = the first), or undefined when 72 hours have gone by since
 * the first of them. `fraction` in [0, 1) spreads the wait by ±20 %.
 */
export function retryWaitMs(from: { retries: number; sinceFirstMs: number; fraction: number }): number | undefined {
  if (from.sinceFirstMs >= RETRY_FOR_MS) return undefined;
  const wait = RETRY_WAITS_MS[from.retries - 1] ?? RETRY_EVERY_MS;
  return Math.round(wait * (1 - JITTER + 2 * JITTER * from.fraction));
}

/** What the partner told to wait, kept between one second and an hour. */
export const obeyedWaitMs = (toldMs: number): number =>
  Number.isFinite(toldMs) ? Math.min(Math.max(toldMs, 1_000), TOLD_WAIT_MS_MAX) : TOLD_WAIT_MS_MAX;
