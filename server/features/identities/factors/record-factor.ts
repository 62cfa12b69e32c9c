import { recordAudit } from '../../../platform/audit.ts';
import type { Tx } from '../../../platform/database.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { Actor } from '../../billers/index.ts';
import { queueStaffMail } from '../staff/send-staff-mail.ts';
import type { FactorAct } from '../staff/staff-mail.ts';

export type RecordDeps = Pick<Platform, 'clock' | 'jobs'>;

/**
 * The audit event of a change to the ways somebody signs in, and the email to them, in the transaction of the change.
 * Made by themselves unless `by` says who else.
 */
export async function recordFactor(
  tx: Tx,
  deps: RecordDeps,
  from: {
    person: { userId: string; email: string };
    act: FactorAct;
    by?: Actor;
    reason?: string;
    detail?: Readonly<Record<string, string | number | boolean | null>>;
  },
): Promise<void> {
  const { person, act } = from;
  const at = deps.clock.now();
  await queueStaffMail(tx, deps, { kind: 'factors-changed', userId: person.userId, act, at: at.toString() });
  await recordAudit(tx, {
    at,
    bid: null,
    actorKind: from.by?.kind ?? 'staff',
    actor: from.by?.name ?? person.email,
    act,
    subject: `staff/${person.email}`,
    reason: from.reason ?? null,
    detail: from.detail ?? {},
  });
}
