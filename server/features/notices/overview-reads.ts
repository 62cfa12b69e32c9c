import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';

/** Emails queued since then that could not be sent. */
export async function countFailedNotices(tx: Tx, since: Temporal.Instant): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from notice where state = 'failed' and created_at >= ${since}`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** Emails that wait because the mail server did not take them, since when, and what it said last. */
export async function readMailTrouble(
  tx: Tx,
): Promise<{ waiting: number; oldestAt: Temporal.Instant; lastError: string } | undefined> {
  const { rows } = await sql<{ waiting: number; oldestAt: Temporal.Instant | null; lastError: string | null }>`
    select count(*) as waiting, min(created_at) as "oldestAt",
      (array_agg(last_error order by next_at desc))[1] as "lastError"
    from notice where state = 'queued' and last_error is not null`.execute(tx);
  const [row] = rows;
  if (!row?.oldestAt) return undefined;
  return { waiting: row.waiting, oldestAt: row.oldestAt, lastError: row.lastError ?? '' };
}
