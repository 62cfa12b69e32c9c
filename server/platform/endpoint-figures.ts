import type { Clock } from './clock.ts';
import { CALL_OUTCOMES, type CallOutcome } from './egress-answer.ts';

const MINUTE_MS = 60_000;
/** Endpoints counted at once; the calls of one too many are counted together under `OTHERS`. */
const ENDPOINTS_MAX = 500;
/** Minutes that could not be written yet, of all endpoints; the oldest are forgotten first. */
const PAST_MAX = 5_000;

/** The endpoint under which calls are counted when there are more endpoints than are told apart. */
export const OTHERS = 'others';

/** Upper bounds of the classes of duration, milliseconds; the last class has none. */
export const LATENCY_CLASSES_MS: readonly number[] = [
  5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000,
  20_000, 30_000, 60_000,
];

/** One call as outbound HTTP tells it when it ended. */
export interface EndedCall {
  readonly endpointKey: string;
  readonly tookMs: number;
  readonly outcome: CallOutcome;
  /** Whether it speaks against the other side (egress-answer.ts, `breakerOutcomeOf`). */
  readonly isFailed: boolean;
  /** Whether anything went out, or was tried to: a call held back by the breaker did not. */
  readonly isTried: boolean;
}

/** The calls of one minute to one endpoint. `calls` and `latency` count those that were tried. */
export interface MinuteFigures {
  readonly endpoint: string;
  readonly minuteMs: number;
  readonly calls: number;
  readonly failed: number;
  readonly latency: readonly number[];
  readonly outcomes: Readonly<Partial<Record<CallOutcome, number>>>;
}

/** Counts this process's calls by endpoint and minute. */
export interface EndpointFigures {
  record(call: EndedCall): void;
  /** What was counted since it was last written, with the whole figures of each minute touched. */
  unwritten(): readonly MinuteFigures[];
  /** These were written; minutes that are over are forgotten. */
  written(figures: readonly MinuteFigures[]): void;
}

interface Counted {
  readonly endpoint: string;
  readonly minuteMs: number;
  calls: number;
  failed: number;
  readonly latency: number[];
  readonly outcomes: number[];
  total: number;
  writtenTotal: number;
}

/** A few additions for each call; nothing is allocated but at the first call of a minute. */
export function createEndpointFigures(clock: Pick<Clock, 'nowMs'>): EndpointFigures {
  const current = new Map<string, Counted>();
  const past: Counted[] = [];

  const counted = (endpointKey: string): Counted => {
    const minuteMs = Math.floor(clock.nowMs() / MINUTE_MS) * MINUTE_MS;
    const known = current.get(endpointKey);
    if (known?.minuteMs === minuteMs) return known;
    if (known === undefined && endpointKey !== OTHERS && current.size >= ENDPOINTS_MAX) {
      retire(minuteMs);
      if (current.size >= ENDPOINTS_MAX) return counted(OTHERS);
    }
    if (known !== undefined) past.push(known);
    const fresh = empty(endpointKey, minuteMs);
    current.set(endpointKey, fresh);
    return fresh;
  };
  /** Makes room: what belongs to an earlier minute waits only to be written. */
  const retire = (minuteMs: number): void => {
    for (const [key, one] of current) {
      if (one.minuteMs >= minuteMs) continue;
      current.delete(key);
      past.push(one);
    }
    if (past.length > PAST_MAX) past.splice(0, past.length - PAST_MAX);
  };
  return {
    record: (call) => {
      const one = counted(call.endpointKey);
      one.total += 1;
      add(one.outcomes, OUTCOME_AT[call.outcome]);
      if (!call.isTried) return;
      one.calls += 1;
      if (call.isFailed) one.failed += 1;
      add(one.latency, latencyClassOf(call.tookMs));
    },
    unwritten: () => {
      retire(Math.floor(clock.nowMs() / MINUTE_MS) * MINUTE_MS);
      return [...past, ...current.values()].filter((one) => one.total !== one.writtenTotal).map(figuresOf);
    },
    written: (figures) => {
      const totals = new Map(figures.map((one) => [`${one.minuteMs} ${one.endpoint}`, totalOf(one)]));
      for (const one of [...past, ...current.values()])
        one.writtenTotal = totals.get(`${one.minuteMs} ${one.endpoint}`) ?? one.writtenTotal;
      const left = past.filter((one) => one.total !== one.writtenTotal);
      past.splice(0, past.length, ...left);
    },
  };
}

/** The duration that a share of the calls stayed under, from counts by class; 0 without calls. Never off by more than a class. */
export function quantileOf(latency: readonly number[], share: number): number {
  const calls = latency.reduce((sum, count) => sum + count, 0);
  if (calls === 0) return 0;
  const wanted = share * calls;
  let below = 0;
  for (const [at, count] of latency.entries()) {
    if (below + count >= wanted && count > 0) {
      const from = LATENCY_CLASSES_MS[at - 1] ?? 0;
      const to = LATENCY_CLASSES_MS[at] ?? 2 * from;
      return Math.round(from + ((wanted - below) / count) * (to - from));
    }
    below += count;
  }
  return LATENCY_CLASSES_MS.at(-1) ?? 0;
}

/** Counts by class of several processes or minutes, put together. */
export function mergeCounts(lists: readonly (readonly number[])[]): number[] {
  const merged = Array<number>(LATENCY_CLASSES_MS.length + 1).fill(0);
  for (const list of lists) for (const [at, count] of list.entries()) if (at < merged.length) add(merged, at, count);
  return merged;
}

const OUTCOME_AT = Object.fromEntries(CALL_OUTCOMES.map((outcome, at) => [outcome, at])) as Record<CallOutcome, number>;

function add(counts: number[], at: number, by = 1): void {
  counts[at] = (counts[at] ?? 0) + by;
}

function latencyClassOf(ms: number): number {
  let low = 0;
  let high = LATENCY_CLASSES_MS.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ms <= (LATENCY_CLASSES_MS[middle] ?? Number.POSITIVE_INFINITY)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function empty(endpoint: string, minuteMs: number): Counted {
  return {
    endpoint,
    minuteMs,
    calls: 0,
    failed: 0,
    latency: Array<number>(LATENCY_CLASSES_MS.length + 1).fill(0),
    outcomes: Array<number>(CALL_OUTCOMES.length).fill(0),
    total: 0,
    writtenTotal: 0,
  };
}

function figuresOf(one: Counted): MinuteFigures {
  const outcomes = CALL_OUTCOMES.flatMap((outcome, at) => {
    const count = one.outcomes[at] ?? 0;
    return count > 0 ? [[outcome, count] as const] : [];
  });
  return {
    endpoint: one.endpoint,
    minuteMs: one.minuteMs,
    calls: one.calls,
    failed: one.failed,
    latency: [...one.latency],
    outcomes: Object.fromEntries(outcomes),
  };
}

function totalOf(figures: MinuteFigures): number {
  return Object.values(figures.outcomes).reduce((sum, count) => sum + count, 0);
}
