import { randomBytes } from 'node:crypto';

/** Sessions held at once over all instances; the oldest goes first. */
const SESSIONS_MAX = 10_000;
/** Cookies one session answers to (`share`); the oldest stops working first. */
const COOKIES_MAX = 1_000;

interface Session {
  instance: string;
  username: string;
  cookies: Set<string>;
  expiresAt: number;
}

/**
 * One session a username in an instance. Its close ends it under every request that still uses it: that is the
 * partner's rule (the close names the username, not the cookie), and what a client has to live with.
 */
export class Sessions {
  private readonly byUser = new Map<string, Session>();
  private readonly byCookie = new Map<string, Session>();

  /** Opens, or joins, the username's session. Gives the value of the cookie. */
  open(user: { instance: string; username: string; ttlMs: number; replace: boolean }, now: number): string {
    const key = keyOf(user.instance, user.username);
    if (user.replace) this.end(user.instance, user.username);
    let session = this.byUser.get(key);
    if (session && session.expiresAt <= now) {
      this.end(user.instance, user.username);
      session = undefined;
    }
    session ??= { instance: user.instance, username: user.username, cookies: new Set(), expiresAt: 0 };
    session.expiresAt = now + user.ttlMs;
    const cookie = randomBytes(18).toString('base64url');
    session.cookies.add(cookie);
    this.byUser.set(key, session);
    this.byCookie.set(cookie, session);
    this.trim(session);
    return cookie;
  }

  /** The username a cookie speaks for, or null: unknown, closed, expired, or of another instance. */
  username(instance: string, cookie: string | null, now: number): string | null {
    const session = cookie === null ? undefined : this.byCookie.get(cookie);
    if (!session || session.instance !== instance) return null;
    if (session.expiresAt <= now) {
      this.end(instance, session.username);
      return null;
    }
    return session.username;
  }

  /** Ends the username's session under every cookie. False when there was none. */
  end(instance: string, username: string): boolean {
    const key = keyOf(instance, username);
    const session = this.byUser.get(key);
    if (!session) return false;
    for (const cookie of session.cookies) this.byCookie.delete(cookie);
    return this.byUser.delete(key);
  }

  /** Ends every session of an instance, or of all. Says how many there were. */
  endAll(instance?: string): number {
    let ended = 0;
    for (const session of [...this.byUser.values()]) {
      if (instance !== undefined && session.instance !== instance) continue;
      if (this.end(session.instance, session.username)) ended += 1;
    }
    return ended;
  }

  list(): { instance: string; username: string; cookies: number; expiresAt: number }[] {
    return [...this.byUser.values()].map(({ instance, username, cookies, expiresAt }) => {
      return { instance, username, cookies: cookies.size, expiresAt };
    });
  }

  private trim(session: Session): void {
    for (const cookie of session.cookies) {
      if (session.cookies.size <= COOKIES_MAX) break;
      session.cookies.delete(cookie);
      this.byCookie.delete(cookie);
    }
    for (const oldest of this.byUser.values()) {
      if (this.byUser.size <= SESSIONS_MAX) break;
      this.end(oldest.instance, oldest.username);
    }
  }
}

function keyOf(instance: string, username: string): string {
  return `${instance} ${username}`;
}
