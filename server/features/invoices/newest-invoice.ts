import type { Tx } from '../../platform/database.ts';

/** The invoice stored last, for checks that need a real one; undefined for a biller without any. */
export async function newestInvoice(
  tx: Tx,
  bid: number,
): Promise<{ invoiceNumber: string; accountNumber: string; invoiceTypeId: string } | undefined> {
  const row = await tx
    .selectFrom('invoice')
    .select(['invoice_number', 'account_number', 'invoice_type_id'])
    .where('bid', '=', bid)
    .orderBy('updated_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return (
    row && { invoiceNumber: row.invoice_number, accountNumber: row.account_number, invoiceTypeId: row.invoice_type_id }
  );
}
