import { authorizationCodeGrant, type Configuration, fetchUserInfo, type IDToken } from 'openid-client';
import { recordAudit } from '../../../platform/audit.ts';
import type { Tx } from '../../../platform/database.ts';
import type { Platform } from '../../../platform/platform.ts';
import { recordFactor } from '../factors/record-factor.ts';
import { beginOrAsk, type From, type SignInOutcome } from '../sessions/begin-session.ts';
import { tokenHashOf } from '../sessions/session-limits.ts';
import { findUserByEmail, lockUser, type StaffUser } from '../staff/staff-store.ts';
import { ProviderAway } from './oidc-fetch.ts';
import type { Provider } from './oidc-provider.ts';
import { CALLBACK_PATH, nonceOf, verifierOf } from './oidc-start.ts';
import { findLink, insertLink, takeSignOn, touchLink } from './sign-on-store.ts';

/** Why a sign-on led to no session; the sign-in page has a sentence for each. */
export const SIGN_ON_FAULTS = [
  'away',
  'stale',
  'cancelled',
  'refused',
  'email-not-verified',
  'unknown-person',
  'other-person',
  'disabled',
] as const;
export type SignOnFault = (typeof SIGN_ON_FAULTS)[number];

export type SignOnEnd =
  | { readonly kind: 'let-in'; readonly outcome: SignInOutcome; readonly back: string }
  | { readonly kind: 'fault'; readonly fault: SignOnFault };

export type SignOnDeps = Pick<Platform, 'database' | 'clock' | 'random' | 'publicUrl' | 'log' | 'config' | 'jobs'>;

/** Who the provider says it is. */
interface Person {
  readonly subject: string;
  readonly email: string | undefined;
  readonly isEmailVerified: boolean;
}

/**
 * The way back from the provider. The state is used up first, and only for the browser that began it; then the code is
 * exchanged, and the id token checked (issuer, audience, nonce, signature, expiry). Nobody is ever created here.
 * `query`: the callback's own, as it came.
 */
export async function finishSignOn(
  deps: SignOnDeps,
  from: { provider: Provider; query: string; state: string; browserToken: string; at: From },
): Promise<SignOnEnd> {
  const { provider, state, browserToken } = from;
  const begun = await deps.database.withSystem((tx) =>
    takeSignOn(tx, {
      stateHash: tokenHashOf(state),
      browserHash: tokenHashOf(browserToken),
      issuer: provider.issuer,
      now: deps.clock.now(),
    }),
  );
  if (!begun) return fault('stale');
  const query = new URLSearchParams(from.query);
  if (query.has('error')) {
    deps.log.info({ error: query.get('error')?.slice(0, 100) }, 'a sign-on was not granted');
    return fault(query.get('error') === 'access_denied' ? 'cancelled' : 'refused');
  }
  const person = await askProvider(deps, from);
  if (typeof person === 'string') return fault(person);
  const outcome = await deps.database.withSystem(async (tx) => {
    const matched = await matchPerson(tx, deps, { provider, person, at: from.at });
    if (typeof matched === 'string') return matched;
    const isProviderTrusted = provider.isSecondFactor;
    return beginOrAsk(tx, deps, { user: matched, provenBy: 'oidc', isProviderTrusted, at: from.at });
  });
  return typeof outcome === 'string' ? fault(outcome) : { kind: 'let-in', outcome, back: begun.back };
}

async function askProvider(
  deps: SignOnDeps,
  from: { provider: Provider; query: string; state: string; browserToken: string },
): Promise<Person | 'away' | 'refused'> {
  try {
    const configuration = await from.provider.configuration();
    const tokens = await authorizationCodeGrant(
      configuration,
      new URL(`${deps.publicUrl}${CALLBACK_PATH}?${from.query}`),
      {
        expectedState: from.state,
        expectedNonce: nonceOf(from.browserToken),
        pkceCodeVerifier: verifierOf(from.browserToken),
        idTokenExpected: true,
      },
    );
    const claims = tokens.claims();
    return claims ? await describePerson(configuration, tokens.access_token, claims) : 'refused';
  } catch (cause) {
    // The message names the check that failed; tokens and codes stand in the cause, which is not logged.
    const isAway = isProviderAway(cause);
    deps.log.warn({ why: cause instanceof Error ? cause.message : 'unknown' }, 'a sign-on was not accepted');
    return isAway ? 'away' : 'refused';
  }
}

/** The email stands in the id token, or the provider is asked for it; the library refuses an answer about somebody else. */
async function describePerson(configuration: Configuration, accessToken: string, claims: IDToken): Promise<Person> {
  const hasEmail = typeof claims.email === 'string';
  const told: Readonly<Record<string, unknown>> =
    hasEmail || configuration.serverMetadata().userinfo_endpoint === undefined
      ? claims
      : await fetchUserInfo(configuration, accessToken, claims.sub);
  const email = typeof told.email === 'string' ? told.email.trim().toLowerCase() : undefined;
  return { subject: claims.sub, email, isEmailVerified: told.email_verified === true };
}

/**
 * The staff user of a person at the provider: by the link of an earlier sign-on, whatever their email is now; the first
 * time by the email the provider vouches for. A user who is linked to one person is never taken over by another. The user
 * stays locked, so that a disabling at the same moment finds the session that begins here, or is found itself.
 */
async function matchPerson(
  tx: Tx,
  deps: SignOnDeps,
  from: { provider: Provider; person: Person; at: From },
): Promise<StaffUser | SignOnFault> {
  const { subject, email, isEmailVerified } = from.person;
  const { issuer } = from.provider;
  const at = deps.clock.now();
  const link = await findLink(tx, { issuer, subject });
  const linked = link && (await lockUser(tx, link.userId));
  if (linked) {
    if (linked.disabledAt !== null) return refused(tx, deps, { fault: 'disabled', user: linked, at: from.at });
    await touchLink(tx, { issuer, subject, at });
    return linked;
  }
  if (email === undefined || !isEmailVerified)
    return refused(tx, deps, { fault: 'email-not-verified', user: undefined, at: from.at });
  const known = await findUserByEmail(tx, email);
  const user = known && (await lockUser(tx, known.id));
  if (!user) return refused(tx, deps, { fault: 'unknown-person', user: undefined, at: from.at });
  if (user.disabledAt !== null) return refused(tx, deps, { fault: 'disabled', user, at: from.at });
  if (!(await insertLink(tx, { issuer, subject, userId: user.id, email, at })))
    return refused(tx, deps, { fault: 'other-person', user, at: from.at });
  await recordFactor(tx, deps, {
    person: { userId: user.id, email: user.email },
    act: 'sign-on.linked',
    detail: { issuer },
  });
  return user;
}

async function refused(
  tx: Tx,
  deps: SignOnDeps,
  from: { fault: SignOnFault; user: StaffUser | undefined; at: From },
): Promise<SignOnFault> {
  await recordAudit(tx, {
    at: deps.clock.now(),
    bid: null,
    actorKind: 'staff',
    actor: from.user?.email ?? '(unknown at the provider)',
    act: 'sign-in.failed',
    subject: from.user ? `staff/${from.user.email}` : 'staff',
    detail: { address: from.at.address, step: 'oidc', why: from.fault },
  });
  return from.fault;
}

/** The library wraps what its `fetch` threw. */
export function isProviderAway(cause: unknown): boolean {
  for (let at = cause, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1)
    if (at instanceof ProviderAway) return true;
  return false;
}

const fault = (of: SignOnFault): SignOnEnd => ({ kind: 'fault', fault: of });
