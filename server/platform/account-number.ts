const CHARS_MAX = 40;

export type AccountNumberParse =
  | { ok: true; value: string }
  | { ok: false; why: 'missing' | 'too-long' | 'forbidden-character' | 'outer-space' };

/**
 * An account (policy) number as the biller writes it: a text of 1 to 40 letters, digits and `-_. `, leading zeros kept.
 * It goes into URL paths, filters and pipe-separated files, so `/ ? # & | %` and control characters are refused rather
 * than escaped (trap T6); so is space at either end, which the eye cannot tell from none, and a number of dots alone,
 * which a URL path would swallow.
 */
export function parseAccountNumber(text: string): AccountNumberParse {
  if (text === '') return { ok: false, why: 'missing' };
  if (text.length > CHARS_MAX) return { ok: false, why: 'too-long' };
  if (text !== text.trim()) return { ok: false, why: 'outer-space' };
  if (!/^[A-Za-z0-9\-_. ]+$/.test(text) || /^\.+$/.test(text)) return { ok: false, why: 'forbidden-character' };
  return { ok: true, value: text };
}
