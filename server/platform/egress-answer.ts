import type { BreakerOutcome } from './breaker.ts';
import type { Begun, EgressHeaders, UnknownReason } from './egress-exchange.ts';
import type { DialFailure } from './egress-line.ts';
import { Secret } from './secrets.ts';

export type NotSentReason =
  | 'dns'
  | 'refused'
  | 'tls'
  | 'connect-timeout'
  | 'guard'
  | 'breaker-open'
  | 'queue-full'
  | 'aborted';

/** Proof: no byte of the request was written. `retryInMs`: when the breaker or the other side would have it again. */
export type NotSent = { kind: 'not-sent'; reason: NotSentReason; detail: string; retryInMs?: number };
/** A byte may have been written; whether the other side acted on the request is not known. */
export type Unknown = { kind: 'unknown'; reason: UnknownReason; detail: string; status?: number };

export interface AnswerHead {
  kind: 'answered';
  status: number;
  /** Names in lower case; a repeated header joined by ", ". */
  headers: EgressHeaders;
  setCookies: readonly string[];
  dateHeader: string | null;
}

/** How a call ended, by proof and not by status family: a 307 or a 500 that arrived whole is `answered`. */
export type EgressAnswer = (AnswerHead & { body: Buffer }) | NotSent | Unknown;
/** As `EgressAnswer`, but the body is read by the caller; reading throws `EgressCut` unless it arrives whole. */
export type EgressStream = (AnswerHead & { body: AsyncIterable<Buffer> }) | NotSent | Unknown;

/** Why a call was ended from this side. */
export type StopReason = 'timeout' | 'aborted';

export function notSent(reason: NotSentReason, detail: string): NotSent {
  return { kind: 'not-sent', reason, detail };
}

export function notDialled(failure: DialFailure, stopped: StopReason): NotSent {
  if (failure.reason !== 'stopped') return notSent(failure.reason, failure.detail);
  return notSent(stopped === 'timeout' ? 'connect-timeout' : 'aborted', failure.detail);
}

/** What is told of an exchange that began, or did not. */
export function told(begun: Begun, stopped: StopReason): EgressAnswer | EgressStream {
  switch (begun.kind) {
    case 'answered': {
      const { status, headers, setCookies, body } = begun;
      const head: AnswerHead = { kind: 'answered', status, headers, setCookies, dateHeader: headers.date ?? null };
      return Buffer.isBuffer(body) ? { ...head, body } : { ...head, body };
    }
    case 'failed': {
      const status = begun.status === undefined ? {} : { status: begun.status };
      return { kind: 'unknown', reason: begun.reason, detail: begun.detail, ...status };
    }
    case 'not-started': {
      if (begun.why === 'refused-here') return notSent('guard', begun.detail);
      if (begun.why === 'line-closed') return notSent('refused', begun.detail);
      return notSent(stopped === 'timeout' ? 'connect-timeout' : 'aborted', begun.detail);
    }
    default:
      return begun satisfies never;
  }
}

/** What a result says about the health of the other side. */
export function breakerOutcomeOf(result: EgressStream | EgressAnswer): BreakerOutcome {
  switch (result.kind) {
    case 'answered':
      return result.status >= 500 ? 'failed' : result.status === 429 ? 'neutral' : 'ok';
    case 'not-sent':
      return ['dns', 'refused', 'tls', 'connect-timeout'].includes(result.reason) ? 'failed' : 'neutral';
    case 'unknown':
      return ['timeout', 'reset', 'cut', 'protocol'].includes(result.reason) ? 'failed' : 'neutral';
    default:
      return result satisfies never;
  }
}

/** How a call ended, in the words of the Operations screen: a closed set, so that it can be counted. */
export const CALL_OUTCOMES = [
  'answered',
  'http-3xx',
  'http-4xx',
  'http-429',
  'http-5xx',
  'dns',
  'refused',
  'tls',
  'connect-timeout',
  'guard',
  'breaker-open',
  'queue-full',
  'timeout',
  'reset',
  'cut',
  'too-large',
  'bad-encoding',
  'protocol',
  'aborted',
] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

export function callOutcomeOf(result: EgressStream | EgressAnswer): CallOutcome {
  if (result.kind !== 'answered') return result.reason;
  const { status } = result;
  if (status === 429) return 'http-429';
  return status >= 500 ? 'http-5xx' : status >= 400 ? 'http-4xx' : status >= 300 ? 'http-3xx' : 'answered';
}

/** What frames the request is decided here; a caller that sets it by hand could make one request look like two. */
const framingHeaders: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'upgrade',
  'expect',
  'te',
]);

/** The headers as they go out, secrets revealed; a sentence when one of them is not the caller's to set. */
export function headersToSend(given: Readonly<Record<string, string | Secret>>): Record<string, string> | string {
  const headers: Record<string, string> = { 'accept-encoding': 'gzip', 'user-agent': 'causeway' };
  for (const [name, value] of Object.entries(given)) {
    const lowered = name.toLowerCase();
    if (framingHeaders.has(lowered)) return `header ${lowered} is not the caller's to set`;
    headers[lowered] = value instanceof Secret ? value.reveal() : value;
  }
  return headers;
}
