import type { Tx } from '../../../platform/database.ts';

/** Sign-ons thrown away with each new one. */
const CLEANED_MAX = 50;

export interface SignOnLink {
  readonly userId: string;
  readonly email: string;
  readonly linkedAt: Temporal.Instant;
  readonly lastUsedAt: Temporal.Instant;
}

/** The statements on sign-ons under way, and on who is who at the provider. All need a transaction across billers. */
export async function insertSignOn(
  tx: Tx,
  signOn: {
    stateHash: Buffer;
    browserHash: Buffer;
    issuer: string;
    back: string;
    now: Temporal.Instant;
    minutes: number;
  },
): Promise<void> {
  await tx
    .deleteFrom('staff_sign_on')
    .where('state_hash', 'in', (select) =>
      select.selectFrom('staff_sign_on').select('state_hash').where('expires_at', '<', signOn.now).limit(CLEANED_MAX),
    )
    .execute();
  await tx
    .insertInto('staff_sign_on')
    .values({
      state_hash: signOn.stateHash,
      browser_hash: signOn.browserHash,
      issuer: signOn.issuer,
      back: signOn.back,
      expires_at: signOn.now.add({ minutes: signOn.minutes }),
    })
    .execute();
}

/** Takes a sign-on by its state, once; undefined where there is none such, or no more, or another browser began it. */
export async function takeSignOn(
  tx: Tx,
  from: { stateHash: Buffer; browserHash: Buffer; issuer: string; now: Temporal.Instant },
): Promise<{ back: string } | undefined> {
  const taken = await tx
    .deleteFrom('staff_sign_on')
    .where('state_hash', '=', from.stateHash)
    .where('browser_hash', '=', from.browserHash)
    .returning(['issuer', 'back', 'expires_at'])
    .executeTakeFirst();
  if (!taken || taken.issuer !== from.issuer || Temporal.Instant.compare(taken.expires_at, from.now) <= 0)
    return undefined;
  return { back: taken.back };
}

export async function findLink(tx: Tx, from: { issuer: string; subject: string }): Promise<SignOnLink | undefined> {
  return tx
    .selectFrom('staff_sign_on_link')
    .select(['user_id as userId', 'email', 'linked_at as linkedAt', 'last_used_at as lastUsedAt'])
    .where('issuer', '=', from.issuer)
    .where('subject', '=', from.subject)
    .executeTakeFirst();
}

export async function findLinkOf(tx: Tx, from: { issuer: string; userId: string }): Promise<SignOnLink | undefined> {
  return tx
    .selectFrom('staff_sign_on_link')
    .select(['user_id as userId', 'email', 'linked_at as linkedAt', 'last_used_at as lastUsedAt'])
    .where('issuer', '=', from.issuer)
    .where('user_id', '=', from.userId)
    .executeTakeFirst();
}

/** False where the user, or the person at the provider, is linked already. */
export async function insertLink(
  tx: Tx,
  link: { issuer: string; subject: string; userId: string; email: string; at: Temporal.Instant },
): Promise<boolean> {
  const made = await tx
    .insertInto('staff_sign_on_link')
    .values({
      issuer: link.issuer,
      subject: link.subject,
      user_id: link.userId,
      email: link.email,
      linked_at: link.at,
      last_used_at: link.at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('user_id')
    .executeTakeFirst();
  return made !== undefined;
}

export async function touchLink(
  tx: Tx,
  from: { issuer: string; subject: string; at: Temporal.Instant },
): Promise<void> {
  await tx
    .updateTable('staff_sign_on_link')
    .set({ last_used_at: from.at })
    .where('issuer', '=', from.issuer)
    .where('subject', '=', from.subject)
    .execute();
}

export async function deleteLinksOf(tx: Tx, userId: string): Promise<number> {
  const gone = await tx.deleteFrom('staff_sign_on_link').where('user_id', '=', userId).executeTakeFirst();
  return Number(gone.numDeletedRows);
}

/** Whether a user could still sign in without passkeys: by a password, or through the provider that is set up (`issuer`). */
export async function hasOtherWayIn(tx: Tx, userId: string, issuer: string | undefined): Promise<boolean> {
  const row = await tx.selectFrom('staff_user').select('password_hash').where('id', '=', userId).executeTakeFirst();
  if (row?.password_hash) return true;
  return issuer !== undefined && (await findLinkOf(tx, { issuer, userId })) !== undefined;
}
