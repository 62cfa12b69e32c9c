import type { Tx } from '../../../platform/database.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { Actor } from '../../billers/index.ts';
import { refuseIdentity } from '../problems.ts';
import { deleteHalvesOf } from '../sessions/half-sign-in-store.ts';
import { changeable, type Manager } from '../staff/may-manage.ts';
import { endSessionsOf, findUserByEmail, lockUser, type StaffUser } from '../staff/staff-store.ts';
import { deleteRecoveryCodes, deleteTotp } from './factor-store.ts';
import { deletePasskeysOf } from './passkey-store.ts';
import { type RecordDeps, recordFactor } from './record-factor.ts';

type ResetDeps = Pick<Platform, 'database'> & RecordDeps;

/**
 * Takes every second factor from somebody who lost theirs, and ends their sessions: authenticator app, passkeys, recovery
 * codes. Password and link to the provider stay. They are told by email; the reason is on record.
 */
export async function resetFactors(
  deps: ResetDeps,
  from: { userId: string; manager: Manager; by: Actor; reason: string },
): Promise<void> {
  await deps.database.withSystem(async (tx) => {
    const user = changeable(await lockUser(tx, from.userId), from.manager);
    await takeFactors(tx, deps, { user, by: from.by, reason: from.reason });
  });
}

/** The same from the command line: the way out when the only administrator lost theirs. */
export async function resetFactorsByEmail(
  deps: ResetDeps,
  from: { email: string; by: Actor; reason: string },
): Promise<{ sessionsEnded: number }> {
  return deps.database.withSystem(async (tx) => {
    const user = await findUserByEmail(tx, from.email.trim().toLowerCase());
    if (!user) throw refuseIdentity('unknown-user');
    return { sessionsEnded: await takeFactors(tx, deps, { user, by: from.by, reason: from.reason }) };
  });
}

async function takeFactors(
  tx: Tx,
  deps: ResetDeps,
  from: { user: StaffUser; by: Actor; reason: string },
): Promise<number> {
  const { user } = from;
  await lockUser(tx, user.id);
  await deleteTotp(tx, user.id);
  await deletePasskeysOf(tx, user.id);
  await deleteRecoveryCodes(tx, user.id);
  await deleteHalvesOf(tx, user.id);
  const sessionsEnded = await endSessionsOf(tx, user.id, { at: deps.clock.now(), why: 'factors-reset' });
  await recordFactor(tx, deps, {
    person: { userId: user.id, email: user.email },
    act: 'factor.reset',
    by: from.by,
    reason: from.reason,
    detail: { sessionsEnded },
  });
  return sessionsEnded;
}
