import { closeWorkItem } from '../../platform/work-items.ts';
import type { NoticeView } from './contract.ts';
import { noticeView } from './list-notices.ts';
import { lockNotice, requeue } from './notice-store.ts';
import { refuse } from './problems.ts';
import type { NoticesDeps } from './send-notices.ts';

/** Sends a sent or failed notice once more, as it was written. One that still waits is refused: it goes by itself. */
export async function resendNotice(
  deps: NoticesDeps,
  from: { bid: number; id: number; by: string },
): Promise<NoticeView> {
  const at = deps.clock.now();
  return deps.database.withBiller(from.bid, async (tx) => {
    const row = await lockNotice(tx, from.bid, from.id);
    if (!row) throw refuse('unknown-notice');
    if (row.state === 'queued') throw refuse('notice-is-queued', { nextAt: row.next_at.toString() });
    await requeue(tx, { bid: from.bid, id: from.id, at });
    await closeWorkItem(tx, { bid: from.bid, kind: 'notice-failed', subject: String(from.id), by: from.by, at });
    return noticeView({ ...row, state: 'queued', next_at: at, attempts: 0, last_error: null });
  });
}
