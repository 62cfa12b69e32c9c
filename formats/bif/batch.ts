import type { Buffer } from 'node:buffer';
import { centsAt, usDateAt } from './check-bytes.ts';
import { type LayoutPlan, type RecordPlan, SLOT, SLOTS } from './compile-layout.ts';
import { isoDate } from './dates.ts';
import { type BifEncoding, decodeText } from './text-encoding.ts';

const CR = 13;
const ONE = 49;

export type BifValue = string | number | boolean;
/** Values by field key; a field the file left empty is absent. Dates are `yyyy-mm-dd`, money integer cents, flags booleans. */
export type BifValues = { readonly [key: string]: BifValue };

/** One invoice that passed every check. */
export type BifInvoice = {
  /** The line of its IH, counted from 1. */
  readonly line: number;
  readonly invoiceNumber: string;
  readonly accountNumber: string;
  readonly customerName: string;
  /** `yyyy-mm-dd` */
  readonly invoiceDate: string;
  /** `yyyy-mm-dd` */
  readonly dueDate: string;
  /** Integer cents; a credit is negative. Never beyond ±99,999,999,999, thus a safe number. */
  readonly totalCents: number;
  readonly balanceForward: boolean;
  readonly invoiceTypeId: string;
  readonly invoiceFormatGuid: string;
  /** One per ID line: `{ description }` in IMT's layout. */
  readonly details: readonly BifValues[];
  /** The layout's other fields of IH and CR. */
  readonly extras: BifValues;
};

/** Keys of IH and CR fields that have a column of their own in BifInvoice and in the COPY rows. */
export const columnKeys: ReadonlySet<string> = new Set([
  'rowType',
  'recordType',
  'invoiceFormatGuid',
  'invoiceNumber',
  'invoiceDate',
  'dueDate',
  'totalCents',
  'balanceForward',
  'invoiceTypeId',
  'accountNumber',
  'customerName',
]);

/**
 * The accepted invoices of one block, as columns over the block's bytes. Valid only until the next batch is asked for:
 * the bytes are reused. Take `invoice(i)`, a column, or render COPY rows before going on.
 */
export class BifBatch {
  readonly plan: LayoutPlan;
  count = 0;
  bytes: Buffer;
  /** The same bytes, for looking at four at once. */
  view: DataView;
  encoding: BifEncoding = 'ascii';
  /** Ends of all fields of the invoices, in order; `firstMarks[i]` is the index of invoice i's first. */
  marks: Int32Array = new Int32Array(0);
  markCount = 0;
  firstMarks = new Int32Array(0);
  /** Where invoice i's first byte is. */
  starts = new Int32Array(0);
  /** The line of each invoice's IH. */
  lines = new Int32Array(0);
  detailCounts = new Int32Array(0);
  /** SLOTS numbers an invoice: two days (yyyymmdd), cents, the BalanceForward flag; 0 where left empty. */
  numbers = new Float64Array(0);
  #length = 0;
  #text: string | null = null;

  constructor(plan: LayoutPlan, bytes: Buffer) {
    this.plan = plan;
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }

  /** Empties the batch for the next block. `invoicesMax` bounds what the block can hold. */
  reset(bytes: Buffer, length: number, encoding: BifEncoding, invoicesMax: number): void {
    if (this.bytes !== bytes) this.view = viewOf(bytes);
    this.bytes = bytes;
    this.#length = length;
    this.encoding = encoding;
    this.count = 0;
    this.markCount = 0;
    // A field takes a byte at least, its separator; memory that is never written costs nothing.
    if (this.marks.length < length) this.marks = new Int32Array(length);
    this.#text = null;
    if (this.lines.length >= invoicesMax) return;
    this.firstMarks = new Int32Array(invoicesMax);
    this.starts = new Int32Array(invoicesMax);
    this.lines = new Int32Array(invoicesMax);
    this.detailCounts = new Int32Array(invoicesMax);
    this.numbers = new Float64Array(invoicesMax * SLOTS);
  }

  /** Keeps only the invoices that `isKept` names; the later ones move up. */
  keep(isKept: (index: number) => boolean): void {
    let to = 0;
    for (let from = 0; from < this.count; from++) {
      if (!isKept(from)) continue;
      for (const column of [this.firstMarks, this.starts, this.lines, this.detailCounts]) {
        column[to] = column[from] as number;
      }
      this.numbers.copyWithin(to * SLOTS, from * SLOTS, (from + 1) * SLOTS);
      to++;
    }
    this.count = to;
  }

  totalCentsOf(index: number): number {
    return this.numbers[index * SLOTS + SLOT.TotalAmountDue] as number;
  }

  /** yyyymmdd */
  invoiceDayOf(index: number): number {
    return this.numbers[index * SLOTS + SLOT.InvoiceDate] as number;
  }

  /** yyyymmdd */
  dueDayOf(index: number): number {
    return this.numbers[index * SLOTS + SLOT.InvoiceDueDate] as number;
  }

  invoiceNumberOf(index: number): string {
    return this.textAt((this.firstMarks[index] as number) + this.plan.numberPlace);
  }

  accountNumberOf(index: number): string {
    return this.textAt((this.firstMarks[index] as number) + this.plan.invoiceHeader.count + this.plan.accountPlace);
  }

  customerNameOf(index: number): string {
    return this.textAt((this.firstMarks[index] as number) + this.plan.invoiceHeader.count + this.plan.namePlace);
  }

  invoiceTypeIdOf(index: number): string {
    return this.textAt((this.firstMarks[index] as number) + this.plan.typePlace);
  }

  invoiceFormatGuidOf(index: number): string {
    return this.textAt((this.firstMarks[index] as number) + this.plan.guidPlace);
  }

  /** ID lines of the invoice. */
  detailCountOf(index: number): number {
    return this.detailCounts[index] as number;
  }

  /** How many bytes of the block are its own. */
  get length(): number {
    return this.#length;
  }

  /** The place after the invoice's last line. */
  endOf(index: number): number {
    const { invoiceHeader, customerRecord, invoiceDetail } = this.plan;
    const marks = invoiceHeader.count + customerRecord.count + this.detailCountOf(index) * invoiceDetail.count;
    return (this.marks[(this.firstMarks[index] as number) + marks - 1] as number) + 1;
  }

  /** The field of detail `detail` of invoice `index` at `place` of its record (0 is RowType), as text. */
  detailTextOf(index: number, detail: number, place: number): string {
    const { invoiceHeader, customerRecord, invoiceDetail } = this.plan;
    const first = (this.firstMarks[index] as number) + invoiceHeader.count + customerRecord.count;
    return this.textAt(first + detail * invoiceDetail.count + place);
  }

  balanceForwardOf(index: number): boolean {
    return this.numbers[index * SLOTS + SLOT.BalanceForward] === 1;
  }

  /** The whole invoice as an object. */
  invoice(index: number): BifInvoice {
    const { plan } = this;
    const first = this.firstMarks[index] as number;
    const extras: Record<string, BifValue> = {};
    this.#collect(plan.invoiceHeader, first, extras);
    this.#collect(plan.customerRecord, first + plan.invoiceHeader.count, extras);
    return {
      line: this.lines[index] as number,
      invoiceNumber: this.invoiceNumberOf(index),
      accountNumber: this.accountNumberOf(index),
      customerName: this.customerNameOf(index),
      invoiceDate: isoDate(this.invoiceDayOf(index)),
      dueDate: isoDate(this.dueDayOf(index)),
      totalCents: this.totalCentsOf(index),
      balanceForward: this.balanceForwardOf(index),
      invoiceTypeId: this.invoiceTypeIdOf(index),
      invoiceFormatGuid: this.invoiceFormatGuidOf(index),
      details: this.#details(index),
      extras,
    };
  }

  /** The text of the field that ends at mark `mark`. */
  textAt(mark: number): string {
    const from = (this.marks[mark - 1] as number) + 1;
    const to = this.endAt(mark);
    if (this.encoding === 'ascii') {
      // One string for the whole block: its pieces cost hardly anything, a call per field would.
      this.#text ??= this.bytes.toString('latin1', 0, this.#length);
      return this.#text.slice(from, to);
    }
    return decodeText(this.bytes, from, to, this.encoding);
  }

  #details(index: number): BifValues[] {
    const { invoiceHeader, customerRecord, invoiceDetail } = this.plan;
    const first = (this.firstMarks[index] as number) + invoiceHeader.count + customerRecord.count;
    const details: BifValues[] = [];
    for (let detail = 0; detail < (this.detailCounts[index] as number); detail++) {
      const values: Record<string, BifValue> = {};
      this.#collect(invoiceDetail, first + detail * invoiceDetail.count, values);
      details.push(values);
    }
    return details;
  }

  /** Where the field that ends at mark `mark` ends, a CR before the LF left out. */
  endAt(mark: number): number {
    const to = this.marks[mark] as number;
    return this.bytes[to - 1] === CR ? to - 1 : to;
  }

  #collect(plan: RecordPlan, first: number, into: Record<string, BifValue>): void {
    for (const [place, field] of plan.fields.entries()) {
      if (columnKeys.has(field.key)) continue;
      const from = (this.marks[first + place - 1] as number) + 1;
      const to = this.endAt(first + place);
      if (from === to) continue;
      if (field.kind === 'money') into[field.key] = centsAt(this.bytes, from, to);
      else if (field.kind === 'date') into[field.key] = isoDate(usDateAt(this.bytes, from));
      else if (field.kind === 'flag') into[field.key] = this.bytes[from] === ONE;
      else into[field.key] = this.textAt(first + place);
    }
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
