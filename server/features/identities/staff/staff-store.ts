import { sql } from 'kysely';
import type { ProofMethod } from '../../../platform/access.ts';
import type { Tx } from '../../../platform/database.ts';

export interface StaffUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** Null for Causeway's own staff. */
  readonly bid: number | null;
  readonly hasPassword: boolean;
  readonly disabledAt: Temporal.Instant | null;
  readonly createdAt: Temporal.Instant;
}

/** A user as listed: with what a manager wants to see at a glance. */
export interface ListedUser extends StaffUser {
  readonly lastSeenAt: Temporal.Instant | null;
  readonly invitedUntil: Temporal.Instant | null;
}

export interface StaffSession {
  readonly id: string;
  readonly user: StaffUser;
  readonly csrfToken: string;
  readonly lastSeenAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
  readonly endedAt: Temporal.Instant | null;
  /** Why it was ended, for whoever comes back with it. */
  readonly endedWhy: EndedWhy | null;
  readonly provenAt: Temporal.Instant;
  /** Its sign-in asked for a second factor. */
  readonly hasSecondFactor: boolean;
  /** What the user has to prove with now, besides the password. */
  readonly hasTotp: boolean;
  readonly hasPasskey: boolean;
}

/** Why a session ended before its time. */
export const ENDED_WHY = ['sign-out', 'revoked', 'disabled', 'password-changed', 'factors-reset'] as const;
export type EndedWhy = (typeof ENDED_WHY)[number];

const userColumns = [
  'staff_user.id',
  'staff_user.email',
  'staff_user.name',
  'staff_user.roles',
  'staff_user.bid',
  'staff_user.password_hash',
  'staff_user.disabled_at',
  'staff_user.created_at',
] as const;

/** When any session was last used, and until when an open invitation holds. */
const glance = [
  sql<Temporal.Instant | null>`(select max(last_seen_at) from staff_session where user_id = staff_user.id)`.as(
    'last_seen_at',
  ),
  sql<Temporal.Instant | null>`(select max(expires_at) from staff_invitation
    where user_id = staff_user.id and used_at is null)`.as('invited_until'),
];

interface UserRow {
  id: string;
  email: string;
  name: string;
  roles: string[];
  bid: number | null;
  password_hash: string | null;
  disabled_at: Temporal.Instant | null;
  created_at: Temporal.Instant;
}

/** The statements on staff users and their sessions. All need a transaction across billers. */
export async function findUserByEmail(
  tx: Tx,
  email: string,
): Promise<(StaffUser & { passwordHash: string | null }) | undefined> {
  const row = await tx.selectFrom('staff_user').select(userColumns).where('email', '=', email).executeTakeFirst();
  return row && { ...userOf(row), passwordHash: row.password_hash };
}

export async function findUser(tx: Tx, id: string): Promise<StaffUser | undefined> {
  const row = await tx.selectFrom('staff_user').select(userColumns).where('id', '=', id).executeTakeFirst();
  return row && userOf(row);
}

/** Users by email; those of one biller where `bid` is given. */
export async function listUsers(
  tx: Tx,
  from: { bid: number | null; afterEmail: string; limit: number },
): Promise<readonly ListedUser[]> {
  const rows = await tx
    .selectFrom('staff_user')
    .select(userColumns)
    .select(glance)
    .where('email', '>', from.afterEmail)
    .$if(from.bid !== null, (query) => query.where('bid', '=', from.bid))
    .orderBy('email')
    .limit(from.limit)
    .execute();
  return rows.map(listedOf);
}

export async function findListedUser(tx: Tx, id: string): Promise<ListedUser | undefined> {
  const row = await tx
    .selectFrom('staff_user')
    .select(userColumns)
    .select(glance)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && listedOf(row);
}

export async function insertUser(
  tx: Tx,
  user: {
    id: string;
    email: string;
    name: string;
    roles: readonly string[];
    bid: number | null;
    createdAt: Temporal.Instant;
  },
): Promise<boolean> {
  const made = await tx
    .insertInto('staff_user')
    .values({
      id: user.id,
      email: user.email,
      name: user.name,
      roles: [...user.roles],
      bid: user.bid,
      created_at: user.createdAt,
    })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returning('id')
    .executeTakeFirst();
  return made !== undefined;
}

export async function setPassword(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await tx.updateTable('staff_user').set({ password_hash: passwordHash }).where('id', '=', userId).execute();
}

/**
 * The user, held until the transaction ends: changes of one person and checks of their proofs come one after another, and
 * what is decided is decided about the user as they are now.
 */
export async function lockUser(tx: Tx, id: string): Promise<StaffUser | undefined> {
  const row = await tx.selectFrom('staff_user').select(userColumns).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && userOf(row);
}

export async function updateUser(
  tx: Tx,
  userId: string,
  to: { name: string; roles: readonly string[] },
): Promise<void> {
  await tx
    .updateTable('staff_user')
    .set({ name: to.name, roles: [...to.roles] })
    .where('id', '=', userId)
    .execute();
}

export async function enableUser(tx: Tx, userId: string): Promise<void> {
  await tx.updateTable('staff_user').set({ disabled_at: null }).where('id', '=', userId).execute();
}

/** Users in force of Causeway's own staff who hold a role and have taken up their invitation, but one. */
export async function countUsersWithRole(tx: Tx, from: { role: string; but: string }): Promise<number> {
  const row = await tx
    .selectFrom('staff_user')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where(sql<boolean>`${from.role} = any(roles)`)
    .where('bid', 'is', null)
    .where('disabled_at', 'is', null)
    .where('password_hash', 'is not', null)
    .where('id', '!=', from.but)
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function disableUser(tx: Tx, userId: string, at: Temporal.Instant): Promise<void> {
  await tx
    .updateTable('staff_user')
    .set({ disabled_at: at })
    .where('id', '=', userId)
    .where('disabled_at', 'is', null)
    .execute();
}

export async function insertSession(
  tx: Tx,
  session: {
    tokenHash: Buffer;
    userId: string;
    csrfToken: string;
    at: Temporal.Instant;
    expiresAt: Temporal.Instant;
    address: string;
    userAgent: string;
    /** What sign-in asked for: the session's first proof. */
    provenBy: ProofMethod;
    hasSecondFactor: boolean;
  },
): Promise<void> {
  await tx
    .insertInto('staff_session')
    .values({
      token_hash: session.tokenHash,
      user_id: session.userId,
      csrf_token: session.csrfToken,
      created_at: session.at,
      last_seen_at: session.at,
      expires_at: session.expiresAt,
      address: session.address,
      user_agent: session.userAgent,
      proven_at: session.at,
      proven_by: session.provenBy,
      has_second_factor: session.hasSecondFactor,
    })
    .execute();
}

export async function findSession(tx: Tx, tokenHash: Buffer): Promise<StaffSession | undefined> {
  const row = await tx
    .selectFrom('staff_session')
    .innerJoin('staff_user', 'staff_user.id', 'staff_session.user_id')
    .select([
      ...userColumns,
      'staff_session.csrf_token',
      'staff_session.last_seen_at',
      'staff_session.expires_at',
      'staff_session.ended_at',
      'staff_session.id as session_id',
      'staff_session.ended_why',
      'staff_session.proven_at',
      'staff_session.has_second_factor',
    ])
    .select((select) => [
      select
        .exists(
          select
            .selectFrom('staff_totp')
            .select('user_id')
            .whereRef('staff_totp.user_id', '=', 'staff_user.id')
            .where('confirmed_at', 'is not', null),
        )
        .as('has_totp'),
      select
        .exists(select.selectFrom('staff_passkey').select('id').whereRef('staff_passkey.user_id', '=', 'staff_user.id'))
        .as('has_passkey'),
    ])
    .where('staff_session.token_hash', '=', tokenHash)
    .executeTakeFirst();
  return (
    row && {
      user: userOf(row),
      csrfToken: row.csrf_token,
      lastSeenAt: row.last_seen_at,
      expiresAt: row.expires_at,
      endedAt: row.ended_at,
      id: row.session_id,
      endedWhy: ENDED_WHY.find((why) => why === row.ended_why) ?? null,
      provenAt: row.proven_at,
      hasSecondFactor: row.has_second_factor,
      hasTotp: row.has_totp === true,
      hasPasskey: row.has_passkey === true,
    }
  );
}

/** Gives a session in force a new token and a new proof; answers its end, or undefined where it was ended meanwhile. */
export async function renewSession(
  tx: Tx,
  from: { tokenHash: Buffer; newTokenHash: Buffer; provenAt: Temporal.Instant; provenBy: ProofMethod },
): Promise<Temporal.Instant | undefined> {
  const row = await tx
    .updateTable('staff_session')
    .set({ token_hash: from.newTokenHash, proven_at: from.provenAt, proven_by: from.provenBy })
    .where('token_hash', '=', from.tokenHash)
    .where('ended_at', 'is', null)
    .returning('expires_at')
    .executeTakeFirst();
  return row?.expires_at;
}

export async function touchSession(tx: Tx, tokenHash: Buffer, at: Temporal.Instant): Promise<void> {
  await tx
    .updateTable('staff_session')
    .set({ last_seen_at: at })
    .where('token_hash', '=', tokenHash)
    .where('last_seen_at', '<', at)
    .execute();
}

export async function endSession(tx: Tx, tokenHash: Buffer, at: Temporal.Instant): Promise<void> {
  await tx
    .updateTable('staff_session')
    .set({ ended_at: at, ended_why: 'sign-out' })
    .where('token_hash', '=', tokenHash)
    .where('ended_at', 'is', null)
    .execute();
}

/** Ends every session of a user, but the one named. */
export async function endSessionsOf(
  tx: Tx,
  userId: string,
  from: { at: Temporal.Instant; why: EndedWhy; but?: string },
): Promise<number> {
  const ended = await tx
    .updateTable('staff_session')
    .set({ ended_at: from.at, ended_why: from.why })
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .$if(from.but !== undefined, (query) => query.where('id', '!=', from.but ?? ''))
    .executeTakeFirst();
  return Number(ended.numUpdatedRows);
}

/** After a restore nobody is signed in: a session that was ended since the backup must not come back. */
export async function endEverySession(tx: Tx, at: Temporal.Instant): Promise<number> {
  const ended = await tx
    .updateTable('staff_session')
    .set({ ended_at: at, ended_why: 'revoked' })
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return Number(ended.numUpdatedRows);
}

function userOf(row: UserRow): StaffUser {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    roles: row.roles,
    bid: row.bid,
    hasPassword: row.password_hash !== null,
    disabledAt: row.disabled_at,
    createdAt: row.created_at,
  };
}

function listedOf(
  row: UserRow & { last_seen_at: Temporal.Instant | null; invited_until: Temporal.Instant | null },
): ListedUser {
  return { ...userOf(row), lastSeenAt: row.last_seen_at, invitedUntil: row.invited_until };
}
