import { createHash } from 'node:crypto';
import type { Tx } from '../../platform/database.ts';

/** Failed tries by one email before sign-in pauses for it, and by one address whatever the emails. */
export const EMAIL_FAILURES_MAX = 5;
const ADDRESS_FAILURES_MAX = 30;
export const PAUSE_MINUTES = 15;
/** Old rows thrown away with each new failure. */
const CLEANED_MAX = 50;

export interface Failure {
  readonly left: number;
  /** When sign-in opens again; null while it is open. */
  readonly lockedUntil: Temporal.Instant | null;
}

/** What is counted: the email, known or not, and where it comes from. */
export function throttleKeys(from: { email: string; address: string }): readonly { key: string; max: number }[] {
  return [
    { key: `email ${createHash('sha256').update(from.email).digest('hex')}`, max: EMAIL_FAILURES_MAX },
    { key: `address ${from.address}`, max: ADDRESS_FAILURES_MAX },
  ];
}

/** The latest end of a pause in force, if there is one. */
export async function pausedUntil(
  tx: Tx,
  keys: readonly string[],
  now: Temporal.Instant,
): Promise<Temporal.Instant | null> {
  const row = await tx
    .selectFrom('sign_in_throttle')
    .select((select) => select.fn.max('locked_until').as('until'))
    .where('key', 'in', [...keys])
    .where('locked_until', '>', now)
    .executeTakeFirst();
  return row?.until ?? null;
}

/**
 * Counts one failure in one statement, so that tries at the same time are all counted. The window begins anew after it
 * ended; the last failure of a window pauses sign-in for its key.
 */
export async function countFailure(
  tx: Tx,
  from: { key: string; max: number; now: Temporal.Instant },
): Promise<Failure> {
  const until = from.now.add({ minutes: PAUSE_MINUTES });
  const row = await tx
    .insertInto('sign_in_throttle')
    .values({ key: from.key, failures: 1, window_ends_at: until, locked_until: null })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((set) => ({
        failures: set
          .case()
          .when('sign_in_throttle.window_ends_at', '<=', from.now)
          .then(1)
          .else(set('sign_in_throttle.failures', '+', 1))
          .end(),
        window_ends_at: until,
        locked_until: set
          .case()
          .when(
            set.and([
              set('sign_in_throttle.window_ends_at', '>', from.now),
              set('sign_in_throttle.failures', '>=', from.max - 1),
            ]),
          )
          .then(until)
          .else(null)
          .end(),
      })),
    )
    .returning(['failures', 'locked_until'])
    .executeTakeFirstOrThrow();
  return { left: Math.max(0, from.max - row.failures), lockedUntil: row.locked_until };
}

export async function clearFailures(tx: Tx, key: string): Promise<void> {
  await tx.deleteFrom('sign_in_throttle').where('key', '=', key).execute();
}

/** Keeps the table as small as the tries of the last minutes. */
export async function cleanThrottle(tx: Tx, now: Temporal.Instant): Promise<void> {
  await tx
    .deleteFrom('sign_in_throttle')
    .where('key', 'in', (select) =>
      select.selectFrom('sign_in_throttle').select('key').where('window_ends_at', '<', now).limit(CLEANED_MAX),
    )
    .execute();
}
