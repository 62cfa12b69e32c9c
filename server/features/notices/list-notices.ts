import type { Tx } from '../../platform/database.ts';
import { NOTICE_STATES, type NoticesQuery, type NoticeView } from './contract.ts';
import { type NoticeRow, selectNotices } from './notice-store.ts';

/** The biller's notices, newest first, a page at a time. */
export async function listNotices(
  tx: Tx,
  bid: number,
  query: NoticesQuery,
): Promise<{ items: NoticeView[]; nextCursor: string | null }> {
  const rows = await selectNotices(tx, bid, query);
  const items = rows.slice(0, query.limit).map(noticeView);
  return { items, nextCursor: rows.length > query.limit ? String(items.at(-1)?.id ?? '') : null };
}

export function noticeView(row: NoticeRow): NoticeView {
  const state = NOTICE_STATES.find((known) => known === row.state);
  if (state === undefined) throw new Error(`a notice in an unknown state: ${row.state}`);
  return {
    id: row.id,
    kind: row.kind,
    accountNumber: row.account_number,
    paymentId: row.payment_id,
    to: row.to_address,
    locale: row.locale,
    subject: row.subject,
    text: row.body_text,
    state,
    attempts: row.attempts,
    nextAt: state === 'queued' ? row.next_at.toString() : null,
    lastError: row.last_error,
    createdAt: row.created_at.toString(),
    sentAt: row.sent_at?.toString() ?? null,
  };
}
