import { Buffer } from 'node:buffer';
import { type BifBatch, columnKeys } from './batch.ts';
import { centsAt } from './check-bytes.ts';
import type { LayoutPlan, RecordPlan } from './compile-layout.ts';
import { windows1252Char } from './text-encoding.ts';

/**
 * The columns of a row, in this order. Types: bigint (or int), text, text, text, date, date, bigint, boolean, text,
 * text (or uuid), jsonb, jsonb. `extras` is an object by field key, `details` an array of such objects (see BifInvoice).
 */
export const copyColumns = [
  'line_no',
  'invoice_number',
  'account_number',
  'customer_name',
  'invoice_date',
  'due_date',
  'total_cents',
  'balance_forward',
  'invoice_type_id',
  'invoice_format_guid',
  'extras',
  'details',
] as const;

/** A byte of a value takes at most this many in a row: a `\` in JSON in COPY text. */
const GROWTH_MAX = 4;
/** What a row has beyond its values: tabs, the line number, JSON's punctuation. */
const ROW_BYTES = 256;

const INT32_MAX = 0x7fffffff;
const TAB = 9;
const LF = 10;
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const ZERO = 48;
const ONE = 49;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

// The bytes of UTF-8 that a byte of Windows-1252 becomes.
const transcoded = Array.from({ length: 256 }, (_, byte) => Buffer.from(windows1252Char(byte), 'utf8'));
const words = { true: Buffer.from('true'), false: Buffer.from('false') };

/**
 * The batch as rows of PostgreSQL's COPY text format in UTF-8, ready for `COPY … (copyColumns) FROM STDIN`. Rendered
 * from the file's bytes, no string is made. The buffer is new each time: it may be queued.
 */
export function renderCopyRows(batch: BifBatch): Buffer {
  return new CopyRenderer(batch.plan).render(batch);
}

/**
 * The same for a whole file, into one buffer that is used again: wait until a write has called back before the next
 * `render`. A fresh megabyte for each block costs more in page faults than the rendering itself.
 */
export class CopyRenderer {
  #isWindows = false;
  #isPlain = false;
  readonly #datePlace: number;
  readonly #duePlace: number;
  readonly #headerExtras: readonly JsonField[];
  readonly #customerExtras: readonly JsonField[];
  readonly #detailFields: readonly JsonField[];
  readonly #detailBytes: number;
  readonly #extraBytes: number;
  #out: Buffer = Buffer.alloc(0);
  #outView: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;

  /** `plan` is that of the batches: `batch.plan`. */
  constructor(plan: LayoutPlan) {
    this.#datePlace = plan.layout.invoiceHeader.indexOf('InvoiceDate');
    this.#duePlace = plan.layout.invoiceHeader.indexOf('InvoiceDueDate');
    this.#headerExtras = jsonFields(plan.invoiceHeader);
    this.#customerExtras = jsonFields(plan.customerRecord);
    this.#detailFields = jsonFields(plan.invoiceDetail);
    this.#detailBytes = keyBytes(this.#detailFields);
    this.#extraBytes = keyBytes(this.#headerExtras) + keyBytes(this.#customerExtras);
  }

  render(batch: BifBatch): Buffer {
    const { count, bytes } = batch;
    const held = bytes.subarray(0, batch.length);
    this.#isWindows = batch.encoding === 'windows-1252';
    this.#isPlain = !this.#isWindows && !held.includes(BACKSLASH) && !held.includes(QUOTE);
    this.#at = 0;
    for (let index = 0; index < count; index++) {
      const room = this.#roomFor(batch, index);
      if (this.#at + room > this.#out.length) this.#grow(room, batch.length);
      this.#writeRow(batch, index);
    }
    return this.#out.subarray(0, this.#at);
  }

  #writeRow(batch: BifBatch, index: number): void {
    const { plan } = batch;
    const header = batch.firstMarks[index] as number;
    const customer = header + plan.invoiceHeader.count;
    this.#writeInteger(batch.lines[index] as number, TAB);
    this.#writeText(batch, header + plan.numberPlace);
    this.#writeText(batch, customer + plan.accountPlace);
    this.#writeText(batch, customer + plan.namePlace);
    this.#at = writeDate(this.#out, this.#at, batch.bytes, startOf(batch, header + this.#datePlace));
    this.#out[this.#at++] = TAB;
    this.#at = writeDate(this.#out, this.#at, batch.bytes, startOf(batch, header + this.#duePlace));
    this.#out[this.#at++] = TAB;
    this.#writeInteger(batch.totalCentsOf(index), TAB);
    this.#out[this.#at++] = batch.balanceForwardOf(index) ? 116 : 102; // t or f
    this.#out[this.#at++] = TAB;
    this.#writeText(batch, header + plan.typePlace);
    this.#writeText(batch, header + plan.guidPlace);
    this.#out[this.#at++] = OPEN_OBJECT;
    this.#writeMembers(batch, this.#headerExtras, header, this.#at);
    this.#writeMembers(batch, this.#customerExtras, customer, this.#out[this.#at - 1] === OPEN_OBJECT ? this.#at : -1);
    this.#out[this.#at++] = CLOSE_OBJECT;
    this.#out[this.#at++] = TAB;
    this.#writeDetails(batch, index, customer + plan.customerRecord.count);
    this.#out[this.#at++] = LF;
  }

  #writeDetails(batch: BifBatch, index: number, first: number): void {
    const details = batch.detailCounts[index] as number;
    this.#out[this.#at++] = OPEN_LIST;
    for (let detail = 0; detail < details; detail++) {
      if (detail > 0) this.#out[this.#at++] = COMMA;
      this.#out[this.#at++] = OPEN_OBJECT;
      this.#writeMembers(batch, this.#detailFields, first + detail * batch.plan.invoiceDetail.count, this.#at);
      this.#out[this.#at++] = CLOSE_OBJECT;
    }
    this.#out[this.#at++] = CLOSE_LIST;
  }

  /** Members of a JSON object; `emptyAt` is where the output ends while the object has none yet. */
  #writeMembers(batch: BifBatch, fields: readonly JsonField[], first: number, emptyAt: number): void {
    for (const { key, place, kind } of fields) {
      const from = startOf(batch, first + place);
      const to = batch.endAt(first + place);
      if (from === to) continue;
      if (this.#at !== emptyAt) this.#out[this.#at++] = COMMA;
      this.#at += key.copy(this.#out, this.#at);
      if (kind === 'money') {
        this.#writeInteger(centsAt(batch.bytes, from, to), -1);
      } else if (kind === 'flag') {
        this.#at += (batch.bytes[from] === ONE ? words.true : words.false).copy(this.#out, this.#at);
      } else {
        this.#out[this.#at++] = QUOTE;
        if (kind === 'date') this.#at = writeDate(this.#out, this.#at, batch.bytes, from);
        else this.#writeJsonText(batch, from, to);
        this.#out[this.#at++] = QUOTE;
      }
    }
  }

  /** A text column and its tab. What COPY escapes other than `\` (tab, line ends) no right value holds. */
  #writeText(batch: BifBatch, mark: number): void {
    const { bytes } = batch;
    const out = this.#out;
    const to = batch.endAt(mark);
    if (this.#isPlain) {
      this.#copyWords(batch.view, startOf(batch, mark), to);
      out[this.#at++] = TAB;
      return;
    }
    let at = this.#at;
    for (let from = startOf(batch, mark); from < to; from++) {
      const byte = bytes[from] as number;
      if (byte === BACKSLASH) out[at++] = BACKSLASH;
      if (byte >= 0x80 && this.#isWindows) at += (transcoded[byte] as Buffer).copy(out, at);
      else out[at++] = byte;
    }
    out[at++] = TAB;
    this.#at = at;
  }

  /** Escaped for JSON, and that for COPY: each `\` of the JSON is doubled. */
  #writeJsonText(batch: BifBatch, start: number, to: number): void {
    if (this.#isPlain) {
      this.#copyWords(batch.view, start, to);
      return;
    }
    const { bytes } = batch;
    const out = this.#out;
    let at = this.#at;
    for (let from = start; from < to; from++) {
      const byte = bytes[from] as number;
      if (byte === QUOTE || byte === BACKSLASH) {
        out[at++] = BACKSLASH;
        out[at++] = BACKSLASH;
        if (byte === BACKSLASH) out[at++] = BACKSLASH;
      }
      if (byte >= 0x80 && this.#isWindows) at += (transcoded[byte] as Buffer).copy(out, at);
      else out[at++] = byte;
    }
    this.#at = at;
  }

  #writeInteger(value: number, end: number): void {
    const out = this.#out;
    let at = this.#at;
    let rest = value;
    if (rest < 0) {
      out[at++] = MINUS;
      rest = -rest;
    }
    let digits = 1;
    for (let bound = 10; bound <= rest; bound *= 10) digits++;
    let place = at + digits - 1;
    for (; rest > INT32_MAX; place--) {
      const shorter = Math.floor(rest / 10);
      out[place] = ZERO + rest - shorter * 10;
      rest = shorter;
    }
    for (let small = rest | 0; place >= at; place--) {
      const shorter = (small / 10) | 0; // whole numbers of 32 bits divide several times faster
      out[place] = ZERO + small - shorter * 10;
      small = shorter;
    }
    at += digits;
    if (end >= 0) out[at++] = end;
    this.#at = at;
  }

  #roomFor(batch: BifBatch, index: number): number {
    const bytes = batch.endOf(index) - (batch.starts[index] as number);
    const details = batch.detailCounts[index] as number;
    return bytes * GROWTH_MAX + ROW_BYTES + this.#extraBytes + details * (this.#detailBytes + 4);
  }

  /** Four bytes at a time. It may write up to three too many; what is written next covers them. */
  #copyWords(view: DataView, start: number, to: number): void {
    const out = this.#outView;
    let at = this.#at;
    for (let from = start; from < to; from += 4, at += 4) out.setInt32(at, view.getInt32(from, true), true);
    this.#at += to - start;
  }

  #grow(room: number, blockBytes: number): void {
    const length = Math.max(this.#out.length * 2, this.#at + room, Math.ceil(blockBytes * 1.3));
    const larger = Buffer.allocUnsafeSlow(length);
    this.#out.copy(larger, 0, 0, this.#at);
    this.#out = larger;
    this.#outView = new DataView(larger.buffer, larger.byteOffset, length);
  }
}

type JsonField = { readonly key: Buffer; readonly place: number; readonly kind: string };

function jsonFields(plan: RecordPlan): JsonField[] {
  return plan.fields.flatMap(({ key, kind }, place) =>
    columnKeys.has(key) ? [] : [{ key: Buffer.from(`"${key}":`), place, kind }],
  );
}

/** The keys, and quotes, a comma and a number's or date's digits for each. */
function keyBytes(fields: readonly JsonField[]): number {
  return fields.reduce((sum, field) => sum + field.key.length + 24, 0);
}

function startOf(batch: BifBatch, mark: number): number {
  return (batch.marks[mark - 1] as number) + 1;
}

/** `mm/dd/yyyy` at `from` as `yyyy-mm-dd`. */
function writeDate(out: Buffer, at: number, bytes: Uint8Array, from: number): number {
  for (let digit = 0; digit < 4; digit++) out[at + digit] = bytes[from + 6 + digit] as number;
  out[at + 4] = MINUS;
  out[at + 5] = bytes[from] as number;
  out[at + 6] = bytes[from + 1] as number;
  out[at + 7] = MINUS;
  out[at + 8] = bytes[from + 3] as number;
  out[at + 9] = bytes[from + 4] as number;
  return at + 10;
}
