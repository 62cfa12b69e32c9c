import type { Tx } from '../../../platform/database.ts';
import type { StaffUser } from './staff-store.ts';
import { userColumns, userOf } from './staff-store.ts';

/** The statements on `staff_password_reset`. All need a transaction across billers. */
export async function replaceReset(
  tx: Tx,
  from: { userId: string; tokenHash: Buffer; askedAt: Temporal.Instant; expiresAt: Temporal.Instant; address: string },
): Promise<void> {
  await dropResets(tx, from.userId);
  await tx
    .insertInto('staff_password_reset')
    .values({
      token_hash: from.tokenHash,
      user_id: from.userId,
      asked_at: from.askedAt,
      expires_at: from.expiresAt,
      address: from.address,
    })
    .execute();
}

/** Whose reset it is, while it is in force and the user may sign in. */
export async function findReset(tx: Tx, tokenHash: Buffer, now: Temporal.Instant): Promise<StaffUser | undefined> {
  const row = await tx
    .selectFrom('staff_password_reset')
    .innerJoin('staff_user', 'staff_user.id', 'staff_password_reset.user_id')
    .select(userColumns)
    .where('staff_password_reset.token_hash', '=', tokenHash)
    .where('staff_password_reset.used_at', 'is', null)
    .where('staff_password_reset.expires_at', '>', now)
    .where('staff_user.disabled_at', 'is', null)
    .executeTakeFirst();
  return row && userOf(row);
}

/** Uses a reset up; false when another request was first. */
export async function useReset(tx: Tx, tokenHash: Buffer, now: Temporal.Instant): Promise<boolean> {
  const used = await tx
    .updateTable('staff_password_reset')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('user_id')
    .executeTakeFirst();
  return used !== undefined;
}

/** Unused resets of a user are worth nothing any more: a newer one was sent, or the password is another one by now. */
export async function dropResets(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('staff_password_reset').where('user_id', '=', userId).where('used_at', 'is', null).execute();
}
