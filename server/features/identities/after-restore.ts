import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import { endEverySession } from './staff/staff-store.ts';

/** More are counted, and not named. */
const NAMED_MAX = 200;

/** Who a restored installation lets in, as it was in the backup: also who was shut out since. */
export interface LetIn {
  readonly people: readonly {
    readonly email: string;
    readonly roles: readonly string[];
    readonly bid: number | null;
  }[];
  readonly credentials: readonly { readonly bid: number; readonly id: string; readonly name: string }[];
}

/**
 * Ends what must not come back with a restore and is quickly made anew: sessions, sign-ins under way, links to set a
 * password that were not used yet in the backup. Passwords, second factors, disabled users and revoked credentials are as in
 * the backup, since nothing here can know what changed; `readLetIn` says whom that lets in.
 */
export async function closeAfterRestore(
  tx: Tx,
  at: Temporal.Instant,
): Promise<{ sessionsEnded: number; linksEnded: number }> {
  const sessionsEnded = await endEverySession(tx, at);
  const invitations = await sql`
    update staff_invitation set used_at = ${at} where used_at is null and expires_at > ${at} returning 1`.execute(tx);
  const resets = await sql`
    update staff_password_reset set used_at = ${at} where used_at is null and expires_at > ${at} returning 1`.execute(
    tx,
  );
  await tx.deleteFrom('staff_half_sign_in').execute();
  await tx.deleteFrom('staff_challenge').execute();
  await tx.deleteFrom('staff_sign_on').execute();
  return { sessionsEnded, linksEnded: invitations.rows.length + resets.rows.length };
}

/** Needs a transaction across billers. */
export async function readLetIn(tx: Tx, now: Temporal.Instant): Promise<LetIn> {
  const people = await tx
    .selectFrom('staff_user')
    .select(['email', 'roles', 'bid'])
    .where('disabled_at', 'is', null)
    .orderBy('email')
    .limit(NAMED_MAX)
    .execute();
  const credentials = await tx
    .selectFrom('api_credential')
    .select(['bid', 'id', 'name'])
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .orderBy('bid')
    .orderBy('created_at')
    .limit(NAMED_MAX)
    .execute();
  return { people, credentials };
}
