import { Buffer } from 'node:buffer';
import type { BifInvoice } from './batch.ts';
import { type BifFault, fieldFault, lineFault } from './faults.ts';
import type { BifRecord } from './fields.ts';
import { type BifLayout, fieldsOf } from './layout.ts';
import { parseMoney } from './money.ts';
import { printHeader } from './print-bif.ts';
import { type BifContext, readBifInvoices } from './read-bif.ts';

/** ID lines that one invoice given as fields may have. */
const DETAILS_MAX = 1000;

/** One invoice by field name, values in the form they have in a file: `{ InvoiceNumber: '12-2026-11-20', … }`. */
export type BifFieldValues = {
  /** Fields of the invoice header and of the customer record, RowType left out. RecordType may be left out. */
  readonly fields: { readonly [name: string]: string };
  /** One object per ID line. */
  readonly details: readonly { readonly [name: string]: string }[];
};

export type BifFieldReading =
  | { readonly ok: true; readonly invoice: BifInvoice }
  | { readonly ok: false; readonly faults: readonly BifFault[] };

/**
 * Reads one invoice that came as named values (UploadInvoice in JSON) by writing it as a BIF and reading that: the same
 * checks, the same faults, the same result as if it had come in a file. Faults are at line 0, since there is no file.
 */
export async function readBifFields(
  { fields, details }: BifFieldValues,
  layout: BifLayout,
  context: Omit<BifContext, 'billerGuid' | 'onProgress'> = {},
): Promise<BifFieldReading> {
  const faults = [...unknownFaults(fields, details, layout), ...separatorFaults(fields, details, layout)];
  if (faults.length > 0) return { ok: false, faults };
  const cents = parseMoney(fields.TotalAmountDue ?? '') ?? 0n;
  const noBiller = '00000000-0000-0000-0000-000000000000';
  const lines = [
    printHeader({ billerGuid: noBiller, creationDate: '2000-01-01', count: 1, totalCents: cents }, layout),
    lineOf(layout, 'invoiceHeader', { RecordType: 'R', ...fields }),
    lineOf(layout, 'customerRecord', fields),
    ...details.map((detail) => lineOf(layout, 'invoiceDetail', detail)),
  ];
  const reading = readBifInvoices([Buffer.from(`${lines.join('\n')}\n`, 'utf8')], layout, context);
  let step = await reading.next();
  const invoice = step.done === true ? null : step.value;
  while (step.done !== true) step = await reading.next();
  const found = step.value.faults.map((fault) => ({ ...fault, line: 0 }));
  return invoice !== null && found.length === 0 ? { ok: true, invoice } : { ok: false, faults: found };
}

function lineOf(layout: BifLayout, record: BifRecord, values: { readonly [name: string]: string }): string {
  const [, ...names] = layout[record];
  return [layout.rowTypes[record], ...names.map((name) => values[name] ?? '')].join('|');
}

/** A name that the layout does not have is refused, not dropped: it is most likely misspelt. */
function unknownFaults(
  fields: BifFieldValues['fields'],
  details: BifFieldValues['details'],
  layout: BifLayout,
): BifFault[] {
  const known = [...layout.invoiceHeader.slice(1), ...layout.customerRecord.slice(1)];
  const unknown = Object.keys(fields).filter((name) => !known.includes(name));
  for (const detail of details.slice(0, DETAILS_MAX)) {
    unknown.push(...Object.keys(detail).filter((name) => !layout.invoiceDetail.slice(1).includes(name)));
  }
  const faults = unknown.map((name) =>
    lineFault('invoice', 'field-unknown', 0, `The layout has no field ${name}.`, name),
  );
  if (details.length <= DETAILS_MAX) return faults;
  const message = `The invoice has ${details.length} detail lines; at most ${DETAILS_MAX} were expected.`;
  return [...faults, lineFault('invoice', 'invoice-too-large', 0, message)];
}

/** What would end a field or a line must not reach the text that is read, or a value could pass for rows of its own. */
function separatorFaults(
  fields: BifFieldValues['fields'],
  details: BifFieldValues['details'],
  layout: BifLayout,
): BifFault[] {
  const check = (record: BifRecord, values: { readonly [name: string]: string }) =>
    fieldsOf(layout, record).flatMap((field, index) => {
      const value = values[field.name] ?? '';
      const at = { scope: 'invoice', line: 0, position: index + 1, field } as const;
      if (value.includes('|')) {
        const message = `${field.name} holds a |, which separates the fields of a BIF: no value can hold it.`;
        return [fieldFault(at, 'forbidden-character', message, value)];
      }
      if (!/\p{Cc}/u.test(value) && value.isWellFormed()) return [];
      const message = `${field.name} holds a control character or half a character. A value must be text on one line.`;
      return [fieldFault(at, 'control-character', message, value)];
    });
  const ofDetails = details.slice(0, DETAILS_MAX).flatMap((detail) => check('invoiceDetail', detail));
  return [...check('invoiceHeader', fields), ...check('customerRecord', fields), ...ofDetails];
}
