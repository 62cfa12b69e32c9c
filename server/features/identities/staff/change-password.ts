import { recordAudit } from '../../../platform/audit.ts';
import type { Platform } from '../../../platform/platform.ts';
import { refuseIdentity } from '../problems.ts';
import { deleteHalvesOf } from '../sessions/half-sign-in-store.ts';
import type { StaffPrincipal } from '../sessions/prove-session.ts';
import { isOpenSession } from '../sessions/session-store.ts';
import { checkPassword, type Passwords } from './password.ts';
import { dropPasswordLinks } from './password-link-store.ts';
import { queueStaffMail } from './send-staff-mail.ts';
import { endSessionsOf, findUserByEmail, lockUser, setPassword } from './staff-store.ts';

type ChangeDeps = Pick<Platform, 'database' | 'clock' | 'jobs'> & { readonly passwords: Passwords };

/**
 * Changes one's own password, after a recent proof of who one is (the caller has seen to that). Ends every other session,
 * and tells the person by email. Answers how many sessions were ended.
 */
export async function changePassword(
  deps: ChangeDeps,
  from: { staff: StaffPrincipal; password: string; address: string },
): Promise<{ sessionsEnded: number }> {
  const { staff } = from;
  const user = await deps.database.withSystem((tx) => findUserByEmail(tx, staff.email));
  if (!user?.passwordHash) throw refuseIdentity('no-password');
  checkPassword(from.password, staff.email);
  if (await deps.passwords.verify(from.password, user.passwordHash))
    throw refuseIdentity('password-refused', { why: 'it is the one you have' });
  const passwordHash = await deps.passwords.hash(from.password);
  const at = deps.clock.now();
  return deps.database.withSystem(async (tx) => {
    await lockUser(tx, staff.userId);
    // Hashing takes a while. A reset, a disabling or the end of this session meanwhile has the last word.
    const now = await findUserByEmail(tx, staff.email);
    const isStillSo = now?.passwordHash === user.passwordHash && (await isOpenSession(tx, staff.sessionId));
    if (!isStillSo) throw refuseIdentity('session-over');
    await setPassword(tx, staff.userId, passwordHash);
    await dropPasswordLinks(tx, staff.userId);
    await deleteHalvesOf(tx, staff.userId);
    const sessionsEnded = await endSessionsOf(tx, staff.userId, {
      at,
      why: 'password-changed',
      but: staff.sessionId,
    });
    await queueStaffMail(tx, deps, {
      kind: 'password-changed',
      userId: staff.userId,
      address: from.address,
      at: at.toString(),
    });
    await recordAudit(tx, {
      at,
      bid: null,
      actorKind: 'staff',
      actor: staff.email,
      act: 'staff.password-changed',
      subject: `staff/${staff.email}`,
      detail: { address: from.address, sessionsEnded },
    });
    return { sessionsEnded };
  });
}
