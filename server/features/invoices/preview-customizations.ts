import { applyCustomizations, type CustomizationRules, isBankingDay, readBif } from '@causeway/formats/bif';
import { type InvoicesDeps, loadBiller, readingOf } from './biller-reading.ts';
import type { CustomizationPreview, FaultView } from './contract.ts';
import { findInvoiceFile } from './invoice-file-store.ts';
import { refuse } from './problems.ts';

/** Bytes of a file that are looked at for the first invoices. */
const PREVIEW_BYTES_MAX = 16 * 1024 ** 2;
const FAULTS_MAX = 100;

/** What to try the rules on: an upload of the biller, or bytes that are stored nowhere. */
export type PreviewSource = { readonly fileId: string } | { readonly bytes: AsyncIterable<Uint8Array> };

/**
 * What the rules make of the first `count` right invoices of a file: each field they change, before, after, and the
 * rule. `rules` that are not saved may be tried; left out, the biller's own. Stores nothing.
 */
export async function previewCustomizations(
  deps: InvoicesDeps,
  from: { bid: number; source: PreviewSource; count: number; rules?: CustomizationRules | undefined },
): Promise<CustomizationPreview> {
  const { layout, context, rules: saved } = readingOf(await loadBiller(deps, from.bid), deps.random);
  const rules = from.rules ?? saved;
  const bytes = 'fileId' in from.source ? await openUpload(deps, from.bid, from.source.fileId) : from.source.bytes;
  const faults: FaultView[] = [];
  const onFault = (fault: FaultView) => {
    if (faults.length < FAULTS_MAX) faults.push(fault);
  };
  const reading = readBif(upTo(bytes, PREVIEW_BYTES_MAX), layout, { ...context, onFault });
  const invoices: CustomizationPreview['invoices'] = [];
  for await (const batch of reading.batches) {
    for (let index = 0; index < batch.count && invoices.length < from.count; index++) {
      const invoice = batch.invoice(index);
      const { effects } = applyCustomizations(invoice, rules, { bankingDay: isBankingDay });
      const changes = effects
        .filter(({ sent, value }) => sent !== value)
        .map(({ feature, sent, value, rule }) => ({ feature, before: sent, after: value, rule }));
      invoices.push({ line: invoice.line, invoiceNumber: invoice.invoiceNumber, changes });
    }
    if (invoices.length >= from.count) break;
  }
  return { invoices, faults };
}

async function openUpload(deps: InvoicesDeps, bid: number, id: string): Promise<AsyncIterable<Uint8Array>> {
  const file = await deps.database.withBiller(bid, (tx) => findInvoiceFile(tx, bid, id));
  if (!file) throw refuse('unknown-invoice-file');
  return await deps.blobs.openRead(file.sha256);
}

async function* upTo(source: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    yield chunk;
    bytes += chunk.byteLength;
    if (bytes >= bytesMax) return;
  }
}
