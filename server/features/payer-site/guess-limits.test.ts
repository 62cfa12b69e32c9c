import { expect, test } from 'vitest';
import { fixedClock } from '../../platform/clock.ts';
import { createGuessLimits } from './guess-limits.ts';

const guess = (accountNumber: string, address: string) => ({ bid: 1, accountNumber, address });

test('of 10,000 guesses from one address, at most 25 are evaluated in a window', () => {
  const limits = createGuessLimits(fixedClock('2026-11-18T15:00:00Z'));
  let evaluated = 0;
  for (let turn = 0; turn < 10_000; turn++) {
    const one = guess(String(turn), '192.0.2.1');
    if (!limits.check(one).isAllowed) continue;
    evaluated += 1;
    limits.countMiss(one);
  }
  expect(evaluated).toBe(25);
});

test('one account is guarded against names tried from many addresses, and opens again after the window', () => {
  const clock = fixedClock('2026-11-18T15:00:00Z');
  const limits = createGuessLimits(clock);
  for (let turn = 0; turn < 8; turn++) limits.countMiss(guess('20240903', `192.0.2.${turn}`));
  expect(limits.check(guess('20240903', '198.51.100.1'))).toEqual({ isAllowed: false, waitMinutes: 15 });
  expect(limits.check(guess('20240904', '198.51.100.1')).isAllowed).toBe(true);
  clock.advance(15 * 60_000 + 1);
  expect(limits.check(guess('20240903', '198.51.100.1')).isAllowed).toBe(true);
});

test('finding one’s own bill is never counted, so a household is not locked out by paying', () => {
  const limits = createGuessLimits(fixedClock('2026-11-18T15:00:00Z'));
  for (let turn = 0; turn < 100; turn++) expect(limits.check(guess('20240903', '192.0.2.1')).isAllowed).toBe(true);
});
