import type { BifFaultCode, BifLayout } from '@causeway/formats/bif';
import { CompiledQuery, sql } from 'kysely';
import { z } from 'zod';
import type { Tx } from '../../platform/database.ts';
import { storableInstantText } from '../../platform/storable-time.ts';
import type { FaultView, FileState, FileWay, InvoiceFileView } from './contract.ts';
import { pageFrom, readCursor } from './page-cursor.ts';

/** Faults of one file that are kept in detail; all are counted. */
export const FAULTS_STORED_MAX = 10_000;

/** What a file's row keeps beside its columns: what is needed to cut out its refused invoices later, and the last failure. */
export interface FileDetail {
  readonly layout?: BifLayout;
  /** Lines of the refused invoices, a blob of 32-bit numbers; `all` where the file was refused whole. */
  readonly refusedLines?: 'all' | { readonly sha256: string };
  readonly failure?: string;
}

interface FileRow {
  id: string;
  name: string;
  state: FileState;
  way: FileWay;
  sha256: Buffer;
  size_bytes: number;
  bytes_read: number;
  file_date: string | null;
  received_by: string;
  received_at: Temporal.Instant;
  finished_at: Temporal.Instant | null;
  invoices_accepted: number;
  invoices_refused: number;
  invoices_unchanged: number;
  invoices_kept: number;
  total_cents: number;
  fault_count: number;
  attempts: number;
  detail: FileDetail;
}

const columns =
  sql.raw(`id, name, state, way, sha256, size_bytes, bytes_read, file_date, received_by, received_at, finished_at,
  invoices_accepted, invoices_refused, invoices_unchanged, invoices_kept, total_cents, fault_count, attempts, detail`);

/** An upload as it stands; `undefined` where the biller has none of that id. */
export async function findInvoiceFile(
  tx: Tx,
  bid: number,
  id: string,
): Promise<(InvoiceFileView & { detail: FileDetail; attempts: number }) | undefined> {
  const { rows } = await sql<FileRow>`select ${columns} from invoice_file where bid = ${bid} and id = ${id}`.execute(
    tx,
  );
  return rows[0] && { ...viewOf(rows[0]), detail: rows[0].detail, attempts: rows[0].attempts };
}

/** The biller's uploads, latest first, a page at a time. */
export async function listInvoiceFiles(
  tx: Tx,
  bid: number,
  from: { cursor?: string | undefined; limit: number },
): Promise<{ items: InvoiceFileView[]; nextCursor: string | null }> {
  const [at = null, id = null] = readCursor(from.cursor, 2, [storableInstantText, z.uuid()]) ?? [];
  const { rows } = await sql<FileRow>`select ${columns} from invoice_file where bid = ${bid}
      and (${at}::timestamptz is null or (received_at, id) < (${at}::timestamptz, ${id}::uuid))
    order by received_at desc, id desc limit ${from.limit + 1}`.execute(tx);
  const page = pageFrom(rows, from.limit, (row) => [row.received_at.toString(), row.id]);
  return { items: page.items.map(viewOf), nextCursor: page.nextCursor };
}

/** Records an upload, unless the same bytes were uploaded before: then answers that one's id (F55). */
export async function insertInvoiceFile(
  tx: Tx,
  file: {
    bid: number;
    id: string;
    name: string;
    sha256: Buffer;
    sizeBytes: number;
    way: FileWay;
    by: string;
    at: Temporal.Instant;
  },
): Promise<{ id: string; isRepeat: boolean }> {
  const { rows } = await sql<{
    id: string;
  }>`insert into invoice_file (bid, id, name, sha256, size_bytes, way, state, received_by, received_at)
    values (${file.bid}, ${file.id}, ${file.name}, ${file.sha256}, ${file.sizeBytes}, ${file.way}, 'received', ${file.by}, ${file.at})
    on conflict (bid, sha256) where state <> 'failed' do nothing returning id`.execute(tx);
  if (rows[0]) return { id: rows[0].id, isRepeat: false };
  const before = await sql<{
    id: string;
  }>`select id from invoice_file where bid = ${file.bid} and sha256 = ${file.sha256} and state <> 'failed'`.execute(tx);
  const first = before.rows[0];
  if (!first) throw new Error('the upload of the same bytes is gone in the same moment');
  return { id: first.id, isRepeat: true };
}

/** The oldest upload that waits, up to and including `id`: the order in which one biller's files are loaded. */
export const nextWaitingStatement = `select id, encode(sha256, 'hex') as sha256 from invoice_file
  where bid = $1 and state in ('received', 'reading')
    and (received_at, id) <= (select received_at, id from invoice_file where bid = $1 and id = $2)
  order by received_at, id limit 1`;

/** Files of any biller that were received before then and still wait, each biller's in the order they are loaded in. */
export async function waitingSince(
  tx: Tx,
  from: { before: Temporal.Instant; limit: number },
): Promise<{ bid: number; fileId: string }[]> {
  const { rows } = await sql<{ bid: number; fileId: string }>`select bid, id as "fileId" from invoice_file
    where state in ('received', 'reading') and received_at < ${from.before}
    order by bid, received_at, id limit ${from.limit}`.execute(tx);
  return rows;
}

/** Whether a file made after `date` is loaded already: what one made on `date` says may be older than what is stored (F65). */
export const isNewerLoadedStatement = `select exists(select from invoice_file
  where bid = $1 and state in ('loaded', 'partly') and file_date > $2::date) as newer`;

/** Notes that reading begins (again); returns how often it has begun. */
export async function beginReading(tx: Tx, bid: number, id: string): Promise<number> {
  const { rows } = await sql<{
    attempts: number;
  }>`update invoice_file set state = 'reading', attempts = attempts + 1, bytes_read = 0
    where bid = ${bid} and id = ${id} returning attempts`.execute(tx);
  return rows[0]?.attempts ?? 0;
}

export async function noteProgress(tx: Tx, bid: number, id: string, bytesRead: number): Promise<void> {
  await sql`update invoice_file set bytes_read = ${bytesRead} where bid = ${bid} and id = ${id} and state = 'reading'`.execute(
    tx,
  );
}

/** Gives a file up that failed too often; its bytes may be uploaded again. */
export async function markFailed(
  tx: Tx,
  bid: number,
  id: string,
  failure: string,
  at: Temporal.Instant,
): Promise<void> {
  await sql`update invoice_file set state = 'failed', finished_at = ${at}, detail = detail || ${JSON.stringify({ failure })}::jsonb
    where bid = ${bid} and id = ${id} and state in ('received', 'reading')`.execute(tx);
}

/** Tells the planner of `created` new rows, where it knows of none or they are a fifth of all (autovacuum is a minute late). */
export async function analyzeAfterGrowth(tx: Tx, created: number): Promise<void> {
  const { rows } = await sql<{ known: number }>`select greatest(reltuples, 0)::bigint as known
    from pg_class where oid = 'invoice'::regclass`.execute(tx);
  if (created > (rows[0]?.known ?? 0) / 5) await sql`call analyze_invoices()`.execute(tx);
}

/** What a file came to; goes into the transaction that loads it. */
export interface FileOutcome {
  readonly state: 'loaded' | 'partly' | 'refused';
  readonly bytesRead: number;
  readonly fileDate: string | null;
  readonly accepted: number;
  readonly refused: number;
  readonly unchanged: number;
  readonly kept: number;
  readonly totalCents: number;
  readonly faultCount: number;
  readonly detail: FileDetail;
  readonly at: Temporal.Instant;
}

export const finishFileStatement = `update invoice_file set state = $3, bytes_read = $4, file_date = $5, invoices_accepted = $6,
    invoices_refused = $7, invoices_unchanged = $8, invoices_kept = $9, total_cents = $10, fault_count = $11,
    detail = $12::jsonb, finished_at = $13
  where bid = $1 and id = $2`;

export function finishFileValues(bid: number, id: string, outcome: FileOutcome): unknown[] {
  const { state, bytesRead, fileDate, accepted, refused, unchanged, kept, totalCents, faultCount, detail, at } =
    outcome;
  return [
    bid,
    id,
    state,
    bytesRead,
    fileDate,
    accepted,
    refused,
    unchanged,
    kept,
    totalCents,
    faultCount,
    JSON.stringify(detail),
    at,
  ];
}

/** One statement for all kept faults: $1 biller, $2 file, $3 the faults as JSON. */
export const insertFaultsStatement = `insert into invoice_file_fault
    (bid, file_id, n, line, position, file_spec_id, field, value, code, message, scope)
  select $1, $2, f.n, f.line, f.position, f."fileSpecId", f.field, f.value, f.code, f.message, f.scope
  from jsonb_to_recordset($3::jsonb) as f(n int, line bigint, position int, "fileSpecId" int, field text, value text,
    code text, message text, scope text)`;

/** The faults that are stored: all of the file first, for they decide its fate, in the order of their lines. */
export function faultsToStore(faults: readonly FaultView[]): string {
  const ofFile = faults.filter((fault) => fault.scope === 'file').slice(0, FAULTS_STORED_MAX);
  const ofInvoices = faults.filter((fault) => fault.scope === 'invoice').slice(0, FAULTS_STORED_MAX - ofFile.length);
  const kept = [...ofFile, ...ofInvoices].sort((one, other) => one.line - other.line);
  return JSON.stringify(
    kept.map((fault, index) => ({
      ...fault,
      n: index + 1,
      value: storable(fault.value),
      message: storable(fault.message),
    })),
  );
}

/** The stored faults of a file in the order of its lines, a page at a time. */
export async function listFaults(
  tx: Tx,
  bid: number,
  id: string,
  from: { cursor?: string | undefined; limit: number },
): Promise<{ items: FaultView[]; nextCursor: string | null }> {
  const [after = '0'] = readCursor(from.cursor, 1) ?? [];
  const afterNumber = z.coerce.number().int().min(0).max(FAULTS_STORED_MAX).catch(0).parse(after);
  const { rows } = await tx.executeQuery<FaultView & { n: number }>(
    CompiledQuery.raw(
      `select n, line, field, file_spec_id as "fileSpecId", position, value, code, message, scope
      from invoice_file_fault where bid = $1 and file_id = $2 and n > $3 order by n limit $4`,
      [bid, id, afterNumber, from.limit + 1],
    ),
  );
  const page = pageFrom(rows, from.limit, (row) => [String(row.n)]);
  return { items: page.items.map(({ n: _, ...fault }) => fault), nextCursor: page.nextCursor };
}

/** The BillerGuid of an upload that was refused for being another biller's, as it was sent. */
export async function findForeignGuid(tx: Tx, bid: number, id: string): Promise<string | undefined> {
  const code: BifFaultCode = 'biller-guid-mismatch';
  const { rows } = await sql<{ value: string }>`select value from invoice_file_fault
    where bid = ${bid} and file_id = ${id} and code = ${code} limit 1`.execute(tx);
  return rows[0]?.value;
}

/** PostgreSQL stores neither NUL nor half a surrogate pair, and both turn up in the very files that are refused. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

function viewOf(row: FileRow): InvoiceFileView {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    way: row.way,
    sha256: row.sha256.toString('hex'),
    sizeBytes: row.size_bytes,
    bytesRead: row.bytes_read,
    fileDate: row.file_date,
    receivedBy: row.received_by,
    receivedAt: row.received_at.toString(),
    finishedAt: row.finished_at?.toString() ?? null,
    invoices: {
      accepted: row.invoices_accepted,
      refused: row.invoices_refused,
      unchanged: row.invoices_unchanged,
      kept: row.invoices_kept,
    },
    totalCents: row.total_cents,
    faultCount: row.fault_count,
    failure: row.detail.failure ?? null,
  };
}
