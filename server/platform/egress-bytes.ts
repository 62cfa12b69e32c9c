/** Bytes that may wait for their reader; beyond it the source is asked to pause. */
const WAITING_BYTES_MAX = 64 * 1024;

/**
 * Bytes on their way from a connection to their one reader. A stream of Node's would do the same at a third of the cost
 * of a whole small request; this knows only what an answer's body needs: back-pressure, an end, and a failure that
 * overtakes what still waits.
 */
export class ArrivingBytes {
  readonly #chunks: Buffer[] = [];
  #waitingBytes = 0;
  #isEnded = false;
  #failure: Error | null = null;
  #isPaused = false;
  #onDrain: (() => void) | null = null;
  #wake: (() => void) | null = null;

  /** Takes a chunk; false asks the source to pause until `onDrain` is called. */
  write(chunk: Buffer): boolean {
    if (this.#isEnded || this.#failure !== null) return true;
    this.#chunks.push(chunk);
    this.#waitingBytes += chunk.length;
    this.#wakeReader();
    this.#isPaused = this.#waitingBytes >= WAITING_BYTES_MAX;
    return !this.#isPaused;
  }

  onDrain(act: () => void): void {
    this.#onDrain = act;
  }

  end(): void {
    this.#isEnded = true;
    this.#wakeReader();
  }

  /** What still waits is thrown away; the reader is told at its next read. */
  fail(cause: Error): void {
    if (this.#failure !== null) return;
    this.#failure = cause;
    this.#chunks.length = 0;
    this.#wakeReader();
  }

  /** The next chunk, or null at the end; rejects with the failure. */
  async read(): Promise<Buffer | null> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#waitingBytes -= chunk.length;
        if (this.#isPaused && this.#waitingBytes < WAITING_BYTES_MAX) {
          this.#isPaused = false;
          this.#onDrain?.();
        }
        return chunk;
      }
      if (this.#isEnded) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
