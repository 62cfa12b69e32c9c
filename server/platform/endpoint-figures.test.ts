import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixedClock } from './clock.ts';
import { createEndpointFigures, type EndedCall, mergeCounts, OTHERS, quantileOf } from './endpoint-figures.ts';

const call = (over: Partial<EndedCall> = {}): EndedCall => ({
  endpointKey: '7/balance/1/a.example',
  tookMs: 120,
  outcome: 'answered',
  isFailed: false,
  isTried: true,
  ...over,
});

test('a minute is told whole each time it grew, and once more after it ended, then forgotten', () => {
  const clock = fixedClock('2026-11-18T15:00:10Z');
  const figures = createEndpointFigures(clock);
  figures.record(call());
  const first = figures.unwritten();
  expect(first).toMatchObject([{ calls: 1, failed: 0, outcomes: { answered: 1 } }]);
  figures.written(first);
  expect(figures.unwritten()).toEqual([]);
  figures.record(call({ outcome: 'timeout', isFailed: true }));
  clock.advance(60_000);
  figures.record(call());
  const second = figures.unwritten();
  expect(second.map(({ calls, failed }) => [calls, failed])).toEqual([
    [2, 1],
    [1, 0],
  ]);
  figures.written(second);
  expect(figures.unwritten()).toEqual([]);
});

test('what could not be written is kept for the next time', () => {
  const clock = fixedClock('2026-11-18T15:00:10Z');
  const figures = createEndpointFigures(clock);
  figures.record(call());
  figures.unwritten();
  clock.advance(120_000);
  expect(figures.unwritten()).toMatchObject([{ calls: 1 }]);
});

test('a call that the breaker held back is no call, but it is in the mix', () => {
  const figures = createEndpointFigures(fixedClock('2026-11-18T15:00:10Z'));
  figures.record(call({ outcome: 'breaker-open', isTried: false }));
  expect(figures.unwritten()).toMatchObject([{ calls: 0, failed: 0, outcomes: { 'breaker-open': 1 } }]);
});

test('more endpoints than are told apart are counted together, and no call is lost', () => {
  const figures = createEndpointFigures(fixedClock('2026-11-18T15:00:10Z'));
  for (let at = 0; at < 800; at += 1) figures.record(call({ endpointKey: `${at}/balance/1/a.example` }));
  const told = figures.unwritten();
  expect(told.length).toBeLessThanOrEqual(501);
  expect(told.reduce((sum, one) => sum + one.calls, 0)).toBe(800);
  expect(told.find((one) => one.endpoint === OTHERS)?.calls).toBe(300);
});

test('a quantile lies within the class of the call it is of, and merging loses no call', () => {
  const durations = fc.array(fc.integer({ min: 0, max: 59_000 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(durations, durations, (some, more) => {
      const clock = fixedClock('2026-11-18T15:00:10Z');
      const latencyOf = (list: readonly number[]) => {
        const figures = createEndpointFigures(clock);
        for (const tookMs of list) figures.record(call({ tookMs }));
        return figures.unwritten()[0]?.latency ?? [];
      };
      const merged = mergeCounts([latencyOf(some), latencyOf(more)]);
      const all = [...some, ...more].toSorted((a, b) => a - b);
      expect(merged.reduce((sum, count) => sum + count, 0)).toBe(all.length);
      for (const share of [0.5, 0.95]) {
        const exact = all[Math.ceil(share * all.length) - 1] ?? 0;
        const told = quantileOf(merged, share);
        expect(told).toBeLessThanOrEqual(Math.max(5, exact * 2.5));
        expect(told * 2.5 + 5).toBeGreaterThanOrEqual(exact);
      }
    }),
  );
});
