import type { Tx } from '../../platform/database.ts';
import type { Platform } from '../../platform/platform.ts';
import { refuseIdentity } from './problems.ts';
import {
  cleanThrottle,
  clearFailures,
  countFailure,
  EMAIL_FAILURES_MAX,
  type Failure,
  pausedUntil,
  throttleKeys,
} from './throttle-store.ts';

type ClockDeps = Pick<Platform, 'clock'>;

/** Who tries, and from where: both are counted, for sign-in and for every further proof of who one is alike. */
export interface Tries {
  readonly email: string;
  readonly address: string;
}

/** Until when tries are refused, unread; null while they are open. */
export function readPause(tx: Tx, deps: ClockDeps, of: Tries): Promise<Temporal.Instant | null> {
  return pausedUntil(
    tx,
    throttleKeys(of).map((each) => each.key),
    deps.clock.now(),
  );
}

/** Counts a failed try by email and by address; the longer pause counts. */
export async function countFailedTry(tx: Tx, deps: ClockDeps, of: Tries): Promise<Failure> {
  const now = deps.clock.now();
  const [emailKey, addressKey] = throttleKeys(of);
  const email = emailKey && (await countFailure(tx, { ...emailKey, now }));
  const address = addressKey && (await countFailure(tx, { ...addressKey, now }));
  await cleanThrottle(tx, now);
  return {
    left: email?.left ?? EMAIL_FAILURES_MAX,
    lockedUntil: email?.lockedUntil ?? address?.lockedUntil ?? null,
  };
}

/** After a success: the failures of the email are forgotten, those of the address are not. */
export async function forgetFailedTries(tx: Tx, of: Tries): Promise<void> {
  const [emailKey] = throttleKeys(of);
  if (emailKey) await clearFailures(tx, emailKey.key);
}

/** The refusal while tries are paused: when they open again, in the clock of the office. */
export function pausedRefusal(deps: ClockDeps, until: Temporal.Instant): Error {
  const seconds = Math.max(1, Math.ceil((until.epochMilliseconds - deps.clock.nowMs()) / 1000));
  const opensAt = until
    .toZonedDateTimeISO('America/Chicago')
    .toLocaleString('en-US', { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' });
  return refuseIdentity('sign-in-paused', { opensAt, retryAfterSeconds: seconds });
}
