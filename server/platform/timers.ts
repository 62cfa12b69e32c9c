import { setTimeout as sleepFor } from 'node:timers/promises';

/** The longest wait Node accepts; a longer one would fire at once (it overflows 32 bits). */
const WAIT_MS_MAX = 2_147_483_647;

/** Waiting, as a port: nothing outside `platform/` calls `setTimeout` or `setInterval`. */
export interface Timers {
  /** Resolves after `ms`; rejects with an `AbortError` as soon as `signal` aborts. Keeps the process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Acts once after `ms`. Does not keep the process alive. */
  after(ms: number, act: () => void): { cancel(): void };
  /** Acts every `ms` until cancelled. Does not keep the process alive. */
  every(ms: number, act: () => void): { cancel(): void };
}

export const systemTimers: Timers = {
  async sleep(ms, signal) {
    await sleepFor(boundedWait(ms), undefined, signal === undefined ? {} : { signal });
  },
  after(ms, act) {
    const timer = setTimeout(act, boundedWait(ms));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  every(ms, act) {
    const timer = setInterval(act, Math.max(1, boundedWait(ms)));
    timer.unref();
    return { cancel: () => clearInterval(timer) };
  },
};

function boundedWait(ms: number): number {
  if (Number.isNaN(ms)) throw new RangeError('a wait needs a number of milliseconds');
  if (ms > WAIT_MS_MAX) throw new RangeError(`a wait of ${ms} ms is longer than a timer can hold (${WAIT_MS_MAX} ms)`);
  return Math.max(0, ms);
}
