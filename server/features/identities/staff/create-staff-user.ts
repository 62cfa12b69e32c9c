import { recordAudit } from '../../../platform/audit.ts';
import type { Tx } from '../../../platform/database.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { Actor, Billers } from '../../billers/index.ts';
import { refuseIdentity } from '../problems.ts';
import { tokenHashOf } from '../sessions/session-limits.ts';
import { changeable, type Manager, refuseUngiveable } from './may-manage.ts';
import type { Passwords } from './password.ts';
import { replaceInvitation } from './password-link-store.ts';
import { roleOf, roles } from './roles.ts';
import { INVITATION_DAYS, queueStaffMail } from './send-staff-mail.ts';
import { setPasswordByLink } from './set-password-by-link.ts';
import { insertUser, lockUser } from './staff-store.ts';

const ROLES_MAX = 5;
/** As the HTML standard has it for its email field, so that browser and server agree: no space, no control, no other script. */
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?){0,10}$/;

export type StaffDeps = Pick<Platform, 'database' | 'clock' | 'random' | 'publicUrl'>;

export interface Invitation {
  readonly userId: string;
  readonly email: string;
  /** Told once; 7 days; the token stands after `#`, so that no server logs it. */
  readonly link: string;
  readonly expiresAt: Temporal.Instant;
}

interface NewStaffUser {
  readonly email: string;
  readonly name?: string;
  readonly roles: readonly string[];
  /** Null for Causeway's own staff. */
  readonly bid?: number | null;
  readonly by: Actor;
  /** Bounds what may be given; none on the command line. */
  readonly manager?: Manager;
}

/** Where billers are at hand, a user of one that does not exist is refused: else it would be theirs once it does. */
interface WithBillers {
  readonly billers?: Pick<Billers, 'load'>;
}

/** Makes a staff user and an invitation to set a password, told here once. `bid` for a biller's own staff. */
export async function createStaffUser(deps: StaffDeps & WithBillers, from: NewStaffUser): Promise<Invitation> {
  await refuseUnknownBiller(deps, from.bid);
  return deps.database.withSystem(async (tx) => invite(tx, deps, await addUser(tx, deps, from)));
}

/** Makes a staff user and sends the invitation by email; no token is told to anybody else. */
export async function inviteByEmail(
  deps: StaffDeps & Pick<Platform, 'jobs'> & WithBillers,
  from: NewStaffUser,
): Promise<{ userId: string; email: string }> {
  await refuseUnknownBiller(deps, from.bid);
  return deps.database.withSystem(async (tx) => {
    const user = await addUser(tx, deps, from);
    await queueStaffMail(tx, deps, { kind: 'invitation', userId: user.id, invitedBy: from.by.name });
    return { userId: user.id, email: user.email };
  });
}

/**
 * A new invitation for a user, in place of one that was lost or has expired; also how a password is renewed where no mail
 * is set up. Told here once, or sent by email (`isByEmail`; then the link is null).
 */
export async function inviteAgain(
  deps: StaffDeps & Pick<Platform, 'jobs'>,
  from: { userId: string; manager: Manager; by: Actor; isByEmail: boolean },
): Promise<{ userId: string; email: string; link: string | null; expiresAt: Temporal.Instant | null }> {
  return deps.database.withSystem(async (tx) => {
    const user = changeable(await lockUser(tx, from.userId), from.manager);
    if (user.disabledAt !== null) throw refuseIdentity('user-disabled');
    if (from.isByEmail)
      await queueStaffMail(tx, deps, { kind: 'invitation', userId: user.id, invitedBy: from.by.name });
    const invitation = from.isByEmail
      ? { userId: user.id, email: user.email, link: null, expiresAt: null }
      : await invite(tx, deps, user);
    await record(tx, deps, {
      act: 'staff.invited',
      email: user.email,
      by: from.by,
      detail: { way: from.isByEmail ? 'email' : 'link' },
    });
    return invitation;
  });
}

/** Takes an invitation up, once: sets the password and ends every session the user had. */
export function acceptInvitation(
  deps: Pick<Platform, 'database' | 'clock'> & { passwords: Passwords },
  from: { token: string; password: string },
): Promise<{ email: string }> {
  return setPasswordByLink(deps, { ...from, of: 'invitation' }, (tx, { user: { email } }) =>
    record(tx, deps, { act: 'staff.password-set', email, by: { kind: 'staff', name: email }, detail: {} }),
  );
}

async function refuseUnknownBiller({ billers }: WithBillers, bid: number | null | undefined): Promise<void> {
  if (bid === null || bid === undefined || !billers || (await billers.load(bid))) return;
  const message = `there is no biller ${bid}`;
  throw refuseIdentity('user-not-valid', { summary: message, faults: [{ at: 'bid', message }] });
}

/** The user's row and its record. */
async function addUser(tx: Tx, deps: StaffDeps, from: NewStaffUser): Promise<{ id: string; email: string }> {
  const email = from.email.trim().toLowerCase();
  const bid = from.bid ?? null;
  refuseInvalidUser({ email, roles: from.roles, bid });
  if (from.manager) refuseUngiveable(from.manager, from.roles);
  const user = {
    id: deps.random.uuid(),
    email,
    name: from.name?.trim() || email,
    roles: [...new Set(from.roles)],
    bid,
  };
  if (!(await insertUser(tx, { ...user, createdAt: deps.clock.now() }))) throw refuseIdentity('user-exists');
  await record(tx, deps, { act: 'staff.created', email, by: from.by, detail: { roles: user.roles, bid } });
  return user;
}

async function invite(tx: Tx, deps: StaffDeps, user: { id: string; email: string }): Promise<Invitation> {
  const token = deps.random.token();
  const expiresAt = deps.clock.now().add({ hours: INVITATION_DAYS * 24 });
  await replaceInvitation(tx, { userId: user.id, tokenHash: tokenHashOf(token), expiresAt });
  return { userId: user.id, email: user.email, link: `${deps.publicUrl}/staff/accept-invitation#${token}`, expiresAt };
}

async function record(
  tx: Tx,
  deps: Pick<Platform, 'clock'>,
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

/** Refuses an address that is none, roles that are none, and roles that do not go with the biller. */
export function refuseInvalidUser(user: { email: string; roles: readonly string[]; bid: number | null }): void {
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
