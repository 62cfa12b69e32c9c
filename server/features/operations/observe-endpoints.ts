import type { EndpointView } from './contract.ts';
import { mergeEndpoints } from './merge-endpoints.ts';
import type { Observation } from './observation.ts';
import type { MinuteRow, ProcessRow, StateRow } from './process-store.ts';

/** Fewer calls than this say nothing about a share. */
const CALLS_MIN = 10;

/**
 * Endpoints that are broken: too large a share of their calls failed, or a breaker is not closed and no process gets
 * through (one that is half open waits for a call to try it with).
 * An open breaker that is merely old (another process is answered meanwhile) is none.
 */
export function observeEndpoints(from: {
  processes: readonly ProcessRow[];
  states: readonly StateRow[];
  minutes: readonly MinuteRow[];
  nameOf: (bid: number) => string;
  failedShare: number;
  minutesSeen: number;
}): readonly Observation[] {
  return mergeEndpoints(from)
    .filter((one) => isBroken(one, from.failedShare))
    .map((one) => ({
      condition: 'endpoint-broken',
      subject: `endpoint/${one.endpoint}`,
      bid: one.bid,
      sentence: sentenceOf(one, from.minutesSeen),
    }));
}

function isBroken(one: EndpointView, failedShare: number): boolean {
  const isFailing = one.calls >= CALLS_MIN && one.failed / one.calls > failedShare;
  const isShut = one.breaker !== 'closed' && one.failed === one.calls;
  return isFailing || isShut;
}

function sentenceOf(one: EndpointView, minutes: number): string {
  const what =
    one.bid === null
      ? `The endpoint ${one.endpoint}`
      : `The endpoint for “${one.operation}” of biller ${one.bid}, environment ${one.environment}, at ${one.host}`;
  const breaker =
    one.breaker !== 'closed'
      ? ` It failed ${one.failuresInARow} times in a row and is left alone for a while, then tried again.`
      : '';
  const calls =
    one.calls === 0
      ? ''
      : ` In the last ${minutes} minutes ${one.failed} of ${one.calls} calls failed (${one.outcomes.map(({ outcome, count }) => `${outcome} ${count}`).join(', ')}).`;
  return `${what} does not work.${breaker}${calls}`;
}
