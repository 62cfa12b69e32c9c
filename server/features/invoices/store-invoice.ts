import {
  type BifFault,
  type BifInvoice,
  type BifLayout,
  type BifSummary,
  parseMoney,
  printPlainMoney,
  readBif,
} from '@causeway/formats/bif';
import { CompiledQuery } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import type { FieldFault } from '../../platform/problems.ts';
import { type Biller, invoiceTypeOf } from '../billers/index.ts';
import { type InvoicesDeps, loadBiller, readingOf, todayAt } from './biller-reading.ts';
import type { StoredInvoice, UploadInvoice } from './contract.ts';
import { compileDerivation, everythingInBif } from './derive-fields.ts';
import { isNewerLoadedStatement } from './invoice-file-store.ts';
import { findInvoice } from './invoice-store.ts';
import { lockBillerInvoices, mergeInvoices, type Run, sourceOfOne } from './merge-invoices.ts';
import { refuse } from './problems.ts';

const LOCK_WAIT_MS = 10_000;
/** Faults that an answer lists. */
const FAULTS_TOLD_MAX = 100;

/** The body of an UploadInvoice: JSON by the field names of the layout, or the invoice as BIF text (FH may be left out). */
export type UploadedInvoice =
  | { readonly kind: 'json'; readonly fields: UploadInvoice }
  | { readonly kind: 'bif'; readonly text: string };

/**
 * UploadInvoice: checks one invoice by the rules of a file, stores it, and answers it as stored. Synchronous. Refuses
 * with every fault at its field; 409 where what is stored was made later; 503 while a file of the biller is merged.
 */
export async function storeInvoice(
  deps: InvoicesDeps,
  from: { bid: number; body: UploadedInvoice },
): Promise<StoredInvoice> {
  const { bid } = from;
  const biller = await loadBiller(deps, bid);
  const { layout, context, rules } = readingOf(biller, deps.random);
  const today = todayAt(biller, deps.clock);
  const text = bifTextOf(from.body, { layout, biller, today });
  const reading = readBif([Buffer.from(text.bif, 'utf8')], layout, context);
  const invoices: BifInvoice[] = [];
  for await (const batch of reading.batches)
    for (let index = 0; index < Math.min(batch.count, 2); index++) invoices.push(batch.invoice(index));
  const summary = reading.summary();
  const invoice = oneOf(invoices, summary, text.addedLines);
  const isCustomized = biller.configuration.invoicing.applyGlobalBifCustomizations;
  const derivation = compileDerivation(isCustomized ? rules : everythingInBif, layout);
  const row = { ...rowOf(invoice), derived: derivation.of(invoice) };
  const madeOn = summary.header?.creationDate ?? today;
  return await deps.database.withBiller(bid, async (tx) => {
    const run = runOn(tx);
    await lockOrRefuse(run, bid);
    const newer = await tx.executeQuery<{ newer: boolean }>(CompiledQuery.raw(isNewerLoadedStatement, [bid, madeOn]));
    const isCurrent = newer.rows[0]?.newer !== true;
    const plan = {
      bid,
      source: sourceOfOne(row, derivation),
      fileId: null,
      madeOn,
      isCurrent,
      now: deps.clock.now(),
      layout,
    };
    const counts = await mergeInvoices(run, plan, 1);
    const stored = await findInvoice(tx, bid, invoice.invoiceNumber);
    if (!stored) throw new Error(`invoice ${invoice.invoiceNumber} is not there after it was stored`);
    if (counts.kept > 0)
      throw refuse('newer-invoice-stored', { invoiceNumber: invoice.invoiceNumber, madeOn: stored.madeOn });
    return {
      outcome: counts.created > 0 ? 'created' : counts.replaced > 0 ? 'replaced' : 'unchanged',
      invoice: stored,
    };
  });
}

/** The one right invoice, or the refusal that says everything that is wrong. */
function oneOf(invoices: readonly BifInvoice[], summary: BifSummary, addedLines: number): BifInvoice {
  if (summary.invoices.found > 1) throw refuse('not-one-invoice', { count: summary.invoices.found });
  const [invoice] = invoices;
  if (summary.verdict === 'accepted' && invoice) return invoice;
  throw refusalOf(summary.faults.map((fault) => ({ ...fault, line: Math.max(0, fault.line - addedLines) })));
}

function refusalOf(found: readonly BifFault[]): Error {
  const told = found.slice(0, FAULTS_TOLD_MAX);
  const faults: FieldFault[] = told.map((fault) => ({
    at: fault.field ?? `line ${fault.line}`,
    message: fault.message,
    rule: fault.code,
  }));
  const summary =
    found.length === 0
      ? 'it holds no invoice.'
      : told
          .slice(0, 3)
          .map((fault) => fault.message)
          .join(' ');
  return refuse('invoice-refused', { summary, faults, bifFaults: told });
}

function rowOf(invoice: BifInvoice): Record<string, unknown> {
  return {
    line_no: 1,
    invoice_number: invoice.invoiceNumber,
    account_number: invoice.accountNumber,
    customer_name: invoice.customerName,
    invoice_date: invoice.invoiceDate,
    due_date: invoice.dueDate,
    total_cents: invoice.totalCents,
    balance_forward: invoice.balanceForward,
    invoice_type_id: invoice.invoiceTypeId,
    invoice_format_guid: invoice.invoiceFormatGuid,
    extras: invoice.extras,
    details: invoice.details,
  };
}

type TextContext = { readonly layout: BifLayout; readonly biller: Biller; readonly today: string };

/** The body as a whole BIF, so that one reader has the one set of rules; `addedLines` are those the sender did not send. */
function bifTextOf(body: UploadedInvoice, context: TextContext): { bif: string; addedLines: number } {
  if (body.kind === 'json') return { bif: bifOfJson(body.fields, context), addedLines: 1 };
  const { layout } = context;
  const text = body.text.replace(/^\uFEFF/, '');
  if (text.startsWith(`${layout.rowTypes.fileHeader}|`)) return { bif: text, addedLines: 0 };
  const lines = text.split('\n').filter((line) => line.startsWith(`${layout.rowTypes.invoiceHeader}|`));
  const amounts = lines.map((line) => line.split('|')[layout.invoiceHeader.indexOf('TotalAmountDue')] ?? '');
  return { bif: `${headerLine(context, amounts)}\n${text}`, addedLines: 1 };
}

function bifOfJson(fields: UploadInvoice, context: TextContext): string {
  const { layout } = context;
  const faults: BifFault[] = [];
  const { Details, ...given } = fields;
  const sent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  // A sender that leaves the format out means the one of its invoice type (CRM › Invoice Types).
  const type = invoiceTypeOf(context.biller.configuration, String(sent.InvoiceTypeID ?? ''));
  const own = type ? { InvoiceFormatGuid: type.invoiceFormatGuid, ...sent } : sent;
  const known = new Set([...layout.invoiceHeader, ...layout.customerRecord, 'BillerGuid']);
  for (const name of Object.keys(own)) if (!known.has(name)) faults.push(unknownField(name));
  const record = (names: readonly string[], rowType: string, values: Readonly<Record<string, unknown>>) =>
    [
      rowType,
      ...names.slice(1).map((name) => textOf(name, values[name] ?? (name === 'RecordType' ? 'R' : ''), faults)),
    ].join('|');
  const lines = [
    headerLine(context, [textOf('TotalAmountDue', own.TotalAmountDue ?? '', [])], own.BillerGuid),
    record(layout.invoiceHeader, layout.rowTypes.invoiceHeader, own),
    record(layout.customerRecord, layout.rowTypes.customerRecord, own),
  ];
  for (const detail of Details) {
    for (const name of Object.keys(detail))
      if (!layout.invoiceDetail.includes(name)) faults.push(unknownField(`Details.${name}`));
    lines.push(record(layout.invoiceDetail, layout.rowTypes.invoiceDetail, detail));
  }
  if (faults.length > 0) throw refusalOf(faults);
  return `${lines.join('\n')}\n`;
}

function headerLine({ layout, biller, today }: TextContext, amounts: readonly string[], guid?: unknown): string {
  const total = amounts.reduce((sum, amount) => sum + (parseMoney(amount.trim()) ?? 0n), 0n);
  const values: Readonly<Record<string, string>> = {
    BillerGuid: typeof guid === 'string' && !/[|\p{Cc}]/u.test(guid) ? guid : biller.guid,
    FileCreationDate: `${today.slice(5, 7)}/${today.slice(8)}/${today.slice(0, 4)}`,
    InvoiceCount: String(amounts.length),
    TotalInvoiceAmount: printPlainMoney(total),
  };
  return [layout.rowTypes.fileHeader, ...layout.fileHeader.slice(1).map((name) => values[name] ?? '')].join('|');
}

function textOf(field: string, value: unknown, faults: BifFault[]): string {
  const text =
    typeof value === 'boolean'
      ? value
        ? '1'
        : '0'
      : typeof value === 'string' || typeof value === 'number'
        ? String(value)
        : '';
  if (!/[|\p{Cc}]/u.test(text)) return text;
  faults.push(
    faultAt(
      field,
      'forbidden-character',
      text,
      `${field} holds a | or a control character, which no BIF field can hold.`,
    ),
  );
  return '';
}

function unknownField(field: string): BifFault {
  return faultAt(field, 'too-many-fields', '', `${field} is no field of this biller's layout.`);
}

function faultAt(field: string, code: BifFault['code'], value: string, message: string): BifFault {
  return {
    line: 0,
    field,
    fileSpecId: null,
    position: null,
    value: value.slice(0, 100),
    code,
    message,
    scope: 'invoice',
  };
}

async function lockOrRefuse(run: Run, bid: number): Promise<void> {
  try {
    await run(`set local lock_timeout = ${LOCK_WAIT_MS}`);
    await lockBillerInvoices(run, bid);
    await run('set local lock_timeout = 0');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === '55P03')
      throw refuse('import-under-way', {}, cause);
    throw cause;
  }
}

function runOn(tx: Tx): Run {
  return async <Row>(text: string) => {
    const result = await tx.executeQuery<Row>(CompiledQuery.raw(text));
    return { rows: result.rows, count: Number(result.numAffectedRows ?? 0n) };
  };
}
