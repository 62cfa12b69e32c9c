import { recordAudit } from '../../platform/audit.ts';
import type { Platform } from '../../platform/platform.ts';
import { openSecrets } from './destination-secret.ts';
import { changeDestination, type DestinationRow, findDestination } from './destination-store.ts';
import { type DueMessage, giveUpMessages, leaseMessages, readFolded, recordTry, type Try } from './message-store.ts';
import { mailOf } from './message-text.ts';
import { webhookHeaders } from './sign-webhook.ts';

/** Messages sent in one run, all at the same time; what is left comes with the next, seconds later. */
const BATCH_MAX = 32;
/** Longer than one message may take. */
const LEASE_SECONDS = 90;
const WEBHOOK_MS = 15_000;
const ANSWER_BYTES_MAX = 16_384;
const SAID_CHARS_MAX = 300;
const CONCURRENT_MAX = 4;
/** Waits after the 1st, 2nd … failed try; after the tenth, 16 hours later, it is given up. */
export const RETRY_SECONDS = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800] as const;
const GONE = 410;

export interface SendDeps
  extends Pick<Platform, 'clock' | 'database' | 'egress' | 'keyring' | 'log' | 'mailer' | 'metrics'> {
  /** How long a receiver may take; 15 s unless told. */
  readonly webhookMs?: number;
}

/** Sends what is due. Returns how many arrived. A process that dies in between sends again: the receiver knows it by its id. */
export async function sendAlerts(deps: SendDeps): Promise<number> {
  const now = deps.clock.now();
  const due = await deps.database.withSystem((tx) =>
    leaseMessages(tx, { now, leaseUntil: now.add({ seconds: LEASE_SECONDS }), max: BATCH_MAX }),
  );
  const sent = await Promise.all(due.map((message) => sendOne(deps, message)));
  return sent.filter(Boolean).length;
}

interface Tried extends Try {
  /** No later try can bring it there. */
  readonly isHopeless: boolean;
}

async function sendOne(deps: SendDeps, message: DueMessage): Promise<boolean> {
  const reached = await deps.database.withSystem(async (tx) => {
    const row = await findDestination(tx, message.destinationId);
    return row && { row, secrets: await openSecrets(tx, deps.keyring, { row, now: deps.clock.now() }) };
  });
  if (!reached) return false;
  const { row, secrets } = reached;
  const startedMs = deps.clock.monotonicMs();
  const outcome = !row.is_on
    ? { isDelivered: false, status: null, said: 'the destination is switched off', isHopeless: true }
    : row.kind === 'email'
      ? await mail(deps, { row, message })
      : await post(deps, {
          row,
          message,
          headersFor: (body) => webhookHeaders(secrets, { messageId: message.messageId, at: deps.clock.now(), body }),
        });
  const tried: Tried = {
    ...outcome,
    said: outcome.said.slice(0, SAID_CHARS_MAX),
    at: deps.clock.now(),
    tookMs: Math.round(deps.clock.monotonicMs() - startedMs),
  };
  await conclude(deps, { row, message, tried });
  return tried.isDelivered;
}

type Outcome = Omit<Tried, 'at' | 'tookMs'>;

async function mail(deps: SendDeps, from: { row: DestinationRow; message: DueMessage }): Promise<Outcome> {
  const { row, message } = from;
  const folded = await deps.database.withSystem((tx) => readFolded(tx, message.id));
  const { messageId } = message;
  const answer = await deps.mailer.send(mailOf(message.payload, { to: row.address, messageId, folded }));
  return answer.ok
    ? { isDelivered: true, status: null, said: 'the mail server took it', isHopeless: false }
    : { isDelivered: false, status: null, said: answer.why, isHopeless: answer.permanent };
}

async function post(
  deps: SendDeps,
  from: { row: DestinationRow; message: DueMessage; headersFor: (body: string) => Record<string, string> },
): Promise<Outcome> {
  const { row, message } = from;
  const body = JSON.stringify(message.payload);
  const answer = await deps.egress.request({
    url: row.address,
    method: 'POST',
    headers: from.headersFor(body),
    body,
    totalTimeoutMs: deps.webhookMs ?? WEBHOOK_MS,
    maxBytes: ANSWER_BYTES_MAX,
    endpointKey: `alerts/${row.id}`,
    maxConcurrent: CONCURRENT_MAX,
    // The outbox has a schedule of its own, and says of each try how it ended.
    breaker: false,
  });
  if (answer.kind !== 'answered') {
    const said = answer.reason === 'guard' ? `refused here: ${answer.detail}` : `${answer.reason}: ${answer.detail}`;
    return { isDelivered: false, status: null, said, isHopeless: false };
  }
  const { status } = answer;
  if (status >= 200 && status < 300)
    return { isDelivered: true, status, said: `taken with ${status}`, isHopeless: false };
  if (status === GONE)
    return { isDelivered: false, status, said: '410: it wants no more of these; switched off', isHopeless: true };
  const isRedirect = status >= 300 && status < 400;
  const said = isRedirect ? `${status}: it leads elsewhere, which is not followed` : `refused with ${status}`;
  return { isDelivered: false, status, said, isHopeless: false };
}

async function conclude(
  deps: SendDeps,
  from: { row: DestinationRow; message: DueMessage; tried: Tried },
): Promise<void> {
  const { row, message, tried } = from;
  const waitSeconds = RETRY_SECONDS[(message.attempts - 1) % (RETRY_SECONDS.length + 1)];
  const isOver = tried.isHopeless || waitSeconds === undefined;
  const next = tried.isDelivered
    ? { state: 'sent' as const }
    : isOver
      ? { state: 'failed' as const }
      : { state: 'queued' as const, at: tried.at.add({ seconds: waitSeconds }) };
  await deps.database.withSystem(async (tx) => {
    await recordTry(tx, message, { tried, next });
    if (tried.status !== GONE || !row.is_on) return;
    await changeDestination(tx, row.id, { is_on: false, off_reason: 'It answered 410 Gone: it wants no more alerts.' });
    await giveUpMessages(tx, row.id, tried.at);
    await recordAudit(tx, {
      at: tried.at,
      bid: null,
      actorKind: 'program',
      actor: 'alerts',
      act: 'alert-destination.switched-off',
      subject: `alert-destination/${row.id}`,
      reason: 'it answered 410 Gone',
    });
  });
  const result = tried.isDelivered ? 'delivered' : next.state === 'failed' ? 'given up' : 'retried';
  deps.metrics
    .counter('causeway_alert_messages_total', 'Tries to deliver messages of alerts', ['kind', 'result'])
    .add({ kind: row.kind, result });
  if (next.state === 'failed')
    deps.log.error({ destination: row.id, message: message.messageId, why: tried.said }, 'an alert was not delivered');
}
