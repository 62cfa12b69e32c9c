import type { BifBatch, BifInvoice } from './batch.ts';
import { compileLayout } from './compile-layout.ts';
import { type BifSource, cutBlocks } from './cut-blocks.ts';
import type { BifFault, BifFaultCounts } from './faults.ts';
import { FileReading } from './file-reading.ts';
import type { BifLayout } from './layout.ts';
import type { BifEncoding } from './text-encoding.ts';

/** What is known about the biller, and how strict to be. Everything is optional: without it, that check is left out. */
export type BifContext = {
  /** The GUID the file must carry: that of the credential which sent it. Compared without regard to case. */
  readonly billerGuid?: string | undefined;
  /** The biller's invoice types. */
  readonly invoiceTypeIds?: ReadonlySet<string> | ReadonlyMap<string, unknown> | undefined;
  /** The biller's choice to refuse a file for any fault of an invoice. */
  readonly refuseWholeFile?: boolean | undefined;
  /** Refuse an invoice due before its own date. Off unless the biller asks: partners back-date renewals. */
  readonly refuseDueBeforeInvoiceDate?: boolean | undefined;
  /** `leave`: the caller finds repeated invoice numbers itself (a loader in its table), saving 16 bytes an invoice. */
  readonly duplicates?: 'find' | 'leave' | undefined;
  /** Every fault as it is found, also those past the ones kept in detail. */
  readonly onFault?: ((fault: BifFault) => void) | undefined;
  /** Bytes and invoices read so far, after each block. */
  readonly onProgress?: ((progress: { readonly bytes: number; readonly invoices: number }) => void) | undefined;
  /** Makes the hashes of invoice numbers unforeseeable, where that is wanted. */
  readonly hashSeed?: number | undefined;
};

/** The file header as sent; a part that can't be read is null. */
export type BifHeaderFacts = {
  readonly billerGuid: string | null;
  readonly reference: string | null;
  readonly creationDate: string | null;
  readonly invoiceCount: number | null;
  readonly totalCents: bigint | null;
};

export type BifSummary = {
  /** `refused` for any fault of the file, for any fault at all where the biller wants it so, or if no invoice is right. */
  readonly verdict: 'accepted' | 'partly' | 'refused';
  readonly header: BifHeaderFacts | null;
  readonly faults: readonly BifFault[];
  readonly faultCounts: BifFaultCounts;
  /** Invoices in the file. `found` = `right` + `wrong`, whatever the verdict makes of the right ones. */
  readonly invoices: { readonly found: number; readonly right: number; readonly wrong: number };
  /** Amounts of all batches. Invoices of `withdrawnLines` are still in it. */
  readonly yieldedCents: bigint;
  /** Amounts of all invoices whose amount can be read, refused ones too: what is compared with the header. */
  readonly foundCents: bigint;
  /** Invoices whose amount can't be read. If there are any, the header's total can't be checked, and is not. */
  readonly unreadableAmounts: number;
  /** Lines (of the IH) of all refused invoices, ascending, the withdrawn ones among them. For `refusedBif`. */
  readonly refusedLines: Uint32Array;
  /**
   * Lines (of the IH) of invoices that were in a batch, and whose number turned up again later: both are refused, so
   * whoever has kept the first must drop it. Ascending.
   */
  readonly withdrawnLines: readonly number[];
  readonly lines: number;
  readonly bytes: number;
  readonly encoding: BifEncoding;
};

export type BifReading = {
  /** The right invoices, a block at a time; each batch is valid until the next is asked for. To be read once, to its end. */
  readonly batches: AsyncIterable<BifBatch>;
  /** True as soon as a fault of the file is known: nothing of it may be kept. Reading on finds the other faults. */
  readonly isRefused: () => boolean;
  /** After the last batch. Throws before. */
  readonly summary: () => BifSummary;
};

/**
 * Reads a Biller Invoice File from a stream, with every check, in bounded memory: 1 GB in under 256 MB. Nothing is thrown
 * for what is in the file: faults are in the summary. Only at the end is it known whether the file stands, so keep what
 * the batches hold in one transaction. Throws on an unsound layout, or when the source does.
 */
export function readBif(source: BifSource, layout: BifLayout, context: BifContext = {}): BifReading {
  const plan = compileLayout(layout);
  const reading = new FileReading(plan, context);
  let summary: BifSummary | null = null;
  async function* batches(): AsyncGenerator<BifBatch> {
    for await (const block of cutBlocks(source, layout.rowTypes.invoiceHeader)) {
      const batch = reading.take(block);
      if (batch.count > 0) yield batch;
      if (reading.isStopped) break;
    }
    summary = reading.finish();
  }
  return {
    batches: batches(),
    isRefused: () => reading.isRefused,
    summary: () => {
      if (summary === null) throw new Error('The summary of a BIF is known only after its last batch.');
      return summary;
    },
  };
}

/** The right invoices of a file, one by one, for callers with small files. Returns the summary at the end. */
export async function* readBifInvoices(
  source: BifSource,
  layout: BifLayout,
  context: BifContext = {},
): AsyncGenerator<BifInvoice, BifSummary> {
  const reading = readBif(source, layout, context);
  for await (const batch of reading.batches) {
    for (let index = 0; index < batch.count; index++) yield batch.invoice(index);
  }
  return reading.summary();
}
