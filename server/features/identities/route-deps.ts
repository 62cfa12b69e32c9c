import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../../platform/access.ts';
import type { Platform } from '../../platform/platform.ts';
import { refuse } from '../../platform/problems.ts';
import type { Billers } from '../billers/index.ts';
import type { StaffPrincipal } from './sessions/prove-session.ts';
import { SESSION_COOKIE, setStaffCookie } from './sessions/staff-cookie.ts';
import type { Passwords } from './staff/password.ts';

/** What the feature's routes stand on. */
export type RouteDeps = Pick<
  Platform,
  'database' | 'clock' | 'random' | 'publicUrl' | 'log' | 'mailer' | 'config' | 'jobs' | 'keyring' | 'egress'
> & {
  readonly billers: Billers;
};
export type SessionRouteDeps = RouteDeps & { readonly passwords: Passwords };

/** A form of another site can post fields, never JSON: so nobody is signed in as somebody else behind their back. */
export function refuseForms(request: FastifyRequest): void {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) throw refuse('wrong-media-type');
}

/** The cookie of the session; 0 seconds take it away. */
export function setSessionCookie(
  reply: FastifyReply,
  deps: Pick<RouteDeps, 'publicUrl'>,
  token: string,
  maxAgeSeconds: number,
): void {
  setStaffCookie(reply, deps, { name: SESSION_COOKIE, token, maxAgeSeconds });
}

export function staffOf(principal: Principal | undefined): StaffPrincipal {
  if (principal?.kind !== 'staff') throw refuse('not-signed-in');
  return principal;
}
