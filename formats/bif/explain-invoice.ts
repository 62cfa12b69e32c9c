import type { ValueRules } from './check-value.ts';
import type { LayoutPlan, RecordPlan } from './compile-layout.ts';
import { parseIsoDate, parseUsDate } from './dates.ts';
import { type BifLine, explainRecord, lengthFault } from './explain-record.ts';
import { type BifFault, fieldFault, lineFault } from './faults.ts';
import { AMOUNT_CENTS_MAX, parseMoney } from './money.ts';

export type ExplainRules = ValueRules & { readonly isDueBeforeDateRefused: boolean };

export type ExplainedInvoice = {
  readonly faults: BifFault[];
  readonly invoiceNumber: string | null;
  /** null where TotalAmountDue can't be read. */
  readonly cents: number | null;
};

/** Words everything that is wrong with the lines from one IH up to the next. `isLast`: the file ends here. */
export function explainInvoice(
  lines: readonly BifLine[],
  isLast: boolean,
  plan: LayoutPlan,
  rules: ExplainRules,
): ExplainedInvoice {
  const faults: BifFault[] = [];
  let header: readonly string[] | null = null;
  let customer: readonly string[] | null = null;
  let hasCustomer = false;
  for (const [index, line] of lines.entries()) {
    const record = recordOf(line, plan);
    const misplaced = index === 0 ? lengthFault(line) : misplacedFault(line, record, hasCustomer, plan);
    if (misplaced !== null || record === null) {
      if (misplaced !== null) faults.push(misplaced);
      hasCustomer ||= record === plan.customerRecord;
      continue;
    }
    const explained = explainRecord(line, record, 'invoice', rules);
    faults.push(...explained.faults);
    if (index === 0) header = explained.values;
    else if (record === plan.customerRecord) {
      hasCustomer = true;
      customer = explained.values;
    }
  }
  const first = lines[0];
  if (first === undefined) throw new Error('An invoice has at least its header line.');
  if (!hasCustomer) faults.push(noCustomerFault(first, isLast, plan));
  if (header !== null) faults.push(...crossFaults(first.line, header, customer, plan, rules));
  return { faults, invoiceNumber: header?.[plan.numberPlace] || null, cents: amountOf(header, plan) };
}

/** The record a line's first field names, or null. */
export function recordOf(line: BifLine, plan: LayoutPlan): RecordPlan | null {
  const type = line.text.slice(0, 9).split('|', 1)[0] ?? '';
  const { rowTypes } = plan.layout;
  if (type === rowTypes.invoiceHeader) return plan.invoiceHeader;
  if (type === rowTypes.customerRecord) return plan.customerRecord;
  if (type === rowTypes.invoiceDetail) return plan.invoiceDetail;
  return type === rowTypes.fileHeader ? plan.fileHeader : null;
}

/** The fault of a line of no known row type. */
export function unknownTypeFault(line: BifLine, plan: LayoutPlan): BifFault {
  const tooLong = lengthFault(line);
  if (tooLong !== null) return tooLong;
  if (line.text === '') {
    return lineFault(
      'file',
      'line-empty',
      line.line,
      'This line is empty; only the end of a file may have empty lines.',
    );
  }
  const types = Object.values(plan.layout.rowTypes).join(', ');
  if (line.isUnterminated) {
    const message = `The file ends in the middle of this line. It was cut off; send the whole file again.`;
    return lineFault('file', 'file-cut-off', line.line, message, line.text);
  }
  const type = line.text.split('|', 1)[0] ?? '';
  const message = `This line begins with none of the row types ${types}.`;
  return { ...lineFault('file', 'row-type-unknown', line.line, message, type), position: 1, field: 'RowType' };
}

/** The fault of a file header that is not the file's first line. */
export function repeatedHeaderFault(line: BifLine): BifFault {
  const message = 'A file has one file header, its first line. This is another; are two files joined?';
  return lineFault('file', 'header-repeated', line.line, message, line.text);
}

function misplacedFault(
  line: BifLine,
  record: RecordPlan | null,
  hasCustomer: boolean,
  plan: LayoutPlan,
): BifFault | null {
  const { customerRecord: cr, invoiceDetail: id, invoiceHeader: ih } = plan.layout.rowTypes;
  if (record === null) return unknownTypeFault(line, plan);
  if (record === plan.fileHeader) return repeatedHeaderFault(line);
  if (record === plan.customerRecord && hasCustomer) {
    const message = `A second ${cr} in one invoice; an invoice is an ${ih}, its ${cr}, then its ${id} lines.`;
    return lineFault('file', 'row-order', line.line, message, line.text);
  }
  if (record === plan.invoiceDetail && !hasCustomer) {
    const message = `An ${id} before the ${cr}; an invoice is an ${ih}, its ${cr}, then its ${id} lines.`;
    return lineFault('file', 'row-order', line.line, message, line.text);
  }
  if (record === plan.invoiceHeader) {
    const message = `This ${ih} line has nothing but its row type; the fields of the invoice are missing.`;
    return lineFault('file', 'too-few-fields', line.line, message, line.text);
  }
  return null;
}

function noCustomerFault(first: BifLine, isLast: boolean, plan: LayoutPlan): BifFault {
  const { customerRecord: cr, invoiceHeader: ih } = plan.layout.rowTypes;
  if (isLast) {
    const message = `The file ends before the ${cr} of this ${ih}. It was cut off; send the whole file again.`;
    return lineFault('file', 'file-cut-off', first.line, message, first.text);
  }
  const message = `This ${ih} has no ${cr}; a ${cr} must follow each ${ih}.`;
  return lineFault('file', 'row-order', first.line, message, first.text);
}

function crossFaults(
  line: number,
  header: readonly string[],
  customer: readonly string[] | null,
  plan: LayoutPlan,
  rules: ExplainRules,
): BifFault[] {
  const faults: BifFault[] = [];
  const number = header[plan.numberPlace] ?? '';
  const account = customer?.[plan.accountPlace] ?? '';
  const at = (place: number) => {
    const field = plan.invoiceHeader.fields[place];
    if (field === undefined) throw new Error(`The invoice header has no field ${place}.`);
    return { scope: 'invoice', line, position: place + 1, field } as const;
  };
  const isDated = /^.+-\d{4}-\d\d-\d\d$/.test(number) && parseIsoDate(number.slice(-10)) > 0;
  if (number !== '' && (!isDated || (account !== '' && number.slice(0, -11) !== account))) {
    const wanted = account === '' ? 'AccountNumber-YYYY-MM-DD' : `${account}-YYYY-MM-DD`;
    const message = `InvoiceNumber is not of the form ${wanted} (the AccountNumber of its customer, then a real date).`;
    faults.push(fieldFault(at(plan.numberPlace), 'invoice-number-mismatch', message, number));
  }
  const datePlace = plan.layout.invoiceHeader.indexOf('InvoiceDate');
  const duePlace = plan.layout.invoiceHeader.indexOf('InvoiceDueDate');
  const invoiced = parseUsDate(header[datePlace] ?? '');
  const due = parseUsDate(header[duePlace] ?? '');
  if (rules.isDueBeforeDateRefused && invoiced > 0 && due > 0 && due < invoiced) {
    const message = `InvoiceDueDate is before the InvoiceDate ${header[datePlace]}; it must be the same day or later.`;
    faults.push(fieldFault(at(duePlace), 'due-before-invoice-date', message, header[duePlace] ?? ''));
  }
  return faults;
}

function amountOf(header: readonly string[] | null, plan: LayoutPlan): number | null {
  const cents = parseMoney(header?.[plan.layout.invoiceHeader.indexOf('TotalAmountDue')] ?? '');
  return cents === null || cents > BigInt(AMOUNT_CENTS_MAX) || cents < -BigInt(AMOUNT_CENTS_MAX) ? null : Number(cents);
}
