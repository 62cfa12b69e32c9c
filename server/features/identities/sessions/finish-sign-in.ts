import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { recordAudit } from '../../../platform/audit.ts';
import type { Tx } from '../../../platform/database.ts';
import type { Platform } from '../../../platform/platform.ts';
import { type CheckPasskeyDeps, checkPasskey } from '../factors/check-passkey.ts';
import { checkSecondProof, type SecondProof } from '../factors/check-second-proof.ts';
import { refuseFactor } from '../factors/factor-problems.ts';
import { findUser, lockUser, type StaffUser } from '../staff/staff-store.ts';
import { type BeginDeps, beginSession, type From, type SignedIn } from './begin-session.ts';
import { deleteHalf, findHalf, type HalfSignIn } from './half-sign-in-store.ts';
import { tokenHashOf } from './session-limits.ts';
import { countFailedTry, pausedRefusal, readPause } from './session-throttle.ts';
import { PAUSE_MINUTES } from './throttle-store.ts';

export type FinishDeps = BeginDeps & CheckPasskeyDeps & Pick<Platform, 'keyring'>;

/** The second factor as it arrives. */
export type SecondStep =
  | { readonly totp: string }
  | { readonly recoveryCode: string }
  | { readonly passkey: AuthenticationResponseJSON };

type Outcome =
  | { readonly kind: 'signed-in'; readonly session: SignedIn }
  | { readonly kind: 'over' }
  | { readonly kind: 'paused'; readonly until: Temporal.Instant }
  | { readonly kind: 'wrong'; readonly why: string; readonly left: number };

/** The sign-in that a token of the first step belongs to; 410 where it is none, or no more. */
export async function readHalf(
  deps: Pick<Platform, 'database' | 'clock'>,
  token: string,
): Promise<{ half: HalfSignIn; user: StaffUser }> {
  const found = await deps.database.withSystem((tx) => waiting(tx, deps, token));
  if (!found) throw refuseFactor('half-sign-in-over');
  return found;
}

/**
 * The second step of a sign-in. Failures count together with those of the password. Everything that decides stands in
 * one transaction under the user's lock, so that tries made at once are one after another.
 */
export async function finishSignIn(
  deps: FinishDeps,
  from: { token: string; step: SecondStep; at: From; origin: string | undefined },
): Promise<SignedIn> {
  const { half } = await readHalf(deps, from.token);
  const proof = await proofOf(deps, half.userId, from);
  const outcome = await deps.database.withSystem((tx) => decide(tx, deps, { ...from, proof }));
  switch (outcome.kind) {
    case 'signed-in':
      return outcome.session;
    case 'over':
      throw refuseFactor('half-sign-in-over');
    case 'paused':
      throw pausedRefusal(deps, outcome.until);
    case 'wrong':
      throw refuseFactor('factor-refused', { why: outcome.why, left: outcome.left, pauseMinutes: PAUSE_MINUTES });
    default:
      return outcome satisfies never;
  }
}

/** A passkey's signature is verified before the transaction: it takes a challenge of its own, and time. */
async function proofOf(
  deps: FinishDeps,
  userId: string,
  from: { step: SecondStep; origin: string | undefined },
): Promise<SecondProof> {
  const { step, origin } = from;
  if ('totp' in step) return { kind: 'totp', code: step.totp };
  if ('recoveryCode' in step) return { kind: 'recovery-code', code: step.recoveryCode };
  const asked = { purpose: 'second-factor', userId, origin, response: step.passkey } as const;
  return { kind: 'passkey', answer: await checkPasskey(deps, asked) };
}

async function decide(
  tx: Tx,
  deps: FinishDeps,
  from: { token: string; proof: SecondProof; at: From },
): Promise<Outcome> {
  const found = await waiting(tx, deps, from.token);
  if (!found) return { kind: 'over' };
  const { half } = found;
  const user = await lockUser(tx, half.userId);
  if (!user || user.disabledAt !== null) return { kind: 'over' };
  const tries = { email: user.email, address: from.at.address };
  const until = await readPause(tx, deps, tries);
  if (until) return { kind: 'paused', until };
  const verdict = await checkSecondProof(tx, deps, { userId: user.id, proof: from.proof });
  if (verdict.isRight) {
    if (!(await deleteHalf(tx, tokenHashOf(from.token)))) return { kind: 'over' };
    const by = from.proof.kind;
    // A recovery code stands in for a factor and is none: what the session has proven is the first step.
    const provenBy = by === 'recovery-code' ? half.provenBy : by;
    const how = { provenBy, by: `${half.provenBy}, ${by}`, hasSecondFactor: true };
    return { kind: 'signed-in', session: await beginSession(tx, deps, { user, ...how, at: from.at }) };
  }
  const failure = await countFailedTry(tx, deps, tries);
  await recordAudit(tx, {
    at: deps.clock.now(),
    bid: null,
    actorKind: 'staff',
    actor: user.email,
    act: 'sign-in.failed',
    subject: `staff/${user.email}`,
    detail: { address: from.at.address, step: from.proof.kind, paused: failure.lockedUntil !== null },
  });
  return failure.lockedUntil
    ? { kind: 'paused', until: failure.lockedUntil }
    : { kind: 'wrong', why: verdict.why, left: failure.left };
}

async function waiting(
  tx: Tx,
  deps: Pick<Platform, 'clock'>,
  token: string,
): Promise<{ half: HalfSignIn; user: StaffUser } | undefined> {
  const half = await findHalf(tx, { tokenHash: tokenHashOf(token), now: deps.clock.now() });
  const user = half && (await findUser(tx, half.userId));
  return half && user && user.disabledAt === null ? { half, user } : undefined;
}
