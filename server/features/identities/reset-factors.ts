import type { Platform } from '../../platform/platform.ts';
import type { Actor } from '../billers/index.ts';
import { deleteRecoveryCodes, deleteTotp, lockUser } from './factor-store.ts';
import { deleteHalvesOf } from './half-sign-in-store.ts';
import { changeable, type Manager } from './may-manage.ts';
import { deletePasskeysOf } from './passkey-store.ts';
import { type RecordDeps, recordFactor } from './record-factor.ts';
import { endSessionsOf, findUser } from './staff-store.ts';

/**
 * Takes every second factor from somebody who lost theirs, and ends their sessions: authenticator app, passkeys, recovery
 * codes. Password and link to the provider stay. They are told by email; the reason is on record.
 */
export async function resetFactors(
  deps: Pick<Platform, 'database'> & RecordDeps,
  from: { userId: string; manager: Manager; by: Actor; reason: string },
): Promise<void> {
  await deps.database.withSystem(async (tx) => {
    const user = changeable(await findUser(tx, from.userId), from.manager);
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
  });
}
