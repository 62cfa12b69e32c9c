import type { FastifyRequest } from 'fastify';
import { type Principal, type ProofMethod, SCOPES, type Scope } from '../../platform/access.ts';
import type { Authenticate } from '../../platform/http.ts';
import type { Platform } from '../../platform/platform.ts';
import { type FoundCredential, findCredentialStatement, touchCredential } from './credentials/credential-store.ts';
import { mustHaveFactor } from './factors/second-factor-rule.ts';
import { refuseIdentity } from './problems.ts';
import { isInForce, tokenHashOf } from './sessions/session-limits.ts';
import { SESSION_COOKIE, staffCookieOf } from './sessions/staff-cookie.ts';
import { permissionsOf } from './staff/roles.ts';
import { findSession, type StaffSession, touchSession } from './staff/staff-store.ts';

/** How long this process may go on with a session that another one ended. */
const SESSION_CACHED_MS = 2_000;
const SESSIONS_CACHED_MAX = 2_000;
/** How long this process may go on with a credential that another one revoked. Without it every call asks twice. */
const CREDENTIAL_CACHED_MS = 1_000;
const CREDENTIALS_CACHED_MAX = 2_000;
/** `last_seen_at` and `last_used_at` are written at most this often. */
const TOUCH_SECONDS = 60;
const CREDENTIAL = /^cw_([1-9]\d{0,9})_[A-Za-z0-9_-]{43}$/;

export type AuthenticateDeps = Pick<Platform, 'database' | 'clock' | 'log' | 'config' | 'publicUrl'>;

/** Sessions read lately in this process, so that a screen with many requests asks the database once. */
const cacheOf = new WeakMap<object, Map<string, { session: StaffSession; readMs: number }>>();

/** Credentials read lately in this process, by the hash of their token. */
const credentialsOf = new WeakMap<object, Map<string, { found: FoundCredential; readMs: number }>>();

/**
 * Tells who is asking: a bearer credential (`cw_<bid>_…`, remembered 1 s: a revoked one stops at once in the process that
 * revoked it and within a second in every other), or the session cookie (remembered 2 s for reading; a change always asks
 * the database, so that whoever was disabled a moment ago changes nothing). A header that names no credential in force is nobody, whatever the cookie says.
 */
export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  return async (request) => {
    const header = request.headers.authorization;
    if (header !== undefined) return credentialOf(deps, header);
    const token = sessionTokenOf(request, deps);
    if (token === undefined) return undefined;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    return staffOf(deps, token, isRead);
  };
}

/** The session's token of a request, where it has one. */
export function sessionTokenOf(request: FastifyRequest, deps: Pick<Platform, 'publicUrl'>): string | undefined {
  return staffCookieOf(request, deps, SESSION_COOKIE);
}

/** Makes this process ask the database again for every session: after one was ended or a user disabled here. */
export function forgetSessions(deps: Pick<Platform, 'database'>): void {
  cacheOf.get(deps.database)?.clear();
}

/** The same for credentials: after one was revoked here. */
export function forgetCredentials(deps: Pick<Platform, 'database'>): void {
  credentialsOf.get(deps.database)?.clear();
}

async function credentialOf(deps: AuthenticateDeps, header: string): Promise<Principal | undefined> {
  const token = /^Bearer (\S+)$/i.exec(header)?.[1] ?? '';
  const bid = Number(CREDENTIAL.exec(token)?.[1]);
  if (!Number.isSafeInteger(bid)) return undefined;
  const found = await findCredential(deps, bid, tokenHashOf(token));
  const now = deps.clock.now();
  if (!found || (found.expiresAt !== null && Temporal.Instant.compare(found.expiresAt, now) <= 0)) return undefined;
  if (isOlder(found.lastUsedAt, now)) {
    await deps.database.withBiller(bid, (tx) => touchCredential(tx, { bid, id: found.id, at: now }));
    forgetCredentials(deps);
  }
  return { kind: 'credential', bid, credentialId: found.id, name: found.name, scopes: found.scopes.filter(isScope) };
}

async function findCredential(
  deps: AuthenticateDeps,
  bid: number,
  tokenHash: Buffer,
): Promise<FoundCredential | undefined> {
  const key = tokenHash.toString('base64');
  const cache = credentialsOf.get(deps.database) ?? new Map<string, { found: FoundCredential; readMs: number }>();
  credentialsOf.set(deps.database, cache);
  const cached = cache.get(key);
  const nowMs = deps.clock.monotonicMs();
  if (cached && nowMs - cached.readMs < CREDENTIAL_CACHED_MS) return cached.found;
  const [found] = await deps.database.readNamed<FoundCredential & { [column: string]: unknown }>(
    bid,
    findCredentialStatement,
    [bid, tokenHash],
  );
  cache.delete(key);
  if (!found) return undefined;
  cache.set(key, { found, readMs: nowMs });
  for (const oldest of cache.keys()) {
    if (cache.size <= CREDENTIALS_CACHED_MAX) break;
    cache.delete(oldest);
  }
  return found;
}

async function staffOf(deps: AuthenticateDeps, token: string, isRead: boolean): Promise<Principal | undefined> {
  const session = await sessionOf(deps, token, isRead);
  const now = deps.clock.now();
  if (!session) return undefined;
  // Whoever holds the token may know why it is worth nothing any more.
  if (session.user.disabledAt !== null) throw refuseIdentity('session-disabled');
  if (session.endedWhy === 'revoked') throw refuseIdentity('session-revoked');
  if (session.endedWhy === 'factors-reset') throw refuseIdentity('session-factors-reset');
  if (session.endedWhy === 'password-changed') throw refuseIdentity('session-password-changed');
  if (!isInForce(session, now)) throw refuseIdentity('session-over');
  if (isOlder(session.lastSeenAt, now)) {
    await deps.database.withSystem((tx) => touchSession(tx, tokenHashOf(token), now));
    keep(deps, token, { ...session, lastSeenAt: now });
  }
  const { user } = session;
  return {
    kind: 'staff',
    userId: user.id,
    email: user.email,
    name: user.name,
    permissions: permissionsOf(user.roles),
    bid: user.bid,
    csrfToken: session.csrfToken,
    sessionId: session.id,
    provenAt: session.provenAt,
    proofMethods: proofMethodsOf(session),
    ...(mustEnrol(deps, session) && { isEnrolling: true }),
  };
}

function proofMethodsOf(session: StaffSession): readonly ProofMethod[] {
  return [
    ...(session.hasPasskey ? (['passkey'] as const) : []),
    ...(session.hasTotp ? (['totp'] as const) : []),
    ...(session.user.hasPassword ? (['password'] as const) : []),
  ];
}

/** The operator's rule holds at once, for sessions that began before it too. */
function mustEnrol(deps: AuthenticateDeps, session: StaffSession): boolean {
  const isMet = session.hasSecondFactor || session.hasTotp || session.hasPasskey;
  return !isMet && mustHaveFactor(deps.config.secondFactorFor, session.user);
}

async function sessionOf(deps: AuthenticateDeps, token: string, isRead: boolean): Promise<StaffSession | undefined> {
  const cached = cacheOf.get(deps.database)?.get(cacheKey(token));
  if (isRead && cached && deps.clock.monotonicMs() - cached.readMs < SESSION_CACHED_MS) return cached.session;
  const session = await deps.database.withSystem((tx) => findSession(tx, tokenHashOf(token)));
  if (session) keep(deps, token, session);
  return session;
}

function keep(deps: AuthenticateDeps, token: string, session: StaffSession): void {
  const cache = cacheOf.get(deps.database) ?? new Map<string, { session: StaffSession; readMs: number }>();
  cacheOf.set(deps.database, cache);
  const key = cacheKey(token);
  cache.delete(key);
  cache.set(key, { session, readMs: deps.clock.monotonicMs() });
  for (const oldest of cache.keys()) {
    if (cache.size <= SESSIONS_CACHED_MAX) break;
    cache.delete(oldest);
  }
}

/** Tokens themselves are not kept in memory longer than their request. */
function cacheKey(token: string): string {
  return tokenHashOf(token).toString('base64');
}

function isOlder(at: Temporal.Instant | null, now: Temporal.Instant): boolean {
  return at === null || now.epochMilliseconds - at.epochMilliseconds >= TOUCH_SECONDS * 1000;
}

function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
