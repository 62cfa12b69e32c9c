import { CompiledQuery } from 'kysely';
import type { Database, NamedStatement, Tx } from '../../platform/database.ts';
import { storableDay } from '../../platform/storable-time.ts';
import type { InvoiceVersion, InvoiceView } from './contract.ts';
import { pageFrom, readCursor } from './page-cursor.ts';

/** Open invoices of one account that are shown; an account with more has its oldest left out. */
const OPEN_MAX = 100;
const VERSIONS_MAX = 200;

const columns = `i.invoice_number as "invoiceNumber", i.account_number as "accountNumber", i.invoice_date as "invoiceDate",
  i.due_date as "dueDate", i.total_cents as "totalCents", i.balance_forward as "balanceForward",
  i.invoice_type_id as "invoiceTypeId", i.format_guid as "invoiceFormatGuid", i.details, i.extras, i.derived,
  i.carried_by as "carriedBy", i.version, i.file_id as "fileId", i.made_on as "madeOn", i.updated_at as "updatedAt"`;

const statements = {
  find: {
    name: 'invoice-find',
    text: `select ${columns} from invoice i where i.bid = $1 and i.invoice_number = $2`,
  },
  open: {
    name: 'invoice-open',
    text: `select ${columns} from invoice i where i.bid = $1 and i.account_number = $2 and i.carried_by is null
      order by i.due_date desc, i.invoice_number desc limit ${OPEN_MAX}`,
  },
  ofAccount: {
    name: 'invoice-of-account',
    text: `select ${columns} from invoice i where i.bid = $1 and i.account_number = $2
        and ($3::date is null or (i.due_date, i.invoice_number) < ($3::date, $4::text))
      order by i.due_date desc, i.invoice_number desc limit $5`,
  },
  all: {
    name: 'invoice-all',
    text: `select ${columns} from invoice i where i.bid = $1 and ($2::text is null or i.invoice_number > $2::text)
      order by i.invoice_number limit $3`,
  },
  versions: {
    name: 'invoice-versions',
    text: `select version, invoice_date as "invoiceDate", due_date as "dueDate", total_cents as "totalCents",
        balance_forward as "balanceForward", invoice_type_id as "invoiceTypeId", details, extras, file_id as "fileId",
        written_at as "writtenAt", replaced_at as "replacedAt"
      from invoice_version where bid = $1 and invoice_number = $2 order by version desc limit ${VERSIONS_MAX}`,
  },
} as const satisfies Record<string, NamedStatement>;

interface InvoiceRow extends Omit<InvoiceView, 'updatedAt'> {
  updatedAt: Temporal.Instant;
}
interface VersionRow extends Omit<InvoiceVersion, 'writtenAt' | 'replacedAt'> {
  writtenAt: Temporal.Instant;
  replacedAt: Temporal.Instant;
}

/** One invoice, or undefined. */
export async function findInvoice(tx: Tx, bid: number, invoiceNumber: string): Promise<InvoiceView | undefined> {
  const rows = await run<InvoiceRow>(tx, statements.find, [bid, invoiceNumber]);
  return rows[0] && viewOf(rows[0]);
}

/**
 * The account's invoices that no later one carries forward, latest due first, at most 100. Whether one is paid is not
 * known here: payments and the partner's balance say so.
 */
export async function openInvoices(tx: Tx, bid: number, accountNumber: string): Promise<readonly InvoiceView[]> {
  return (await run<InvoiceRow>(tx, statements.open, [bid, accountNumber])).map(viewOf);
}

/** As `findInvoice`, outside a transaction by a named statement: for pages that are asked for often. */
export async function readInvoice(
  database: Pick<Database, 'readNamed'>,
  bid: number,
  invoiceNumber: string,
): Promise<InvoiceView | undefined> {
  const rows = await database.readNamed<InvoiceRow>(bid, statements.find, [bid, invoiceNumber]);
  return rows[0] && viewOf(rows[0]);
}

/** As `openInvoices`, outside a transaction by a named statement. */
export async function readOpenInvoices(
  database: Pick<Database, 'readNamed'>,
  bid: number,
  accountNumber: string,
): Promise<readonly InvoiceView[]> {
  return (await database.readNamed<InvoiceRow>(bid, statements.open, [bid, accountNumber])).map(viewOf);
}

/** What the invoice said before, latest first; empty where nothing replaced it. */
export async function invoiceHistory(tx: Tx, bid: number, invoiceNumber: string): Promise<readonly InvoiceVersion[]> {
  const rows = await run<VersionRow>(tx, statements.versions, [bid, invoiceNumber]);
  return rows.map((row) => ({ ...row, writtenAt: row.writtenAt.toString(), replacedAt: row.replacedAt.toString() }));
}

/** Invoices of one account (latest due first) or of the biller (by number), a page at a time. */
export async function listInvoices(
  tx: Tx,
  bid: number,
  from: { accountNumber?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: InvoiceView[]; nextCursor: string | null }> {
  if (from.accountNumber === undefined) {
    const [after = null] = readCursor(from.cursor, 1) ?? [];
    const rows = await run<InvoiceRow>(tx, statements.all, [bid, after, from.limit + 1]);
    const page = pageFrom(rows, from.limit, (row) => [row.invoiceNumber]);
    return { items: page.items.map(viewOf), nextCursor: page.nextCursor };
  }
  const [due = null, number = null] = readCursor(from.cursor, 2, [storableDay]) ?? [];
  const rows = await run<InvoiceRow>(tx, statements.ofAccount, [bid, from.accountNumber, due, number, from.limit + 1]);
  const page = pageFrom(rows, from.limit, (row) => [row.dueDate, row.invoiceNumber]);
  return { items: page.items.map(viewOf), nextCursor: page.nextCursor };
}

function viewOf(row: InvoiceRow): InvoiceView {
  return { ...row, updatedAt: row.updatedAt.toString() };
}

async function run<Row>(tx: Tx, statement: NamedStatement, values: readonly unknown[]): Promise<Row[]> {
  const { rows } = await tx.executeQuery<Row>(CompiledQuery.raw(statement.text, [...values]));
  return rows;
}
