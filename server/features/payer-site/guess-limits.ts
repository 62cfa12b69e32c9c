import { networkOf } from '../../platform/client-network.ts';
import type { Clock } from '../../platform/clock.ts';

/** How often a bill may be looked for, by what the guesser can vary. Numbers are per window and process. */
const WINDOW_MS = 15 * 60_000;
const PER_ACCOUNT_MAX = 8;
const PER_ADDRESS_MAX = 25;
const PER_BILLER_MAX = 2000;
const KEYS_MAX = 50_000;

export interface GuessLimits {
  /** Whether one more look-up may be evaluated. A refused one is not evaluated at all. */
  check(from: {
    bid: number;
    accountNumber: string;
    address: string;
  }): { isAllowed: true } | { isAllowed: false; waitMinutes: number };
  /** Counts a look-up as one that finds nothing. Called before it is evaluated, so that many at once are all counted. */
  countMiss(from: { bid: number; accountNumber: string; address: string }): void;
  /** Takes the count back: the look-up found its bill, which costs nothing. */
  takeBack(from: { bid: number; accountNumber: string; address: string }): void;
}

/**
 * Limits guessing by account, by address and by biller at once, so that neither one bill tried with many names, nor many
 * bills from one place, nor a spread of both goes far. Memory is bounded: the oldest keys are forgotten first.
 */
export function createGuessLimits(clock: Clock): GuessLimits {
  const misses = new Map<string, { count: number; until: number }>();
  const current = (key: string) => {
    const found = misses.get(key);
    return found && found.until > clock.nowMs() ? found : undefined;
  };
  return {
    check: (from) => {
      for (const [key, max] of keysOf(from)) {
        const found = current(key);
        if (found && found.count >= max)
          return { isAllowed: false, waitMinutes: Math.ceil((found.until - clock.nowMs()) / 60_000) };
      }
      return { isAllowed: true };
    },
    countMiss: (from) => {
      for (const [key] of keysOf(from)) {
        const found = current(key) ?? { count: 0, until: clock.nowMs() + WINDOW_MS };
        found.count += 1;
        misses.delete(key);
        misses.set(key, found);
      }
      for (const key of misses.keys()) {
        if (misses.size <= KEYS_MAX) break;
        misses.delete(key);
      }
    },
    takeBack: (from) => {
      for (const [key] of keysOf(from)) {
        const found = current(key);
        if (found && found.count > 0) found.count -= 1;
      }
    },
  };
}

function keysOf(from: { bid: number; accountNumber: string; address: string }): readonly (readonly [string, number])[] {
  return [
    [`account ${from.bid} ${from.accountNumber}`, PER_ACCOUNT_MAX],
    [`address ${networkOf(from.address)}`, PER_ADDRESS_MAX],
    [`biller ${from.bid}`, PER_BILLER_MAX],
  ];
}
