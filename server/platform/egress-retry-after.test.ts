import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryAfterMs } from './egress-retry-after.ts';

const nowMs = Date.parse('2026-11-20T10:00:00Z');

test.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['-5', 0],
  ['1.5', 1_500],
  ['315360000', 3_600_000],
  ['Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
  ['Friday, 20-Nov-26 10:00:30 GMT', 30_000],
  ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
  ['Wed, 20 Nov 2036 10:00:00 GMT', 3_600_000],
  ['', null],
  [null, null],
  [undefined, null],
  ['soon', null],
  ['2026-11-20', null],
  ['1e9', null],
  ['99999999999999999999', null],
])('Retry-After %j asks for %j ms', (header, expected) => {
  expect(retryAfterMs(header, nowMs)).toBe(expected);
});

test('whatever the header says, the wait is null or from 0 to one hour', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      const wait = retryAfterMs(header, nowMs);
      expect(wait === null || (wait >= 0 && wait <= 3_600_000)).toBe(true);
    }),
  );
});
