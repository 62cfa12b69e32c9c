import type { Tx } from '../../../platform/database.ts';

/** What a user has besides the password. Nothing here is secret. */
export interface Factors {
  /** Since when the authenticator app counts; null where there is none. */
  readonly totpSince: Temporal.Instant | null;
  readonly passkeys: number;
  readonly recoveryCodesLeft: number;
}

/** The statements on authenticator apps and recovery codes. All need a transaction across billers. */
export async function readFactors(tx: Tx, userId: string): Promise<Factors> {
  const row = await tx
    .selectNoFrom((select) => [
      select
        .selectFrom('staff_totp')
        .select('confirmed_at')
        .where('user_id', '=', userId)
        .where('confirmed_at', 'is not', null)
        .as('totp_since'),
      select
        .selectFrom('staff_passkey')
        .select((of) => of.fn.countAll<number>().as('count'))
        .where('user_id', '=', userId)
        .as('passkeys'),
      select
        .selectFrom('staff_recovery_code')
        .select((of) => of.fn.countAll<number>().as('count'))
        .where('user_id', '=', userId)
        .where('used_at', 'is', null)
        .as('codes'),
    ])
    .executeTakeFirstOrThrow();
  return { totpSince: row.totp_since, passkeys: row.passkeys ?? 0, recoveryCodesLeft: row.codes ?? 0 };
}

export const hasFactor = (factors: Factors): boolean => factors.totpSince !== null || factors.passkeys > 0;

/** Puts a new key in the place of one that was never confirmed; false where a confirmed one is in force. */
export async function startTotp(
  tx: Tx,
  totp: { userId: string; sealed: string; at: Temporal.Instant },
): Promise<boolean> {
  const values = { secret: totp.sealed, started_at: totp.at };
  const started = await tx
    .insertInto('staff_totp')
    .values({ user_id: totp.userId, ...values })
    .onConflict((conflict) =>
      conflict
        .column('user_id')
        .doUpdateSet({ ...values, last_step: 0 })
        .where('staff_totp.confirmed_at', 'is', null),
    )
    .returning('user_id')
    .executeTakeFirst();
  return started !== undefined;
}

export async function findTotp(
  tx: Tx,
  userId: string,
): Promise<{ sealed: string; startedAt: Temporal.Instant; isConfirmed: boolean } | undefined> {
  const row = await tx
    .selectFrom('staff_totp')
    .select(['secret', 'started_at', 'confirmed_at'])
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row && { sealed: row.secret, startedAt: row.started_at, isConfirmed: row.confirmed_at !== null };
}

/** Uses a code up by its step; false where it, or a newer one, was used before. */
export async function useTotpStep(tx: Tx, from: { userId: string; step: number }): Promise<boolean> {
  const used = await tx
    .updateTable('staff_totp')
    .set({ last_step: from.step })
    .where('user_id', '=', from.userId)
    .where('last_step', '<', from.step)
    .returning('user_id')
    .executeTakeFirst();
  return used !== undefined;
}

export async function confirmTotpRow(tx: Tx, userId: string, at: Temporal.Instant): Promise<void> {
  await tx
    .updateTable('staff_totp')
    .set({ confirmed_at: at })
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is', null)
    .execute();
}

export async function deleteTotp(tx: Tx, userId: string): Promise<boolean> {
  const gone = await tx.deleteFrom('staff_totp').where('user_id', '=', userId).returning('user_id').executeTakeFirst();
  return gone !== undefined;
}

/** New codes in the place of all there were, used or not. */
export async function replaceRecoveryCodes(tx: Tx, userId: string, hashes: readonly Buffer[]): Promise<void> {
  await deleteRecoveryCodes(tx, userId);
  await tx
    .insertInto('staff_recovery_code')
    .values(hashes.map((code_hash) => ({ user_id: userId, code_hash })))
    .execute();
}

export async function deleteRecoveryCodes(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('staff_recovery_code').where('user_id', '=', userId).execute();
}

/** Uses a code up; false where it is none of the user's, or was used. */
export async function useRecoveryCode(
  tx: Tx,
  from: { userId: string; codeHash: Buffer; at: Temporal.Instant },
): Promise<boolean> {
  const used = await tx
    .updateTable('staff_recovery_code')
    .set({ used_at: from.at })
    .where('user_id', '=', from.userId)
    .where('code_hash', '=', from.codeHash)
    .where('used_at', 'is', null)
    .returning('user_id')
    .executeTakeFirst();
  return used !== undefined;
}
