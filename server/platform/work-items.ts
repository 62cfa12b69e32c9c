import { sql } from 'kysely';
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
  /** When it arose; the database's time unless told. */
  readonly at?: Temporal.Instant;
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
      ...(item.at && { opened_at: item.at }),
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

/** Which of these subjects have an open item of one of these kinds. */
export async function subjectsOpen(
  tx: Tx,
  from: { bid: number; kinds: readonly string[]; subjects: readonly string[] },
): Promise<ReadonlySet<string>> {
  if (from.subjects.length === 0 || from.kinds.length === 0) return new Set();
  const rows = await tx
    .selectFrom('work_item')
    .select('subject')
    .where('bid', '=', from.bid)
    .where('kind', 'in', from.kinds)
    .where('subject', 'in', from.subjects)
    .where('closed_at', 'is', null)
    .execute();
  return new Set(rows.map((row) => row.subject));
}

/** How many items wait for a person, of the biller or billers this transaction sees. */
export async function openWorkItemCount(tx: Tx): Promise<number> {
  const { count } = await tx
    .selectFrom('work_item')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('closed_at', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

/** The open items of one kind of one biller (of one subject, for kinds that are told one by one), put together. */
export interface OpenItems {
  readonly bid: number;
  readonly kind: string;
  readonly subject: string | null;
  readonly count: number;
  readonly since: Temporal.Instant;
  /** Of the oldest. */
  readonly sentence: string;
}

/** What waits for a person, by biller and kind; the items of `each` kinds stand alone. */
export async function readOpenItems(
  tx: Tx,
  from: { each: readonly string[]; except: readonly string[]; limit: number },
): Promise<readonly OpenItems[]> {
  const { rows } = await sql<OpenItems>`
    select bid, kind, case when kind = any(${[...from.each]}::text[]) then subject end as subject, count(*) as count,
      min(opened_at) as since, (array_agg(sentence order by opened_at, id))[1] as sentence
    from work_item where closed_at is null and kind <> all(${[...from.except]}::text[]) group by 1, 2, 3 order by min(opened_at) limit ${from.limit}`.execute(
    tx,
  );
  return rows;
}
