import type { Tx } from '../../platform/database.ts';
import type { NewNotice } from './notice.ts';
import { insertNotice } from './notice-store.ts';

/**
 * Queues an email inside the transaction that causes it: it is sent if and only if that commits. A second notice of the
 * same kind for the same payment is ignored. The address is not checked here: one that bounces is seen by staff.
 */
export async function queueNotice(tx: Tx, notice: NewNotice): Promise<void> {
  await insertNotice(tx, { ...notice, subject: oneLine(notice.subject) });
}

/** A subject is one line: CR or LF in a name must not begin another header. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').slice(0, 200);
}
