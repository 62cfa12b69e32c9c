import { hash } from 'node:crypto';

/** A session ends after so long without a request, and after so long whatever happens. */
export const SESSION_IDLE_MINUTES_MAX = 30;
export const SESSION_HOURS_MAX = 12;

/** What is stored of a token: a reader of the database can't sign in with it. */
export function tokenHashOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** Whether a session is in force now. */
export function isInForce(
  session: { lastSeenAt: Temporal.Instant; expiresAt: Temporal.Instant; endedAt: Temporal.Instant | null },
  now: Temporal.Instant,
): boolean {
  if (session.endedAt !== null) return false;
  const idleUntil = session.lastSeenAt.add({ minutes: SESSION_IDLE_MINUTES_MAX });
  return Temporal.Instant.compare(now, session.expiresAt) < 0 && Temporal.Instant.compare(now, idleUntil) < 0;
}
