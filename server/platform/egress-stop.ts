import type { StopReason } from './egress-answer.ts';

/**
 * The end of one call from this side: its deadline, or its caller. An AbortController would do, at several times the
 * cost, and each call has one; the signal that only dialling needs is made when it is asked for.
 */
export class Stop {
  #reason: StopReason | null = null;
  #act: ((reason: StopReason) => void) | null = null;
  #controller: AbortController | null = null;

  /** Why it was stopped; null while it was not. */
  get reason(): StopReason | null {
    return this.#reason;
  }

  /** What is to be done when it stops, in place of what was to be done before; null for nothing. At once, if it has. */
  listen(act: ((reason: StopReason) => void) | null): void {
    this.#act = act;
    if (this.#reason !== null) act?.(this.#reason);
  }

  /** The first reason stands. */
  stop(reason: StopReason): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#act?.(reason);
  }

  signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== null) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }
}
