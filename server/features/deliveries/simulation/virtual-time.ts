/** Events of one run; a run that needs more is stuck. */
const EVENTS_MAX = 200_000;

interface Event {
  readonly atMs: number;
  readonly seq: number;
  readonly act: () => void;
  isCancelled: boolean;
}

/** Time that passes only by its events, in an order fixed by the seed: the same run each time. */
export interface VirtualTime {
  readonly nowMs: number;
  after(ms: number, act: () => void): { cancel(): void };
  /** Lets events happen until none is left, `until` has come, or `isDone` says so. */
  run(from: { untilMs: number; isDone: () => boolean }): Promise<void>;
  readonly eventCount: number;
}

export function virtualTime(startMs: number): VirtualTime {
  const heap: Event[] = [];
  let nowMs = startMs;
  let seq = 0;
  let eventCount = 0;
  return {
    get nowMs() {
      return nowMs;
    },
    get eventCount() {
      return eventCount;
    },
    after: (ms, act) => {
      const event: Event = { atMs: nowMs + Math.max(0, ms), seq: seq++, act, isCancelled: false };
      push(heap, event);
      return {
        cancel: () => {
          event.isCancelled = true;
        },
      };
    },
    run: async ({ untilMs, isDone }) => {
      await settle();
      while (!isDone()) {
        const event = heap[0];
        if (!event || event.atMs > untilMs) {
          nowMs = Math.max(nowMs, Math.min(untilMs, event?.atMs ?? untilMs));
          return;
        }
        pop(heap);
        if (event.isCancelled) continue;
        nowMs = event.atMs;
        eventCount += 1;
        if (eventCount > EVENTS_MAX) throw new Error(`a run of more than ${EVENTS_MAX} events`);
        event.act();
        await settle();
      }
    },
  };
}

/** Lets every promise that can go on go on: all of them run before the next turn of Node's loop. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const isBefore = (one: Event, other: Event): boolean =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.seq < other.seq);

function push(heap: Event[], event: Event): void {
  let at = heap.push(event) - 1;
  while (at > 0) {
    const parentAt = (at - 1) >> 1;
    const parent = heap[parentAt];
    if (!parent || !isBefore(event, parent)) break;
    heap[at] = parent;
    heap[parentAt] = event;
    at = parentAt;
  }
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    let least = heap[child];
    if (!least) break;
    const right = heap[child + 1];
    if (right && isBefore(right, least)) {
      child += 1;
      least = right;
    }
    if (!isBefore(least, last)) break;
    heap[at] = least;
    at = child;
  }
  heap[at] = last;
}
