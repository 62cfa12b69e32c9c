import type { Tx } from './database.ts';

const SENTENCE_MAX = 1_000;

/** Something that waits for a person: an unknown charge, a held delivery, a gap of a reconciliation, a dead endpoint. */
export interface WorkItem {
  readonly bid: number;
  /** A closed set of each feature, as `delivery-held`. */
  readonly kind: string;
  /** What it is about, as `delivery/12`; one item of a kind is open for a subject at a time. */
  readonly subject: string;
  /** What happened and what to do, for the reader. */
  readonly sentence: string;
  readonly detail?: unknown;
}

/** Opens an item unless one of its kind is open for the subject. Returns whether it is new. */
export async function openWorkItem(tx: Tx, item: WorkItem): Promise<boolean> {
  const opened = await tx
    .insertInto('work_item')
    .values({
      bid: item.bid,
      kind: item.kind,
      subject: item.subject,
      sentence: item.sentence.slice(0, SENTENCE_MAX),
      detail: JSON.stringify(item.detail ?? {}),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return opened !== undefined;
}

/** Closes the open item of a kind and subject, if there is one. Returns whether there was. */
export async function closeWorkItem(
  tx: Tx,
  from: { bid: number; kind: string; subject: string; by: string; at: Temporal.Instant },
): Promise<boolean> {
  const closed = await tx
    .updateTable('work_item')
    .set({ closed_at: from.at, closed_by: from.by })
    .where('bid', '=', from.bid)
    .where('kind', '=', from.kind)
    .where('subject', '=', from.subject)
    .where('closed_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return closed !== undefined;
}
