import { recordAudit } from '../../platform/audit.ts';
import type { Tx } from '../../platform/database.ts';
import { closeWorkItem, openWorkItem } from '../../platform/work-items.ts';
import type { Actor } from '../billers/index.ts';
import { type Act, type ActAnswer, type ActChange, actOnHeld } from './act-on-held.ts';
import type { DeliveryFacts } from './delivery.ts';
import {
  type DeliveryKind,
  type DeliveryState,
  type Destination,
  familyOf,
  type HeldKind,
  type Reading,
} from './delivery.ts';
import { FINISHED_STATES } from './delivery-states.ts';
import { changeDelivery, type DeliveryRow, lockDelivery, wakeLane } from './delivery-store.ts';
import type { DeliveriesDeps } from './deps.ts';
import { refuseDelivery } from './problems.ts';
import { dropTrust } from './trust.ts';

type DecideDeps = Pick<DeliveriesDeps, 'database' | 'clock'>;

export interface DecisionRequest {
  readonly bid: number;
  readonly deliveryId: number;
  readonly act: Act;
  readonly reason: string;
  /** The version the person saw: another by now refuses the act. */
  readonly version: number;
  readonly by: Actor;
  /** Of `post-again`: whether `by` has `deliveries:approve`, which the second person needs. Undefined: all rights, as the operator. */
  readonly mayAgree?: boolean | undefined;
  /** Of `confirm-posted`: what the partner calls the payment. */
  readonly reference?: string | undefined;
  /** Of `post-again`: the two balances the person saw, in cents, compared with the evidence. */
  readonly balancesSeen?: { readonly beforeCents: number; readonly latestCents: number } | undefined;
}

/** What a second person is asked to agree to; kept on the delivery until someone else does, or it changes. */
export interface SecondPersonRequest {
  readonly act: 'post-again';
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

export interface Decided {
  readonly state: DeliveryState;
  readonly version: number;
  /** True when the act waits for a second person. */
  readonly isWaitingForSecondPerson: boolean;
}

/**
 * One decision of one person about one delivery, with its reason, its audit entry and the version the person saw
 * (spec/payments.md, UNKNOWN payments, 5.). `post-again` takes two calls by two people. Wakes the lane.
 */
export async function decideHeldDelivery(deps: DecideDeps, request: DecisionRequest): Promise<Decided> {
  const { bid, deliveryId } = request;
  return deps.database.withBiller(bid, async (tx) => {
    const row = await lockDelivery(tx, bid, deliveryId);
    if (!row) throw refuseDelivery('unknown-delivery', { id: deliveryId });
    if (row.version !== request.version) throw refuseDelivery('delivery-changed', { version: request.version });
    const asked = row.request as SecondPersonRequest | null;
    if (request.act === 'post-again') await compareBalances(tx, row, request);
    const atMs = deps.clock.nowMs();
    const answer = actOnHeld(factsOf(row), {
      act: request.act,
      by: request.by.name,
      atMs,
      askedBy: asked?.by,
      mayAgree: request.mayAgree,
      reference: request.reference,
    });
    if (answer.kind === 'refused') throw refusalOf(answer, row);
    const { change } = answer;
    await write(tx, { row, change, request, at: deps.clock.now() });
    return {
      state: change.state ?? (row.state as DeliveryState),
      version: row.version + 1,
      isWaitingForSecondPerson: change.asksSecondPerson ?? false,
    };
  });
}

function refusalOf(answer: Extract<ActAnswer, { kind: 'refused' }>, row: DeliveryRow) {
  switch (answer.code) {
    case 'not-held':
      return refuseDelivery('not-held', { state: row.state });
    case 'needs-second-person':
      return refuseDelivery('needs-second-person', { first: answer.why });
    case 'may-not-agree':
      return refuseDelivery('may-not-agree', { first: answer.why });
    case 'evidence-says-applied':
      return refuseDelivery('evidence-says-applied');
    case 'act-does-not-fit':
      return refuseDelivery('act-does-not-fit', { why: answer.why });
    default: {
      const never: never = answer.code;
      throw new Error(`unknown refusal ${String(never)}`);
    }
  }
}

async function write(
  tx: Tx,
  from: { row: DeliveryRow; change: ActChange; request: DecisionRequest; at: Temporal.Instant },
): Promise<void> {
  const { row, change, request, at } = from;
  const { bid } = request;
  const partner = (row.destination as unknown as Destination).partner;
  const request2: SecondPersonRequest | null = change.asksSecondPerson
    ? { act: 'post-again', by: request.by.name, reason: request.reason, at: at.toString() }
    : null;
  const keepsRequest = request.act === 'note';
  await changeDelivery(tx, {
    bid,
    id: row.id,
    version: row.version,
    set: { ...columnsOf(change, at), ...(!keepsRequest && { request: request2 && JSON.stringify(request2) }) },
  });
  const subject = `delivery/${row.id}`;
  if (change.state !== undefined && change.state !== 'held') {
    await closeWorkItem(tx, { bid, kind: 'delivery-held', subject, by: request.by.name, at });
    await wakeLane(tx, {
      bid,
      laneId: row.lane_id,
      family: familyOf(row.kind as DeliveryKind),
      environment: environmentOf(row),
    });
  }
  if (request.act === 'return-to-payer' && row.withdrawn === null) {
    const sentence = `Payment ${row.payment_id ?? ''} was taken and will not be posted: refund it to the payer. ${request.reason}`;
    await openWorkItem(tx, {
      bid,
      kind: 'payment-to-refund',
      subject: `payment/${row.payment_id ?? row.id}`,
      sentence,
      detail: { deliveryId: row.id, amountCents: row.amount_cents },
    });
  }
  if (change.contradicts)
    await dropTrust(tx, { bid, partner, at, reason: `delivery ${row.id}: what its figures showed was not so` });
  await recordAudit(tx, {
    at,
    bid,
    actorKind: request.by.kind,
    actor: request.by.name,
    act: `delivery.${request.act}`,
    subject,
    reason: request.reason,
    detail: {
      from: row.state,
      to: change.state ?? row.state,
      reference: request.reference ?? null,
      asksSecondPerson: change.asksSecondPerson ?? false,
    },
  });
}

function columnsOf(change: ActChange, at: Temporal.Instant) {
  const time = (ms: number | null) => (ms === null ? null : Temporal.Instant.fromEpochMilliseconds(Math.round(ms)));
  return {
    ...(change.isReset && { retries: 0, retry_since: null, readings: '[]', unknown_since: null, next_at: null }),
    ...(change.state && { state: change.state, finished_at: FINISHED_STATES.includes(change.state) ? at : null }),
    ...(change.label !== undefined && { label: change.label }),
    ...(change.reason !== undefined && { reason: change.reason }),
    ...(change.heldKind !== undefined && { held_kind: change.heldKind }),
    ...(change.permit !== undefined && { permit: change.permit }),
    ...(change.nextAtMs !== undefined && { next_at: time(change.nextAtMs) }),
    ...(change.unknownSinceMs !== undefined && { unknown_since: time(change.unknownSinceMs) }),
  };
}

/** Both balances travel with the click: what was due before the send, and by the latest reading. */
async function compareBalances(tx: Tx, row: DeliveryRow, request: DecisionRequest): Promise<void> {
  const latest = (row.readings as unknown as Reading[]).at(-1);
  const before = await tx
    .selectFrom('delivery_attempt')
    .select('baseline')
    .where('bid', '=', request.bid)
    .where('delivery_id', '=', row.id)
    .where('possibly_applied', '=', true)
    .orderBy('n', 'desc')
    .limit(1)
    .executeTakeFirst();
  const baseline = before?.baseline as { currentDueCents: number } | null | undefined;
  // What was never read cannot have been seen; the act then rests on the partner's own word in the reason.
  const isSeen =
    (!baseline || request.balancesSeen?.beforeCents === baseline.currentDueCents) &&
    (!latest || request.balancesSeen?.latestCents === latest.currentDueCents);
  if (!isSeen) throw refuseDelivery('balances-not-seen');
}

export const environmentOf = (row: DeliveryRow): number => (row.destination as unknown as Destination).environment;

/** The facts of a stored delivery, for the pure decisions. */
export function factsOf(row: DeliveryRow): DeliveryFacts {
  const ms = (at: Temporal.Instant | null): number | null => at?.epochMilliseconds ?? null;
  return {
    id: row.id,
    kind: row.kind as DeliveryKind,
    state: row.state as DeliveryState,
    version: row.version,
    accountNumber: row.account_number,
    amountCents: row.amount_cents ?? 0,
    heldKind: row.held_kind as HeldKind | null,
    attempts: row.attempts,
    retries: row.retries,
    retrySinceMs: null,
    nextAtMs: ms(row.next_at),
    unknownSinceMs: ms(row.unknown_since),
    readings: row.readings as unknown as Reading[],
    permit: row.permit,
    withdrawn: row.withdrawn,
    sentAtMs: null,
  };
}
