import type { ValueRules } from './check-value.ts';
import type { LayoutPlan } from './compile-layout.ts';
import { isoDate, parseUsDate } from './dates.ts';
import { type BifLine, explainRecord } from './explain-record.ts';
import { type BifFaultCode, type FaultLog, fieldFault, lineFault } from './faults.ts';
import { parseMoney, printMoney } from './money.ts';
import type { BifHeaderFacts } from './read-bif.ts';

type Found = { readonly found: number; readonly foundCents: bigint; readonly unreadableAmounts: number };

/** The file header: read on the first line, held against what the file turned out to hold at its end. */
export class HeaderCheck {
  readonly #plan: LayoutPlan;
  readonly #billerGuid: string | undefined;
  readonly #faults: FaultLog;
  #facts: BifHeaderFacts | null = null;

  constructor(plan: LayoutPlan, billerGuid: string | undefined, faults: FaultLog) {
    this.#plan = plan;
    this.#billerGuid = billerGuid;
    this.#faults = faults;
  }

  get facts(): BifHeaderFacts | null {
    return this.#facts;
  }

  read(line: BifLine, rules: ValueRules): void {
    const { faults, values } = explainRecord(line, this.#plan.fileHeader, 'file', rules);
    for (const fault of faults) this.#faults.add(fault);
    const isWrong = (name: string) => faults.some((fault) => fault.field === name);
    const value = (name: string) => {
      const text = values?.[this.#plan.layout.fileHeader.indexOf(name)] ?? '';
      return text === '' || isWrong(name) ? null : text;
    };
    const count = value('InvoiceCount');
    const date = value('FileCreationDate');
    this.#facts = {
      billerGuid: value('BillerGuid'),
      reference: value('ThirdPartyFileReference'),
      creationDate: date === null ? null : date.includes('/') ? isoDate(parseUsDate(date)) : date,
      invoiceCount: count === null ? null : Number(count),
      totalCents: parseMoney(value('TotalInvoiceAmount') ?? ''),
    };
    const { billerGuid } = this.#facts;
    if (this.#billerGuid === undefined || billerGuid === null) return;
    if (billerGuid.toLowerCase() === this.#billerGuid.toLowerCase()) return;
    // The expected GUID is not named: whoever sends another biller's file need not learn it.
    this.#add(
      'biller-guid-mismatch',
      'BillerGuid',
      'BillerGuid is not that of the biller the file was sent for.',
      billerGuid,
    );
  }

  /** The file's first line is no file header. */
  miss(): void {
    const type = this.#plan.layout.rowTypes.fileHeader;
    this.#faults.add(lineFault('file', 'header-missing', 1, `The file does not begin with its file header (${type}).`));
  }

  compare({ found, foundCents, unreadableAmounts }: Found): void {
    const count = this.#facts?.invoiceCount ?? null;
    if (count !== null && count !== found) {
      const message = `InvoiceCount says ${count}, but the file holds ${found === 1 ? '1 invoice' : `${found} invoices`}. Rows may be missing; send the whole file again.`;
      this.#add('invoice-count-mismatch', 'InvoiceCount', message, String(count));
    }
    const total = this.#facts?.totalCents ?? null;
    // With an amount missing from the sum, comparing would refuse a whole file for one invoice's fault.
    if (total !== null && unreadableAmounts === 0 && total !== foundCents) {
      const message = `TotalInvoiceAmount says ${printMoney(total)}, but the invoices add up to ${printMoney(foundCents)} (off by ${printMoney(total - foundCents)}).`;
      this.#add('total-amount-mismatch', 'TotalInvoiceAmount', message, printMoney(total));
    }
    if (foundCents > BigInt(Number.MAX_SAFE_INTEGER) || foundCents < BigInt(Number.MIN_SAFE_INTEGER)) {
      const message = `The invoices add up to ${printMoney(foundCents)}, more than a file may hold. Split the file.`;
      this.#add('total-amount-too-large', 'TotalInvoiceAmount', message, printMoney(foundCents));
    }
  }

  #add(code: BifFaultCode, name: string, message: string, value: string): void {
    const index = this.#plan.layout.fileHeader.indexOf(name);
    const field = this.#plan.fileHeader.fields[index];
    if (field === undefined) throw new Error(`The file header has no ${name}.`);
    this.#faults.add(fieldFault({ scope: 'file', line: 1, position: index + 1, field }, code, message, value));
  }
}
