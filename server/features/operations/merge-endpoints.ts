import { mergeCounts, quantileOf } from '../../platform/endpoint-figures.ts';
import { readEndpointKey } from '../../platform/endpoint-key.ts';
import type { EndpointView } from './contract.ts';
import type { MinuteRow, ProcessRow, StateRow } from './process-store.ts';

const SLOW_SHARE = 0.95;
const SHOWN_MAX = 500;
const BREAKERS = ['closed', 'half-open', 'open'] as const;

export interface Figures {
  readonly calls: number;
  readonly failed: number;
  readonly medianMs: number;
  readonly slowMs: number;
  readonly outcomes: { outcome: string; count: number }[];
}

/** The calls of several minutes and processes as one. */
export function figuresOf(minutes: readonly MinuteRow[]): Figures {
  const latency = mergeCounts(minutes.map((one) => one.latency));
  const outcomes = new Map<string, number>();
  for (const one of minutes)
    for (const [outcome, count] of Object.entries(one.outcomes))
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
  return {
    calls: minutes.reduce((sum, one) => sum + one.calls, 0),
    failed: minutes.reduce((sum, one) => sum + one.failed, 0),
    medianMs: quantileOf(latency, 0.5),
    slowMs: quantileOf(latency, SLOW_SHARE),
    outcomes: [...outcomes].map(([outcome, count]) => ({ outcome, count })).toSorted((a, b) => b.count - a.count),
  };
}

/**
 * Each endpoint over all processes that live: the worst breaker, the sum of what is under way, the calls of the minutes
 * given. In the order of their trouble, at most 500.
 */
export function mergeEndpoints(from: {
  processes: readonly ProcessRow[];
  states: readonly StateRow[];
  minutes: readonly MinuteRow[];
  nameOf: (bid: number) => string | undefined;
}): EndpointView[] {
  const processes = new Map(from.processes.map((one) => [one.id, one]));
  const states = Map.groupBy(
    from.states.filter((one) => processes.has(one.processId)),
    (one) => one.endpoint,
  );
  const minutes = Map.groupBy(from.minutes, (one) => one.endpoint);
  const endpoints = new Set([...states.keys(), ...minutes.keys()]);
  return [...endpoints]
    .map((endpoint): EndpointView => {
      const own = states.get(endpoint) ?? [];
      const name = readEndpointKey(endpoint);
      const [kind = endpoint, ...rest] = endpoint.split('/');
      return {
        endpoint,
        bid: name?.bid ?? null,
        billerName: name ? (from.nameOf(name.bid) ?? null) : null,
        operation: name?.operation ?? kind,
        environment: name?.environment ?? null,
        host: name?.host ?? rest.join('/'),
        breaker: BREAKERS[Math.max(0, ...own.map((one) => BREAKERS.indexOf(one.breaker)))] ?? 'closed',
        failuresInARow: Math.max(0, ...own.map((one) => one.failuresInARow)),
        active: own.reduce((sum, one) => sum + one.active, 0),
        waiting: own.reduce((sum, one) => sum + one.waiting, 0),
        restMs: Math.max(0, ...own.map((one) => one.restMs)),
        openSessions: name ? sessionsAt(from.processes, name) : 0,
        ...figuresOf(minutes.get(endpoint) ?? []),
        processes: own.map((one) => ({
          processId: one.processId,
          breaker: one.breaker,
          failuresInARow: one.failuresInARow,
          ageMs: processes.get(one.processId)?.ageMs ?? 0,
        })),
      };
    })
    .toSorted((a, b) => troubleOf(b) - troubleOf(a) || a.endpoint.localeCompare(b.endpoint))
    .slice(0, SHOWN_MAX);
}

function sessionsAt(processes: readonly ProcessRow[], name: { bid: number; host: string }): number {
  return processes
    .flatMap((one) => one.figures.sessions)
    .filter((one) => one.bid === name.bid && one.host === name.host)
    .reduce((sum, one) => sum + one.count, 0);
}

function troubleOf(view: EndpointView): number {
  const share = view.calls > 0 ? view.failed / view.calls : 0;
  return BREAKERS.indexOf(view.breaker) * 10 + share;
}
