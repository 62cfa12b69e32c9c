/** The time, as a port: nothing outside `platform/` reads the machine's clock. */
export interface Clock {
  /** The wall clock as an instant; may jump when the machine's clock is set. */
  now(): Temporal.Instant;
  /** The wall clock in milliseconds since 1970 UTC. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start; never goes backwards. The only clock for durations and deadlines. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => Temporal.Now.instant(),
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** A clock that stands still until `advance` moves both of its hands; for tests and simulations. */
export function fixedClock(startIso: string): Clock & { advance(ms: number): void } {
  const startMs = Temporal.Instant.from(startIso).epochMilliseconds;
  let passedMs = 0;
  return {
    now: () => Temporal.Instant.fromEpochMilliseconds(startMs + Math.floor(passedMs)),
    nowMs: () => startMs + Math.floor(passedMs),
    monotonicMs: () => passedMs,
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`a clock cannot advance by ${ms} ms`);
      passedMs += ms;
    },
  };
}
