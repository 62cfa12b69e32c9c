import type { ProofMethod } from '../../../platform/access.ts';
import type { Tx } from '../../../platform/database.ts';
import type { EndedWhy } from '../staff/staff-store.ts';
import { SESSION_IDLE_MINUTES_MAX } from './session-limits.ts';

/** More sessions in force than one person has at once; older ones are not listed, and are ended with the others. */
const SESSIONS_LISTED_MAX = 100;
/** Rows thrown away at once by the daily cleaning. */
const CLEANED_MAX = 5_000;
/** How long an ended session is kept, so that whoever comes back with it is told why. */
const KEPT_DAYS = 30;

export interface SessionRow {
  readonly id: string;
  readonly createdAt: Temporal.Instant;
  readonly lastSeenAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
  readonly provenAt: Temporal.Instant;
  readonly provenBy: ProofMethod;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** A user's sessions in force, the last used first. In a transaction across billers, as all here. */
export async function listSessions(tx: Tx, userId: string, now: Temporal.Instant): Promise<readonly SessionRow[]> {
  const rows = await tx
    .selectFrom('staff_session')
    .select(['id', 'created_at', 'last_seen_at', 'expires_at', 'proven_at', 'proven_by', 'address', 'user_agent'])
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .where('last_seen_at', '>', now.subtract({ minutes: SESSION_IDLE_MINUTES_MAX }))
    .orderBy('last_seen_at', 'desc')
    .limit(SESSIONS_LISTED_MAX)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    provenAt: row.proven_at,
    provenBy: row.proven_by as ProofMethod,
    address: row.address,
    userAgent: row.user_agent,
  }));
}

/** Whether nobody has ended a session yet. */
export async function isOpenSession(tx: Tx, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('staff_session')
    .select('id')
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends one session of a user; false where there is none such in force. */
export async function endOneSession(
  tx: Tx,
  from: { userId: string; id: string; at: Temporal.Instant; why: EndedWhy },
): Promise<boolean> {
  const row = await tx
    .updateTable('staff_session')
    .set({ ended_at: from.at, ended_why: from.why })
    .where('id', '=', from.id)
    .where('user_id', '=', from.userId)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Throws away what has been over for a month. */
export async function cleanSessions(tx: Tx, now: Temporal.Instant): Promise<void> {
  const before = now.subtract({ hours: KEPT_DAYS * 24 });
  await tx
    .deleteFrom('staff_session')
    .where('id', 'in', (select) =>
      select.selectFrom('staff_session').select('id').where('expires_at', '<', before).limit(CLEANED_MAX),
    )
    .execute();
  await tx.deleteFrom('staff_password_reset').where('expires_at', '<', before).execute();
  await tx.deleteFrom('staff_invitation').where('expires_at', '<', before).where('used_at', 'is not', null).execute();
}
