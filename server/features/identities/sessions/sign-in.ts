import { recordAudit } from '../../../platform/audit.ts';
import type { Tx } from '../../../platform/database.ts';
import type { Platform } from '../../../platform/platform.ts';
import { refuseIdentity } from '../problems.ts';
import type { Passwords } from '../staff/password.ts';
import { findUserByEmail, lockUser, type StaffUser } from '../staff/staff-store.ts';
import { beginOrAsk, type SignInOutcome } from './begin-session.ts';
import { countFailedTry, pausedRefusal, readPause } from './session-throttle.ts';
import { PAUSE_MINUTES } from './throttle-store.ts';

export type SignInDeps = Pick<Platform, 'database' | 'clock' | 'random'> & { readonly passwords: Passwords };

export interface SignInRequest {
  readonly email: string;
  readonly password: string;
  readonly address: string;
  readonly userAgent: string;
}

/**
 * Signs a member of staff in. An unknown email, a wrong password, a disabled user and one without a password get the
 * same answer after the same work. Who has a second factor gets no session yet, but the question for it. Failures are counted by email and by address; sign-in then pauses and says until when.
 */
export async function signIn(deps: SignInDeps, request: SignInRequest): Promise<SignInOutcome> {
  const email = request.email.trim().toLowerCase();
  const { user, paused } = await deps.database.withSystem(async (tx) => ({
    paused: await readPause(tx, deps, { email, address: request.address }),
    user: await findUserByEmail(tx, email),
  }));
  if (paused) throw pausedRefusal(deps, paused);
  // Outside the transaction: it takes tens of milliseconds. Nobody's hash is verified where there is no user.
  const isFitting = await deps.passwords.verify(request.password, user?.passwordHash ?? null);
  if (!user || !isFitting || user.disabledAt !== null)
    throw await failed(deps, { email, request, isKnown: user !== undefined });
  const outcome = await deps.database.withSystem((tx) => letIn(tx, deps, { user, request }));
  if (outcome === 'changed') throw await failed(deps, { email, request, isKnown: true });
  if (outcome.kind === 'paused') throw pausedRefusal(deps, outcome.until);
  return outcome;
}

/**
 * Under the user's lock, what the password was checked against must still be so: a reset or a disabling in between ended
 * every session, and must not miss this one. And of many guesses sent at once none opens after the fifth wrong one.
 */
async function letIn(
  tx: Tx,
  deps: SignInDeps,
  from: { user: StaffUser & { readonly passwordHash: string | null }; request: SignInRequest },
): Promise<SignInOutcome | { readonly kind: 'paused'; readonly until: Temporal.Instant } | 'changed'> {
  const { user, request } = from;
  await lockUser(tx, user.id);
  const until = await readPause(tx, deps, { email: user.email, address: request.address });
  if (until) return { kind: 'paused', until };
  const now = await findUserByEmail(tx, user.email);
  if (!now || now.passwordHash !== user.passwordHash || now.disabledAt !== null) return 'changed';
  return beginOrAsk(tx, deps, { user: now, provenBy: 'password', isProviderTrusted: false, at: request });
}

/** Counts the failure, records it, and answers the refusal. */
async function failed(
  deps: SignInDeps,
  from: { email: string; request: SignInRequest; isKnown: boolean },
): Promise<Error> {
  const { left, lockedUntil } = await deps.database.withSystem(async (tx) => {
    const failure = await countFailedTry(tx, deps, { email: from.email, address: from.request.address });
    await recordAudit(tx, {
      at: deps.clock.now(),
      bid: null,
      actorKind: 'staff',
      // What was typed where no user has it may be a password typed in the wrong field: it is not kept.
      actor: from.isKnown ? from.email : '(unknown email)',
      act: 'sign-in.failed',
      subject: from.isKnown ? `staff/${from.email}` : 'staff',
      detail: { address: from.request.address, paused: failure.lockedUntil !== null },
    });
    return failure;
  });
  if (lockedUntil) return pausedRefusal(deps, lockedUntil);
  return refuseIdentity('sign-in-refused', { left, pauseMinutes: PAUSE_MINUTES });
}
