import type { BifBatch } from './batch.ts';
import { areDigitsAt, areSameBytes, centsAt, isGuidAt, isoDateAt, usDateAt } from './check-bytes.ts';
import { KIND, type LayoutPlan, type RecordPlan, SLOT, SLOTS } from './compile-layout.ts';
import { hasHighControl } from './text-encoding.ts';

/** Characters of an AccountNumber; it is part of keys and addresses. */
export const ACCOUNT_CHARS_MAX = 40;
/** Characters of an InvoiceTypeID. */
export const TYPE_CHARS_MAX = 20;
/** Bytes of one line, its end included. */
export const LINE_BYTES_MAX = 64 * 1024;

const PIPE = 124;
const LF = 10;
const CR = 13;
const MINUS = 45;
const SPACE = 32;
const DOT = 46;
const ZERO = 48;
const ONE = 49;
/** `-YYYY-MM-DD`, what an InvoiceNumber has beyond its AccountNumber. */
const NUMBER_SUFFIX_BYTES = 11;

const lettersAndDigits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** What an account number in the form of text may hold: it goes into paths and queries, where others would break. */
const isAccountChar = new Uint8Array(256);
for (const char of `${lettersAndDigits}-_. `) isAccountChar[char.charCodeAt(0)] = 1;
const isTypeChar = new Uint8Array(256);
for (const char of `${lettersAndDigits}-`) isTypeChar[char.charCodeAt(0)] = 1;

/** Rules of this reading that are not in the layout. */
export type MatchRules = {
  readonly isTypeKnown: (id: string) => boolean;
  readonly isDueBeforeDateRefused: boolean;
};

/**
 * The fast path: looks at one invoice and says only whether it is right in every respect. `matchInvoice` returns the
 * index of the first mark after the invoice and has written it at `batch.count`, or returns -1, and then `explainInvoice` words what
 * is wrong. The two agree by test (match-invoice.test.ts), on mutated files.
 */
export class InvoiceMatcher {
  readonly #plan: LayoutPlan;
  readonly #rules: MatchRules;
  #lastTypeFrom: Uint8Array = new Uint8Array(0);

  constructor(plan: LayoutPlan, rules: MatchRules) {
    this.#plan = plan;
    this.#rules = rules;
  }

  match(batch: BifBatch, start: number, mark: number, markCount: number, line: number): number {
    const { bytes, marks } = batch;
    const { invoiceHeader, customerRecord, invoiceDetail } = this.#plan;
    const slot = batch.count * SLOTS;
    const customerMark = mark + invoiceHeader.count;
    let next = customerMark + customerRecord.count;
    if (next > markCount || !this.#matchRecord(batch, start, mark, invoiceHeader, slot)) return -1;
    let lineStart = (marks[customerMark - 1] as number) + 1;
    if (!startsRecord(bytes, lineStart, customerRecord)) return -1;
    if (!this.#matchRecord(batch, lineStart, customerMark, customerRecord, -1)) return -1;
    if (!this.#isNumberOfAccount(batch, mark, customerMark)) return -1;
    if (this.#rules.isDueBeforeDateRefused && isDueFirst(batch.numbers, slot)) return -1;
    let details = 0;
    while (next < markCount) {
      lineStart = (marks[next - 1] as number) + 1;
      if (!startsRecord(bytes, lineStart, invoiceDetail)) {
        if (!startsRecord(bytes, lineStart, invoiceHeader)) return -1;
        break;
      }
      if (next + invoiceDetail.count > markCount) return -1;
      if (!this.#matchRecord(batch, lineStart, next, invoiceDetail, -1)) return -1;
      next += invoiceDetail.count;
      details++;
    }
    batch.firstMarks[batch.count] = mark;
    batch.starts[batch.count] = start;
    batch.lines[batch.count] = line;
    batch.detailCounts[batch.count] = details;
    batch.count++;
    return next;
  }

  /** Are the fields of the record at `start`, whose first ends at `mark`, all there and right? `slot` -1 keeps no number. */
  #matchRecord(batch: BifBatch, start: number, mark: number, plan: RecordPlan, slot: number): boolean {
    const { bytes, marks, numbers } = batch;
    const { kinds, isRequired, slots } = plan;
    const last = plan.count - 1;
    let end = marks[mark] as number;
    if (slot >= 0) numbers[slot + SLOT.BalanceForward] = 0;
    for (let place = 1; place <= last; place++) {
      const from = end + 1;
      end = marks[mark + place] as number;
      let to = end;
      if (place < last) {
        if (bytes[end] !== PIPE) return false;
      } else {
        if (bytes[end] !== LF || end - start >= LINE_BYTES_MAX) return false;
        if (bytes[end - 1] === CR) to--;
      }
      if (from === to) {
        if (isRequired[place] === 1) return false;
        continue;
      }
      const value = this.#valueAt(batch, from, to, kinds[place] as number, plan, place);
      if (Number.isNaN(value)) return false;
      if (slot >= 0 && (slots[place] as number) >= 0) numbers[slot + (slots[place] as number)] = value;
    }
    return true;
  }

  /** The value as a number where it is one, 0 where it is text, NaN where it is wrong. */
  #valueAt(batch: BifBatch, from: number, to: number, kind: number, plan: RecordPlan, place: number): number {
    const { bytes } = batch;
    switch (kind) {
      case KIND.text:
        if (batch.encoding !== 'ascii' && hasHighControl(bytes, from, to, batch.encoding)) return Number.NaN;
        return plan.isRequired[place] === 1 && isBlank(bytes, from, to) ? Number.NaN : 0;
      case KIND.date:
        return usDateAt(bytes, from, to) || Number.NaN;
      case KIND.money:
        return centsAt(bytes, from, to);
      case KIND.guid:
        return isGuidAt(bytes, from, to) ? 0 : Number.NaN;
      case KIND.account:
        return to - from <= ACCOUNT_CHARS_MAX && this.#isAccount(batch, from, to) ? 0 : Number.NaN;
      case KIND.invoiceNumber:
        return 0; // its account comes a line later
      case KIND.invoiceType:
        return this.#isType(batch, from, to) ? 0 : Number.NaN;
      case KIND.constant:
        return isConstant(bytes, from, to, plan.constants[place] ?? null) ? 0 : Number.NaN;
      case KIND.flag: {
        const flag = (bytes[from] as number) - ZERO;
        return to - from === 1 && (flag === 0 || flag === ONE - ZERO) ? flag : Number.NaN;
      }
      default:
        return Number.NaN; // count and fileDate stand in the file header only
    }
  }

  #isAccount(batch: BifBatch, from: number, to: number): boolean {
    const { bytes } = batch;
    return this.#plan.isAccountDigits ? areDigitsAt(bytes, from, to) : isAccountText(bytes, from, to);
  }

  #isType(batch: BifBatch, from: number, to: number): boolean {
    const { bytes } = batch;
    const known = this.#lastTypeFrom;
    if (known.length === to - from) {
      let same = 0;
      while (same < known.length && known[same] === bytes[from + same]) same++;
      if (same === known.length) return true;
    }
    if (to - from > TYPE_CHARS_MAX || !isTypeText(bytes, from, to)) return false;
    if (!this.#rules.isTypeKnown(bytes.toString('latin1', from, to))) return false;
    // Files hold long runs of one type: the next invoice most likely compares equal to these few bytes.
    this.#lastTypeFrom = Uint8Array.from(bytes.subarray(from, to));
    return true;
  }

  #isNumberOfAccount(batch: BifBatch, mark: number, customerMark: number): boolean {
    const { bytes, marks } = batch;
    const numberMark = mark + this.#plan.numberPlace;
    const accountMark = customerMark + this.#plan.accountPlace;
    const numberFrom = (marks[numberMark - 1] as number) + 1;
    const accountFrom = (marks[accountMark - 1] as number) + 1;
    const accountTo = batch.endAt(accountMark);
    const length = accountTo - accountFrom;
    if (batch.endAt(numberMark) - numberFrom !== length + NUMBER_SUFFIX_BYTES) return false;
    if (bytes[numberFrom + length] !== MINUS || isoDateAt(bytes, numberFrom + length + 1) === 0) return false;
    return areSameBytes(bytes, accountFrom, accountTo, numberFrom);
  }
}

/** Does the line at `start` begin with the record's row type and a `|`? */
export function startsRecord(bytes: Uint8Array, start: number, plan: RecordPlan): boolean {
  const { rowType } = plan;
  const { length } = rowType;
  for (let at = 0; at < length; at++) if (bytes[start + at] !== rowType[at]) return false;
  return bytes[start + length] === PIPE;
}

/** Letters, digits and `-_. `, without a space at either end, and not dots alone. */
export function isAccountText(bytes: Uint8Array, from: number, to: number): boolean {
  if (bytes[from] === SPACE || bytes[to - 1] === SPACE) return false;
  let dots = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (isAccountChar[byte] === 0) return false;
    if (byte === DOT) dots++;
  }
  return dots < to - from;
}

/** Letters, digits and hyphens. */
function isTypeText(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (isTypeChar[bytes[at] as number] === 0) return false;
  return true;
}

function isConstant(bytes: Uint8Array, from: number, to: number, constant: Uint8Array | null): boolean {
  if (constant === null || constant.length !== to - from) return false;
  for (let at = 0; at < constant.length; at++) if (bytes[from + at] !== constant[at]) return false;
  return true;
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to && bytes[at] === SPACE) at++;
  return at === to;
}

function isDueFirst(numbers: Float64Array, slot: number): boolean {
  return (numbers[slot + SLOT.InvoiceDueDate] as number) < (numbers[slot + SLOT.InvoiceDate] as number);
}
