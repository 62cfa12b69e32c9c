import type { Tx } from '../../platform/database.ts';
import { ACTS, type Act, actOnHeld } from './act-on-held.ts';
import type { DeliveryDetail, DeliveryView } from './contract.ts';
import { factsOf, type SecondPersonRequest } from './decide-held-delivery.ts';
import type { BalanceFacts, Destination, Payload, Reading } from './delivery.ts';
import { countByMinute, type DeliveryRow, findAttempts, findDelivery } from './delivery-store.ts';
import { refuseDelivery } from './problems.ts';

const MINUTE_MS = 60_000;
/** Of a payment's payload: who the payer is stays with the payment. */
const HIDDEN = new Set(['customerName', 'address1', 'address2', 'city', 'state', 'zip', 'phone', 'email']);

const iso = (at: Temporal.Instant | null): string | null => at?.toString() ?? null;

/** A stored delivery as the API shows it. */
export function viewOf(row: DeliveryRow): DeliveryView {
  const { partner, environment, operation, url, username, settingsVersion } = row.destination as unknown as Destination;
  return {
    id: row.id,
    laneId: row.lane_id,
    kind: row.kind as DeliveryView['kind'],
    accountNumber: row.account_number,
    paymentId: row.payment_id,
    transactionId: row.transaction_id,
    amountCents: row.amount_cents,
    state: row.state as DeliveryView['state'],
    label: row.label,
    reason: row.reason,
    heldKind: row.held_kind as DeliveryView['heldKind'],
    attempts: row.attempts,
    nextAt: iso(row.next_at),
    firstSentAt: iso(row.first_sent_at),
    unknownSince: iso(row.unknown_since),
    createdAt: row.created_at.toString(),
    finishedAt: iso(row.finished_at),
    version: row.version,
    destination: { partner, environment, operation, url, username, settingsVersion },
  };
}

/** One delivery with its attempts, its evidence and the acts that fit it now. */
export async function describeDelivery(tx: Tx, bid: number, id: number): Promise<DeliveryDetail> {
  const row = await findDelivery(tx, bid, id);
  if (!row) throw refuseDelivery('unknown-delivery', { id });
  const attempts = await findAttempts(tx, bid, id);
  return {
    ...viewOf(row),
    payload: redact(row.payload as unknown as Payload),
    sentAttempts: attempts.map((attempt) => ({
      n: attempt.n,
      intentAt: attempt.intent_at.toString(),
      deadlineAt: attempt.deadline_at.toString(),
      payloadHash: attempt.payload_hash.toString('hex'),
      permit: attempt.permit,
      possiblyApplied: attempt.possibly_applied,
      class: attempt.class,
      httpStatus: attempt.http_status,
      finishedAt: iso(attempt.finished_at),
      baseline: attempt.baseline as unknown as BalanceFacts | null,
      transcript: (attempt.transcript ?? {}) as Record<string, unknown>,
    })),
    readings: [...(row.readings as unknown as Reading[])],
    secondPerson: row.request as unknown as SecondPersonRequest | null,
    acts: ACTS.filter((act) => fits(row, act)),
  };
}

function fits(row: DeliveryRow, act: Act): boolean {
  const request = { act, by: 'anyone', atMs: 0, askedBy: undefined, reference: 'one' };
  return actOnHeld(factsOf(row), request).kind === 'change';
}

function redact(payload: Payload): Record<string, unknown> {
  if (payload.kind !== 'payment') return { ...payload };
  const posting = Object.entries(payload.posting).map(([name, value]) => [
    name,
    HIDDEN.has(name) && value !== '' ? '•••' : value,
  ]);
  return { kind: payload.kind, posting: Object.fromEntries(posting) };
}

export interface MinuteCount {
  readonly minute: string;
  readonly recorded: number;
  readonly posted: number;
  readonly otherwise: number;
}

/** Every minute of the span, also those in which nothing happened. */
export async function chartByMinute(
  tx: Tx,
  bid: number,
  from: { minutes: number; now: Temporal.Instant },
): Promise<MinuteCount[]> {
  const endMs = Math.ceil((from.now.epochMilliseconds + 1) / MINUTE_MS) * MINUTE_MS;
  const startMs = endMs - from.minutes * MINUTE_MS;
  const span = {
    since: Temporal.Instant.fromEpochMilliseconds(startMs),
    until: Temporal.Instant.fromEpochMilliseconds(endMs),
  };
  const { recorded, finished } = await countByMinute(tx, bid, span);
  return Array.from({ length: from.minutes }, (_, at) => {
    const ms = startMs + at * MINUTE_MS;
    const ended = finished.filter((one) => one.minute.epochMilliseconds === ms);
    const posted = ended.filter((one) => one.state === 'posted').reduce((sum, one) => sum + one.count, 0);
    return {
      minute: Temporal.Instant.fromEpochMilliseconds(ms).toString(),
      recorded: recorded.find((one) => one.minute.epochMilliseconds === ms)?.count ?? 0,
      posted,
      otherwise: ended.reduce((sum, one) => sum + one.count, 0) - posted,
    };
  });
}
