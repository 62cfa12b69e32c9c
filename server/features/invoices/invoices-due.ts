import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';

const COUNTED_MAX = 100_000;

/**
 * Invoices that no later one carries forward and that fall due from one day to another, both included. Whether one is
 * paid is not known here. Counts at most 100,000.
 */
export async function countInvoicesDue(
  tx: Tx,
  bid: number,
  days: { readonly from: string; readonly until: string },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (
      select from invoice where bid = ${bid} and carried_by is null and due_date between ${days.from} and ${days.until}
      limit ${COUNTED_MAX}) due`.execute(tx);
  return rows[0]?.count ?? 0;
}
