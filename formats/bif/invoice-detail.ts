import type { BifField } from './fields.ts';

/** ID: a line of the invoice; an invoice has any number of them. DetailAmount is not in IMT's layout. */
export const invoiceDetailFields = [
  { fileSpecId: 70, name: 'RowType', key: 'rowType', required: true, kind: 'rowType' },
  { fileSpecId: 72, name: 'Description', key: 'description', required: false, kind: 'text' },
  { fileSpecId: null, name: 'DetailAmount', key: 'detailAmountCents', required: false, kind: 'money' },
] as const satisfies readonly BifField[];
