import type { BifBatch } from './batch.ts';
import { areSameBytes, centsAt, isGuidAt, isoDateAt, usDateAt } from './check-bytes.ts';
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
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const DELETE = 127;
/** Digits before the point that can't pass AMOUNT_CENTS_MAX. */
const PLAIN_DIGITS_MAX = 9;
const GUID_BYTES = 36;
/** `-YYYY-MM-DD`, what an InvoiceNumber has beyond its AccountNumber. */
const NUMBER_SUFFIX_BYTES = 11;

const endsText = new Uint8Array(256).fill(1, 0, SPACE);
endsText[PIPE] = 1;
endsText[DELETE] = 1;

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
 * The fast path: looks at one invoice and says only whether it is right in every respect. `match` returns the
 * place after the invoice and has written it at `batch.count`, or returns -1, and then `explainInvoice` words what is
 * wrong. That the two agree is tested on mutated files. Each byte is looked at once: what a field may hold ends it, so no
 * separator is searched for; nothing reads past a LF, because no kind of field can hold one.
 */
export class InvoiceMatcher {
  readonly #plan: LayoutPlan;
  readonly #rules: MatchRules;
  #lastType: Uint8Array = new Uint8Array(0);
  readonly #lastGuid = new Int32Array(GUID_BYTES / 4);

  constructor(plan: LayoutPlan, rules: MatchRules) {
    this.#plan = plan;
    this.#rules = rules;
  }

  /** The invoice at `start`, whose IH is there for sure; the block ends at `length`, with a LF. */
  match(batch: BifBatch, start: number, length: number, line: number): number {
    const { bytes } = batch;
    const { invoiceHeader, customerRecord, invoiceDetail } = this.#plan;
    const slot = batch.count * SLOTS;
    const mark = batch.markCount;
    const customerMark = mark + invoiceHeader.count;
    let next = customerMark + customerRecord.count;
    let at = this.#matchRecord(batch, start, mark, invoiceHeader, slot);
    if (at < 0 || !startsRecord(bytes, at, customerRecord)) return -1;
    at = this.#matchRecord(batch, at, customerMark, customerRecord, -1);
    if (at < 0 || !this.#isNumberOfAccount(batch, mark, customerMark)) return -1;
    if (this.#rules.isDueBeforeDateRefused && isDueFirst(batch.numbers, slot)) return -1;
    let details = 0;
    while (at < length && startsRecord(bytes, at, invoiceDetail)) {
      at = this.#matchRecord(batch, at, next, invoiceDetail, -1);
      if (at < 0) return -1;
      next += invoiceDetail.count;
      details++;
    }
    if (at < length && !startsRecord(bytes, at, invoiceHeader)) return -1;
    batch.firstMarks[batch.count] = mark;
    batch.starts[batch.count] = start;
    batch.lines[batch.count] = line;
    batch.detailCounts[batch.count] = details;
    batch.count++;
    batch.markCount = next;
    return at;
  }

  /** Are the fields of the record at `start` all there and right? The place after its line, or -1. `slot` -1 keeps no number. */
  #matchRecord(batch: BifBatch, start: number, mark: number, plan: RecordPlan, slot: number): number {
    const { bytes, marks, numbers } = batch;
    const { kinds, isRequired, slots } = plan;
    const last = plan.count - 1;
    let end = start + plan.rowType.length;
    marks[mark] = end;
    if (slot >= 0) numbers[slot + SLOT.BalanceForward] = 0;
    for (let place = 1; place <= last; place++) {
      const from = end + 1;
      const first = bytes[from] as number;
      if (first === PIPE || first === LF || first === CR) {
        if (isRequired[place] === 1) return -1;
        end = from;
      } else {
        const value = this.#valueAt(batch, from, kinds[place] as number, plan, place, mark + place);
        if (Number.isNaN(value)) return -1;
        if (slot >= 0 && (slots[place] as number) >= 0) numbers[slot + (slots[place] as number)] = value;
        end = marks[mark + place] as number;
      }
      if (place === last) {
        if (bytes[end] === CR) end++;
        if (bytes[end] !== LF || end - start >= LINE_BYTES_MAX) return -1;
      } else if (bytes[end] !== PIPE) return -1;
      marks[mark + place] = end;
    }
    return end + 1;
  }

  /** The value as a number where it is one, 0 where it is text, NaN where it is wrong. Its end goes to `marks[mark]`. */
  #valueAt(batch: BifBatch, from: number, kind: number, plan: RecordPlan, place: number, mark: number): number {
    const { bytes, marks } = batch;
    switch (kind) {
      case KIND.text: {
        const to = endOfText(bytes, from);
        marks[mark] = to;
        if (batch.encoding !== 'ascii' && hasHighControl(bytes, from, to, batch.encoding)) return Number.NaN;
        return bytes[from] === SPACE && plan.isRequired[place] === 1 && isBlank(bytes, from, to) ? Number.NaN : 0;
      }
      case KIND.date:
        marks[mark] = from + 10;
        return usDateAt(bytes, from) || Number.NaN;
      case KIND.money:
        return moneyAt(bytes, from, marks, mark);
      case KIND.guid:
        marks[mark] = from + GUID_BYTES;
        return this.#isGuid(batch, from) ? 0 : Number.NaN;
      case KIND.account: {
        const to = this.#plan.isAccountDigits ? endOfDigits(bytes, from) : endOfText(bytes, from);
        marks[mark] = to;
        if (to === from || to - from > ACCOUNT_CHARS_MAX) return Number.NaN;
        return this.#plan.isAccountDigits || isAccountText(bytes, from, to) ? 0 : Number.NaN;
      }
      case KIND.invoiceNumber:
        marks[mark] = endOfText(bytes, from); // what it must be is known a line later
        return 0;
      case KIND.invoiceType: {
        const to = endOfText(bytes, from);
        marks[mark] = to;
        return this.#isType(batch, from, to) ? 0 : Number.NaN;
      }
      case KIND.constant: {
        const constant = plan.constants[place] ?? null;
        marks[mark] = from + (constant?.length ?? 0);
        return constant !== null && isConstant(bytes, from, constant) ? 0 : Number.NaN;
      }
      case KIND.flag: {
        const flag = (bytes[from] as number) - ZERO;
        marks[mark] = from + 1;
        return flag === 0 || flag === 1 ? flag : Number.NaN;
      }
      default:
        return Number.NaN; // count and fileDate stand in the file header only
    }
  }

  /** Nearly all invoices of a file have one format: nine words equal to the last right GUID settle it. */
  #isGuid({ bytes, view }: BifBatch, from: number): boolean {
    const known = this.#lastGuid;
    let word = 0;
    while (word < known.length && view.getInt32(from + word * 4) === known[word]) word++;
    if (word === known.length) return true;
    if (!isGuidAt(bytes, from)) return false;
    for (word = 0; word < known.length; word++) known[word] = view.getInt32(from + word * 4);
    return true;
  }

  #isType(batch: BifBatch, from: number, to: number): boolean {
    const { bytes } = batch;
    const known = this.#lastType;
    if (known.length === to - from && isConstant(bytes, from, known)) return true;
    if (to - from > TYPE_CHARS_MAX || !isTypeText(bytes, from, to)) return false;
    if (!this.#rules.isTypeKnown(bytes.toString('latin1', from, to))) return false;
    // Files hold long runs of one type: the next invoice most likely compares equal to these few bytes.
    this.#lastType = Uint8Array.from(bytes.subarray(from, to));
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

/** Where a text ends: at a `|`, a LF, or a control character, which the caller then finds where no separator should be. */
function endOfText(bytes: Uint8Array, from: number): number {
  let at = from;
  while (endsText[bytes[at] as number] === 0) at++;
  return at;
}

function endOfDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while ((bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at++;
  return at;
}

/** `1675.00`, the form nearly every amount has, at once; any other by way of `centsAt`. The end goes to `ends[mark]`. */
function moneyAt(bytes: Uint8Array, from: number, ends: Int32Array, mark: number): number {
  let cents = 0;
  let at = from;
  for (let digit = (bytes[at] as number) - ZERO; digit >= 0 && digit <= 9; digit = (bytes[++at] as number) - ZERO) {
    cents = cents * 10 + digit;
  }
  const tens = (bytes[at + 1] as number) - ZERO;
  if (bytes[at] === POINT && at > from && at - from <= PLAIN_DIGITS_MAX && tens >= 0 && tens <= 9) {
    const ones = (bytes[at + 2] as number) - ZERO;
    if (ones >= 0 && ones <= 9) {
      ends[mark] = at + 3;
      return cents * 100 + tens * 10 + ones;
    }
  }
  const to = endOfText(bytes, from);
  ends[mark] = to;
  return centsAt(bytes, from, to);
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
    if (byte === POINT) dots++;
  }
  return dots < to - from;
}

/** Letters, digits and hyphens. */
function isTypeText(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (isTypeChar[bytes[at] as number] === 0) return false;
  return true;
}

function isConstant(bytes: Uint8Array, from: number, constant: Uint8Array): boolean {
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
