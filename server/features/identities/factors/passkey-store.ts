import type { Tx } from '../../../platform/database.ts';

/** Challenges thrown away with each new one, so that the table stays as small as the last minutes. */
const CLEANED_MAX = 50;

/** What an answer to a challenge may be used for; one asked for one purpose is worth nothing for another. */
export type ChallengePurpose = 'register' | 'sign-in' | 'second-factor' | 'prove';

export interface Passkey {
  readonly id: string;
  readonly userId: string;
  readonly credentialId: Buffer;
  readonly name: string;
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly isBackedUp: boolean;
  readonly createdAt: Temporal.Instant;
  readonly lastUsedAt: Temporal.Instant | null;
}

const columns = [
  'id',
  'user_id as userId',
  'credential_id as credentialId',
  'name',
  'public_key as publicKey',
  'counter',
  'transports',
  'is_backed_up as isBackedUp',
  'created_at as createdAt',
  'last_used_at as lastUsedAt',
] as const;

/** The statements on passkeys and their challenges. All need a transaction across billers. */
export async function listPasskeys(tx: Tx, userId: string): Promise<readonly Passkey[]> {
  return tx
    .selectFrom('staff_passkey')
    .select(columns)
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

export async function findPasskey(tx: Tx, credentialId: Buffer): Promise<Passkey | undefined> {
  return tx.selectFrom('staff_passkey').select(columns).where('credential_id', '=', credentialId).executeTakeFirst();
}

/** False where another passkey has that credential id. */
export async function insertPasskey(tx: Tx, passkey: Omit<Passkey, 'lastUsedAt'>): Promise<boolean> {
  const made = await tx
    .insertInto('staff_passkey')
    .values({
      id: passkey.id,
      user_id: passkey.userId,
      credential_id: passkey.credentialId,
      name: passkey.name,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      transports: [...passkey.transports],
      is_backed_up: passkey.isBackedUp,
      created_at: passkey.createdAt,
    })
    .onConflict((conflict) => conflict.column('credential_id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return made !== undefined;
}

export async function renamePasskeyRow(tx: Tx, from: { userId: string; id: string; name: string }): Promise<boolean> {
  const renamed = await tx
    .updateTable('staff_passkey')
    .set({ name: from.name })
    .where('user_id', '=', from.userId)
    .where('id', '=', from.id)
    .returning('id')
    .executeTakeFirst();
  return renamed !== undefined;
}

export async function deletePasskey(tx: Tx, from: { userId: string; id: string }): Promise<string | undefined> {
  const gone = await tx
    .deleteFrom('staff_passkey')
    .where('user_id', '=', from.userId)
    .where('id', '=', from.id)
    .returning('name')
    .executeTakeFirst();
  return gone?.name;
}

export async function deletePasskeysOf(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('staff_passkey').where('user_id', '=', userId).execute();
}

/** Notes a use; false where the counter did not go up since it was read, as when one signature arrives twice. */
export async function usePasskey(
  tx: Tx,
  from: { id: string; counter: number; at: Temporal.Instant },
): Promise<boolean> {
  const used = await tx
    .updateTable('staff_passkey')
    .set({ counter: from.counter, last_used_at: from.at })
    .where('id', '=', from.id)
    // Many authenticators keep no counter, and tell 0 each time.
    .where((where) =>
      where.or([
        where('counter', '<', from.counter),
        where.and([where('counter', '=', 0), where.val(from.counter === 0)]),
      ]),
    )
    .returning('id')
    .executeTakeFirst();
  return used !== undefined;
}

export async function insertChallenge(
  tx: Tx,
  challenge: { hash: Buffer; purpose: ChallengePurpose; userId: string | null; now: Temporal.Instant; minutes: number },
): Promise<void> {
  await tx
    .deleteFrom('staff_challenge')
    .where('challenge_hash', 'in', (select) =>
      select
        .selectFrom('staff_challenge')
        .select('challenge_hash')
        .where('expires_at', '<', challenge.now)
        .limit(CLEANED_MAX),
    )
    .execute();
  await tx
    .insertInto('staff_challenge')
    .values({
      challenge_hash: challenge.hash,
      purpose: challenge.purpose,
      user_id: challenge.userId,
      expires_at: challenge.now.add({ minutes: challenge.minutes }),
    })
    .execute();
}

/** Uses a challenge up, whatever comes of its answer; false where there is none such, or no more. */
export async function takeChallenge(
  tx: Tx,
  from: { hash: Buffer; purpose: ChallengePurpose; userId: string | null; now: Temporal.Instant },
): Promise<boolean> {
  const taken = await tx
    .deleteFrom('staff_challenge')
    .where('challenge_hash', '=', from.hash)
    .returning(['purpose', 'user_id', 'expires_at'])
    .executeTakeFirst();
  return (
    taken !== undefined &&
    taken.purpose === from.purpose &&
    taken.user_id === from.userId &&
    Temporal.Instant.compare(taken.expires_at, from.now) > 0
  );
}
