/** Five failures in a row open it; after thirty seconds one probe may pass (reliability: promise P5). */
const FAILURES_IN_A_ROW_MAX = 5;
const OPEN_MS = 30_000;

export type BreakerState = 'closed' | 'open' | 'half-open';

/** How a call ended for the breaker: `neutral` says nothing about the other side (refused here, aborted by the caller). */
export type BreakerOutcome = 'ok' | 'failed' | 'neutral';

/** Permission for one call; to be handed back to `record`. */
export interface BreakerPermit {
  readonly era: number;
  readonly isProbe: boolean;
}

export interface Breaker {
  /** May a call be made now? While half open only one at a time, and only one that `mayProbe`. */
  ask(mayProbe: boolean): { allowed: true; permit: BreakerPermit } | { allowed: false; retryInMs: number };
  /** Every permit must be recorded once; a permit of an era that is over changes nothing. */
  record(permit: BreakerPermit, outcome: BreakerOutcome): void;
  state(): BreakerState;
  /** Failures in a row. */
  failures(): number;
}

/** A circuit breaker on the given monotonic clock, so that a simulation can drive it. */
export function createBreaker(monotonicMs: () => number): Breaker {
  let failures = 0;
  let openedAtMs: number | null = null;
  let probing = false;
  // Counts the changes between closed, open and half open: an answer to a call of an earlier era comes too late to judge.
  let era = 0;

  const waitMs = (): number => (openedAtMs === null ? 0 : Math.max(0, openedAtMs + OPEN_MS - monotonicMs()));
  const open = (): void => {
    openedAtMs = monotonicMs();
    probing = false;
    era += 1;
  };
  const close = (): void => {
    openedAtMs = null;
    failures = 0;
    probing = false;
    era += 1;
  };

  return {
    ask(mayProbe) {
      if (openedAtMs === null) return { allowed: true, permit: { era, isProbe: false } };
      const retryInMs = waitMs();
      if (retryInMs > 0 || probing || !mayProbe) return { allowed: false, retryInMs };
      probing = true;
      return { allowed: true, permit: { era, isProbe: true } };
    },
    record(permit, outcome) {
      if (permit.era !== era) return;
      if (permit.isProbe) {
        probing = false;
        if (outcome === 'ok') close();
        if (outcome === 'failed') {
          failures += 1;
          open();
        }
        return;
      }
      if (outcome === 'ok') failures = 0;
      if (outcome !== 'failed') return;
      failures += 1;
      if (failures >= FAILURES_IN_A_ROW_MAX) open();
    },
    state: () => (openedAtMs === null ? 'closed' : waitMs() > 0 ? 'open' : 'half-open'),
    failures: () => failures,
  };
}
