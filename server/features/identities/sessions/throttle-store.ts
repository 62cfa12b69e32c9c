import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { networkOf } from '../../../platform/client-network.ts';
import type { Tx } from '../../../platform/database.ts';

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

/** What is counted: the email, known or not, and the network it comes from. */
export function throttleKeys(from: { email: string; address: string }): readonly { key: string; max: number }[] {
  return [
    { key: `email ${createHash('sha256').update(from.email).digest('hex')}`, max: EMAIL_FAILURES_MAX },
    addressKeyOf(from.address),
  ];
}

export function addressKeyOf(address: string): { key: string; max: number } {
  return { key: `address ${networkOf(address)}`, max: ADDRESS_FAILURES_MAX };
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
  const { rows } = await sql<{ failures: number; lockedUntil: Temporal.Instant | null }>`
    insert into sign_in_throttle as kept (key, failures, window_ends_at) values (${from.key}, 1, ${until}::timestamptz)
    on conflict (key) do update set
      failures = case when kept.window_ends_at <= ${from.now}::timestamptz then 1 else kept.failures + 1 end,
      window_ends_at = excluded.window_ends_at,
      locked_until = case when kept.window_ends_at > ${from.now}::timestamptz and kept.failures + 1 >= ${from.max}::int
        then excluded.window_ends_at end
    returning failures, locked_until as "lockedUntil"`.execute(tx);
  const [row] = rows;
  if (!row) throw new Error('a failed sign-in was not counted');
  return { left: Math.max(0, from.max - row.failures), lockedUntil: row.lockedUntil };
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
