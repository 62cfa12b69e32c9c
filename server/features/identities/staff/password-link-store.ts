import { sql } from 'kysely';
import type { Tx } from '../../../platform/database.ts';

/** The links somebody sets a password by: invited to, or where the one they had is forgotten. */
export type PasswordLink = 'invitation' | 'reset';

const TABLES = { invitation: 'staff_invitation', reset: 'staff_password_reset' } as const;

interface NewLink {
  readonly userId: string;
  readonly tokenHash: Buffer;
  readonly expiresAt: Temporal.Instant;
}
interface Asked {
  readonly of: PasswordLink;
  readonly tokenHash: Buffer;
  readonly now: Temporal.Instant;
}

/** The statements on links to set a password by. All need a transaction across billers. A new one replaces the unused. */
export async function replaceInvitation(tx: Tx, link: NewLink): Promise<void> {
  await dropUnused(tx, 'invitation', link.userId);
  await tx
    .insertInto('staff_invitation')
    .values({ token_hash: link.tokenHash, user_id: link.userId, expires_at: link.expiresAt })
    .execute();
}

export async function replaceReset(
  tx: Tx,
  link: NewLink & { readonly askedAt: Temporal.Instant; readonly address: string },
): Promise<void> {
  await dropUnused(tx, 'reset', link.userId);
  await tx
    .insertInto('staff_password_reset')
    .values({
      token_hash: link.tokenHash,
      user_id: link.userId,
      asked_at: link.askedAt,
      expires_at: link.expiresAt,
      address: link.address,
    })
    .execute();
}

/** Whose link it is, while it is in force. */
export async function findLinkOwner(tx: Tx, { of, tokenHash, now }: Asked): Promise<string | undefined> {
  const { rows } = await sql<{ user_id: string }>`select user_id from ${sql.table(TABLES[of])}
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${now}`.execute(tx);
  return rows[0]?.user_id;
}

/** Uses a link up; false when another request was first. */
export async function usePasswordLink(tx: Tx, { of, tokenHash, now }: Asked): Promise<boolean> {
  const { rows } = await sql`update ${sql.table(TABLES[of])} set used_at = ${now}
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${now} returning user_id`.execute(tx);
  return rows.length > 0;
}

/** No unused link of a user opens anything any more: the password is another one by now, or the user was disabled. */
export async function dropPasswordLinks(tx: Tx, userId: string): Promise<void> {
  await dropUnused(tx, 'invitation', userId);
  await dropUnused(tx, 'reset', userId);
}

async function dropUnused(tx: Tx, of: PasswordLink, userId: string): Promise<void> {
  await sql`delete from ${sql.table(TABLES[of])} where user_id = ${userId} and used_at is null`.execute(tx);
}
