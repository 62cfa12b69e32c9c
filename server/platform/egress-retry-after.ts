const RETRY_AFTER_MS_MAX = 3_600_000;

/**
 * Milliseconds to wait as asked by a `Retry-After` header (RFC 9110 §10.2.3): seconds or a date. The past and negative
 * numbers are 0, more than an hour is an hour; null when the header is absent or says nothing that can be read.
 */
export function retryAfterMs(header: string | null | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^[+-]?\d{1,15}(\.\d{1,9})?$/.test(text)) return bounded(Number(text) * 1000);
  // Only the date forms of RFC 9110 §5.6.7, all of which begin with a day's name: `Date.parse` alone reads far too much.
  if (!/^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? /i.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : bounded(atMs - nowMs);
}

function bounded(ms: number): number {
  return Math.min(RETRY_AFTER_MS_MAX, Math.max(0, Math.round(ms)));
}
