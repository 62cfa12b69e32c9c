import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextRun } from './next-run.ts';

const next = (cron: string, after = '2026-11-18T15:00:30Z') => nextRun(cron, Temporal.Instant.from(after))?.toString();

test('a cron line’s next run is the first minute after now that fits every field', () => {
  expect(next('* * * * *')).toBe('2026-11-18T15:01:00Z');
  expect(next('40 8 * * *')).toBe('2026-11-19T08:40:00Z');
  expect(next('*/15 * * * *')).toBe('2026-11-18T15:15:00Z');
  expect(next('0 6 * * 1-5', '2026-11-20T07:00:00Z')).toBe('2026-11-23T06:00:00Z');
  expect(next('0 0 29 2 *')).toBeUndefined();
  expect(next('0 0 29 2 *', '2027-12-01T00:00:00Z')).toBe('2028-02-29T00:00:00Z');
  expect(next('5 0 1 1,7 *')).toBe('2027-01-01T00:05:00Z');
  expect(next('0 12 1 * 0')).toBe('2026-11-22T12:00:00Z');
});

test('a line that is none is told as none', () => {
  for (const line of ['', '* * * *', '61 * * * *', '* 24 * * *', 'x * * * *', '*/0 * * * *', '5-1 * * * *'])
    expect(nextRun(line, Temporal.Instant.from('2026-11-18T15:00:00Z'))).toBeUndefined();
});

test('it always lies after the moment asked from', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 0, max: 59 }), (ms, minute) => {
      const after = Temporal.Instant.fromEpochMilliseconds(ms);
      const found = nextRun(`${minute} * * * *`, after);
      expect(found && Temporal.Instant.compare(found, after)).toBe(1);
    }),
  );
});
