import type { ProofMethod } from '../../../platform/access.ts';
import { recordAudit } from '../../../platform/audit.ts';
import type { Tx } from '../../../platform/database.ts';
import type { Platform } from '../../../platform/platform.ts';
import { type Factors, hasFactor, readFactors } from '../factors/factor-store.ts';
import { insertSession, type StaffUser } from '../staff/staff-store.ts';
import { insertHalf } from './half-sign-in-store.ts';
import { SESSION_HOURS_MAX, tokenHashOf } from './session-limits.ts';
import { forgetFailedTries } from './session-throttle.ts';

/** How long a sign-in waits for its second factor. */
export const HALF_MINUTES_MAX = 10;

export type BeginDeps = Pick<Platform, 'database' | 'clock' | 'random'>;

/** From where somebody signs in. */
export interface From {
  readonly address: string;
  readonly userAgent: string;
}

export interface SignedIn {
  readonly user: StaffUser;
  /** 256 bits; only its hash is stored. New at each sign-in, so that a planted one is worth nothing. */
  readonly token: string;
  readonly csrfToken: string;
  readonly expiresAt: Temporal.Instant;
  /** Reached its end without a second factor. */
  readonly hasSecondFactor: boolean;
}

/** What comes of the first step: a session, or the question for the second factor. */
export type SignInOutcome =
  | { readonly kind: 'signed-in'; readonly session: SignedIn }
  | { readonly kind: 'half'; readonly token: string; readonly factors: Factors; readonly user: StaffUser };

/** What was right already. `isProviderTrusted`: the provider has asked for a second factor, so none is asked here. */
interface FirstStep {
  readonly user: StaffUser;
  readonly provenBy: 'password' | 'oidc';
  readonly isProviderTrusted: boolean;
  readonly at: From;
}

/**
 * After the first step: who has a second factor is asked for it and gets no session yet, only a token for the next step
 * (10 minutes, its hash stored).
 */
export async function beginOrAsk(tx: Tx, deps: BeginDeps, from: FirstStep): Promise<SignInOutcome> {
  const { user, provenBy } = from;
  const factors = await readFactors(tx, user.id);
  if (from.isProviderTrusted || !hasFactor(factors)) {
    const how = { provenBy, by: provenBy, hasSecondFactor: from.isProviderTrusted };
    return { kind: 'signed-in', session: await beginSession(tx, deps, { user, ...how, at: from.at }) };
  }
  const token = deps.random.token();
  const now = deps.clock.now();
  const expiresAt = now.add({ minutes: HALF_MINUTES_MAX });
  await insertHalf(tx, { userId: user.id, provenBy, tokenHash: tokenHashOf(token), now, expiresAt });
  return { kind: 'half', token, factors, user };
}

/** A new session, and its audit event. `by`: the last step, as the record names it. */
export async function beginSession(
  tx: Tx,
  deps: BeginDeps,
  from: { user: StaffUser; provenBy: ProofMethod; by: string; hasSecondFactor: boolean; at: From },
): Promise<SignedIn> {
  const { user, at, hasSecondFactor } = from;
  const now = deps.clock.now();
  const signedIn = {
    user,
    token: deps.random.token(),
    csrfToken: deps.random.token(),
    expiresAt: now.add({ hours: SESSION_HOURS_MAX }),
    hasSecondFactor,
  };
  await forgetFailedTries(tx, { email: user.email, address: at.address });
  await insertSession(tx, {
    tokenHash: tokenHashOf(signedIn.token),
    userId: user.id,
    csrfToken: signedIn.csrfToken,
    at: now,
    expiresAt: signedIn.expiresAt,
    address: at.address,
    userAgent: at.userAgent.slice(0, 200),
    provenBy: from.provenBy,
    hasSecondFactor,
  });
  await recordAudit(tx, {
    at: now,
    bid: null,
    actorKind: 'staff',
    actor: user.email,
    act: 'sign-in',
    subject: `staff/${user.email}`,
    detail: { address: at.address, by: from.by },
  });
  return signedIn;
}
