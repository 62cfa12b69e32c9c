/** How many calls may wait for one endpoint; the next one is told at once instead of waiting without hope. */
const WAITING_MAX = 256;

export type Turn = { ok: true; release: () => void } | { ok: false; why: 'full' | 'stopped' };

/** First come, first served: at most `maxConcurrent` calls at a time, a bounded number waiting. */
export interface TurnQueue {
  /** Resolves with a turn, which must be released; or without one when the queue is full or `stop` aborts first. */
  take(maxConcurrent: number, stop: AbortSignal): Promise<Turn>;
  active(): number;
  waiting(): number;
}

export function createTurnQueue(): TurnQueue {
  let active = 0;
  const line: { maxConcurrent: number; start: () => void }[] = [];

  const turn = (): Turn => {
    active += 1;
    let released = false;
    return {
      ok: true,
      release() {
        if (released) return;
        released = true;
        active -= 1;
        admit();
      },
    };
  };
  const admit = (): void => {
    for (let first = line[0]; first !== undefined && active < first.maxConcurrent; first = line[0]) {
      line.shift();
      first.start();
    }
  };

  return {
    async take(maxConcurrent, stop) {
      if (stop.aborted) return { ok: false, why: 'stopped' };
      if (line.length === 0 && active < maxConcurrent) return turn();
      if (line.length >= WAITING_MAX) return { ok: false, why: 'full' };
      return await new Promise<Turn>((resolve) => {
        const onStop = (): void => {
          const place = line.indexOf(entry);
          if (place >= 0) line.splice(place, 1);
          resolve({ ok: false, why: 'stopped' });
          admit();
        };
        const entry = {
          maxConcurrent,
          start: () => {
            stop.removeEventListener('abort', onStop);
            resolve(turn());
          },
        };
        stop.addEventListener('abort', onStop, { once: true });
        line.push(entry);
      });
    },
    active: () => active,
    waiting: () => line.length,
  };
}
