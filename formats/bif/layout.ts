import { z } from 'zod';
import { customerRecordFields } from './customer-record.ts';
import { type BifField, type BifRecord, bifRecords } from './fields.ts';
import { fileHeaderFields } from './file-header.ts';
import { invoiceDetailFields } from './invoice-detail.ts';
import { invoiceHeaderFields } from './invoice-header.ts';

const RECORD_FIELDS_MAX = 60;

/** Every field Causeway knows, by the record it belongs to. A new partner field is one line in that record's file. */
export const bifFieldCatalogue: Readonly<Record<BifRecord, readonly BifField[]>> = {
  fileHeader: fileHeaderFields,
  invoiceHeader: invoiceHeaderFields,
  customerRecord: customerRecordFields,
  invoiceDetail: invoiceDetailFields,
};

const fieldNames = z.array(z.string().min(1).max(60)).min(2).max(RECORD_FIELDS_MAX);
const rowType = z.string().regex(/^[A-Z0-9]{1,8}$/, 'A row type is 1 to 8 capital letters or digits.');

/**
 * The order of the fields in each record of one biller's files. Plain JSON: it lives in the biller's configuration.
 * `rowTypes` are data because the sources leave them to the mapping sheet (assumption A2). `alsoRequired` names
 * fields that this biller insists on beyond the catalogue's own. `accountNumbers: 'text'` lets letters into AccountNumber.
 */
export const bifLayoutSchema = z
  .strictObject({
    rowTypes: z.strictObject({
      fileHeader: rowType,
      invoiceHeader: rowType,
      customerRecord: rowType,
      invoiceDetail: rowType,
    }),
    fileHeader: fieldNames,
    invoiceHeader: fieldNames,
    customerRecord: fieldNames,
    invoiceDetail: fieldNames,
    alsoRequired: z.array(z.string().min(1).max(60)).max(RECORD_FIELDS_MAX),
    accountNumbers: z.enum(['digits', 'text']),
  })
  .superRefine((layout, context) => {
    for (const fault of bifLayoutFaults(layout)) context.addIssue({ code: 'custom', ...fault });
  });
export type BifLayout = z.infer<typeof bifLayoutSchema>;
export type BifLayoutFault = { readonly path: (string | number)[]; readonly message: string };

/** IMT's layout, the default of a biller (FileSpecIDs 1 to 13, 194, 252, 58 to 60, 70, 72). */
export const imtLayout: BifLayout = {
  rowTypes: { fileHeader: 'FH', invoiceHeader: 'IH', customerRecord: 'CR', invoiceDetail: 'ID' },
  fileHeader: [
    'RowType',
    'BillerGuid',
    'ThirdPartyFileReference',
    'FileCreationDate',
    'InvoiceCount',
    'TotalInvoiceAmount',
  ],
  invoiceHeader: [
    'RowType',
    'RecordType',
    'InvoiceFormatGuid',
    'InvoiceNumber',
    'InvoiceDate',
    'InvoiceDueDate',
    'TotalAmountDue',
    'BalanceForward',
    'InvoiceTypeID',
  ],
  customerRecord: ['RowType', 'AccountNumber', 'CustomerName'],
  invoiceDetail: ['RowType', 'Description'],
  alsoRequired: [],
  accountNumbers: 'digits',
};

/** What keeps a layout from being read: unknown, repeated, misplaced or absent fields, row types alike. Empty when sound. */
export function bifLayoutFaults(layout: BifLayout): BifLayoutFault[] {
  const faults: BifLayoutFault[] = [];
  for (const record of bifRecords) faults.push(...recordFaults(layout, record));
  const types = Object.values(layout.rowTypes);
  if (new Set(types).size !== types.length) {
    faults.push({ path: ['rowTypes'], message: 'Two records have the same row type, so their lines look alike.' });
  }
  for (const [index, name] of layout.alsoRequired.entries()) {
    if (!bifRecords.some((record) => layout[record].includes(name))) {
      faults.push({ path: ['alsoRequired', index], message: `${name} is required but stands in no record.` });
    }
  }
  return faults;
}

/** The fields of one record in the order of the layout, with the layout's own demands applied. Throws on an unsound layout. */
export function fieldsOf(layout: BifLayout, record: BifRecord): BifField[] {
  return layout[record].map((name) => {
    const field = bifFieldCatalogue[record].find((known) => known.name === name);
    if (field === undefined) throw new Error(`The layout names ${name}, which no ${record} has.`);
    return layout.alsoRequired.includes(name) ? { ...field, required: true } : field;
  });
}

function recordFaults(layout: BifLayout, record: BifRecord): BifLayoutFault[] {
  const names = layout[record];
  const known: readonly BifField[] = bifFieldCatalogue[record];
  const faults: BifLayoutFault[] = [];
  for (const [index, name] of names.entries()) {
    const path = [record, index];
    if (!known.some((field) => field.name === name)) faults.push({ path, message: `${record} has no field ${name}.` });
    if (names.indexOf(name) !== index) faults.push({ path, message: `${name} stands twice in ${record}.` });
  }
  if (names[0] !== 'RowType') faults.push({ path: [record, 0], message: `${record} must begin with RowType.` });
  for (const field of known) {
    if (field.required && !names.includes(field.name)) {
      faults.push({ path: [record], message: `${record} lacks ${field.name}, which every file must have.` });
    }
  }
  return faults;
}
