import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Principal, ProofMethod } from '../../../platform/access.ts';
import { recordAudit } from '../../../platform/audit.ts';
import { checkPasskey } from '../factors/check-passkey.ts';
import { checkSecondProof } from '../factors/check-second-proof.ts';
import { lockUser } from '../factors/factor-store.ts';
import { refuseIdentity } from '../problems.ts';
import type { Passwords } from '../staff/password.ts';
import { findUserByEmail, renewSession } from '../staff/staff-store.ts';
import type { FinishDeps } from './finish-sign-in.ts';
import { tokenHashOf } from './session-limits.ts';
import { countFailedTry, forgetFailedTries, pausedRefusal, readPause } from './session-throttle.ts';
import { PAUSE_MINUTES } from './throttle-store.ts';

export type ProveDeps = FinishDeps & { readonly passwords: Passwords };

/** One way of proving who one is, as it arrives. */
export type Proof =
  | { readonly password: string }
  | { readonly totp: string }
  | { readonly passkey: AuthenticationResponseJSON };

export type StaffPrincipal = Extract<Principal, { kind: 'staff' }>;

export interface Proven {
  /** The session's new token: the one before is worth nothing any more. Its end stays where it was. */
  readonly token: string;
  readonly provenAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
}

/**
 * Proves again, within a session, who one is (step-up). Failures count together with those of sign-in, so that a stolen
 * session is no place to guess the password; a success gives the session a new token.
 */
export async function proveSession(
  deps: ProveDeps,
  from: { staff: StaffPrincipal; token: string; proof: Proof; address: string; origin: string | undefined },
): Promise<Proven> {
  const tries = { email: from.staff.email, address: from.address };
  const paused = await deps.database.withSystem((tx) => readPause(tx, deps, tries));
  if (paused) throw pausedRefusal(deps, paused);
  const by = await checkProof(deps, from);
  if (!by) throw await refusedProof(deps, from);
  const now = deps.clock.now();
  const token = deps.random.token();
  const expiresAt = await deps.database.withSystem(async (tx) => {
    await forgetFailedTries(tx, tries);
    const renewed = await renewSession(tx, {
      tokenHash: tokenHashOf(from.token),
      newTokenHash: tokenHashOf(token),
      provenAt: now,
      provenBy: by,
    });
    await recordAudit(tx, {
      at: now,
      bid: null,
      actorKind: 'staff',
      actor: from.staff.email,
      act: 'session.proven',
      subject: `staff/${from.staff.email}`,
      detail: { by, address: from.address },
    });
    return renewed;
  });
  // Ended while the password was checked.
  if (!expiresAt) throw refuseIdentity('session-over');
  return { token, provenAt: now, expiresAt };
}

/** What the proof was made with; undefined where it does not hold. Each takes as long for the wrong as for the right one. */
async function checkProof(
  deps: ProveDeps,
  from: { staff: StaffPrincipal; proof: Proof; origin: string | undefined },
): Promise<ProofMethod | undefined> {
  const { staff, proof } = from;
  if (!('password' in proof)) return checkFactor(deps, staff.userId, { proof, origin: from.origin });
  const user = await deps.database.withSystem((tx) => findUserByEmail(tx, staff.email));
  return (await deps.passwords.verify(proof.password, user?.passwordHash ?? null)) ? 'password' : undefined;
}

async function checkFactor(
  deps: ProveDeps,
  userId: string,
  from: { proof: Exclude<Proof, { password: string }>; origin: string | undefined },
): Promise<'totp' | 'passkey' | undefined> {
  const { proof, origin } = from;
  const second =
    'totp' in proof
      ? ({ kind: 'totp', code: proof.totp } as const)
      : ({
          kind: 'passkey',
          answer: await checkPasskey(deps, { purpose: 'prove', userId, origin, response: proof.passkey }),
        } as const);
  const verdict = await deps.database.withSystem(async (tx) => {
    await lockUser(tx, userId);
    return checkSecondProof(tx, deps, { userId, proof: second });
  });
  return verdict.isRight ? second.kind : undefined;
}

async function refusedProof(deps: ProveDeps, from: { staff: StaffPrincipal; address: string }): Promise<Error> {
  const { email } = from.staff;
  const { left, lockedUntil } = await deps.database.withSystem(async (tx) => {
    const failure = await countFailedTry(tx, deps, { email, address: from.address });
    await recordAudit(tx, {
      at: deps.clock.now(),
      bid: null,
      actorKind: 'staff',
      actor: email,
      act: 'session.proof-failed',
      subject: `staff/${email}`,
      detail: { address: from.address, paused: failure.lockedUntil !== null },
    });
    return failure;
  });
  return lockedUntil
    ? pausedRefusal(deps, lockedUntil)
    : refuseIdentity('proof-refused', { left, pauseMinutes: PAUSE_MINUTES });
}
