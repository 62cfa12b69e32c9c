import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Principal, ProofMethod } from '../../../platform/access.ts';
import { recordAudit } from '../../../platform/audit.ts';
import type { Tx } from '../../../platform/database.ts';
import { checkPasskey } from '../factors/check-passkey.ts';
import { checkSecondProof, type SecondProof } from '../factors/check-second-proof.ts';
import { refuseIdentity } from '../problems.ts';
import type { Passwords } from '../staff/password.ts';
import { findUserByEmail, lockUser, renewSession } from '../staff/staff-store.ts';
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

interface Asked {
  readonly staff: StaffPrincipal;
  readonly token: string;
  readonly proof: Proof;
  readonly address: string;
  readonly origin: string | undefined;
}

/** A proof as far as it can be checked outside the transaction. */
type Prepared =
  | { readonly kind: 'password'; readonly isRight: boolean }
  | Exclude<SecondProof, { kind: 'recovery-code' }>;

type Outcome =
  | { readonly kind: 'proven'; readonly proven: Proven }
  | { readonly kind: 'over' }
  | { readonly kind: 'paused'; readonly until: Temporal.Instant }
  | { readonly kind: 'wrong'; readonly left: number };

/**
 * Proves again, within a session, who one is (step-up). Failures count together with those of sign-in, so that a stolen
 * session is no place to guess the password or a code; a success gives the session a new token.
 */
export async function proveSession(deps: ProveDeps, from: Asked): Promise<Proven> {
  const tries = { email: from.staff.email, address: from.address };
  const paused = await deps.database.withSystem((tx) => readPause(tx, deps, tries));
  if (paused) throw pausedRefusal(deps, paused);
  const proof = await prepare(deps, from);
  const outcome = await deps.database.withSystem((tx) => decide(tx, deps, { ...from, proof }));
  switch (outcome.kind) {
    case 'proven':
      return outcome.proven;
    case 'over':
      // Ended while the password was checked.
      throw refuseIdentity('session-over');
    case 'paused':
      throw pausedRefusal(deps, outcome.until);
    case 'wrong':
      throw refuseIdentity('proof-refused', { left: outcome.left, pauseMinutes: PAUSE_MINUTES });
    default:
      return outcome satisfies never;
  }
}

/** What takes time, or a challenge of its own. Each takes as long for the wrong as for the right one. */
async function prepare(deps: ProveDeps, { staff, proof, origin }: Asked): Promise<Prepared> {
  if ('totp' in proof) return { kind: 'totp', code: proof.totp };
  if ('passkey' in proof) {
    const asked = { purpose: 'prove', userId: staff.userId, origin, response: proof.passkey } as const;
    return { kind: 'passkey', answer: await checkPasskey(deps, asked) };
  }
  const user = await deps.database.withSystem((tx) => findUserByEmail(tx, staff.email));
  const isRight = await deps.passwords.verify(proof.password, user?.passwordHash ?? null);
  return { kind: 'password', isRight };
}

/**
 * The pause, the proof and its count under the user's lock: tries made at once come one after another, and what stands
 * behind the fifth wrong one is not looked at, right or wrong.
 */
async function decide(
  tx: Tx,
  deps: ProveDeps,
  from: Omit<Asked, 'proof'> & { readonly proof: Prepared },
): Promise<Outcome> {
  const { staff, proof, address } = from;
  const tries = { email: staff.email, address };
  await lockUser(tx, staff.userId);
  const until = await readPause(tx, deps, tries);
  if (until) return { kind: 'paused', until };
  const isRight =
    proof.kind === 'password'
      ? proof.isRight
      : (await checkSecondProof(tx, deps, { userId: staff.userId, proof })).isRight;
  if (isRight) return renew(tx, deps, { ...from, by: proof.kind });
  const failure = await countFailedTry(tx, deps, tries);
  await recordAudit(tx, {
    at: deps.clock.now(),
    bid: null,
    actorKind: 'staff',
    actor: staff.email,
    act: 'session.proof-failed',
    subject: `staff/${staff.email}`,
    detail: { address, paused: failure.lockedUntil !== null },
  });
  return failure.lockedUntil ? { kind: 'paused', until: failure.lockedUntil } : { kind: 'wrong', left: failure.left };
}

async function renew(
  tx: Tx,
  deps: ProveDeps,
  from: Pick<Asked, 'staff' | 'token' | 'address'> & { readonly by: ProofMethod },
): Promise<Outcome> {
  const { staff, by, address } = from;
  const now = deps.clock.now();
  const token = deps.random.token();
  const expiresAt = await renewSession(tx, {
    tokenHash: tokenHashOf(from.token),
    newTokenHash: tokenHashOf(token),
    provenAt: now,
    provenBy: by,
  });
  if (!expiresAt) return { kind: 'over' };
  await forgetFailedTries(tx, { email: staff.email, address });
  await recordAudit(tx, {
    at: now,
    bid: null,
    actorKind: 'staff',
    actor: staff.email,
    act: 'session.proven',
    subject: `staff/${staff.email}`,
    detail: { by, address },
  });
  return { kind: 'proven', proven: { token, provenAt: now, expiresAt } };
}
