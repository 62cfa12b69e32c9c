import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Breaker, createBreaker } from './breaker.ts';
import { fixedClock } from './clock.ts';

function breakerAt(): { breaker: Breaker; advance: (ms: number) => void; fail: (times: number) => void } {
  const clock = fixedClock('2026-11-20T10:00:00Z');
  const breaker = createBreaker(() => clock.monotonicMs());
  const fail = (times: number): void => {
    for (let time = 0; time < times; time += 1) {
      const asked = breaker.ask(true);
      if (asked.allowed) breaker.record(asked.permit, 'failed');
    }
  };
  return { breaker, advance: clock.advance, fail };
}

test('opens at the fifth failure in a row, not at the fourth', () => {
  const { breaker, fail } = breakerAt();
  fail(4);
  expect(breaker.state()).toBe('closed');
  fail(1);
  expect(breaker.ask(true)).toEqual({ allowed: false, retryInMs: 30_000 });
});

test('sporadic failures never open it', () => {
  const { breaker, fail } = breakerAt();
  for (let round = 0; round < 50; round += 1) {
    fail(4);
    const asked = breaker.ask(true);
    if (asked.allowed) breaker.record(asked.permit, 'ok');
  }
  expect(breaker.state()).toBe('closed');
});

test('half open it lets one probe pass at a time, and none that must not be one', () => {
  const { breaker, advance, fail } = breakerAt();
  fail(5);
  advance(30_000);
  expect(breaker.state()).toBe('half-open');
  expect(breaker.ask(false).allowed).toBe(false);
  const probe = breaker.ask(true);
  expect(probe.allowed).toBe(true);
  expect(breaker.ask(true).allowed).toBe(false);
  if (probe.allowed) breaker.record(probe.permit, 'neutral');
  expect(breaker.ask(true).allowed).toBe(true);
});

test('a failed probe opens it for another 30 s, a good one closes it', () => {
  const { breaker, advance, fail } = breakerAt();
  fail(5);
  advance(30_000);
  fail(1);
  expect(breaker.state()).toBe('open');
  advance(29_999);
  expect(breaker.state()).toBe('open');
  advance(1);
  const probe = breaker.ask(true);
  if (probe.allowed) breaker.record(probe.permit, 'ok');
  expect(breaker.state()).toBe('closed');
  expect(breaker.failures()).toBe(0);
});

test('an answer to a call from before it opened comes too late to close it', () => {
  const { breaker, fail } = breakerAt();
  const early = breaker.ask(true);
  fail(5);
  if (early.allowed) breaker.record(early.permit, 'ok');
  expect(breaker.state()).toBe('open');
});

test('whatever happens, it never refuses for ever: 30 s later one probe may pass', () => {
  const acts = fc.array(fc.tuple(fc.constantFrom('ok', 'failed', 'neutral'), fc.nat(40_000)), { maxLength: 60 });
  fc.assert(
    fc.property(acts, (steps) => {
      const { breaker, advance } = breakerAt();
      for (const [outcome, ms] of steps) {
        const asked = breaker.ask(true);
        if (asked.allowed) breaker.record(asked.permit, outcome as 'ok' | 'failed' | 'neutral');
        advance(ms);
      }
      advance(30_000);
      expect(breaker.ask(true).allowed).toBe(true);
    }),
  );
});
