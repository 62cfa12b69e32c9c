import type { Tx } from '../../../platform/database.ts';

/** Old ones thrown away with each new one. */
const CLEANED_MAX = 50;

/** The first step was right; the second factor is still asked for. */
export interface HalfSignIn {
  readonly userId: string;
  readonly provenBy: 'password' | 'oidc';
}

/** The statements on sign-ins half done. All need a transaction across billers. */
export async function insertHalf(
  tx: Tx,
  half: HalfSignIn & { tokenHash: Buffer; now: Temporal.Instant; expiresAt: Temporal.Instant },
): Promise<void> {
  await tx
    .deleteFrom('staff_half_sign_in')
    .where('token_hash', 'in', (select) =>
      select
        .selectFrom('staff_half_sign_in')
        .select('token_hash')
        .where('expires_at', '<', half.now)
        .limit(CLEANED_MAX)
        // Others end them too, in another order of locks.
        .forUpdate()
        .skipLocked(),
    )
    .execute();
  await tx
    .insertInto('staff_half_sign_in')
    .values({
      token_hash: half.tokenHash,
      user_id: half.userId,
      proven_by: half.provenBy,
      expires_at: half.expiresAt,
    })
    .execute();
}

/** A sign-in that still waits for its second step. */
export async function findHalf(
  tx: Tx,
  from: { tokenHash: Buffer; now: Temporal.Instant },
): Promise<HalfSignIn | undefined> {
  const row = await tx
    .selectFrom('staff_half_sign_in')
    .select(['user_id', 'proven_by'])
    .where('token_hash', '=', from.tokenHash)
    .where('expires_at', '>', from.now)
    .executeTakeFirst();
  return row && { userId: row.user_id, provenBy: row.proven_by === 'oidc' ? 'oidc' : 'password' };
}

/** Uses it up; false when another request was first. */
export async function deleteHalf(tx: Tx, tokenHash: Buffer): Promise<boolean> {
  const gone = await tx
    .deleteFrom('staff_half_sign_in')
    .where('token_hash', '=', tokenHash)
    .returning('user_id')
    .executeTakeFirst();
  return gone !== undefined;
}

/** Whoever's factors were reset, or who was disabled, begins anew. */
export async function deleteHalvesOf(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('staff_half_sign_in').where('user_id', '=', userId).execute();
}
