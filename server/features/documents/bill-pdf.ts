import type { Readable } from 'node:stream';
import { EgressCut } from '../../platform/egress.ts';
import type { Platform } from '../../platform/platform.ts';
import { type Billers, type OperationFailure, settingsToLookAt, withSettings } from '../billers/index.ts';
import type { Partner, PdfAnswer, Transcript } from '../billers/partner.ts';
import { findInvoice, type InvoiceView, openInvoices } from '../invoices/index.ts';
import type { DocumentSource } from './contract.ts';
import { type BillDocument, documentsFor, storeDocument } from './documents-store.ts';
import { refuse } from './problems.ts';

const PDF_BYTES_MAX = 25 * 1024 * 1024;
/** PDFs being fetched at once in this process, over all billers. */
const FETCHES_MAX = 64;

export type DocumentsDeps = Pick<Platform, 'database' | 'blobs' | 'clock' | 'log'> & { readonly billers: Billers };

/** `why` is a sentence for the payer; `reason`, `sentence` and `settings` tell staff what to look at. */
export type BillPdf =
  | {
      readonly kind: 'pdf';
      readonly sha256: string;
      readonly sizeBytes: number;
      readonly source: DocumentSource;
      open(): Promise<Readable>;
    }
  | {
      readonly kind: 'not-available';
      readonly why: string;
      readonly reason: OperationFailure | 'none' | 'not-offered' | 'not-current' | 'busy';
      readonly sentence: string;
      readonly settings: readonly number[];
    };

type NotAvailable = Extract<BillPdf, { kind: 'not-available' }>;
interface Wanted {
  readonly bid: number;
  readonly invoice: InvoiceView;
}

/** Fetches under way, by the billers object: one for each process, and for each test that builds its own. */
const fetches = new WeakMap<Billers, Map<string, Promise<BillPdf>>>();

/**
 * The PDF of one invoice: a linked document, else the partner's, which is asked for once however many want it and kept
 * by its content. Never throws for a partner that has none or does not answer: then it is "not available yet". Throws
 * `Problem` for a biller or an invoice that does not exist.
 */
export async function billPdf(deps: DocumentsDeps, of: { bid: number; invoiceNumber: string }): Promise<BillPdf> {
  const { bid, invoiceNumber } = of;
  const found = await deps.database.withBiller(bid, async (tx) => {
    const invoice = await findInvoice(tx, bid, invoiceNumber);
    if (!invoice) return undefined;
    const documents = await documentsFor(tx, bid, [invoiceNumber]);
    const newest = await newestInvoice(tx, bid, invoice);
    return { invoice, documents, isCurrent: newest === undefined || newest.invoiceDate <= invoice.invoiceDate };
  });
  if (!found) throw refuse('unknown-invoice', { invoiceNumber });
  const { invoice, documents } = found;
  const known = await keptPdf(
    deps,
    documents.filter((document) => isOf(document, invoice)),
  );
  if (known) return known;
  const fetched = found.isCurrent
    ? await fetchOnce(deps, { bid, invoice })
    : notAvailable('not-current', 'The partner keeps only the current bill of an account, and this is an earlier one.');
  if (fetched.kind === 'pdf') return fetched;
  // A PDF of an earlier version of the invoice is better than none.
  return (await keptPdf(deps, documents)) ?? fetched;
}

/** A remote PDF is of the version it was fetched for; a dropped one holds until another is dropped. */
function isOf(document: BillDocument, invoice: InvoiceView): boolean {
  return document.source === 'dropped' || document.invoiceVersion === invoice.version;
}

/** The account's newest open invoice of the same type: the one the partner's only PDF can be of. */
async function newestInvoice(
  tx: Parameters<typeof openInvoices>[0],
  bid: number,
  invoice: InvoiceView,
): Promise<InvoiceView | undefined> {
  const open = await openInvoices(tx, bid, invoice.accountNumber);
  return open
    .filter((other) => other.invoiceTypeId === invoice.invoiceTypeId)
    .reduce<InvoiceView | undefined>(
      (newest, other) => (newest && newest.invoiceDate >= other.invoiceDate ? newest : other),
      undefined,
    );
}

async function keptPdf(
  { blobs, log }: DocumentsDeps,
  documents: readonly BillDocument[],
): Promise<BillPdf | undefined> {
  for (const { sha256, sizeBytes, source, invoiceNumber } of documents) {
    if (await blobs.has(sha256)) return { kind: 'pdf', sha256, sizeBytes, source, open: () => blobs.openRead(sha256) };
    log.error({ invoiceNumber, sha256, source }, 'a kept PDF is gone from the blobs');
  }
  return undefined;
}

async function fetchOnce(deps: DocumentsDeps, wanted: Wanted): Promise<BillPdf> {
  const underWay = fetches.get(deps.billers) ?? new Map<string, Promise<BillPdf>>();
  fetches.set(deps.billers, underWay);
  const key = `${wanted.bid} ${wanted.invoice.invoiceNumber} ${wanted.invoice.version}`;
  const joined = underWay.get(key);
  if (joined) return await joined;
  if (underWay.size >= FETCHES_MAX) return notAvailable('busy', 'Too many PDFs are being fetched at this moment.');
  const fetching = fetchRemote(deps, wanted).finally(() => underWay.delete(key));
  underWay.set(key, fetching);
  return await fetching;
}

async function fetchRemote(deps: DocumentsDeps, { bid, invoice }: Wanted): Promise<BillPdf> {
  const biller = await deps.billers.load(bid);
  if (!biller) throw refuse('unknown-biller', { bid });
  const partner = deps.billers.partnerOf(biller);
  if (!partner?.abilities.operations.includes('pdf')) {
    return notAvailable('not-offered', 'The partner has no PDFs to be asked for; they come by SFTP.');
  }
  const connection = await deps.billers.connectionFor(biller, 'pdf', { invoiceTypeId: invoice.invoiceTypeId });
  if ('missing' in connection)
    return failed(deps, partner, { invoice, reason: 'not-configured', sentence: connection.missing });
  const answer = await partner.billPdf(connection, invoice.accountNumber);
  switch (answer.kind) {
    case 'pdf':
      return await keep(deps, partner, { wanted: { bid, invoice }, answer });
    case 'none':
      return notAvailable('none', 'The partner has no bill for this account yet.');
    case 'failed':
      return failed(deps, partner, {
        invoice,
        reason: answer.reason,
        sentence: answer.sentence,
        transcript: answer.transcript,
      });
    default:
      return answer satisfies never;
  }
}

/** Streams the PDF into the blobs, then links it: a body that is cut or too large leaves nothing behind. */
async function keep(
  deps: DocumentsDeps,
  partner: Partner,
  { wanted, answer }: { wanted: Wanted; answer: Extract<PdfAnswer, { kind: 'pdf' }> },
): Promise<BillPdf> {
  const { bid, invoice } = wanted;
  const told = { invoice, transcript: answer.transcript };
  try {
    const put = await deps.blobs.put(answer.body, { maxBytes: PDF_BYTES_MAX });
    if (!put.ok)
      return failed(deps, partner, { ...told, reason: 'too-large', sentence: 'The PDF is larger than 25 MB.' });
    const { sha256, size: sizeBytes } = put;
    const document: BillDocument = {
      invoiceNumber: invoice.invoiceNumber,
      sha256,
      sizeBytes,
      source: 'remote',
      fetchedAt: deps.clock.now(),
      invoiceVersion: invoice.version,
    };
    await deps.database.withBiller(bid, (tx) => storeDocument(tx, bid, document));
    return { kind: 'pdf', sha256, sizeBytes, source: 'remote', open: () => deps.blobs.openRead(sha256) };
  } catch (cause) {
    if (!(cause instanceof EgressCut)) throw cause;
    const reason = cause.reason === 'timeout' || cause.reason === 'too-large' ? cause.reason : 'unreachable';
    return failed(deps, partner, { ...told, reason, sentence: `The PDF did not arrive whole: ${cause.message}.` });
  }
}

function failed(
  { log }: DocumentsDeps,
  partner: Partner,
  of: { invoice: InvoiceView; reason: OperationFailure; sentence: string; transcript?: Transcript },
): NotAvailable {
  const { invoice, reason, transcript } = of;
  const settings = settingsToLookAt(partner, 'pdf', reason);
  const sentence = withSettings(of.sentence, settings);
  log.warn({ invoiceNumber: invoice.invoiceNumber, reason, sentence, transcript }, 'a remote PDF was not fetched');
  return { kind: 'not-available', why: PAYER_WHY, reason, sentence, settings };
}

/** What a payer is told, who can do nothing about it. */
const PAYER_WHY =
  'The insurer’s system did not provide it. Try again later; the amount and the dates on this page are right.';
const PAYER_WHYS: Partial<Record<NotAvailable['reason'], string>> = {
  none: 'The insurer has not published it yet.',
  'not-offered': 'It is shown here as soon as the insurer sends it.',
  'not-current': 'Only the current bill can be shown as a PDF.',
  busy: 'Try again in a minute.',
};

function notAvailable(reason: NotAvailable['reason'], sentence: string): NotAvailable {
  return { kind: 'not-available', why: PAYER_WHYS[reason] ?? PAYER_WHY, reason, sentence, settings: [] };
}
