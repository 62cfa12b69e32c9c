import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Platform } from '../../../platform/platform.ts';

export const SESSION_COOKIE = 'causeway_session';
const TOKEN_LENGTH_MAX = 100;

type CookieDeps = Pick<Platform, 'publicUrl'>;

/** The token in a cookie of ours; undefined where there is none, or what can be none. */
export function staffCookieOf(request: FastifyRequest, deps: CookieDeps, name: string): string | undefined {
  const token = request.cookies[nameHere(name, deps)];
  return token === undefined || token.length > TOKEN_LENGTH_MAX ? undefined : token;
}

/** Keeps a token in the browser, where no script reads it and no other site sends it along with a change; 0 seconds take it away. */
export function setStaffCookie(
  reply: FastifyReply,
  deps: CookieDeps,
  cookie: { name: string; token: string; maxAgeSeconds: number },
): void {
  reply.setCookie(nameHere(cookie.name, deps), cookie.token, {
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure(deps),
    path: '/',
    maxAge: cookie.maxAgeSeconds,
  });
}

/**
 * Over https a name that begins with `__Host-`: browsers take such a cookie from this very host alone, so that no other
 * host of the domain can plant a session of its own here (ASVS 5.0.0, 3.3.1 and 3.3.3).
 */
function nameHere(name: string, deps: CookieDeps): string {
  return isSecure(deps) ? `__Host-${name}` : name;
}

function isSecure({ publicUrl }: CookieDeps): boolean {
  return publicUrl.startsWith('https:');
}
