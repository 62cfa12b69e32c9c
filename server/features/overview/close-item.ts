import { nameOf, type Principal } from '../../platform/access.ts';
import { recordAudit } from '../../platform/audit.ts';
import type { Platform } from '../../platform/platform.ts';
import { refuseOverview } from './problems.ts';

/** Closes an item by hand: a person says what was done about it. The item and the act stay on record. */
export async function closeItem(
  deps: Pick<Platform, 'database' | 'clock'>,
  from: { bid: number; id: number; reason: string; principal: Principal },
): Promise<{ closedAt: string }> {
  const at = deps.clock.now();
  const by = nameOf(from.principal);
  await deps.database.withBiller(from.bid, async (tx) => {
    const item = await tx
      .selectFrom('work_item')
      .select(['kind', 'subject', 'closed_at', 'closed_by'])
      .where('bid', '=', from.bid)
      .where('id', '=', from.id)
      .forUpdate()
      .executeTakeFirst();
    if (!item) throw refuseOverview('unknown-work-item', { bid: from.bid, id: from.id });
    if (item.closed_at) throw refuseOverview('work-item-closed', { by: item.closed_by ?? 'the program' });
    await tx
      .updateTable('work_item')
      .set({ closed_at: at, closed_by: by })
      .where('bid', '=', from.bid)
      .where('id', '=', from.id)
      .execute();
    await recordAudit(tx, {
      at,
      bid: from.bid,
      actorKind: from.principal.kind,
      actor: by,
      act: 'work-item.closed',
      subject: `work-item/${from.id}`,
      reason: from.reason,
      detail: { kind: item.kind, about: item.subject },
    });
  });
  return { closedAt: at.toString() };
}
