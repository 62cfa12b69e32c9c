import { type SqlBool, sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import type { AlertPayload } from './message-text.ts';

/** Statements on the tables `alert_message` and `alert_attempt`; those that write messages of alerts are in queue-messages.ts. */
/** Alerts named in one email; of the others it says how many there are. */
const FOLDED_SHOWN_MAX = 100;
const TRIES_SHOWN_MAX = 50;
/** Taken at once for one destination: one that hangs, with many waiting, must not keep the others from theirs. */
const PER_DESTINATION_MAX = 8;
const PRUNED_AT_ONCE = 10_000;

export async function queueTest(
  tx: Tx,
  from: { destinationId: number; messageId: string; payload: AlertPayload; at: Temporal.Instant },
): Promise<number> {
  const { id } = await tx
    .insertInto('alert_message')
    .values({
      message_id: from.messageId,
      destination_id: from.destinationId,
      kind: 'test',
      payload: JSON.stringify(from.payload),
      next_at: from.at,
      created_at: from.at,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export interface DueMessage {
  readonly id: number;
  readonly messageId: string;
  readonly kind: string;
  readonly destinationId: number;
  readonly payload: AlertPayload;
  /** The number of the try that is made now. */
  readonly attempts: number;
}

/**
 * Takes due messages for this process until `leaseUntil`; one whose process dies comes due again by itself. The end of an
 * alert waits until its opening has arrived at the same destination, or was given up. What is folded into a message goes
 * with it.
 */
export async function leaseMessages(
  tx: Tx,
  from: { now: Temporal.Instant; leaseUntil: Temporal.Instant; max: number },
): Promise<readonly DueMessage[]> {
  const { rows } = await sql<DueMessage>`
    update alert_message set next_at = ${from.leaseUntil}, attempts = attempts + 1
    where id = any(array(
      select due.id from alert_destination d cross join lateral (
        select m.id, m.next_at from alert_message m
        where m.destination_id = d.id and m.state = 'queued' and m.next_at <= ${from.now} and m.folded_into is null
          and not exists (
            select from alert_message part join alert_message before
              on before.alert_id = part.alert_id and before.destination_id = part.destination_id
              and before.id < part.id and before.state = 'queued'
            where part.id = m.id or part.folded_into = m.id)
        order by m.next_at, m.id limit ${PER_DESTINATION_MAX} for update skip locked) due
      order by due.next_at limit ${from.max}))
    returning id, message_id as "messageId", kind, destination_id as "destinationId", payload, attempts`.execute(tx);
  return rows;
}

/** What was folded into a message, in order: as much as is told one by one, and how much there is. */
export async function readFolded(
  tx: Tx,
  id: number,
): Promise<{ readonly payloads: readonly AlertPayload[]; readonly count: number }> {
  const rows = await tx
    .selectFrom('alert_message')
    .select(['payload', sql<number>`count(*) over ()`.as('count')])
    .where('folded_into', '=', id)
    .orderBy('id')
    .limit(FOLDED_SHOWN_MAX)
    .execute();
  return { payloads: rows.map((row) => row.payload as unknown as AlertPayload), count: rows[0]?.count ?? 0 };
}

export interface Try {
  readonly at: Temporal.Instant;
  readonly tookMs: number;
  readonly isDelivered: boolean;
  readonly status: number | null;
  readonly said: string;
}

/** How a try ended, and what follows. */
export async function recordTry(
  tx: Tx,
  message: Pick<DueMessage, 'id' | 'attempts'>,
  from: { tried: Try; next: { state: 'sent' | 'failed' } | { state: 'queued'; at: Temporal.Instant } },
): Promise<void> {
  const { tried, next } = from;
  await tx
    .insertInto('alert_attempt')
    .values({
      message_id: message.id,
      n: message.attempts,
      at: tried.at,
      took_ms: tried.tookMs,
      is_delivered: tried.isDelivered,
      status: tried.status,
      said: tried.said,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await tx
    .updateTable('alert_message')
    .set(next.state === 'queued' ? { next_at: next.at } : { state: next.state, finished_at: tried.at })
    .where((where) => where.or([where('id', '=', message.id), where('folded_into', '=', message.id)]))
    .where('state', '=', 'queued')
    .execute();
}

/** Messages to a destination that is switched off are given up; nobody wants them later, all at once. */
export async function giveUpMessages(tx: Tx, destinationId: number, at: Temporal.Instant): Promise<void> {
  await tx
    .updateTable('alert_message')
    .set({ state: 'failed', finished_at: at })
    .where('destination_id', '=', destinationId)
    .where('state', '=', 'queued')
    .execute();
}

export interface MessageRow {
  readonly id: number;
  readonly messageId: string;
  readonly kind: 'opened' | 'recovered' | 'test';
  readonly state: 'queued' | 'sent' | 'failed';
  readonly payload: AlertPayload;
  /** Further alerts told by the same email. */
  readonly foldedCount: number;
  readonly alertId: number | null;
  readonly attempts: number;
  readonly nextAt: Temporal.Instant;
  readonly createdAt: Temporal.Instant;
  readonly finishedAt: Temporal.Instant | null;
  readonly destinationId: number;
  readonly destinationName: string;
  readonly destinationKind: 'email' | 'webhook';
}

/** Newest first; one more than `limit`. */
export async function readMessages(
  tx: Tx,
  from: { destinationId?: number | undefined; state?: string | undefined; before?: string | undefined; limit: number },
): Promise<readonly MessageRow[]> {
  return tx
    .selectFrom('alert_message as m')
    .innerJoin('alert_destination as d', 'd.id', 'm.destination_id')
    .select([
      'm.id',
      'm.message_id as messageId',
      'm.kind',
      'm.state',
      'm.payload',
      sql<number>`(select count(*) from alert_message part where part.folded_into = m.id)`.as('foldedCount'),
      'm.alert_id as alertId',
      'm.attempts',
      'm.next_at as nextAt',
      'm.created_at as createdAt',
      'm.finished_at as finishedAt',
      'd.id as destinationId',
      'd.name as destinationName',
      'd.kind as destinationKind',
    ])
    .where('m.folded_into', 'is', null)
    .$if(from.destinationId !== undefined, (query) => query.where('d.id', '=', from.destinationId ?? 0))
    .$if(from.state !== undefined, (query) => query.where('m.state', '=', from.state ?? ''))
    .$if(from.before !== undefined, (query) => query.where(sql<SqlBool>`m.id < ${Number(from.before)}`))
    .orderBy('m.id', 'desc')
    .limit(from.limit + 1)
    .$castTo<MessageRow>()
    .execute();
}

export async function readTries(
  tx: Tx,
  messageIds: readonly number[],
): Promise<readonly (Try & { readonly messageId: number; readonly n: number })[]> {
  if (messageIds.length === 0) return [];
  return tx
    .selectFrom('alert_attempt')
    .select([
      'message_id as messageId',
      'n',
      'at',
      'took_ms as tookMs',
      'is_delivered as isDelivered',
      'status',
      'said',
    ])
    .where('message_id', 'in', messageIds)
    .orderBy('message_id')
    .orderBy('n')
    .limit(TRIES_SHOWN_MAX * messageIds.length)
    .execute();
}

/** Lets a message that was given up be tried again. Answers its state where it was not given up. */
export async function requeueMessage(
  tx: Tx,
  id: number,
  at: Temporal.Instant,
): Promise<{ kind: 'queued'; messageId: string } | { kind: 'not-failed'; state: string } | undefined> {
  const row = await tx
    .selectFrom('alert_message')
    .select(['message_id', 'state'])
    .where('id', '=', id)
    .where('folded_into', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.state !== 'failed') return { kind: 'not-failed', state: row.state };
  await tx
    .updateTable('alert_message')
    .set({ state: 'queued', next_at: at, finished_at: null })
    .where((where) => where.or([where('id', '=', id), where('folded_into', '=', id)]))
    .execute();
  return { kind: 'queued', messageId: row.message_id };
}

export async function countWaiting(tx: Tx): Promise<number> {
  const { count } = await tx
    .selectFrom('alert_message')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('state', '=', 'queued')
    .where('folded_into', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

/** Forgets tests that were sent before then; messages of alerts go with their alert. */
export async function pruneTests(tx: Tx, before: Temporal.Instant): Promise<number> {
  const { rows } = await sql`
    delete from alert_message where id = any(array(
      select id from alert_message where alert_id is null and created_at < ${before} limit ${PRUNED_AT_ONCE}))
    returning 1`.execute(tx);
  return rows.length;
}

/** Alerts by email that wait because the mail server did not take them, and what it said last. */
export async function readAlertMailTrouble(
  tx: Tx,
): Promise<{ waiting: number; oldestAt: Temporal.Instant; lastError: string } | undefined> {
  const { rows } = await sql<{ waiting: number; oldestAt: Temporal.Instant | null; lastError: string | null }>`
    select count(distinct m.id) as waiting, min(m.created_at) as "oldestAt",
      (array_agg(a.said order by a.at desc))[1] as "lastError"
    from alert_message m join alert_destination d on d.id = m.destination_id and d.kind = 'email'
      join alert_attempt a on a.message_id = m.id
    where m.state = 'queued'`.execute(tx);
  const [row] = rows;
  return row?.oldestAt ? { waiting: row.waiting, oldestAt: row.oldestAt, lastError: row.lastError ?? '' } : undefined;
}
