import type { BalanceAnswer, FailureReason, PartnerConnection } from '../../features/billers/partner.ts';
import type { EgressAnswer } from '../../platform/egress.ts';
import { type Attempt, inSession } from './exchange.ts';
import type { OperationParts } from './operation-parts.ts';
import { readPaymentsDue } from './payments-due.ts';
import { type Answered, endpointKey, failureOfEgress, waitOf } from './sign-in.ts';
import { beginTranscript, renewalNote, type Told } from './transcript.ts';
import { JSON_API, joinUrl, type OpenedDocument, openDocument, redacted, sentenceOf } from './wire.ts';

const ANSWER_BYTES_MAX = 1_048_576;

/** `GET payments-due/` of one account (RTDR). A read: safe to repeat, so any 401 or 403 earns a new session. */
export async function askBalance(
  parts: OperationParts,
  connection: PartnerConnection,
  accountNumber: string,
): Promise<BalanceAnswer> {
  const url = balanceUrl(connection.url, accountNumber);
  const tell = beginTranscript(parts.clock, 'GET', url);
  const result = await inSession(parts, {
    connection,
    totalMs: parts.limits.balanceMs,
    isRefused: (answer: EgressAnswer) => answer.kind === 'answered' && (answer.status === 401 || answer.status === 403),
    send: (attempt) => requestBalance(parts, { connection, url, attempt }),
  });
  const notes = [renewalNote(result.isRenewed)];
  if (result.kind === 'no-session') {
    const { reason, sentence, retryAfterMs } = result.failure;
    return {
      kind: 'failed',
      reason,
      sentence,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      transcript: tell({ notes: [...notes, sentence] }),
    };
  }
  const { answer, secrets } = result;
  if (answer.kind !== 'answered') {
    const failure = failureOfEgress(answer, 'The request for the balance');
    return {
      kind: 'failed',
      ...failure,
      transcript: tell({
        status: answer.kind === 'unknown' ? answer.status : undefined,
        notes: [...notes, answer.detail],
      }),
    };
  }
  return read(answer, {
    accountNumber,
    secrets,
    nowMs: parts.clock.nowMs(),
    told: (told) => tell({ status: answer.status, ...told, notes: [...notes, ...(told.notes ?? [])] }),
  });
}

/** The address that asks for one account's balance. */
export function balanceUrl(base: string, accountNumber: string): string {
  return joinUrl(base, `payments-due/?filter%5Bpolicy_number%5D=${encodeURIComponent(accountNumber.toWellFormed())}`);
}

/** The request itself, under a session; also the probe of an endpoint whose breaker is half open. */
export async function requestBalance(
  { egress }: Pick<OperationParts, 'egress'>,
  { connection, url, attempt }: { connection: PartnerConnection; url: string; attempt: Attempt },
): Promise<EgressAnswer> {
  return await egress.request({
    url,
    method: 'GET',
    headers: { accept: JSON_API, 'content-type': JSON_API, ...attempt.lease.headers },
    totalTimeoutMs: attempt.leftMs,
    maxBytes: ANSWER_BYTES_MAX,
    endpointKey: endpointKey(connection, connection.operation, url),
    maxConcurrent: connection.maxConcurrent,
  });
}

interface ReadingParts {
  readonly accountNumber: string;
  readonly secrets: readonly string[];
  readonly nowMs: number;
  readonly told: (told: Told) => ReturnType<ReturnType<typeof beginTranscript>>;
}

function read(answer: Answered, { accountNumber, secrets, nowMs, told }: ReadingParts): BalanceAnswer {
  const opened = openDocument(answer, secrets);
  const errors = opened.ok ? opened.errors : [];
  const failed = (reason: FailureReason, sentence: string, more: { retryAfterMs?: number } = {}): BalanceAnswer => ({
    kind: 'failed',
    reason,
    sentence: redacted(sentence, secrets),
    ...more,
    transcript: told({ errors, notes: opened.ok ? [] : [opened.why] }),
  });
  const { status } = answer;
  if (status === 401 || status === 403) return failed('session-refused', refusal(opened, status));
  if (status === 429) return failed('rate-limited', refusal(opened, status), { retryAfterMs: waitOf(answer, nowMs) });
  if (status < 200 || status > 299) return failed('partner-error', refusal(opened, status));
  if (!opened.ok) return failed('not-understood', `The partner's answer was not understood: ${opened.why}.`);
  if (errors.length > 0) return failed('partner-error', sentenceOf(errors, status));
  const reading = readPaymentsDue(opened.document, accountNumber, answer.headers.date);
  switch (reading.kind) {
    case 'balance':
      return { kind: 'balance', balance: reading.balance, transcript: told({ notes: [reading.note] }) };
    case 'unknown-account':
      return { kind: 'unknown-account', transcript: told({ notes: ['no entry for this account'] }) };
    case 'not-understood':
      return failed('not-understood', `The partner's answer was not understood: ${reading.why}.`);
    default:
      return reading satisfies never;
  }
}

function refusal(opened: OpenedDocument, status: number): string {
  return sentenceOf(opened.ok ? opened.errors : [], status);
}
