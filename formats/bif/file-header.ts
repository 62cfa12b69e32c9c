import type { BifField } from './fields.ts';

/** FH: one a file, its first line. It says whose file this is and what its invoices add up to. */
export const fileHeaderFields = [
  { fileSpecId: 1, name: 'RowType', key: 'rowType', required: true, kind: 'rowType' },
  { fileSpecId: 2, name: 'BillerGuid', key: 'billerGuid', required: true, kind: 'guid' },
  { fileSpecId: 3, name: 'ThirdPartyFileReference', key: 'thirdPartyFileReference', required: false, kind: 'text' },
  { fileSpecId: 4, name: 'FileCreationDate', key: 'fileCreationDate', required: true, kind: 'fileDate' },
  { fileSpecId: 5, name: 'InvoiceCount', key: 'invoiceCount', required: true, kind: 'count' },
  { fileSpecId: 6, name: 'TotalInvoiceAmount', key: 'totalInvoiceAmountCents', required: true, kind: 'money' },
] as const satisfies readonly BifField[];
