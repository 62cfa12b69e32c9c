import type { Tx } from '../../../platform/database.ts';
import type { Platform } from '../../../platform/platform.ts';
import { refuseIdentity } from '../problems.ts';
import { deleteHalvesOf } from '../sessions/half-sign-in-store.ts';
import { tokenHashOf } from '../sessions/session-limits.ts';
import { checkPassword, type Passwords } from './password.ts';
import { dropPasswordLinks, findLinkOwner, type PasswordLink, usePasswordLink } from './password-link-store.ts';
import { endSessionsOf, findUser, lockUser, type StaffUser, setPassword } from './staff-store.ts';

export interface PasswordSet {
  readonly user: StaffUser;
  readonly sessionsEnded: number;
  readonly at: Temporal.Instant;
}

/**
 * Sets a password by a link, once: every other link, every session and every sign-in half done of the user end with it.
 * `record` runs last, in the same transaction.
 */
export async function setPasswordByLink(
  deps: Pick<Platform, 'database' | 'clock'> & { readonly passwords: Passwords },
  from: { of: PasswordLink; token: string; password: string },
  record: (tx: Tx, done: PasswordSet) => Promise<void>,
): Promise<{ email: string }> {
  const { of } = from;
  const tokenHash = tokenHashOf(from.token);
  const found = await deps.database.withSystem(async (tx) => {
    const userId = await findLinkOwner(tx, { of, tokenHash, now: deps.clock.now() });
    return userId === undefined ? undefined : findUser(tx, userId);
  });
  if (!found || found.disabledAt !== null) throw notValid(of);
  checkPassword(from.password, found.email);
  const passwordHash = await deps.passwords.hash(from.password);
  const at = deps.clock.now();
  return deps.database.withSystem(async (tx) => {
    // The user first, as everything that signs them in does: in another order, two could wait for each other.
    const user = await lockUser(tx, found.id);
    if (!user || user.disabledAt !== null || !(await usePasswordLink(tx, { of, tokenHash, now: at })))
      throw notValid(of);
    await setPassword(tx, user.id, passwordHash);
    await dropPasswordLinks(tx, user.id);
    await deleteHalvesOf(tx, user.id);
    const sessionsEnded = await endSessionsOf(tx, user.id, { at, why: 'password-changed' });
    await record(tx, { user, sessionsEnded, at });
    return { email: user.email };
  });
}

function notValid(of: PasswordLink): Error {
  return refuseIdentity(of === 'invitation' ? 'invitation-not-valid' : 'reset-not-valid');
}
