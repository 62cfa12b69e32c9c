import type { FailureReason, PartnerConnection, SessionFailure } from '../../features/billers/partner.ts';
import type { EgressAnswer, NotSentReason } from '../../platform/egress.ts';
import { retryAfterMs } from '../../platform/egress-retry-after.ts';
import { endpointKeyOf } from '../../platform/endpoint-key.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Secret } from '../../platform/secrets.ts';
import { JSON_API, openDocument, redacted, sentenceOf } from './wire.ts';

const LOGIN_TIMEOUT_MS = 8_000;
const CLOSE_TIMEOUT_MS = 3_000;
const ANSWER_BYTES_MAX = 1_048_576;
const UNSAID_WAIT_MS = 5_000;

/** How one IMT system signs in: what differs between MIPS/APPS and others. */
export interface SignIn {
  /** The endpoint as the configuration says it; with the username it names the session. */
  authUrl(connection: PartnerConnection): string;
  openRequest(connection: PartnerConnection): { url: string; body: string };
  closeUrl(connection: PartnerConnection): string;
  /** What later requests carry, from the answer of a login that was accepted. */
  readSession(
    answer: Answered,
    nowMs: number,
  ): { ok: true; headers: Readonly<Record<string, Secret>>; secrets: readonly string[] } | { ok: false; why: string };
}

export type Answered = Extract<EgressAnswer, { kind: 'answered' }>;

export interface OpenSession {
  readonly headers: Readonly<Record<string, Secret>>;
  readonly secrets: readonly string[];
  readonly openedAt: Temporal.Instant;
}

export type LogInResult =
  | { readonly kind: 'open'; readonly session: OpenSession }
  /** `isRefusal`: the partner looked at the login and would not have it; asking on may lock the user out. */
  | {
      readonly kind: 'failed';
      readonly failure: SessionFailure;
      readonly isRefusal: boolean;
      readonly mayRepeat: boolean;
    };

type SignInParts = Pick<Platform, 'egress' | 'clock' | 'log'> & { readonly signIn: SignIn };

/** One login, as one request. */
export async function logIn(
  { egress, clock, signIn }: SignInParts,
  connection: PartnerConnection,
): Promise<LogInResult> {
  const { url, body } = signIn.openRequest(connection);
  const answer = await egress.request({
    url,
    method: 'POST',
    headers: { accept: JSON_API, 'content-type': JSON_API },
    body,
    totalTimeoutMs: LOGIN_TIMEOUT_MS,
    maxBytes: ANSWER_BYTES_MAX,
    endpointKey: endpointKey(connection, 'session', url),
    maxConcurrent: connection.maxConcurrent,
  });
  if (answer.kind !== 'answered') return failed(failureOfEgress(answer, 'The sign-in'));
  const secrets = [connection.credentials.password(), connection.credentials.privateKey() ?? ''];
  if (answer.status >= 200 && answer.status < 300) {
    const read = signIn.readSession(answer, clock.nowMs());
    if (!read.ok)
      return failed({ reason: 'login-refused', sentence: `The sign-in answered ${answer.status}, but ${read.why}.` });
    // The login's own secrets too: a later answer may still give them back.
    const session = {
      headers: read.headers,
      secrets: Object.freeze([...read.secrets, ...secrets]),
      openedAt: clock.now(),
    };
    return { kind: 'open', session };
  }
  return refused(answer, { nowMs: clock.nowMs(), secrets });
}

/** Closes a session at the partner. A close that fails is logged and forgotten: the work was done (F30). */
export async function closeSession(
  { egress, log, signIn }: SignInParts,
  connection: PartnerConnection,
  session: OpenSession,
): Promise<void> {
  const url = signIn.closeUrl(connection);
  const answer = await egress.request({
    url,
    method: 'DELETE',
    headers: { accept: JSON_API, 'content-type': JSON_API, ...session.headers },
    totalTimeoutMs: CLOSE_TIMEOUT_MS,
    maxBytes: ANSWER_BYTES_MAX,
    endpointKey: endpointKey(connection, 'session', url),
    maxConcurrent: connection.maxConcurrent,
    // Neither kept from being sent by an open breaker, nor a reason to open one.
    breaker: false,
  });
  const isClosed = answer.kind === 'answered' && answer.status >= 200 && answer.status < 300;
  if (isClosed) return;
  const why = answer.kind === 'answered' ? `status ${answer.status}` : `${answer.reason}: ${answer.detail}`;
  log.warn({ bid: connection.bid, username: connection.username, why }, 'a partner session was not closed');
}

/** What shares a queue, a breaker and connections: one operation of one biller at one address. */
export function endpointKey(connection: PartnerConnection, what: string, url: string): string {
  return endpointKeyOf({ bid: connection.bid, operation: what, environment: connection.environment, url });
}

/** Why a request has no answer, in the terms of the port. */
export function failureOfEgress(answer: Exclude<EgressAnswer, { kind: 'answered' }>, what: string): SessionFailure {
  const sentence = `${what} did not get through: ${answer.detail}.`;
  if (answer.kind === 'unknown') {
    const reason =
      answer.reason === 'timeout' || answer.reason === 'too-large'
        ? answer.reason
        : answer.reason === 'bad-encoding'
          ? 'not-understood'
          : 'unreachable';
    return { reason, sentence };
  }
  const retry = answer.retryInMs === undefined ? {} : { retryAfterMs: answer.retryInMs };
  return { reason: NOT_SENT_REASONS[answer.reason], sentence, ...retry };
}

const NOT_SENT_REASONS: Readonly<Record<NotSentReason, FailureReason>> = {
  dns: 'unreachable',
  refused: 'unreachable',
  tls: 'unreachable',
  'connect-timeout': 'unreachable',
  guard: 'guard',
  'breaker-open': 'breaker-open',
  'queue-full': 'breaker-open',
  aborted: 'unreachable',
};

/** The wait a 429 asks for. */
export function waitOf(answer: Answered, nowMs: number): number {
  return retryAfterMs(answer.headers['retry-after'], nowMs) ?? UNSAID_WAIT_MS;
}

function refused(answer: Answered, { nowMs, secrets }: { nowMs: number; secrets: readonly string[] }): LogInResult {
  const opened = openDocument(answer, secrets);
  const words = opened.ok ? sentenceOf(opened.errors, answer.status) : `The partner answered ${answer.status}.`;
  const sentence = redacted(`The sign-in was not accepted. ${words}`, secrets);
  switch (answer.status) {
    case 401:
    case 403:
      return { kind: 'failed', failure: { reason: 'login-refused', sentence }, isRefusal: true, mayRepeat: true };
    case 400:
    case 422:
      return { kind: 'failed', failure: { reason: 'login-refused', sentence }, isRefusal: true, mayRepeat: false };
    case 429:
      return failed({ reason: 'rate-limited', sentence, retryAfterMs: waitOf(answer, nowMs) });
    default:
      return failed({ reason: 'partner-error', sentence });
  }
}

function failed(failure: SessionFailure): LogInResult {
  return { kind: 'failed', failure, isRefusal: false, mayRepeat: false };
}
