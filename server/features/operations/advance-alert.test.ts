import fc from 'fast-check';
import { expect, test } from 'vitest';
import { advanceAlert, type KeptAlert } from './advance-alert.ts';

const TURN_MS = 5_000;

/** Lives through a history of turns, each with whether the condition is seen; answers what was told. */
function told(seen: readonly boolean[], limits: { afterMs: number; goneMs: number }): string[] {
  let kept: KeptAlert | undefined;
  const out: string[] = [];
  for (const [turn, isSeen] of seen.entries()) {
    const nowMs = turn * TURN_MS;
    const step = advanceAlert(kept, { isSeen, sinceMs: nowMs, nowMs, ...limits });
    if (step === 'tell' || step === 'recover') out.push(step);
    if (step === 'begin') kept = { firstSeenMs: nowMs, isTold: false, goneSinceMs: null };
    if (step === 'tell') kept = { firstSeenMs: kept?.firstSeenMs ?? nowMs, isTold: true, goneSinceMs: null };
    if (step === 'forget' || step === 'recover') kept = undefined;
    if (kept && step === 'gone') kept = { ...kept, goneSinceMs: nowMs };
    if (kept && step === 'back') kept = { ...kept, goneSinceMs: null };
  }
  return out;
}

const turns = (count: number, isSeen: boolean): boolean[] => Array<boolean>(count).fill(isSeen);
const LIMITS = { afterMs: 60_000, goneMs: 120_000 };

test('what breaks and recovers is told once each', () => {
  expect(told([...turns(60, true), ...turns(60, false)], LIMITS)).toEqual(['tell', 'recover']);
});

test('what lasts less than its time is not told at all', () => {
  expect(told([...turns(11, true), ...turns(60, false)], LIMITS)).toEqual([]);
});

test('what flaps is told once, and as over only when it stays away', () => {
  const flapping = Array.from({ length: 40 }, (_, at) => at % 2 === 0);
  expect(told([...flapping, ...turns(60, false)], LIMITS)).toEqual(['tell', 'recover']);
});

test('without waiting times both are told at once', () => {
  expect(told([true, false, true, false], { afterMs: 0, goneMs: 0 })).toEqual(['tell', 'recover', 'tell', 'recover']);
});

test('whatever happens, breaking and recovering take turns, and each holds for its time', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (seen) => {
      const out = told(seen, LIMITS);
      for (const [at, step] of out.entries()) expect(step).toBe(at % 2 === 0 ? 'tell' : 'recover');
      expect(out.length).toBeLessThanOrEqual(
        2 * Math.ceil((seen.length * TURN_MS) / (LIMITS.afterMs + LIMITS.goneMs)) + 1,
      );
    }),
  );
});
