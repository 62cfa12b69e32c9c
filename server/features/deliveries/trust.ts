import { recordAudit } from '../../platform/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Tx } from '../../platform/database.ts';
import type { Actor } from '../billers/index.ts';
import type { TrustLevel } from './next-step.ts';
import { refuseDelivery } from './problems.ts';

/**
 * How far a partner's figures are believed when the outcome of a send is unknown (spec/payments.md, 3.):
 * 0 hold, 1 confirm by evidence, 2 resend once, 3 certified. Levels 2 and 3 send again without a person, so they stay
 * locked until the duplicate-send probe of the SIT passed; today no probe is kept, so they are refused.
 */
export const TRUST_LEVELS = [0, 1, 2, 3] as const;
export type AnyTrustLevel = (typeof TRUST_LEVELS)[number];

export interface TrustView {
  readonly partner: string;
  readonly level: AnyTrustLevel;
  readonly changedBy: string;
  readonly changedAt: Temporal.Instant | null;
  readonly reason: string;
  /** A change the first person asked for, waiting for a second. */
  readonly request: TrustRequest | null;
}

export interface TrustRequest {
  readonly level: AnyTrustLevel;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

export async function readTrust(tx: Tx, bid: number, partner: string): Promise<TrustView> {
  const row = await tx
    .selectFrom('partner_trust')
    .select(['level', 'changed_by', 'changed_at', 'reason', 'request'])
    .where('bid', '=', bid)
    .where('partner', '=', partner)
    .executeTakeFirst();
  if (!row)
    return {
      partner,
      level: 0,
      changedBy: 'program',
      changedAt: null,
      reason: 'the level every partner begins with',
      request: null,
    };
  return {
    partner,
    level: row.level as AnyTrustLevel,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
    reason: row.reason,
    request: row.request as TrustRequest | null,
  };
}

/** The level the protocol acts by: what lies above 1 acts as 1, since nothing is sent again without a person. */
export const actingLevel = (level: AnyTrustLevel): TrustLevel => (level === 0 ? 0 : 1);

/**
 * Changes a level by two people: the first call asks, the second, by someone else, for the same level, grants it.
 * Lowering needs one. Refuses levels 2 and 3 until they are unlocked.
 */
export async function changeTrust(
  deps: { readonly database: Database; readonly clock: Clock },
  from: { bid: number; partner: string; level: AnyTrustLevel; reason: string; by: Actor; expectedLevel: AnyTrustLevel },
): Promise<TrustView> {
  const { bid, partner, level, by, reason } = from;
  return deps.database.withBiller(bid, async (tx) => {
    const now = await readTrust(tx, bid, partner);
    if (now.level !== from.expectedLevel) throw refuseDelivery('trust-changed', { level: now.level });
    if (level >= 2) throw refuseDelivery('trust-locked', { level });
    if (level === now.level) throw refuseDelivery('trust-same', { level });
    const isAsked = now.request?.level === level;
    if (level > now.level && isAsked && now.request?.by === by.name)
      throw refuseDelivery('needs-second-person', { first: by.name });
    const isGranted = level < now.level || isAsked;
    const at = deps.clock.now();
    const request: TrustRequest | null = isGranted ? null : { level, by: by.name, reason, at: at.toString() };
    const kept = isGranted
      ? {
          level,
          changed_by: now.request ? `${now.request.by} and ${by.name}` : by.name,
          changed_at: at,
          reason,
          request: null,
        }
      : {
          level: now.level,
          changed_by: now.changedBy,
          changed_at: now.changedAt ?? at,
          reason: now.reason,
          request: JSON.stringify(request),
        };
    await tx
      .insertInto('partner_trust')
      .values({ bid, partner, ...kept })
      .onConflict((conflict) => conflict.columns(['bid', 'partner']).doUpdateSet(kept))
      .execute();
    await recordAudit(tx, {
      at,
      bid,
      actorKind: by.kind,
      actor: by.name,
      reason,
      subject: `partner/${partner}`,
      act: isGranted ? 'partner-trust.changed' : 'partner-trust.asked',
      detail: { from: now.level, to: level },
    });
    return readTrust(tx, bid, partner);
  });
}

/** A contradiction between what was concluded and what is so: back to level 0 at once, without a person. */
export async function dropTrust(
  tx: Tx,
  from: { bid: number; partner: string; reason: string; at: Temporal.Instant },
): Promise<void> {
  await tx
    .updateTable('partner_trust')
    .set({ level: 0, changed_by: 'program', changed_at: from.at, reason: from.reason, request: null })
    .where('bid', '=', from.bid)
    .where('partner', '=', from.partner)
    .execute();
}
