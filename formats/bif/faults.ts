import type { BifField } from './fields.ts';

/** Faults of invoices kept in detail; every one is counted, and handed to `onFault`, all the same. */
export const FAULTS_KEPT_MAX = 10_000;
/** Faults of the file kept in detail (a file of nothing but junk lines has one a line). */
const FILE_FAULTS_KEPT_MAX = 1_000;
/** Characters of a value that a fault shows. */
export const FAULT_VALUE_CHARS_MAX = 100;

/** Stable names of everything that can be wrong. Scripts and screens rely on them; add, never rename. */
export const bifFaultCodes = [
  'file-empty',
  'file-encoding',
  'file-mixed-encoding',
  'file-nul-byte',
  'file-cut-off',
  'file-too-many-invoices',
  'file-too-many-duplicates',
  'header-missing',
  'header-repeated',
  'biller-guid-mismatch',
  'invoice-count-mismatch',
  'total-amount-mismatch',
  'total-amount-too-large',
  'row-type-unknown',
  'row-order',
  'line-empty',
  'line-too-long',
  'invoice-too-large',
  'too-many-fields',
  'too-few-fields',
  'field-missing',
  'field-unknown',
  'field-not-constant',
  'not-a-date',
  'not-money',
  'not-a-count',
  'not-a-flag',
  'not-a-guid',
  'not-digits',
  'forbidden-character',
  'control-character',
  'value-too-long',
  'invoice-number-mismatch',
  'invoice-type-unknown',
  'invoice-number-repeated',
  'due-before-invoice-date',
] as const;
export type BifFaultCode = (typeof bifFaultCodes)[number];

/** One fault. `line` counts from 1 (0 = the file as a whole), `position` is the field's place in its record, from 1. */
export type BifFault = {
  readonly line: number;
  readonly field: string | null;
  readonly fileSpecId: number | null;
  readonly position: number | null;
  readonly value: string;
  readonly code: BifFaultCode;
  readonly message: string;
  readonly scope: 'file' | 'invoice';
};

/** Exact counts of all faults, however many were kept in detail. */
export type BifFaultCounts = {
  readonly file: number;
  readonly invoice: number;
  readonly byCode: ReadonlyMap<BifFaultCode, number>;
};

/** The faults of one reading: the first ones in full (capped for each kind), all of them in exact counts. */
export class FaultLog {
  readonly #ofFile: BifFault[] = [];
  readonly #ofInvoices: BifFault[] = [];
  readonly #byCode = new Map<BifFaultCode, number>();
  readonly #onFault: ((fault: BifFault) => void) | undefined;
  #fileCount = 0;
  #invoiceCount = 0;

  constructor(onFault: ((fault: BifFault) => void) | undefined) {
    this.#onFault = onFault;
  }

  get ofFile(): number {
    return this.#fileCount;
  }

  get counts(): BifFaultCounts {
    return { file: this.#fileCount, invoice: this.#invoiceCount, byCode: this.#byCode };
  }

  /** The kept faults in the order of their lines. */
  get kept(): BifFault[] {
    return [...this.#ofFile, ...this.#ofInvoices].sort((one, other) => one.line - other.line);
  }

  add(fault: BifFault): void {
    // Kept apart, because a file's own faults decide its fate and often come after thousands of an invoice's.
    if (fault.scope === 'file') {
      this.#fileCount++;
      if (this.#ofFile.length < FILE_FAULTS_KEPT_MAX) this.#ofFile.push(fault);
    } else {
      this.#invoiceCount++;
      if (this.#ofInvoices.length < FAULTS_KEPT_MAX) this.#ofInvoices.push(fault);
    }
    this.#byCode.set(fault.code, (this.#byCode.get(fault.code) ?? 0) + 1);
    this.#onFault?.(fault);
  }
}

/** A fault of a line or of the file, at no field. */
export function lineFault(
  scope: BifFault['scope'],
  code: BifFaultCode,
  line: number,
  message: string,
  value = '',
): BifFault {
  return { line, field: null, fileSpecId: null, position: null, value: cutValue(value), code, message, scope };
}

/** A fault of one field's value. `position` counts from 1. */
export function fieldFault(
  at: { scope: BifFault['scope']; line: number; position: number; field: BifField },
  code: BifFaultCode,
  message: string,
  value: string,
): BifFault {
  const { scope, line, position, field } = at;
  const { name, fileSpecId } = field;
  return { line, field: name, fileSpecId, position, value: cutValue(value), code, message, scope };
}

function cutValue(value: string): string {
  if (value.length <= FAULT_VALUE_CHARS_MAX) return value;
  // By code points, so that half a surrogate pair never reaches a JSON reader.
  return Array.from(value.slice(0, FAULT_VALUE_CHARS_MAX * 2))
    .slice(0, FAULT_VALUE_CHARS_MAX)
    .join('');
}
