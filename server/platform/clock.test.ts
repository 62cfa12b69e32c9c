import { expect, test } from 'vitest';
import { fixedClock, systemClock } from './clock.ts';

test('a fixed clock stands still until it is advanced, both hands alike', () => {
  const clock = fixedClock('2026-03-08T08:00:00Z');
  expect(clock.now().toString()).toBe('2026-03-08T08:00:00Z');
  const before = clock.monotonicMs();
  clock.advance(1_500);
  expect(clock.now().toString()).toBe('2026-03-08T08:00:01.5Z');
  expect(clock.nowMs()).toBe(Date.parse('2026-03-08T08:00:01.500Z'));
  expect(clock.monotonicMs() - before).toBe(1_500);
  expect(() => clock.advance(-1)).toThrow(RangeError);
  expect(() => clock.advance(Number.NaN)).toThrow(RangeError);
});

test('the system clock tells the time, and its monotonic hand never goes back', () => {
  expect(Math.abs(systemClock.nowMs() - systemClock.now().epochMilliseconds)).toBeLessThan(60_000);
  const readings = Array.from({ length: 1_000 }, () => systemClock.monotonicMs());
  expect(readings.toSorted((a, b) => a - b)).toEqual(readings);
});
