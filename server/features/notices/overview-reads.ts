import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';

/** Emails queued since then that could not be sent. */
export async function countFailedNotices(tx: Tx, since: Temporal.Instant): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from notice where state = 'failed' and created_at >= ${since}`.execute(tx);
  return rows[0]?.count ?? 0;
}
