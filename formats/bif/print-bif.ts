import type { BifInvoice, BifValue } from './batch.ts';
import { usDate } from './dates.ts';
import type { BifField, BifRecord } from './fields.ts';
import { type BifLayout, fieldsOf } from './layout.ts';
import { printPlainMoney } from './money.ts';

/** What a file header says beside its counts, which are worked out from the invoices. */
export type BifFileHeader = {
  readonly billerGuid: string;
  readonly reference?: string | undefined;
  /** `yyyy-mm-dd` */
  readonly creationDate: string;
};

/** An invoice to print: as it was read, but where it stood in a file does not matter. */
export type BifPrintable = Omit<BifInvoice, 'line'>;

/**
 * The invoices as a BIF text, LF at each line's end, amounts as `1675.00`. Reading it gives the same invoices
 * again. Throws where a value can't stand in a BIF at all: it holds a `|`, a line end or another control character.
 */
export function printBif(header: BifFileHeader, invoices: readonly BifPrintable[], layout: BifLayout): string {
  const total = invoices.reduce((sum, invoice) => sum + BigInt(invoice.totalCents), 0n);
  const lines = [printHeader({ ...header, count: invoices.length, totalCents: total }, layout)];
  for (const invoice of invoices) lines.push(...printInvoice(invoice, layout));
  return `${lines.join('\n')}\n`;
}

/** One file header line, without its end. */
export function printHeader(
  header: BifFileHeader & { readonly count: number; readonly totalCents: bigint },
  layout: BifLayout,
): string {
  return printRecord(layout, 'fileHeader', {
    BillerGuid: header.billerGuid,
    ThirdPartyFileReference: header.reference ?? '',
    FileCreationDate: usDate(header.creationDate),
    InvoiceCount: String(header.count),
    TotalInvoiceAmount: printPlainMoney(header.totalCents),
  });
}

function printInvoice(invoice: BifPrintable, layout: BifLayout): string[] {
  const extras = (record: BifRecord) => printValues(layout, record, invoice.extras);
  return [
    printRecord(layout, 'invoiceHeader', {
      ...extras('invoiceHeader'),
      RecordType: 'R',
      InvoiceFormatGuid: invoice.invoiceFormatGuid,
      InvoiceNumber: invoice.invoiceNumber,
      InvoiceDate: usDate(invoice.invoiceDate),
      InvoiceDueDate: usDate(invoice.dueDate),
      TotalAmountDue: printPlainMoney(BigInt(invoice.totalCents)),
      BalanceForward: invoice.balanceForward ? '1' : '',
      InvoiceTypeID: invoice.invoiceTypeId,
    }),
    printRecord(layout, 'customerRecord', {
      ...extras('customerRecord'),
      AccountNumber: invoice.accountNumber,
      CustomerName: invoice.customerName,
    }),
    ...invoice.details.map((detail) =>
      printRecord(layout, 'invoiceDetail', printValues(layout, 'invoiceDetail', detail)),
    ),
  ];
}

function printValues(
  layout: BifLayout,
  record: BifRecord,
  values: { readonly [key: string]: BifValue },
): Record<string, string> {
  const printed: Record<string, string> = {};
  for (const field of fieldsOf(layout, record)) {
    const value = values[field.key];
    if (value !== undefined) printed[field.name] = printValue(field, value);
  }
  return printed;
}

function printValue(field: BifField, value: BifValue): string {
  if (field.kind === 'money') return printPlainMoney(BigInt(Number(value)));
  if (field.kind === 'date') return usDate(String(value));
  return typeof value === 'boolean' ? (value ? '1' : '0') : String(value);
}

function printRecord(layout: BifLayout, record: BifRecord, values: Readonly<Record<string, string>>): string {
  const [, ...names] = layout[record];
  const fields = names.map((name) => {
    const value = values[name] ?? '';
    if (/[|\p{Cc}]/u.test(value)) throw new RangeError(`${name} holds a character that no BIF value can hold.`);
    return value;
  });
  return [layout.rowTypes[record], ...fields].join('|');
}
