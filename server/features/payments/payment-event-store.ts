import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import { FACT_KINDS, type Fact, type FactDetail } from './payment-states.ts';
import type { ProcessorEvent } from './processor.ts';

/** Events of one payment are few; a processor that floods one is cut here, and the newest facts are still found by asking. */
const EVENTS_MAX = 500;

/** Who told it. */
export type ToldBy = 'payer' | 'processor' | 'janitor' | 'staff' | 'return';

export interface NewEvent {
  readonly kind: string;
  readonly at: Temporal.Instant;
  readonly toldBy: ToldBy;
  /** The processor's own id of the event, with the processor's name before it; makes a repeat harmless. */
  readonly externalId?: string;
  readonly detail?: FactDetail;
}

export interface EventRow {
  seq: number;
  kind: string;
  at: Temporal.Instant;
  told_by: string;
  external_id: string | null;
  detail: unknown;
}

export async function eventsOf(tx: Tx, bid: number, paymentId: number): Promise<EventRow[]> {
  return tx
    .selectFrom('payment_event')
    .select(['seq', 'kind', 'at', 'told_by', 'external_id', 'detail'])
    .where('bid', '=', bid)
    .where('payment_id', '=', paymentId)
    .orderBy('seq')
    .limit(EVENTS_MAX)
    .execute();
}

/** Appends an event; false when its external id was already there. The caller holds the payment's row. */
export async function appendEvent(tx: Tx, from: { bid: number; paymentId: number; event: NewEvent }): Promise<boolean> {
  const { bid, paymentId, event } = from;
  const inserted = await tx
    .insertInto('payment_event')
    .values({
      bid,
      payment_id: paymentId,
      seq: sql<number>`(select coalesce(max(seq), 0) + 1 from payment_event where bid = ${bid} and payment_id = ${paymentId})`,
      kind: event.kind,
      at: event.at,
      told_by: event.toldBy,
      external_id: event.externalId ?? null,
      detail: JSON.stringify(event.detail ?? {}),
    })
    .onConflict((conflict) => conflict.columns(['bid', 'external_id']).where('external_id', 'is not', null).doNothing())
    .returning('seq')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** The events that count for the status. */
export function factsOf(events: readonly EventRow[]): Fact[] {
  return events.flatMap((event) => {
    const kind = FACT_KINDS.find((known) => known === event.kind);
    return kind === undefined ? [] : [{ kind, at: event.at, detail: event.detail as FactDetail }];
  });
}

export async function readPollCursor(tx: Tx, processor: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('processor_poll')
    .select('cursor')
    .where('processor', '=', processor)
    .executeTakeFirst();
  return row?.cursor ?? undefined;
}

export async function savePollCursor(
  tx: Tx,
  from: { processor: string; cursor: string | undefined; at: Temporal.Instant },
): Promise<void> {
  const values = { cursor: from.cursor ?? null, polled_at: from.at };
  await tx
    .insertInto('processor_poll')
    .values({ processor: from.processor, ...values })
    .onConflict((conflict) => conflict.column('processor').doUpdateSet(values))
    .execute();
}

/** True when it was new. */
export async function keepUnmatchedEvent(
  tx: Tx,
  processor: string,
  event: ProcessorEvent,
  receivedAt: Temporal.Instant,
): Promise<boolean> {
  const kept = await tx
    .insertInto('unmatched_processor_event')
    .values({
      processor,
      external_id: event.externalId,
      reference: event.reference,
      kind: event.kind,
      at: event.at,
      received_at: receivedAt,
      detail: JSON.stringify({ code: event.code ?? null, state: event.state?.kind ?? null }),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('external_id')
    .executeTakeFirst();
  return kept !== undefined;
}
