import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import type { DocumentSource } from './contract.ts';

const INVOICES_ASKED_MAX = 1_000;

/** A PDF of one invoice, by what is in it. */
export interface BillDocument {
  readonly invoiceNumber: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly source: DocumentSource;
  readonly fetchedAt: Temporal.Instant;
  /** The version of the invoice a remote PDF was fetched for; null for one that was dropped. */
  readonly invoiceVersion: number | null;
}

/** The PDFs of some invoices; of one invoice the dropped one comes first, as it is presented first (files.md). */
export async function documentsFor(
  tx: Tx,
  bid: number,
  invoiceNumbers: readonly string[],
): Promise<readonly BillDocument[]> {
  if (invoiceNumbers.length > INVOICES_ASKED_MAX)
    throw new RangeError(`at most ${INVOICES_ASKED_MAX} invoices at once`);
  if (invoiceNumbers.length === 0) return [];
  const { rows } = await sql<BillDocument>`
    select invoice_number as "invoiceNumber", encode(sha256, 'hex') as "sha256", size_bytes as "sizeBytes", source,
      fetched_at as "fetchedAt", invoice_version as "invoiceVersion"
    from bill_document where bid = ${bid} and invoice_number = any(${invoiceNumbers})
    order by invoice_number, source`.execute(tx);
  return rows;
}

/** Links a PDF, by its content, to an invoice; a later one of the same source takes its place. */
export async function storeDocument(tx: Tx, bid: number, document: BillDocument): Promise<void> {
  const { invoiceNumber, sha256, sizeBytes, source, fetchedAt, invoiceVersion } = document;
  await sql`insert into bill_document (bid, invoice_number, sha256, size_bytes, source, fetched_at, invoice_version)
    values (${bid}, ${invoiceNumber}, ${Buffer.from(sha256, 'hex')}, ${sizeBytes}, ${source}, ${fetchedAt}, ${invoiceVersion})
    on conflict (bid, invoice_number, source) do update set sha256 = excluded.sha256, size_bytes = excluded.size_bytes,
      fetched_at = excluded.fetched_at, invoice_version = excluded.invoice_version`.execute(tx);
}
