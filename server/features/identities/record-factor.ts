import { recordAudit } from '../../platform/audit.ts';
import type { Tx } from '../../platform/database.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Actor } from '../billers/index.ts';

/** The audit event of a change to somebody's factors, made by themselves unless `by` says who else. */
export async function recordFactor(
  tx: Tx,
  deps: Pick<Platform, 'clock'>,
  from: {
    person: { email: string };
    act: string;
    by?: Actor;
    reason?: string;
    detail?: Readonly<Record<string, string | number | boolean | null>>;
  },
): Promise<void> {
  await recordAudit(tx, {
    at: deps.clock.now(),
    bid: null,
    actorKind: from.by?.kind ?? 'staff',
    actor: from.by?.name ?? from.person.email,
    act: from.act,
    subject: `staff/${from.person.email}`,
    reason: from.reason ?? null,
    detail: from.detail ?? {},
  });
}
