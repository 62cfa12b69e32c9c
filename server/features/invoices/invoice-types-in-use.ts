import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';

/** Which of these InvoiceTypeIDs an invoice of the biller carries. One look at the biller's invoices for each id that none has. */
export async function findInvoiceTypesInUse(tx: Tx, bid: number, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select asked.id from unnest(${[...ids]}::text[]) asked(id)
    where exists (select from invoice where bid = ${bid} and invoice_type_id = asked.id)`.execute(tx);
  return rows.map((row) => row.id);
}
