import { sql } from 'kysely';
import type { Principal } from '../../../platform/access.ts';
import type { Tx } from '../../../platform/database.ts';
import { refuseIdentity } from '../problems.ts';
import { permissionsOf, roleOf } from './roles.ts';
import { countUsersWithRole, type StaffUser } from './staff-store.ts';

/** The role whose last holder stays. */
export const LAST_ROLE = 'administrator';
/** Two people who take the role from each other at the same moment must come one after the other. */
const LOCK = 7_281_009;

/** Who manages users, and with which rights of their own. The command line, which has the database anyway, has no bounds. */
export interface Manager {
  readonly userId: string | null;
  /** Null: of every biller. */
  readonly bid: number | null;
  readonly rights: ReadonlySet<string> | 'all';
}

export function managerOf(principal: Principal | undefined): Manager {
  if (principal?.kind !== 'staff') throw new Error('only staff manage users');
  return { userId: principal.userId, bid: principal.bid, rights: principal.permissions };
}

/** Nobody gives a right they do not have themselves, and a role only to those it is made for. */
export function refuseUngiveable(manager: Manager, roles: readonly string[]): void {
  const missing = missingRights(manager, roles);
  if (missing.length > 0) throw refuseIdentity('role-not-yours', { roles: beyond(manager, roles), rights: missing });
}

/** The user, where this manager may change them: of their own biller, with no right that the manager lacks, not themselves. */
export function changeable(user: StaffUser | undefined, manager: Manager): StaffUser {
  if (!user || (manager.bid !== null && user.bid !== manager.bid)) throw refuseIdentity('unknown-user');
  if (user.id === manager.userId) throw refuseIdentity('own-user');
  if (missingRights(manager, user.roles).length > 0)
    throw refuseIdentity('role-not-yours', { roles: beyond(manager, user.roles) });
  return user;
}

/** Whether this manager can give a role. */
export function isGiveable(manager: Manager, role: string): boolean {
  const of = roleOf(role)?.of;
  return (manager.bid === null || of === 'biller') && missingRights(manager, [role]).length === 0;
}

/** Refuses to take the role of administrator from the last one who can sign in. Holds until the transaction ends. */
export async function keepAnAdministrator(tx: Tx, user: StaffUser): Promise<void> {
  if (!user.roles.includes(LAST_ROLE) || user.disabledAt !== null) return;
  await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
  if ((await countUsersWithRole(tx, { role: LAST_ROLE, but: user.id })) === 0)
    throw refuseIdentity('last-administrator');
}

function missingRights(manager: Manager, roles: readonly string[]): readonly string[] {
  const { rights } = manager;
  return rights === 'all' ? [] : [...permissionsOf(roles)].filter((right) => !rights.has(right));
}

function beyond(manager: Manager, roles: readonly string[]): string {
  return roles
    .filter((role) => missingRights(manager, [role]).length > 0)
    .map((role) => `“${role}”`)
    .join(', ');
}
