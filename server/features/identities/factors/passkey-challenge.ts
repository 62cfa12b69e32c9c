import { hash } from 'node:crypto';
import type { Platform } from '../../../platform/platform.ts';
import { type ChallengePurpose, insertChallenge, takeChallenge } from './passkey-store.ts';

const CHALLENGE_BYTES = 32;
export const CHALLENGE_MINUTES_MAX = 5;

export type ChallengeDeps = Pick<Platform, 'database' | 'clock' | 'random'>;

/** A challenge to be signed once within five minutes, for one purpose and, where it is known, one user. */
export async function newChallenge(
  deps: ChallengeDeps,
  from: { purpose: ChallengePurpose; userId: string | null },
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = Uint8Array.from(deps.random.bytes(CHALLENGE_BYTES));
  await deps.database.withSystem((tx) =>
    insertChallenge(tx, {
      ...from,
      hash: hash('sha256', bytes, 'buffer'),
      now: deps.clock.now(),
      minutes: CHALLENGE_MINUTES_MAX,
    }),
  );
  return bytes;
}

/**
 * The challenge an authenticator's answer speaks of, used up by this call; undefined where it is none of ours, of another
 * purpose or user, or too old. `clientDataJSON` is base64url, as the browser sends it.
 */
export async function challengeOf(
  deps: ChallengeDeps,
  from: { clientDataJSON: string; purpose: ChallengePurpose; userId: string | null },
): Promise<string | undefined> {
  const challenge = challengeIn(from.clientDataJSON);
  if (challenge === undefined) return undefined;
  const isTaken = await deps.database.withSystem((tx) =>
    takeChallenge(tx, {
      hash: hash('sha256', Buffer.from(challenge, 'base64url'), 'buffer'),
      purpose: from.purpose,
      userId: from.userId,
      now: deps.clock.now(),
    }),
  );
  return isTaken ? challenge : undefined;
}

function challengeIn(clientDataJSON: string): string | undefined {
  try {
    const said: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
    if (typeof said !== 'object' || said === null || !('challenge' in said)) return undefined;
    return typeof said.challenge === 'string' ? said.challenge : undefined;
  } catch {
    return undefined;
  }
}
