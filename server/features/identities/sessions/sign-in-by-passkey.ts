import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { recordAudit } from '../../../platform/audit.ts';
import { checkPasskey } from '../factors/check-passkey.ts';
import { checkSecondProof } from '../factors/check-second-proof.ts';
import { refuseFactor } from '../factors/factor-problems.ts';
import { lockUser } from '../staff/staff-store.ts';
import { beginSession, type From, type SignedIn } from './begin-session.ts';
import type { FinishDeps } from './finish-sign-in.ts';
import { countFailedAddress, pausedRefusal, readAddressPause } from './session-throttle.ts';

/**
 * Signs in by a passkey alone: the device is one factor, the finger, face or PIN it asked for is the other. The email's
 * failures are not counted here, so that nobody's password sign-in is paused by it; the address's are.
 */
export async function signInByPasskey(
  deps: FinishDeps,
  from: { response: AuthenticationResponseJSON; at: From; origin: string | undefined },
): Promise<SignedIn> {
  const { address } = from.at;
  const paused = await deps.database.withSystem((tx) => readAddressPause(tx, deps, address));
  if (paused) throw pausedRefusal(deps, paused);
  const asked = { purpose: 'sign-in', userId: null, origin: from.origin, response: from.response } as const;
  const answer = await checkPasskey(deps, asked);
  const outcome = await deps.database.withSystem(async (tx) => {
    const userId = answer.isRight ? answer.passkey.userId : answer.userId;
    const user = userId === undefined ? undefined : await lockUser(tx, userId);
    const verdict = user
      ? await checkSecondProof(tx, deps, { userId: user.id, proof: { kind: 'passkey', answer } })
      : undefined;
    if (user && verdict?.isRight && user.disabledAt === null) {
      const how = { provenBy: 'passkey', by: 'passkey', hasSecondFactor: true } as const;
      return { session: await beginSession(tx, deps, { user, ...how, at: from.at }) };
    }
    await countFailedAddress(tx, deps, address);
    await recordAudit(tx, {
      at: deps.clock.now(),
      bid: null,
      actorKind: 'staff',
      actor: user?.email ?? '(unknown passkey)',
      act: 'sign-in.failed',
      subject: user ? `staff/${user.email}` : 'staff',
      detail: { address, step: 'passkey' },
    });
    const wrong = verdict && !verdict.isRight ? verdict.why : answer.isRight ? undefined : answer.why;
    return { why: wrong ?? 'This user was disabled. Ask whoever manages users.' };
  });
  if (outcome.session) return outcome.session;
  throw refuseFactor('passkey-refused', { why: outcome.why });
}
