import type { PartnerConnection, SessionFailure } from '../../features/billers/partner.ts';
import type { Platform } from '../../platform/platform.ts';
import type { SessionLease, Sessions } from './session.ts';

/** A request refused for its session was not carried out, so it is repeated: once. */
const SENDS_MAX = 2;

export interface Attempt {
  readonly lease: SessionLease;
  /** What is left of the whole time. */
  readonly leftMs: number;
}

export type InSession<Answer> =
  | {
      readonly kind: 'answered';
      readonly answer: Answer;
      readonly secrets: readonly string[];
      readonly isRenewed: boolean;
    }
  | { readonly kind: 'no-session'; readonly failure: SessionFailure; readonly isRenewed: boolean };

/**
 * Runs one request under the shared session. When the partner refuses it for its session, the session is thrown away, a
 * new one opened (one for all who wait), and the request repeated once; a second refusal is the answer. All of it,
 * logins included, within `totalMs`.
 */
export async function inSession<Answer>(
  { clock, sessions }: Pick<Platform, 'clock'> & { sessions: Sessions },
  of: {
    connection: PartnerConnection;
    totalMs: number;
    isRefused: (answer: Answer) => boolean;
    send: (attempt: Attempt) => Promise<Answer>;
  },
): Promise<InSession<Answer>> {
  const startMs = clock.monotonicMs();
  for (let sent = 1; ; sent += 1) {
    const isRenewed = sent > 1;
    const lease = await sessions.lease(of.connection, leftOf(of.totalMs, clock.monotonicMs() - startMs));
    if (lease.kind === 'failed') return { kind: 'no-session', failure: lease, isRenewed };
    try {
      const answer = await of.send({ lease, leftMs: leftOf(of.totalMs, clock.monotonicMs() - startMs) });
      const isRefused = of.isRefused(answer);
      if (isRefused) lease.refuse();
      if (!isRefused || sent >= SENDS_MAX) return { kind: 'answered', answer, secrets: lease.secrets, isRenewed };
    } finally {
      lease.release();
    }
  }
}

function leftOf(totalMs: number, passedMs: number): number {
  return Math.max(1, Math.floor(totalMs - passedMs));
}
