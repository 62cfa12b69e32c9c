import type {
  PartnerConnection,
  PaymentPosting,
  SendHooks,
  SendOutcome,
  SessionFailure,
} from '../../features/billers/partner.ts';
import type { EgressAnswer } from '../../platform/egress.ts';
import { balanceUrl, requestBalance } from './ask-balance.ts';
import { classifySend, type ExpectedEcho, isSessionRefused } from './classify-send.ts';
import { type Attempt, inSession } from './exchange.ts';
import type { OperationParts } from './operation-parts.ts';
import { paymentBody } from './payment-body.ts';
import { endpointKey } from './sign-in.ts';
import { beginTranscript, renewalNote } from './transcript.ts';
import { JSON_API, joinUrl, pathPart } from './wire.ts';

const ANSWER_BYTES_MAX = 1_048_576;

interface Sending {
  readonly connection: PartnerConnection;
  readonly method: 'POST' | 'PATCH';
  readonly url: string;
  readonly body: string;
  readonly hooks: SendHooks;
  /** Null for changes that are absolute, which may be repeated without proof. */
  readonly echo: ExpectedEcho | null;
  /** Asks the endpoint something harmless; a payment is never the probe of a sick endpoint. */
  readonly probe: ((attempt: Attempt) => Promise<EgressAnswer>) | null;
}

/** `POST payments/`. Sent again only when the partner's own words prove that the first was refused for its session. */
export async function postPayment(
  parts: OperationParts,
  connection: PartnerConnection,
  { posting, hooks }: { posting: PaymentPosting; hooks: SendHooks },
): Promise<SendOutcome> {
  const probeUrl = balanceUrl(connection.url, posting.accountNumber);
  return await send(parts, {
    connection,
    method: 'POST',
    url: joinUrl(connection.url, 'payments/'),
    body: paymentBody(posting),
    hooks,
    echo: { transactionId: posting.transactionId, amountCents: posting.amountCents },
    probe: (attempt) => requestBalance(parts, { connection, url: probeUrl, attempt }),
  });
}

/** `PATCH settings/{AccountNumber}/`: paperless or autopay, as an absolute state. */
export async function changeSettings(
  parts: OperationParts,
  connection: PartnerConnection,
  { accountNumber, body, hooks }: { accountNumber: string; body: string; hooks: SendHooks },
): Promise<SendOutcome> {
  const part = pathPart(accountNumber);
  const url = joinUrl(connection.url, `settings/${part ?? ''}/`);
  if (part === undefined) {
    const reason = 'guard: the account number cannot be part of an address';
    return { class: 'NOT_SENT', reason, transcript: beginTranscript(parts.clock, 'PATCH', url)({ notes: [reason] }) };
  }
  return await send(parts, { connection, method: 'PATCH', url, body, hooks, echo: null, probe: null });
}

async function send(parts: OperationParts, sending: Sending): Promise<SendOutcome> {
  const tell = beginTranscript(parts.clock, sending.method, sending.url);
  const result = await inSession(parts, {
    connection: sending.connection,
    totalMs: parts.limits.sendMs,
    isRefused: (answer: EgressAnswer) => isSessionRefused(answer),
    send: (attempt) => sendOnce(parts, sending, attempt),
  });
  const renewed = renewalNote(result.isRenewed);
  if (result.kind === 'no-session') return notSent(result.failure, tell({ notes: [renewed, result.failure.sentence] }));
  const { answer, secrets } = result;
  const { outcome, errors } = classifySend(answer, { echo: sending.echo, nowMs: parts.clock.nowMs(), secrets });
  const status = answer.kind === 'not-sent' ? undefined : answer.status;
  const reason = 'reason' in outcome ? outcome.reason : undefined;
  return { ...outcome, transcript: tell({ status, errors, notes: [renewed, reason] }) };
}

async function sendOnce(parts: OperationParts, sending: Sending, attempt: Attempt): Promise<EgressAnswer> {
  const first = await requestOnce(parts, sending, attempt);
  const isHalfOpen = first.kind === 'not-sent' && first.reason === 'breaker-open' && first.retryInMs === 0;
  if (!isHalfOpen || sending.probe === null) return first;
  const probed = await sending.probe(attempt);
  const isWell = probed.kind === 'answered' && probed.status < 500;
  return isWell ? await requestOnce(parts, sending, attempt) : first;
}

async function requestOnce({ egress }: OperationParts, sending: Sending, attempt: Attempt): Promise<EgressAnswer> {
  const { connection, method, url, body, hooks } = sending;
  if (hooks.signal?.aborted === true)
    return { kind: 'not-sent', reason: 'aborted', detail: 'stopped before it was sent' };
  if (hooks.mayStillSend?.() === false)
    return { kind: 'not-sent', reason: 'aborted', detail: 'the intent to send it has grown old' };
  return await egress.request({
    url,
    method,
    headers: { accept: JSON_API, 'content-type': JSON_API, ...attempt.lease.headers },
    body,
    totalTimeoutMs: attempt.leftMs,
    maxBytes: ANSWER_BYTES_MAX,
    endpointKey: endpointKey(connection, connection.operation, url),
    maxConcurrent: connection.maxConcurrent,
    mayProbe: sending.probe === null,
    ...(hooks.signal && { signal: hooks.signal }),
    ...(hooks.onHalfSent && { onHalfSent: hooks.onHalfSent }),
    ...(hooks.onSent && { onBodySent: hooks.onSent }),
  });
}

/** A login that failed proves that nothing was sent; also when the session of a first, refused send had to be renewed. */
function notSent(
  { reason, sentence, retryAfterMs }: SessionFailure,
  transcript: SendOutcome['transcript'],
): SendOutcome {
  return {
    class: 'NOT_SENT',
    reason: `${reason}: ${sentence}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    transcript,
  };
}
