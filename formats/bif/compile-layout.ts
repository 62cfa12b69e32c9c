import { Buffer } from 'node:buffer';
import type { BifField, BifFieldKind, BifRecord } from './fields.ts';
import { type BifLayout, bifLayoutFaults, fieldsOf } from './layout.ts';

/** The kinds as numbers, for the loop that looks at every field of every invoice. */
export const KIND = {
  rowType: 0,
  text: 1,
  date: 2,
  money: 3,
  guid: 4,
  account: 5,
  invoiceNumber: 6,
  invoiceType: 7,
  constant: 8,
  flag: 9,
  count: 10,
  fileDate: 11,
} as const satisfies Record<BifFieldKind, number>;

/** The number columns of a batch: values the loop has worked out anyway. Every other value is read again when asked for. */
export const SLOT = { InvoiceDate: 0, InvoiceDueDate: 1, TotalAmountDue: 2, BalanceForward: 3 } as const;
export const SLOTS = 4;
const slotByName: ReadonlyMap<string, number> = new Map(Object.entries(SLOT));

/** One record of a layout, ready for the byte loop. */
export type RecordPlan = {
  readonly record: BifRecord;
  readonly fields: readonly BifField[];
  readonly rowType: Buffer;
  readonly count: number;
  readonly kinds: Uint8Array;
  readonly isRequired: Uint8Array;
  /** The field's number column in the batch (SLOT), or -1. */
  readonly slots: Int8Array;
  readonly constants: readonly (Buffer | null)[];
};

/** A whole layout, ready for the byte loop. Places are field indexes in their record. */
export type LayoutPlan = {
  readonly layout: BifLayout;
  readonly fileHeader: RecordPlan;
  readonly invoiceHeader: RecordPlan;
  readonly customerRecord: RecordPlan;
  readonly invoiceDetail: RecordPlan;
  readonly numberPlace: number;
  readonly typePlace: number;
  readonly guidPlace: number;
  readonly accountPlace: number;
  readonly namePlace: number;
  readonly isAccountDigits: boolean;
};

/** Throws on an unsound layout: parse it with `bifLayoutSchema` first. */
export function compileLayout(layout: BifLayout): LayoutPlan {
  const faults = bifLayoutFaults(layout);
  if (faults.length > 0) throw new Error(`Unsound BIF layout: ${faults.map((fault) => fault.message).join(' ')}`);
  return {
    layout,
    fileHeader: planRecord(layout, 'fileHeader'),
    invoiceHeader: planRecord(layout, 'invoiceHeader'),
    customerRecord: planRecord(layout, 'customerRecord'),
    invoiceDetail: planRecord(layout, 'invoiceDetail'),
    numberPlace: layout.invoiceHeader.indexOf('InvoiceNumber'),
    typePlace: layout.invoiceHeader.indexOf('InvoiceTypeID'),
    guidPlace: layout.invoiceHeader.indexOf('InvoiceFormatGuid'),
    accountPlace: layout.customerRecord.indexOf('AccountNumber'),
    namePlace: layout.customerRecord.indexOf('CustomerName'),
    isAccountDigits: layout.accountNumbers === 'digits',
  };
}

function planRecord(layout: BifLayout, record: BifRecord): RecordPlan {
  const fields = fieldsOf(layout, record);
  return {
    record,
    fields,
    rowType: Buffer.from(layout.rowTypes[record], 'latin1'),
    count: fields.length,
    kinds: Uint8Array.from(fields, (field) => KIND[field.kind]),
    isRequired: Uint8Array.from(fields, (field) => (field.required ? 1 : 0)),
    slots: Int8Array.from(fields, (field) => (record === 'invoiceHeader' ? (slotByName.get(field.name) ?? -1) : -1)),
    constants: fields.map((field) => (field.constant === undefined ? null : Buffer.from(field.constant, 'latin1'))),
  };
}
