import type { Tx } from '../../platform/database.ts';
import { insertNotice } from './notice-store.ts';

/** An email to send, written out in full: what the payer gets does not change with a later edit of a template. */
export interface NewNotice {
  readonly bid: number;
  /** `receipt` …; one of each kind for a payment. */
  readonly kind: string;
  readonly accountNumber: string | null;
  readonly paymentId: number | null;
  readonly to: string;
  readonly locale: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** When it is to leave; at once unless told. */
  readonly at?: Temporal.Instant;
}

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
