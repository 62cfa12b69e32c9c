import { recordAudit } from '../../../platform/audit.ts';
import type { Tx } from '../../../platform/database.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { Actor } from '../../billers/index.ts';
import { refuseIdentity } from '../problems.ts';
import { deleteHalvesOf } from '../sessions/half-sign-in-store.ts';
import { refuseInvalidUser } from './create-staff-user.ts';
import { changeable, keepAnAdministrator, LAST_ROLE, type Manager, refuseUngiveable } from './may-manage.ts';
import { dropPasswordLinks } from './password-link-store.ts';
import { disableUser, enableUser, endSessionsOf, lockUser, type StaffUser, updateUser } from './staff-store.ts';

type ChangeDeps = Pick<Platform, 'database' | 'clock'>;
interface Change {
  readonly userId: string;
  readonly manager: Manager;
  readonly by: Actor;
}

/**
 * Changes a user's name and roles. `expectedRoles`: as the person saw them, so that two people do not undo each other. The
 * sessions go on with the new roles from their next change, and from their next page within 2 seconds.
 */
export async function changeStaffUser(
  deps: ChangeDeps,
  from: Change & { name: string; roles: readonly string[]; expectedRoles: readonly string[] },
): Promise<StaffUser> {
  return deps.database.withSystem(async (tx) => {
    const user = changeable(await lockUser(tx, from.userId), from.manager);
    if (!isSame(user.roles, from.expectedRoles)) throw refuseIdentity('user-changed', { roles: user.roles.join(', ') });
    refuseInvalidUser({ email: user.email, roles: from.roles, bid: user.bid });
    refuseUngiveable(from.manager, from.roles);
    const roles = [...new Set(from.roles)];
    if (!from.roles.includes(LAST_ROLE)) await keepAnAdministrator(tx, user);
    await updateUser(tx, user.id, { name: from.name, roles });
    await record(tx, deps, {
      act: 'staff.changed',
      user,
      by: from.by,
      detail: { rolesBefore: [...user.roles], roles, nameBefore: user.name, name: from.name },
    });
    return { ...user, name: from.name, roles: from.roles };
  });
}

/** Disables a user and ends their sessions: the next thing they do is refused. */
export async function disableStaffUser(deps: ChangeDeps, from: Change): Promise<void> {
  await deps.database.withSystem(async (tx) => {
    const user = changeable(await lockUser(tx, from.userId), from.manager);
    await keepAnAdministrator(tx, user);
    await disableUser(tx, user.id, deps.clock.now());
    await deleteHalvesOf(tx, user.id);
    await dropPasswordLinks(tx, user.id);
    const sessionsEnded = await endSessionsOf(tx, user.id, { at: deps.clock.now(), why: 'disabled' });
    await record(tx, deps, { act: 'staff.disabled', user, by: from.by, detail: { sessionsEnded } });
  });
}

/** Lets a disabled user sign in again, with the roles and the password they had. */
export async function enableStaffUser(deps: ChangeDeps, from: Change): Promise<void> {
  await deps.database.withSystem(async (tx) => {
    const user = changeable(await lockUser(tx, from.userId), from.manager);
    if (user.disabledAt === null) return;
    await enableUser(tx, user.id);
    await record(tx, deps, { act: 'staff.enabled', user, by: from.by, detail: {} });
  });
}

async function record(
  tx: Tx,
  deps: ChangeDeps,
  from: { act: string; user: StaffUser; by: Actor; detail: Record<string, string | number | string[]> },
): Promise<void> {
  await recordAudit(tx, {
    at: deps.clock.now(),
    bid: null,
    actorKind: from.by.kind,
    actor: from.by.name,
    act: from.act,
    subject: `staff/${from.user.email}`,
    detail: from.detail,
  });
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((role) => other.includes(role));
}
