import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Platform } from '../../../platform/platform.ts';
import type { sessionAnswer } from '../contract.ts';
import type { Factors } from '../factors/factor-store.ts';
import type { HalfAnswer, SecondStepName } from '../factors/factors-contract.ts';
import { relyingPartyOf } from '../factors/passkey-origin.ts';
import { mustHaveFactor } from '../factors/second-factor-rule.ts';
import { setSessionCookie } from '../route-deps.ts';
import { permissionsOf } from '../staff/roles.ts';
import { HALF_MINUTES_MAX, type SignedIn, type SignInOutcome } from './begin-session.ts';
import { SESSION_HOURS_MAX } from './session-limits.ts';
import { setStaffCookie, staffCookieOf } from './staff-cookie.ts';

const HALF_COOKIE = 'causeway_half_sign_in';

type AnswerDeps = Pick<Platform, 'publicUrl' | 'config'>;

/** Sets the cookie of a new session, takes that of the half one away, and gives what the browser is told. */
export function signedInAnswer(
  reply: FastifyReply,
  deps: AnswerDeps,
  session: SignedIn,
): z.infer<typeof sessionAnswer> {
  const { user } = session;
  setSessionCookie(reply, deps, session.token, SESSION_HOURS_MAX * 3600);
  setHalfCookie(reply, deps, '', 0);
  const isEnrolling = !session.hasSecondFactor && mustHaveFactor(deps.config.secondFactorFor, user);
  return {
    user: { id: user.id, email: user.email, name: user.name, bid: user.bid },
    permissions: isEnrolling ? [] : [...permissionsOf(user.roles)],
    csrfToken: session.csrfToken,
    mustEnrol: isEnrolling,
  };
}

/** Sets the cookie that the second step asks for, and gives what can be shown there. */
export function halfAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: AnswerDeps,
  half: Extract<SignInOutcome, { kind: 'half' }>,
): HalfAnswer {
  setHalfCookie(reply, deps, half.token, HALF_MINUTES_MAX * 60);
  return { email: half.user.email, methods: stepsOf(request, deps, half.factors) };
}

/** The token of the half sign-in a request belongs to; empty where it belongs to none. */
export function halfTokenOf(request: FastifyRequest, deps: Pick<Platform, 'publicUrl'>): string {
  return staffCookieOf(request, deps, HALF_COOKIE) ?? '';
}

/** What the person can show here; a passkey only where the browser would give it. */
export function stepsOf(request: FastifyRequest, deps: AnswerDeps, factors: Factors): SecondStepName[] {
  const hasParty = relyingPartyOf(deps.publicUrl, originOf(request, deps)).isThere;
  return [
    ...(factors.passkeys > 0 && hasParty ? (['passkey'] as const) : []),
    ...(factors.totpSince !== null ? (['totp'] as const) : []),
    ...(factors.recoveryCodesLeft > 0 ? (['recovery-code'] as const) : []),
  ];
}

/**
 * The origin of the page that asks. Browsers name it with every change, not with reads of one's own pages: there the
 * address that was asked stands for it, where this server is its own front (on this machine).
 */
export function originOf(request: FastifyRequest, deps: Pick<Platform, 'publicUrl'>): string | undefined {
  if (request.headers.origin !== undefined) return request.headers.origin;
  return deps.publicUrl.startsWith('http:') ? `http://${request.host}` : undefined;
}

function setHalfCookie(reply: FastifyReply, deps: AnswerDeps, token: string, maxAgeSeconds: number): void {
  setStaffCookie(reply, deps, { name: HALF_COOKIE, token, maxAgeSeconds });
}
