import { recordAudit } from '../../../platform/audit.ts';
import type { Tx } from '../../../platform/database.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { Actor } from '../../billers/index.ts';
import { refuseIdentity } from '../problems.ts';
import { endSessionsOf } from '../staff/staff-store.ts';
import { endOneSession } from './session-store.ts';

type EndDeps = Pick<Platform, 'database' | 'clock'>;

export interface WhoseSessions {
  readonly userId: string;
  readonly email: string;
}

/** Ends one session of a user. Its next request is told so, and changes nothing. */
export async function endSessionById(deps: EndDeps, from: { of: WhoseSessions; id: string; by: Actor }): Promise<void> {
  await deps.database.withSystem(async (tx) => {
    const isEnded = await endOneSession(tx, {
      userId: from.of.userId,
      id: from.id,
      at: deps.clock.now(),
      why: 'revoked',
    });
    if (!isEnded) throw refuseIdentity('unknown-session');
    await record(tx, deps, { ...from, count: 1 });
  });
}

/** Ends every session of a user, but the one named. Answers how many there were. */
export async function endAllSessions(
  deps: EndDeps,
  from: { of: WhoseSessions; but?: string; by: Actor },
): Promise<number> {
  return deps.database.withSystem(async (tx) => {
    const count = await endSessionsOf(tx, from.of.userId, {
      at: deps.clock.now(),
      why: 'revoked',
      ...(from.but !== undefined && { but: from.but }),
    });
    if (count > 0) await record(tx, deps, { ...from, count });
    return count;
  });
}

async function record(tx: Tx, deps: EndDeps, from: { of: WhoseSessions; by: Actor; count: number }): Promise<void> {
  await recordAudit(tx, {
    at: deps.clock.now(),
    bid: null,
    actorKind: from.by.kind,
    actor: from.by.name,
    act: 'session.revoked',
    subject: `staff/${from.of.email}`,
    detail: { sessionsEnded: from.count },
  });
}
