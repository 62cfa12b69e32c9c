import { networkOf } from '../../../platform/client-network.ts';
import type { Tx } from '../../../platform/database.ts';
import type { Platform } from '../../../platform/platform.ts';
import { refuseIdentity } from '../problems.ts';
import {
  addressKeyOf,
  cleanThrottle,
  clearFailures,
  countFailure,
  EMAIL_FAILURES_MAX,
  type Failure,
  pausedUntil,
  throttleKeys,
} from './throttle-store.ts';

/** Sign-ins by passkey or provider that one address may begin in a quarter of an hour: an office of hundreds, not a flood. */
const BEGUN_MAX = 600;

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

/** Until when tries from an address are refused, whoever is tried; null while they are open. */
export async function readAddressPause(tx: Tx, deps: ClockDeps, address: string): Promise<Temporal.Instant | null> {
  return pausedUntil(tx, [addressKeyOf(address).key], deps.clock.now());
}

/** Counts a failed try that names nobody, by address alone. */
export async function countFailedAddress(tx: Tx, deps: ClockDeps, address: string): Promise<void> {
  const now = deps.clock.now();
  await countFailure(tx, { ...addressKeyOf(address), now });
  await cleanThrottle(tx, now);
}

/** Counts what a stranger may begin without proving anything (a challenge, a sign-on), and refuses a flood from one address. */
export async function refuseFlood(deps: ClockDeps & Pick<Platform, 'database'>, address: string): Promise<void> {
  const now = deps.clock.now();
  const { lockedUntil } = await deps.database.withSystem(async (tx) => {
    await cleanThrottle(tx, now);
    return countFailure(tx, { key: `begun ${networkOf(address)}`, max: BEGUN_MAX, now });
  });
  if (lockedUntil) throw pausedRefusal(deps, lockedUntil);
}

/** The refusal while tries are paused: when they open again, in the clock of the office. */
export function pausedRefusal(deps: ClockDeps, until: Temporal.Instant): Error {
  const seconds = Math.max(1, Math.ceil((until.epochMilliseconds - deps.clock.nowMs()) / 1000));
  const opensAt = until
    .toZonedDateTimeISO('America/Chicago')
    .toLocaleString('en-US', { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' });
  return refuseIdentity('sign-in-paused', { opensAt, retryAfterSeconds: seconds });
}
