import { type SqlBool, sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import type { AlertPayload } from './message-text.ts';

/** Writes messages of alerts: the second file with statements on `alert_message`, beside message-store.ts. */
const DESTINATIONS_TOLD_MAX = 100;
const ROWS_AT_ONCE = 500;
/** An email address hears at once of what breaks first; what follows within this time is one email together. */
const FOLD_SECONDS = 60;

/** An alert that begins or is over, and what is told of it. */
export interface Telling {
  readonly alertId: number;
  readonly bid: number | null;
  readonly kind: 'opened' | 'recovered';
  readonly payload: AlertPayload;
}

interface Receiver {
  readonly id: number;
  readonly kind: 'email' | 'webhook';
}

/**
 * Writes the messages of all alerts that one look opens or ends, in its transaction. An opening goes to every destination
 * that is on and meant for the biller; an end goes to those that heard of the opening. A webhook gets a message an alert,
 * since a program pairs beginning and end by the alert; an email address gets one email for all. Returns how many
 * destinations hear of each alert.
 */
export async function queueMessages(
  tx: Tx,
  from: { tellings: readonly Telling[]; at: Temporal.Instant; newMessageId: () => string },
): Promise<ReadonlyMap<Telling, number>> {
  const counts = new Map<Telling, number>();
  for (const kind of ['opened', 'recovered'] as const) {
    const tellings = from.tellings.filter((one) => one.kind === kind);
    if (tellings.length === 0) continue;
    const toldBy = kind === 'opened' ? await whoWantsToHear(tx, tellings) : await whoHeard(tx, tellings);
    for (const [receiver, told] of toldBy) {
      for (const one of told) counts.set(one, (counts.get(one) ?? 0) + 1);
      if (receiver.kind === 'webhook') await insert(tx, { ...from, receiver, tellings: told, nextAt: from.at });
      else await insertFolded(tx, { ...from, receiver, tellings: told, kind });
    }
  }
  return counts;
}

type ByReceiver = ReadonlyMap<Receiver, readonly Telling[]>;

async function whoWantsToHear(tx: Tx, tellings: readonly Telling[]): Promise<ByReceiver> {
  const destinations = await tx
    .selectFrom('alert_destination')
    .select(['id', 'kind', 'bid'])
    .where('is_on', '=', true)
    .orderBy('id')
    .limit(DESTINATIONS_TOLD_MAX)
    .$castTo<Receiver & { bid: number | null }>()
    .execute();
  const wanted = (bid: number | null) => tellings.filter((one) => bid === null || one.bid === bid);
  return new Map(destinations.map((one) => [one, wanted(one.bid)] as const).filter(([, told]) => told.length > 0));
}

async function whoHeard(tx: Tx, tellings: readonly Telling[]): Promise<ByReceiver> {
  const rows = await tx
    .selectFrom('alert_message as m')
    .innerJoin('alert_destination as d', 'd.id', 'm.destination_id')
    .select(['d.id', 'd.kind', 'm.alert_id as alertId'])
    .where(sql<SqlBool>`m.alert_id = any(${tellings.map((one) => one.alertId)}::bigint[])`)
    .where('m.kind', '=', 'opened')
    .where('d.is_on', '=', true)
    .orderBy('d.id')
    .limit(DESTINATIONS_TOLD_MAX * tellings.length)
    .$castTo<Receiver & { alertId: number }>()
    .execute();
  const byAlert = new Map(tellings.map((one) => [one.alertId, one]));
  return new Map(
    [...Map.groupBy(rows, (row) => row.id)].map(([id, heard]) => [
      { id, kind: heard[0]?.kind ?? 'email' },
      heard.flatMap((row) => byAlert.get(row.alertId) ?? []),
    ]),
  );
}

/** Into the email that waits to be sent, or as a new one: at once, or a while after the last. */
async function insertFolded(
  tx: Tx,
  from: {
    receiver: Receiver;
    kind: 'opened' | 'recovered';
    tellings: readonly Telling[];
    at: Temporal.Instant;
    newMessageId: () => string;
  },
): Promise<void> {
  const { receiver, at, tellings } = from;
  const ofReceiver = tx
    .selectFrom('alert_message')
    .where('destination_id', '=', receiver.id)
    .where('kind', '=', from.kind)
    .where('folded_into', 'is', null)
    .orderBy('id', 'desc')
    .limit(1);
  // Locked, and not tried yet: what joins it is in every try.
  const waiting = await ofReceiver
    .select('id')
    .where('state', '=', 'queued')
    .where('attempts', '=', 0)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (waiting) {
    await insert(tx, { ...from, nextAt: at, foldedInto: waiting.id });
    return;
  }
  const last = await ofReceiver.select(['created_at', 'finished_at']).executeTakeFirst();
  const restUntil = last && (last.finished_at ?? last.created_at).add({ seconds: FOLD_SECONDS });
  const nextAt = restUntil && Temporal.Instant.compare(restUntil, at) > 0 ? restUntil : at;
  const first = await insert(tx, { ...from, tellings: tellings.slice(0, 1), nextAt });
  if (first !== undefined && tellings.length > 1)
    await insert(tx, { ...from, tellings: tellings.slice(1), nextAt, foldedInto: first });
}

/** Answers the id of the last one written. */
async function insert(
  tx: Tx,
  from: {
    receiver: Receiver;
    tellings: readonly Telling[];
    at: Temporal.Instant;
    nextAt: Temporal.Instant;
    foldedInto?: number;
    newMessageId: () => string;
  },
): Promise<number | undefined> {
  let id: number | undefined;
  for (let at = 0; at < from.tellings.length; at += ROWS_AT_ONCE) {
    const written = await tx
      .insertInto('alert_message')
      .values(
        from.tellings.slice(at, at + ROWS_AT_ONCE).map((one) => ({
          message_id: from.newMessageId(),
          alert_id: one.alertId,
          destination_id: from.receiver.id,
          kind: one.kind,
          payload: JSON.stringify(one.payload),
          next_at: from.nextAt,
          created_at: from.at,
          folded_into: from.foldedInto ?? null,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .execute();
    id = written.at(-1)?.id ?? id;
  }
  return id;
}
