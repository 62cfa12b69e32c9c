import { Buffer } from 'node:buffer';
import type { BifBatch } from './batch.ts';
import type { LayoutPlan } from './compile-layout.ts';
import { type FaultLog, fieldFault, lineFault } from './faults.ts';
import { hashNumber, INVOICES_MAX, InvoiceNumbers } from './invoice-numbers.ts';

/** Repeated numbers of one file; beyond them the file is refused whole, so that the list stays small. */
const REPEATS_MAX = 10_000;

/** Finds invoice numbers that stand twice in a file, and keeps the lines of all refused invoices. */
export class RepeatCheck {
  readonly #plan: LayoutPlan;
  readonly #faults: FaultLog;
  readonly #seed: number;
  readonly #expected: (() => number) | null;
  #numbers: InvoiceNumbers | null = null;
  readonly #withdrawn = new Set<number>();
  #refused = new Uint32Array(64);
  #refusedCount = 0;
  #hashes = new Uint32Array(0);
  #repeats = 0;

  /** `expected`: the number of invoices the file says it holds, asked for once it is known; null: don't look for repeats. */
  constructor(plan: LayoutPlan, faults: FaultLog, seed: number, expected: (() => number) | null) {
    this.#plan = plan;
    this.#faults = faults;
    this.#seed = seed;
    this.#expected = expected;
  }

  get isFull(): boolean {
    return this.#numbers?.isFull === true || this.#repeats > REPEATS_MAX;
  }

  /** An invoice refused for another reason. */
  refuse(line: number, invoiceNumber: string | null): void {
    this.#addLine(line);
    if (this.#expected === null || invoiceNumber === null) return;
    const numbers = this.#known(this.#expected);
    const bytes = Buffer.from(invoiceNumber, 'utf8');
    const hash = new Uint32Array(2);
    hashNumber(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, this.#seed, hash, 0);
    const earlier = numbers.add(hash[0] as number, hash[1] as number, line * 2 + 1);
    if (earlier !== 0) this.#report(line, earlier, invoiceNumber);
  }

  /** Takes the invoices of a batch whose number was seen before out of it; returns how many. */
  dropRepeated(batch: BifBatch, onDropped: (index: number) => void): number {
    if (this.#expected === null) return 0;
    const numbers = this.#known(this.#expected);
    const { count } = batch;
    const hashes = this.#hashBatch(batch);
    const dropped = new Set<number>();
    numbers.fetch(hashes, count);
    for (let index = 0; index < count; index++) {
      const line = batch.lines[index] as number;
      const earlier = numbers.add(hashes[index * 2] as number, hashes[index * 2 + 1] as number, line * 2);
      if (earlier === 0) continue;
      dropped.add(index);
      onDropped(index);
      this.#addLine(line);
      this.#report(line, earlier, batch.invoiceNumberOf(index));
    }
    if (dropped.size > 0) batch.keep((index) => !dropped.has(index));
    this.#checkLimits();
    return dropped.size;
  }

  withdrawnLines(): number[] {
    return [...this.#withdrawn].sort((one, other) => one - other);
  }

  refusedLines(): Uint32Array {
    for (const line of this.#withdrawn) this.#addLine(line);
    return this.#refused.slice(0, this.#refusedCount).sort();
  }

  #known(expected: () => number): InvoiceNumbers {
    this.#numbers ??= new InvoiceNumbers(expected());
    return this.#numbers;
  }

  #hashBatch(batch: BifBatch): Uint32Array {
    if (this.#hashes.length < batch.count * 2) this.#hashes = new Uint32Array(batch.lines.length * 2);
    for (let index = 0; index < batch.count; index++) {
      const mark = (batch.firstMarks[index] as number) + this.#plan.numberPlace;
      const from = (batch.marks[mark - 1] as number) + 1;
      hashNumber(batch.view, from, batch.endAt(mark), this.#seed, this.#hashes, index * 2);
    }
    return this.#hashes;
  }

  #report(line: number, earlier: number, invoiceNumber: string): void {
    this.#repeats++;
    const firstLine = Math.floor(earlier / 2);
    const place = this.#plan.numberPlace;
    const field = this.#plan.invoiceHeader.fields[place];
    if (field === undefined) throw new Error('The invoice header has no InvoiceNumber.');
    const message = `InvoiceNumber ${invoiceNumber} stands on line ${Math.min(firstLine, line)} and again on line ${Math.max(firstLine, line)}. Neither is loaded, because nobody can say which is right.`;
    const at = { scope: 'invoice', position: place + 1, field } as const;
    if (earlier % 2 === 0) {
      this.#withdrawn.add(firstLine);
      this.#faults.add(fieldFault({ ...at, line: firstLine }, 'invoice-number-repeated', message, invoiceNumber));
    }
    this.#faults.add(fieldFault({ ...at, line }, 'invoice-number-repeated', message, invoiceNumber));
  }

  #checkLimits(): void {
    if (this.#numbers?.isFull === true) {
      const message = `The file holds more than ${INVOICES_MAX} invoices. Split it. Reading stopped here.`;
      this.#faults.add(lineFault('file', 'file-too-many-invoices', 0, message));
    }
    if (this.#repeats > REPEATS_MAX) {
      const message = `More than ${REPEATS_MAX} invoice numbers stand in the file twice. Reading stopped here.`;
      this.#faults.add(lineFault('file', 'file-too-many-duplicates', 0, message));
    }
  }

  #addLine(line: number): void {
    if (this.#refusedCount === this.#refused.length) {
      const larger = new Uint32Array(this.#refused.length * 2);
      larger.set(this.#refused);
      this.#refused = larger;
    }
    this.#refused[this.#refusedCount++] = line;
  }
}
