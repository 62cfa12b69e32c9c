import type { Stop } from './egress-stop.ts';

/** How many calls may wait for one endpoint; the next one is told at once instead of waiting without hope. */
const WAITING_MAX = 256;

export type Turn = { ok: true; release: () => void } | { ok: false; why: 'full' | 'stopped' };

/** First come, first served: at most `maxConcurrent` calls at a time, a bounded number waiting. */
export interface TurnQueue {
  /** A turn, which must be released, at once where one is free; or none when the queue is full or `stop` comes first. */
  take(maxConcurrent: number, stop: Stop): Turn | Promise<Turn>;
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
    take(maxConcurrent, stop) {
      if (stop.reason !== null) return { ok: false, why: 'stopped' };
      if (line.length === 0 && active < maxConcurrent) return turn();
      if (line.length >= WAITING_MAX) return { ok: false, why: 'full' };
      return new Promise<Turn>((resolve) => {
        const entry = {
          maxConcurrent,
          start: () => {
            stop.listen(null);
            resolve(turn());
          },
        };
        stop.listen(() => {
          const place = line.indexOf(entry);
          if (place >= 0) line.splice(place, 1);
          resolve({ ok: false, why: 'stopped' });
          admit();
        });
        line.push(entry);
      });
    },
    active: () => active,
    waiting: () => line.length,
  };
}
