import { type SqlBool, sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import type { NoticesQuery } from './contract.ts';
import type { NewNotice } from './notice.ts';

/** Every statement on the table `notice`. */
const columns = [
  'bid',
  'id',
  'kind',
  'account_number',
  'payment_id',
  'to_address',
  'locale',
  'subject',
  'body_text',
  'body_html',
  'state',
  'attempts',
  'next_at',
  'last_error',
  'created_at',
  'sent_at',
] as const;

export interface NoticeRow {
  bid: number;
  id: number;
  kind: string;
  account_number: string | null;
  payment_id: number | null;
  to_address: string;
  locale: string;
  subject: string;
  body_text: string;
  body_html: string;
  state: string;
  attempts: number;
  next_at: Temporal.Instant;
  last_error: string | null;
  created_at: Temporal.Instant;
  sent_at: Temporal.Instant | null;
}

export async function insertNotice(tx: Tx, notice: NewNotice): Promise<void> {
  await tx
    .insertInto('notice')
    .values({
      bid: notice.bid,
      kind: notice.kind,
      account_number: notice.accountNumber,
      payment_id: notice.paymentId,
      to_address: notice.to,
      locale: notice.locale,
      subject: notice.subject,
      body_text: notice.text,
      body_html: notice.html,
      state: 'queued',
      ...(notice.at && { next_at: notice.at, created_at: notice.at }),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Takes due notices of all billers for this process until `leaseUntil`: rows another process is looking at are skipped,
 * and one whose process dies comes due again by itself.
 */
export async function leaseDue(
  tx: Tx,
  from: { now: Temporal.Instant; leaseUntil: Temporal.Instant; max: number },
): Promise<NoticeRow[]> {
  const due = await tx
    .selectFrom('notice')
    .select(columns)
    .where('state', '=', 'queued')
    .where('next_at', '<=', from.now)
    .orderBy('next_at')
    .limit(from.max)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const row of due) {
    await tx
      .updateTable('notice')
      .set({ next_at: from.leaseUntil, attempts: row.attempts + 1 })
      .where('bid', '=', row.bid)
      .where('id', '=', row.id)
      .execute();
    row.attempts += 1;
  }
  return due;
}

export async function markSent(tx: Tx, row: NoticeRow, at: Temporal.Instant): Promise<void> {
  await tx
    .updateTable('notice')
    .set({ state: 'sent', sent_at: at, last_error: null })
    .where('bid', '=', row.bid)
    .where('id', '=', row.id)
    .execute();
}

export async function markWaiting(
  tx: Tx,
  row: NoticeRow,
  from: { nextAt: Temporal.Instant; error: string; attempts: number },
): Promise<void> {
  await tx
    .updateTable('notice')
    .set({ next_at: from.nextAt, last_error: from.error, attempts: from.attempts })
    .where('bid', '=', row.bid)
    .where('id', '=', row.id)
    .where('state', '=', 'queued')
    .execute();
}

export async function markFailed(tx: Tx, row: NoticeRow, error: string): Promise<void> {
  await tx
    .updateTable('notice')
    .set({ state: 'failed', last_error: error })
    .where('bid', '=', row.bid)
    .where('id', '=', row.id)
    .execute();
}

export async function lockNotice(tx: Tx, bid: number, id: number): Promise<NoticeRow | undefined> {
  return tx
    .selectFrom('notice')
    .select(columns)
    .where('bid', '=', bid)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export async function requeue(tx: Tx, from: { bid: number; id: number; at: Temporal.Instant }): Promise<void> {
  await tx
    .updateTable('notice')
    .set({ state: 'queued', next_at: from.at, attempts: 0, last_error: null })
    .where('bid', '=', from.bid)
    .where('id', '=', from.id)
    .execute();
}

/** Newest first; one more than `limit`, so that the caller sees whether there is a next page. */
export async function selectNotices(tx: Tx, bid: number, query: NoticesQuery): Promise<NoticeRow[]> {
  return tx
    .selectFrom('notice')
    .select(columns)
    .where('bid', '=', bid)
    .$if(query.state !== undefined, (q) => q.where('state', '=', query.state ?? ''))
    .$if(query.accountNumber !== undefined, (q) => q.where('account_number', '=', query.accountNumber ?? ''))
    .$if(query.paymentId !== undefined, (q) => q.where('payment_id', '=', query.paymentId ?? 0))
    .$if(query.cursor !== undefined, (q) => q.where(sql<SqlBool>`id < ${Number(query.cursor) || 0}`))
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute();
}
