import type { Tx } from '../../platform/database.ts';
import type { Configuration } from './configuration.ts';
import type { RuleFault } from './rules/rule.ts';

/** Which of these InvoiceTypeIDs invoices of the biller carry. Invoices stand above billers: introduce.ts brings the answer. */
export type FindInvoiceTypesInUse = (tx: Tx, bid: number, ids: readonly string[]) => Promise<readonly string[]>;

/** An invoice type that invoices have can't be taken out, nor get another ID: they could not be paid any more. */
export async function removedTypesInUse(
  tx: Tx,
  find: FindInvoiceTypesInUse | undefined,
  from: { bid: number; before: Configuration; after: Configuration },
): Promise<readonly RuleFault[]> {
  const kept = new Set(from.after.invoiceTypes.map((type) => type.id));
  const gone = from.before.invoiceTypes.filter((type) => !kept.has(type.id));
  if (find === undefined || gone.length === 0) return [];
  const inUse = await find(
    tx,
    from.bid,
    gone.map((type) => type.id),
  );
  return gone
    .filter((type) => inUse.includes(type.id))
    .map((type) => ({
      rule: 'invoice-type-in-use',
      severity: 'error',
      at: `invoiceTypes.${type.id}`,
      sentence: `Invoice type ${type.id} (${type.name}) must stay, with its InvoiceTypeID: invoices of this biller are of that type.`,
    }));
}
