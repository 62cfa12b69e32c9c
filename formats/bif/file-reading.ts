import type { Buffer } from 'node:buffer';
import { BifBatch } from './batch.ts';
import type { LayoutPlan, RecordPlan } from './compile-layout.ts';
import type { Block } from './cut-blocks.ts';
import { EncodingWatch } from './encoding-watch.ts';
import {
  type ExplainRules,
  explainInvoice,
  recordOf,
  repeatedHeaderFault,
  unknownTypeFault,
} from './explain-invoice.ts';
import type { BifLine } from './explain-record.ts';
import { type BifFault, FaultLog, lineFault } from './faults.ts';
import { HeaderCheck } from './header-check.ts';
import { InvoiceMatcher, startsRecord } from './match-invoice.ts';
import type { BifContext, BifSummary } from './read-bif.ts';
import { RepeatCheck } from './repeat-check.ts';
import { decodeText } from './text-encoding.ts';

const LF = 10;
const CR = 13;
/** No right invoice is shorter: an IH of 36 bytes of GUID and its dates, and a CR. What bounds a batch. */
const INVOICE_BYTES_MIN = 40;
/** Sums of a batch stay safe integers: INVOICE_BYTES_MAX / 90 × AMOUNT_CENTS_MAX < 2^53. */

/** The state of one file while it is read, a block at a time. */
export class FileReading {
  readonly #plan: LayoutPlan;
  readonly #context: BifContext;
  readonly #rules: ExplainRules;
  readonly #matcher: InvoiceMatcher;
  readonly #faults: FaultLog;
  readonly #header: HeaderCheck;
  readonly #encoding: EncodingWatch;
  readonly #repeats: RepeatCheck;
  #batch: BifBatch | null = null;
  #line = 1;
  #bytes = 0;
  #right = 0;
  #wrong = 0;
  #yieldedCents = 0n;
  #refusedCents = 0n;
  #unreadable = 0;
  #isStopped = false;
  #endsInInvoice = false;

  constructor(plan: LayoutPlan, context: BifContext) {
    const ids = context.invoiceTypeIds;
    this.#plan = plan;
    this.#context = context;
    this.#rules = {
      isTypeKnown: ids === undefined ? () => true : (id) => ids.has(id),
      isAccountDigits: plan.isAccountDigits,
      isDueBeforeDateRefused: context.refuseDueBeforeInvoiceDate ?? false,
    };
    this.#matcher = new InvoiceMatcher(plan, this.#rules);
    this.#faults = new FaultLog(context.onFault);
    this.#header = new HeaderCheck(plan, context.billerGuid, this.#faults);
    this.#encoding = new EncodingWatch(this.#faults);
    const expected = context.duplicates === 'leave' ? null : () => this.#header.facts?.invoiceCount ?? 0;
    this.#repeats = new RepeatCheck(plan, this.#faults, context.hashSeed ?? 0, expected);
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  get isRefused(): boolean {
    return this.#faults.ofFile > 0 || (this.#context.refuseWholeFile === true && this.#faults.counts.invoice > 0);
  }

  /** The right invoices of the block. The batch is the same object each time. */
  take(block: Block): BifBatch {
    const length = block.isLast ? withoutEmptyEnd(block.bytes, block.length) : block.length;
    const encoding = this.#encoding.look(block, length, this.#line);
    const batch = this.#batch ?? new BifBatch(this.#plan, block.bytes);
    this.#batch = batch;
    batch.reset(block.bytes, length, encoding ?? 'ascii', Math.ceil(length / INVOICE_BYTES_MIN) + 1);
    this.#bytes += block.length;
    if (encoding === null) {
      this.#isStopped = true; // UTF-16 or NUL bytes: nothing in such a file can be trusted
    } else if (block.isOverflow) {
      this.#stopAtOverflow(block);
    } else {
      this.#readBlock(block, length, batch);
    }
    this.#context.onProgress?.({ bytes: this.#bytes, invoices: this.#right + this.#wrong });
    return batch;
  }

  /** The last word, after the last block. */
  finish(): BifSummary {
    const found = this.#right + this.#wrong;
    const foundCents = this.#yieldedCents + this.#refusedCents;
    const unreadableAmounts = this.#unreadable;
    if (!this.#isStopped) this.#header.compare({ found, foundCents, unreadableAmounts });
    this.#encoding.judge();
    const withdrawnLines = this.#repeats.withdrawnLines();
    const wrong = this.#wrong + withdrawnLines.length;
    const right = found - wrong;
    const isRefused = this.isRefused || (found > 0 && right === 0);
    return {
      verdict: isRefused ? 'refused' : wrong > 0 ? 'partly' : 'accepted',
      header: this.#header.facts,
      faults: this.#faults.kept,
      faultCounts: this.#faults.counts,
      invoices: { found, right, wrong },
      yieldedCents: this.#yieldedCents,
      foundCents,
      unreadableAmounts,
      refusedLines: this.#repeats.refusedLines(),
      withdrawnLines,
      lines: this.#line - 1,
      bytes: this.#bytes,
      encoding: this.#encoding.seen,
    };
  }

  #readBlock(block: Block, length: number, batch: BifBatch): void {
    if (length === 0 && this.#line === 1) {
      this.#faults.add(
        lineFault('file', 'file-empty', 0, 'The file is empty; a file header and invoices were expected.'),
      );
      this.#isStopped = true;
      return;
    }
    this.#readLines(block, length, batch);
    this.#wrong += this.#repeats.dropRepeated(batch, (from) => this.#addRefusedCents(batch.totalCentsOf(from)));
    this.#right += batch.count;
    let cents = 0;
    for (let index = 0; index < batch.count; index++) cents += batch.totalCentsOf(index);
    this.#yieldedCents += BigInt(cents);
    if (block.isUnterminated) this.#checkLastInvoice(batch);
    if (this.#repeats.isFull) this.#isStopped = true;
  }

  #readLines(block: Block, length: number, batch: BifBatch): void {
    const { bytes } = block;
    const { invoiceHeader } = this.#plan;
    let at = 0;
    while (at < length) {
      if (!startsRecord(bytes, at, invoiceHeader)) {
        const end = bytes.indexOf(LF, at);
        this.#readOther(this.#lineAt(block, at, end, end + 1 === length));
        at = end + 1;
        continue;
      }
      if (this.#line === 1) this.#header.miss();
      const next = this.#matcher.match(batch, at, length, this.#line);
      if (next < 0) {
        at = this.#refuseInvoice(block, at, length);
      } else {
        this.#line += 2 + batch.detailCountOf(batch.count - 1);
        at = next;
      }
    }
    this.#endsInInvoice = batch.count > 0 && length === batch.endOf(batch.count - 1);
  }

  /** A line that stands in no invoice: the file header, or one that should not be there. */
  #readOther(line: BifLine): void {
    const record = recordOf(line, this.#plan);
    const isFirst = this.#line++ === 1;
    if (isFirst && record === this.#plan.fileHeader) {
      this.#header.read(line, this.#rules);
      return;
    }
    if (isFirst) this.#header.miss();
    this.#faults.add(this.#strayFault(line, record));
  }

  #strayFault(line: BifLine, record: RecordPlan | null): BifFault {
    if (record === this.#plan.fileHeader) return repeatedHeaderFault(line);
    if (record === null || record === this.#plan.invoiceHeader) return unknownTypeFault(line, this.#plan);
    const { rowTypes } = this.#plan.layout;
    const message = `This ${rowTypes[record.record]} line without an ${rowTypes.invoiceHeader} before it belongs to no invoice.`;
    return lineFault('file', 'row-order', line.line, message, line.text);
  }

  /** Words what is wrong with the invoice at `start`; the place after it. */
  #refuseInvoice(block: Block, start: number, length: number): number {
    const first = this.#line;
    const lines: BifLine[] = [];
    let at = start;
    do {
      const end = block.bytes.indexOf(LF, at);
      lines.push(this.#lineAt(block, at, end, end + 1 === length));
      this.#line++;
      at = end + 1;
    } while (at < length && !startsRecord(block.bytes, at, this.#plan.invoiceHeader));
    const explained = explainInvoice(lines, block.isLast && at === length, this.#plan, this.#rules);
    if (explained.faults.length === 0) throw new Error(`The invoice at line ${first} was refused, yet has no fault.`);
    for (const fault of explained.faults) this.#faults.add(fault);
    this.#wrong++;
    if (explained.cents === null) this.#unreadable++;
    else this.#addRefusedCents(explained.cents);
    this.#repeats.refuse(first, explained.invoiceNumber);
    return at;
  }

  #lineAt(block: Block, start: number, end: number, isLastOfBlock: boolean): BifLine {
    const to = end > start && block.bytes[end - 1] === CR ? end - 1 : end;
    return {
      line: this.#line,
      text: decodeText(block.bytes, start, to, this.#batch?.encoding ?? 'ascii'),
      bytes: end + 1 - start,
      isUnterminated: block.isUnterminated && isLastOfBlock,
    };
  }

  #addRefusedCents(cents: number): void {
    this.#refusedCents += BigInt(cents);
  }

  /** A last line without its end is fine if it is whole; a CR may well have been followed by more. */
  #checkLastInvoice(batch: BifBatch): void {
    const last = batch.count - 1;
    if (last < 0 || batch.detailCountOf(last) !== 0 || !this.#endsInInvoice) return;
    const message = 'The file ends in this line, without a line end and without a detail line. It was cut off.';
    this.#faults.add(lineFault('file', 'file-cut-off', this.#line - 1, message, batch.customerNameOf(last)));
  }

  #stopAtOverflow(block: Block): void {
    this.#isStopped = true;
    const hasLine = block.bytes.subarray(0, block.length).includes(LF);
    const message = hasLine
      ? 'This invoice has more than 8 MiB. Reading stopped here; what follows was not checked.'
      : 'This line has more than 8 MiB; is a line end missing? Reading stopped here; what follows was not checked.';
    const start = block.bytes.toString('latin1', 0, 200);
    this.#faults.add(lineFault('file', hasLine ? 'invoice-too-large' : 'line-too-long', this.#line, message, start));
  }
}

/** The length without the empty lines at the end of a file. */
function withoutEmptyEnd(bytes: Buffer, length: number): number {
  let end = length;
  for (;;) {
    const before = bytes[end - 2] === CR ? end - 2 : end - 1;
    const isEmpty = end > 0 && bytes[end - 1] === LF && (before <= 0 || bytes[before - 1] === LF);
    if (!isEmpty) return end;
    end = Math.max(before, 0);
  }
}
