import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import type { DeliveryKind, DeliveryState, Destination, Family, HeldKind, Payload } from './delivery.ts';
import { UNPOSTED_STATES } from './delivery-states.ts';

/** Statements on `delivery`, `delivery_attempt` and `lane` that belong to use cases; the worker's are in lane-store.ts. */

const ATTEMPTS_SHOWN_MAX = 200;

const columns = [
  'id',
  'lane_id',
  'kind',
  'account_number',
  'payment_id',
  'transaction_id',
  'destination',
  'payload',
  'amount_cents',
  'state',
  'label',
  'reason',
  'attempts',
  'next_at',
  'retries',
  'first_sent_at',
  'unknown_since',
  'held_kind',
  'withdrawn',
  'permit',
  'request',
  'readings',
  'created_at',
  'finished_at',
  'version',
] as const;

export interface NewDelivery {
  readonly bid: number;
  readonly laneId: string;
  readonly kind: DeliveryKind;
  readonly accountNumber: string;
  readonly paymentId: number | null;
  readonly transactionId: string | null;
  readonly destination: Destination;
  readonly payload: Payload;
  readonly amountCents: number | null;
  readonly state: 'queued' | 'held' | 'not_sent';
  readonly reason: string | null;
  readonly heldKind: HeldKind | null;
  readonly createdAt: Temporal.Instant;
}

export async function insertDelivery(tx: Tx, from: NewDelivery): Promise<number> {
  const row = await tx
    .insertInto('delivery')
    .values({
      bid: from.bid,
      lane_id: from.laneId,
      kind: from.kind,
      account_number: from.accountNumber,
      payment_id: from.paymentId,
      transaction_id: from.transactionId,
      destination: JSON.stringify(from.destination),
      payload: JSON.stringify(from.payload),
      amount_cents: from.amountCents,
      state: from.state,
      reason: from.reason,
      held_kind: from.heldKind,
      created_at: from.createdAt,
      finished_at: from.state === 'not_sent' ? from.createdAt : null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Of several unsent changes of an account only the newest is sent; what waits, or was refused, says "superseded". */
export async function supersedeOlder(
  tx: Tx,
  from: { bid: number; accountNumber: string; kind: DeliveryKind; newerThan: number; at: Temporal.Instant },
): Promise<void> {
  await tx
    .updateTable('delivery')
    .set((set) => ({
      state: 'superseded',
      reason: 'a newer change of the account is sent instead',
      held_kind: null,
      next_at: null,
      finished_at: from.at,
      version: set('version', '+', 1),
    }))
    .where('bid', '=', from.bid)
    .where('account_number', '=', from.accountNumber)
    .where('kind', '=', from.kind)
    .where('id', '<', from.newerThan)
    .where('state', 'in', ['queued', 'waiting', 'held'])
    .execute();
}

export async function wakeLane(
  tx: Tx,
  from: { bid: number; laneId: string; family: Family; environment: number },
): Promise<void> {
  await sql`select wake_lane(${from.bid}, ${from.laneId}, ${from.family}, ${from.environment})`.execute(tx);
}

/** Lets every lane of a biller look again at once, when the transaction commits. */
export async function wakeLanesOf(tx: Tx, bid: number): Promise<void> {
  await sql`with woken as (
      update lane set wanted = wanted + 1, run_at = 'epoch' where bid = ${bid} returning id
    ) select pg_notify('lane', id) from woken`.execute(tx);
}

export type DeliveryRow = Awaited<ReturnType<typeof findDelivery>> & object;

export function findDelivery(tx: Tx, bid: number, id: number) {
  return tx.selectFrom('delivery').select(columns).where('bid', '=', bid).where('id', '=', id).executeTakeFirst();
}

export function lockDelivery(tx: Tx, bid: number, id: number) {
  return tx
    .selectFrom('delivery')
    .select(columns)
    .where('bid', '=', bid)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export function findDeliveryOfPayment(tx: Tx, bid: number, paymentId: number) {
  return tx
    .selectFrom('delivery')
    .select(columns)
    .where('bid', '=', bid)
    .where('payment_id', '=', paymentId)
    .where('kind', '=', 'payment')
    .executeTakeFirst();
}

export function findAttempts(tx: Tx, bid: number, deliveryId: number) {
  return tx
    .selectFrom('delivery_attempt')
    .select([
      'n',
      'intent_at',
      'deadline_at',
      'payload_hash',
      'baseline',
      'permit',
      'possibly_applied',
      'class',
      'http_status',
      'finished_at',
      'transcript',
    ])
    .where('bid', '=', bid)
    .where('delivery_id', '=', deliveryId)
    .orderBy('n')
    .limit(ATTEMPTS_SHOWN_MAX)
    .execute();
}

export interface DeliveryFilter {
  readonly states?: readonly DeliveryState[] | undefined;
  readonly kind?: DeliveryKind | undefined;
  readonly accountNumber?: string | undefined;
  readonly paymentId?: number | undefined;
  readonly transactionId?: string | undefined;
  readonly laneId?: string | undefined;
  readonly heldKind?: HeldKind | undefined;
}

/** Newest first; `before` is the id the last page ended with. */
export async function listDeliveries(
  tx: Tx,
  bid: number,
  from: { filter: DeliveryFilter; before: number | undefined; limit: number },
) {
  const { filter } = from;
  let query = tx.selectFrom('delivery').select(columns).where('bid', '=', bid);
  if (filter.states) query = query.where('state', 'in', [...filter.states]);
  if (filter.kind) query = query.where('kind', '=', filter.kind);
  if (filter.accountNumber !== undefined) query = query.where('account_number', '=', filter.accountNumber);
  if (filter.paymentId !== undefined) query = query.where('payment_id', '=', filter.paymentId);
  if (filter.transactionId !== undefined) query = query.where('transaction_id', '=', filter.transactionId);
  if (filter.laneId !== undefined) query = query.where('lane_id', '=', filter.laneId);
  if (filter.heldKind !== undefined) query = query.where('held_kind', '=', filter.heldKind);
  if (from.before !== undefined) query = query.where('id', '<', from.before);
  return query.orderBy('id', 'desc').limit(from.limit).execute();
}

/** Sum of what was taken and is not posted yet, less fees: what the balance shown must not ask for again. */
export async function sumUnposted(tx: Tx, bid: number, accountNumber: string): Promise<number> {
  const row = await tx
    .selectFrom('delivery')
    .select(sql<number>`coalesce(sum(amount_cents), 0)::bigint`.as('cents'))
    .where('bid', '=', bid)
    .where('account_number', '=', accountNumber)
    .where('kind', '=', 'payment')
    .where('state', 'in', [...UNPOSTED_STATES])
    .executeTakeFirstOrThrow();
  return row.cents;
}

/** Changes a delivery that the person saw at `version`; false when it is another by now. */
export async function changeDelivery(
  tx: Tx,
  from: {
    bid: number;
    id: number;
    version: number;
    /** For a fact beside the state: whoever works on the delivery need not hear of it. */
    keepsVersion?: boolean;
    set: {
      state?: DeliveryState;
      label?: string | null;
      reason?: string | null;
      held_kind?: HeldKind | null;
      withdrawn?: string;
      next_at?: Temporal.Instant | null;
      retries?: number;
      retry_since?: null;
      unknown_since?: Temporal.Instant | null;
      readings?: string;
      permit?: string;
      request?: string | null;
      destination?: string;
      finished_at?: Temporal.Instant | null;
    };
  },
): Promise<boolean> {
  const changed = await tx
    .updateTable('delivery')
    .set((set) => ({ ...from.set, ...(!from.keepsVersion && { version: set('version', '+', 1) }) }))
    .where('bid', '=', from.bid)
    .where('id', '=', from.id)
    .where('version', '=', from.version)
    .returning('id')
    .executeTakeFirst();
  return changed !== undefined;
}

/** For charts: how many were recorded, posted and held in each minute. */
export async function countByMinute(tx: Tx, bid: number, from: { since: Temporal.Instant; until: Temporal.Instant }) {
  const minute = (column: 'created_at' | 'finished_at'): RawBuilder<Temporal.Instant> =>
    sql`date_trunc('minute', ${sql.ref(column)})`;
  const recorded = await tx
    .selectFrom('delivery')
    .select([minute('created_at').as('minute'), sql<number>`count(*)::bigint`.as('count')])
    .where('bid', '=', bid)
    .where('created_at', '>=', from.since)
    .where('created_at', '<', from.until)
    .groupBy('minute')
    .execute();
  const finished = await tx
    .selectFrom('delivery')
    .select([minute('finished_at').as('minute'), 'state', sql<number>`count(*)::bigint`.as('count')])
    .where('bid', '=', bid)
    .where('finished_at', '>=', from.since)
    .where('finished_at', '<', from.until)
    .groupBy(['minute', 'state'])
    .execute();
  return { recorded, finished };
}

/** Depth, amounts and the oldest, by lane and state, of everything open. */
export function countOpen(tx: Tx, bid: number) {
  return tx
    .selectFrom('delivery')
    .select([
      'lane_id',
      'state',
      sql<number>`count(*)::bigint`.as('count'),
      sql<number>`coalesce(sum(amount_cents), 0)::bigint`.as('cents'),
      sql<Temporal.Instant>`min(created_at)`.as('oldest'),
    ])
    .where('bid', '=', bid)
    .where('state', 'in', [...UNPOSTED_STATES])
    .groupBy(['lane_id', 'state'])
    .execute();
}
