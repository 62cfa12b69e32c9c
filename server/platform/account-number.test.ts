import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAccountNumber } from './account-number.ts';

test.each(['0012345', 'BOP-1001_A.2', 'A', '12 345', '9'.repeat(40)])('%j is kept as it is', (text) => {
  expect(parseAccountNumber(text)).toEqual({ ok: true, value: text });
});

test.each([
  ['', 'missing'],
  ['9'.repeat(41), 'too-long'],
  [' 1', 'outer-space'],
  ['1 ', 'outer-space'],
  ['1\t', 'outer-space'],
  ['a/b', 'forbidden-character'],
  ['a?b', 'forbidden-character'],
  ['a#b', 'forbidden-character'],
  ['a&b', 'forbidden-character'],
  ['a|b', 'forbidden-character'],
  ['a%2fb', 'forbidden-character'],
  ['a\0b', 'forbidden-character'],
  ['a\r\nb', 'forbidden-character'],
  ['..', 'forbidden-character'],
  ['é', 'forbidden-character'],
  ['１２', 'forbidden-character'],
])('%j is refused as %s', (text, why) => {
  expect(parseAccountNumber(text)).toEqual({ ok: false, why });
});

test('what is accepted is one segment of a URL path and one query value, unchanged', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 45 }), (text) => {
      const parsed = parseAccountNumber(text);
      if (!parsed.ok) return;
      const url = new URL(
        `https://example.test/policies/${encodeURIComponent(text)}/due?filter=${encodeURIComponent(text)}`,
      );
      expect(url.pathname.split('/')).toHaveLength(4);
      expect(decodeURIComponent(url.pathname.split('/')[2] ?? '')).toBe(text);
      expect(url.searchParams.get('filter')).toBe(text);
    }),
  );
});
