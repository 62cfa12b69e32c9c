import type { SendOutcome } from '../../features/billers/partner.ts';
import type { EgressAnswer } from '../../platform/egress.ts';
import { centsFromDecimal } from '../../platform/money.ts';
import { type Answered, waitOf } from './sign-in.ts';
import { isObject, type JsonObject, type OpenedDocument, openDocument, type PartnerError, sentenceOf } from './wire.ts';

/** What a payment's answer must say, where it says it. */
export interface ExpectedEcho {
  readonly transactionId: string;
  readonly amountCents: number;
}

/** Distributes over the union, so that each class keeps its own fields. */
type WithoutTranscript<Outcome> = Outcome extends unknown ? Omit<Outcome, 'transcript'> : never;
export type SendClass = WithoutTranscript<SendOutcome>;

/**
 * What a send came to, by proof and not by status family (payments.md, "Classify by proof"). Only the partner's own
 * error document proves that it refused; everything that could have been written by something in between is UNKNOWN.
 * `echo` is null for changes that are absolute (paperless, autopay).
 */
export function classifySend(
  answer: EgressAnswer,
  { echo, nowMs, secrets }: { echo: ExpectedEcho | null; nowMs: number; secrets: readonly string[] },
): { outcome: SendClass; errors: readonly PartnerError[] } {
  if (answer.kind === 'not-sent') {
    const retry = answer.retryInMs === undefined ? {} : { retryAfterMs: answer.retryInMs };
    return { outcome: { class: 'NOT_SENT', reason: `${answer.reason}: ${answer.detail}`, ...retry }, errors: [] };
  }
  if (answer.kind === 'unknown') {
    const status = answer.status === undefined ? {} : { status: answer.status };
    return { outcome: { class: 'UNKNOWN', reason: `${answer.reason}: ${answer.detail}`, ...status }, errors: [] };
  }
  const opened = openDocument(answer, secrets);
  const errors = opened.ok ? opened.errors : [];
  return { outcome: classOf(answer, opened, { echo, nowMs }), errors };
}

/** Whether the partner itself refused the session of a request: proof that the request was not carried out (F27, F28). */
export function isSessionRefused(answer: EgressAnswer): boolean {
  if (answer.kind !== 'answered' || (answer.status !== 401 && answer.status !== 403)) return false;
  const opened = openDocument(answer);
  return opened.ok && opened.errors.length > 0;
}

function classOf(
  answer: Answered,
  opened: OpenedDocument,
  { echo, nowMs }: { echo: ExpectedEcho | null; nowMs: number },
): SendClass {
  const { status } = answer;
  const isRefusal = opened.ok && opened.errors.length > 0;
  switch (status) {
    case 400:
    case 401:
    case 403:
    case 404:
    case 415:
    case 422:
      if (isRefusal) return { class: 'REJECTED', status, sentence: sentenceOf(opened.errors, status) };
      return unknown(status, `status ${status} without the partner's own error document`);
    case 429:
      if (isRefusal) return { class: 'RATE_LIMITED', retryAfterMs: waitOf(answer, nowMs) };
      return unknown(status, "status 429 without the partner's own error document");
    default:
      if (status < 200 || status > 299) return unknown(status, `status ${status} proves nothing`);
      return classOfSuccess(answer, opened, echo);
  }
}

function classOfSuccess({ status, body }: Answered, opened: OpenedDocument, echo: ExpectedEcho | null): SendClass {
  // JSON:API answers an update that changed nothing more with 204; a payment is promised a document.
  if (status === 204 && echo === null && body.length === 0) return { class: 'POSTED', status, echoed: false };
  if (!opened.ok) return unknown(status, `status ${status}, but ${opened.why}`);
  if (opened.errors.length > 0) return unknown(status, `status ${status} with a list of errors`);
  if (!isObject(opened.document.data)) return unknown(status, `status ${status} without a resource`);
  if (echo === null) return { class: 'POSTED', status, echoed: false };
  const attributes = isObject(opened.document.data.attributes) ? opened.document.data.attributes : {};
  const wrong = wrongEcho(attributes, echo);
  if (wrong !== undefined) return unknown(status, wrong);
  return { class: 'POSTED', status, echoed: attributes.transaction_id !== undefined };
}

/** What the answer says of another payment; undefined when what it says is ours, or nothing. */
function wrongEcho(attributes: JsonObject, echo: ExpectedEcho): string | undefined {
  const { transaction_id: transactionId, total_paid: totalPaid } = attributes;
  if (transactionId !== undefined && String(transactionId) !== echo.transactionId) {
    return 'the answer names another transaction_id';
  }
  if (totalPaid === undefined) return undefined;
  const paid =
    typeof totalPaid === 'string' || typeof totalPaid === 'number' ? centsFromDecimal(String(totalPaid)) : undefined;
  return paid?.ok && paid.cents === echo.amountCents ? undefined : 'the answer names another total_paid';
}

function unknown(status: number, reason: string): SendClass {
  return { class: 'UNKNOWN', status, reason };
}
