import { sql } from 'kysely';
import type { z } from 'zod';
import type { Tx } from '../../platform/database.ts';
import { readBillerZones } from '../billers/index.ts';
import type { WorkItemView, workItemsQuery } from './contract.ts';

interface Row {
  readonly bid: number;
  readonly id: number;
  readonly kind: string;
  readonly subject: string;
  readonly sentence: string;
  readonly detail: Record<string, never>;
  readonly opened_at: Temporal.Instant;
  readonly closed_at: Temporal.Instant | null;
  readonly closed_by: string | null;
}

/** Items that wait for a person (or waited), newest first, a page at a time. */
export async function listWorkItems(
  tx: Tx,
  query: z.output<typeof workItemsQuery>,
): Promise<{ items: WorkItemView[]; nextCursor: string | null }> {
  const [bidBefore = null, idBefore = null] = query.cursor?.split('-').map(Number) ?? [];
  const { rows } = await sql<Row>`
    select w.bid, w.id, w.kind, w.subject, w.sentence, w.detail, w.opened_at, w.closed_at, w.closed_by
    from work_item w
    where (w.closed_at is null) = ${query.state === 'open'}
      and (${query.kind ?? null}::text is null or w.kind = ${query.kind ?? null})
      and (${idBefore}::bigint is null or (w.id, w.bid) < (${idBefore}, ${bidBefore}))
    order by w.id desc, w.bid desc
    limit ${query.limit + 1}`.execute(tx);
  const names = new Map((await readBillerZones(tx)).map(({ bid, name }) => [bid, name]));
  const items = rows.slice(0, query.limit).map((row) => ({
    bid: row.bid,
    billerName: names.get(row.bid) ?? `biller ${row.bid}`,
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    sentence: row.sentence,
    detail: row.detail,
    openedAt: row.opened_at.toString(),
    closedAt: row.closed_at?.toString() ?? null,
    closedBy: row.closed_by,
  }));
  const last = items.at(-1);
  return { items, nextCursor: rows.length > query.limit && last ? `${last.bid}-${last.id}` : null };
}
