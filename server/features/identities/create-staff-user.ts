import { recordAudit } from '../../platform/audit.ts';
import type { Tx } from '../../platform/database.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Actor } from '../billers/index.ts';
import { checkPassword, type Passwords } from './password.ts';
import { refuseIdentity } from './problems.ts';
import { roleOf, roles } from './roles.ts';
import { tokenHashOf } from './session-limits.ts';
import {
  disableUser,
  endSessionsOf,
  findInvitation,
  findUser,
  insertUser,
  replaceInvitation,
  type StaffUser,
  setPassword,
  useInvitation,
} from './staff-store.ts';

const INVITATION_DAYS = 7;
const ROLES_MAX = 5;
const EMAIL = /^[^\s@<>,;"]{1,64}@[^\s@<>,;"]{1,190}$/;

export type StaffDeps = Pick<Platform, 'database' | 'clock' | 'random' | 'publicUrl'>;

export interface Invitation {
  readonly userId: string;
  readonly email: string;
  /** Told once; 7 days; the token stands after `#`, so that no server logs it. */
  readonly link: string;
  readonly expiresAt: Temporal.Instant;
}

/** Makes a staff user and an invitation to set a password. `bid` for a biller's own staff. */
export async function createStaffUser(
  deps: StaffDeps,
  from: { email: string; name?: string; roles: readonly string[]; bid?: number | null; by: Actor },
): Promise<Invitation> {
  const email = from.email.trim().toLowerCase();
  const bid = from.bid ?? null;
  refuseInvalid({ email, roles: from.roles, bid });
  const id = deps.random.uuid();
  return deps.database.withSystem(async (tx) => {
    const isNew = await insertUser(tx, {
      id,
      email,
      name: from.name?.trim() || email,
      roles: from.roles,
      bid,
      createdAt: deps.clock.now(),
    });
    if (!isNew) throw refuseIdentity('user-exists');
    const invitation = await invite(tx, deps, { id, email });
    await record(tx, deps, { act: 'staff.created', email, by: from.by, detail: { roles: [...from.roles], bid } });
    return invitation;
  });
}

/** A new invitation for a user, in place of one that was lost or has expired; also how a forgotten password is renewed. */
export async function inviteAgain(
  deps: StaffDeps,
  from: { userId: string; bid: number | null; by: Actor },
): Promise<Invitation> {
  return deps.database.withSystem(async (tx) => {
    const user = visible(await findUser(tx, from.userId), from.bid);
    const invitation = await invite(tx, deps, user);
    await record(tx, deps, { act: 'staff.invited', email: user.email, by: from.by, detail: {} });
    return invitation;
  });
}

/** Takes an invitation up, once: sets the password and ends every session the user had. */
export async function acceptInvitation(
  deps: StaffDeps & { passwords: Passwords },
  from: { token: string; password: string },
): Promise<{ email: string }> {
  const tokenHash = tokenHashOf(from.token);
  const user = await deps.database.withSystem((tx) => findInvitation(tx, tokenHash, deps.clock.now()));
  if (!user) throw refuseIdentity('invitation-not-valid');
  checkPassword(from.password, user.email);
  const passwordHash = await deps.passwords.hash(from.password);
  await deps.database.withSystem(async (tx) => {
    if (!(await useInvitation(tx, tokenHash, deps.clock.now()))) throw refuseIdentity('invitation-not-valid');
    await setPassword(tx, user.id, passwordHash);
    await endSessionsOf(tx, user.id, { at: deps.clock.now(), why: 'password-changed' });
    await record(tx, deps, {
      act: 'staff.password-set',
      email: user.email,
      by: { kind: 'staff', name: user.email },
      detail: {},
    });
  });
  return { email: user.email };
}

/** Disables a user and ends their sessions. `bid`: the biller the caller is confined to. */
export async function disableStaffUser(
  deps: StaffDeps,
  from: { userId: string; bid: number | null; by: Actor },
): Promise<void> {
  await deps.database.withSystem(async (tx) => {
    const user = visible(await findUser(tx, from.userId), from.bid);
    if (user.email === from.by.name) throw refuseIdentity('own-user');
    await disableUser(tx, user.id, deps.clock.now());
    await endSessionsOf(tx, user.id, { at: deps.clock.now(), why: 'disabled' });
    await record(tx, deps, { act: 'staff.disabled', email: user.email, by: from.by, detail: {} });
  });
}

async function invite(tx: Tx, deps: StaffDeps, user: { id: string; email: string }): Promise<Invitation> {
  const token = deps.random.token();
  const expiresAt = deps.clock.now().add({ hours: INVITATION_DAYS * 24 });
  await replaceInvitation(tx, { userId: user.id, tokenHash: tokenHashOf(token), expiresAt });
  return { userId: user.id, email: user.email, link: `${deps.publicUrl}/staff/accept-invitation#${token}`, expiresAt };
}

async function record(
  tx: Tx,
  deps: StaffDeps,
  from: { act: string; email: string; by: Actor; detail: Record<string, string | number | null | string[]> },
): Promise<void> {
  await recordAudit(tx, {
    at: deps.clock.now(),
    bid: null,
    actorKind: from.by.kind,
    actor: from.by.name,
    act: from.act,
    subject: `staff/${from.email}`,
    detail: from.detail,
  });
}

/** A biller's own staff see only each other. */
function visible(user: StaffUser | undefined, bid: number | null): StaffUser {
  if (!user || (bid !== null && user.bid !== bid)) throw refuseIdentity('unknown-user');
  return user;
}

function refuseInvalid(user: { email: string; roles: readonly string[]; bid: number | null }): void {
  const unknown = user.roles.filter((name) => roleOf(name) === undefined);
  const misplaced = user.roles.filter(
    (name) => roleOf(name) !== undefined && (roleOf(name)?.of === 'biller') !== (user.bid !== null),
  );
  const faults = [
    ...(EMAIL.test(user.email) ? [] : [{ at: 'email', message: 'must be an email address' }]),
    ...(user.roles.length >= 1 && user.roles.length <= ROLES_MAX
      ? []
      : [{ at: 'roles', message: `must be 1 to ${ROLES_MAX} roles` }]),
    ...unknown.map((name) => ({
      at: 'roles',
      message: `“${name}” is no role; there are: ${roles.map((role) => role.name).join(', ')}`,
    })),
    ...misplaced.map((name) => ({
      at: 'roles',
      message:
        user.bid === null
          ? `“${name}” is a role of a biller’s staff: name the biller`
          : `“${name}” is a role of Causeway’s own staff, not of one biller’s`,
    })),
  ];
  if (faults.length > 0)
    throw refuseIdentity('user-not-valid', {
      summary: faults.map((fault) => `${fault.at} ${fault.message}`).join('; '),
      faults,
    });
}
