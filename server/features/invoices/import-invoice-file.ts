import { type BifSummary, readBif } from '@causeway/formats/bif';
import type pg from 'pg';
import { recordAudit } from '../../platform/audit.ts';
import { isDatabaseAway } from '../../platform/database.ts';
import type { Platform } from '../../platform/platform.ts';
import { type InvoicesDeps, loadBiller, readingOf } from './biller-reading.ts';
import { compileDerivation, type Derivation } from './derive-fields.ts';
import {
  analyzeAfterGrowth,
  beginReading,
  type FileDetail,
  type FileOutcome,
  faultsToStore,
  finishFileStatement,
  finishFileValues,
  insertFaultsStatement,
  isNewerLoadedStatement,
  markFailed,
  nextWaitingStatement,
  noteProgress,
} from './invoice-file-store.ts';
import { lockBillerInvoices, type MergeCounts, mergeInvoices, type Run, sourceOf } from './merge-invoices.ts';
import { stageInvoices, TooManyDatePairs } from './stage-invoices.ts';

/** Begun this often without an end, a file is given up: something in it, or here, breaks the reading each time. */
const ATTEMPTS_MAX = 8;
/** Files one job loads at the most: the one it is for, and those that came before it. */
const FILES_PER_JOB_MAX = 1000;
const PROGRESS_EVERY_MS = 500;
/** New invoices of one file from which the planner's knowledge of the tables may be out of date. */
const ANALYZED_ROWS_MIN = 5_000;
const ORDER_LOCK_CLASS = 7_281_003;

type ImportDeps = InvoicesDeps & Pick<Platform, 'clock' | 'crash'>;

/**
 * Loads an uploaded file, and any of the biller's that came before it and still wait: one biller's files are loaded one
 * after the other, in the order they came, by whoever gets the biller's lock. Each is one transaction: read, check,
 * COPY into a temporary table, merge. A process that dies leaves the old state, and the job begins the file again.
 * Safe to repeat: a file that is done is passed over.
 */
export async function importInvoiceFile(deps: ImportDeps, from: { bid: number; fileId: string }): Promise<void> {
  for (let count = 0; count < FILES_PER_JOB_MAX; count++) {
    if (!(await importNext(deps, from))) return;
  }
}

/**
 * Loads this file at once, if nothing else of the biller is being loaded or waits before it; the file's job does it
 * otherwise. Returns whether it did. For setting 105.
 */
export async function importAtOnce(deps: ImportDeps, from: { bid: number; fileId: string }): Promise<boolean> {
  return await importNext(deps, { ...from, isOnlyIfFirst: true });
}

async function importNext(
  deps: ImportDeps,
  from: { bid: number; fileId: string; isOnlyIfFirst?: boolean },
): Promise<boolean> {
  const { bid } = from;
  let begun: { id: string; attempts: number } | undefined;
  try {
    const outcome = await deps.database.withBillerConnection(bid, async (connection) => {
      if (!(await takeOrderLock(connection, bid, from.isOnlyIfFirst === true))) return undefined;
      const waiting = await connection.query<{ id: string; sha256: string }>(nextWaitingStatement, [bid, from.fileId]);
      const file = waiting.rows[0];
      if (!file || (from.isOnlyIfFirst && file.id !== from.fileId)) return undefined;
      begun = { id: file.id, attempts: await deps.database.withBiller(bid, (tx) => beginReading(tx, bid, file.id)) };
      const done = await loadFile(deps, connection, { bid, ...file, isEach: begun.attempts > 1 });
      deps.crash.at('import-merged');
      return done;
    });
    if (!outcome) return false;
    deps.crash.at('import-committed');
    if (begun) await recordSecurityEvent(deps, bid, begun.id, outcome.summary);
    const { created } = outcome.counts;
    if (created >= ANALYZED_ROWS_MIN) await deps.database.withBiller(bid, (tx) => analyzeAfterGrowth(tx, created));
    return true;
  } catch (cause) {
    if (!begun) throw cause;
    return await giveUpOrThrow(deps, { bid, ...begun, cause });
  }
}

/** Held to the end of the transaction, so that one biller's files are read and merged in the order they came. */
async function takeOrderLock(connection: pg.PoolClient, bid: number, isTried: boolean): Promise<boolean> {
  if (!isTried) {
    await connection.query(`select pg_advisory_xact_lock(${ORDER_LOCK_CLASS}, hashint8(${bid}))`);
    return true;
  }
  const { rows } = await connection.query<{ taken: boolean }>(
    `select pg_try_advisory_xact_lock(${ORDER_LOCK_CLASS}, hashint8(${bid})) as taken`,
  );
  return rows[0]?.taken === true;
}

async function loadFile(
  deps: ImportDeps,
  connection: pg.PoolClient,
  file: { bid: number; id: string; sha256: string; isEach: boolean },
): Promise<{ summary: BifSummary; counts: MergeCounts }> {
  const { bid, id } = file;
  const biller = await loadBiller(deps, bid);
  const { layout, context, rules } = readingOf(biller, deps.random);
  const compiled = compileDerivation(rules, layout);
  // A second try takes the way that works for any file (see TooManyDatePairs).
  const derivation: Derivation = file.isEach && compiled.reach === 'dates' ? { ...compiled, reach: 'each' } : compiled;
  const progress = new Progress(deps, bid, id);
  const source = await deps.blobs.openRead(file.sha256);
  let summary: BifSummary;
  try {
    const reading = readBif(source, layout, { ...context, onProgress: ({ bytes }) => progress.note(bytes) });
    await stageInvoices(connection, reading, derivation);
    summary = reading.summary();
  } finally {
    source.destroy();
    await progress.stop();
  }
  deps.crash.at('import-copied');
  const run = runOn(connection);
  const nothing: MergeCounts = { created: 0, replaced: 0, kept: 0, unchanged: 0 };
  let counts = nothing;
  let totalCents = 0;
  const fileDate = summary.header?.creationDate ?? null;
  if (summary.verdict !== 'refused' && fileDate !== null) {
    await lockBillerInvoices(run, bid);
    const newer = await connection.query<{ newer: boolean }>(isNewerLoadedStatement, [bid, fileDate]);
    const plan = {
      bid,
      source: sourceOf(derivation),
      fileId: id,
      madeOn: fileDate,
      isCurrent: newer.rows[0]?.newer !== true,
      now: deps.clock.now(),
      layout,
    };
    counts = await mergeInvoices(run, plan, summary.invoices.right);
    totalCents = await acceptedCents(connection, summary);
  }
  await finish(deps, connection, { bid, id, layout, summary, counts, totalCents, fileDate });
  return { summary, counts };
}

async function finish(
  deps: ImportDeps,
  connection: pg.PoolClient,
  from: {
    bid: number;
    id: string;
    layout: NonNullable<FileDetail['layout']>;
    summary: BifSummary;
    counts: MergeCounts;
    totalCents: number;
    fileDate: string | null;
  },
): Promise<void> {
  const { bid, id, summary, counts } = from;
  const isRefused = summary.verdict === 'refused';
  const refusedLines = isRefused ? ('all' as const) : await keepLines(deps, summary.refusedLines);
  const outcome: FileOutcome = {
    state: isRefused ? 'refused' : summary.verdict === 'partly' ? 'partly' : 'loaded',
    bytesRead: summary.bytes,
    fileDate: from.fileDate,
    accepted: isRefused ? 0 : summary.invoices.right,
    refused: isRefused ? summary.invoices.found : summary.invoices.wrong,
    unchanged: counts.unchanged,
    kept: counts.kept,
    totalCents: from.totalCents,
    faultCount: summary.faultCounts.file + summary.faultCounts.invoice,
    detail: { layout: from.layout, ...(refusedLines && { refusedLines }) },
    at: deps.clock.now(),
  };
  if (summary.faults.length > 0)
    await connection.query(insertFaultsStatement, [bid, id, faultsToStore(summary.faults)]);
  await connection.query(finishFileStatement, finishFileValues(bid, id, outcome));
}

/** The lines of the refused invoices, kept for refused.bif: what was refused must not depend on a later configuration. */
async function keepLines(deps: ImportDeps, lines: Uint32Array): Promise<{ sha256: string } | undefined> {
  if (lines.length === 0) return undefined;
  const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
  const put = await deps.blobs.put(bytes, { maxBytes: bytes.byteLength });
  if (!put.ok) throw new Error('the lines of the refused invoices could not be kept');
  return { sha256: put.sha256 };
}

async function acceptedCents(connection: pg.PoolClient, summary: BifSummary): Promise<number> {
  if (summary.withdrawnLines.length === 0) return Number(summary.yieldedCents);
  const { rows } = await connection.query<{ cents: number }>(
    'select coalesce(sum(total_cents), 0)::bigint as cents from staged_invoice',
  );
  return rows[0]?.cents ?? 0;
}

/** F64: a file with another biller's GUID is refused, and that it was tried is on record. */
async function recordSecurityEvent(deps: ImportDeps, bid: number, id: string, summary: BifSummary): Promise<void> {
  if ((summary.faultCounts.byCode.get('biller-guid-mismatch') ?? 0) === 0) return;
  const detail = { sent: summary.header?.billerGuid ?? null };
  await deps.database.withBiller(bid, (tx) =>
    recordAudit(tx, {
      at: deps.clock.now(),
      bid,
      actorKind: 'program',
      actor: 'import',
      act: 'invoice-file.foreign-guid',
      subject: `invoice-file/${id}`,
      detail,
    }),
  );
}

/** A database that is away says nothing about the file: the job waits and comes back, as often as it takes. */
async function giveUpOrThrow(
  deps: ImportDeps,
  from: { bid: number; id: string; attempts: number; cause: unknown },
): Promise<boolean> {
  const { bid, id, cause } = from;
  if (isDatabaseAway(cause)) throw cause;
  if (cause instanceof TooManyDatePairs && from.attempts < ATTEMPTS_MAX) return true;
  deps.log.error({ err: cause, bid, file: id, attempts: from.attempts }, 'an invoice file could not be loaded');
  if (from.attempts < ATTEMPTS_MAX) throw cause;
  const failure = `It could not be loaded in ${ATTEMPTS_MAX} tries: ${cause instanceof Error ? cause.message : String(cause)}`;
  await deps.database.withBiller(bid, (tx) => markFailed(tx, bid, id, failure.slice(0, 500), deps.clock.now()));
  return true;
}

function runOn(connection: pg.PoolClient): Run {
  return async (text) => {
    const result = await connection.query(text);
    return { rows: result.rows, count: result.rowCount ?? 0 };
  };
}

/** How far the reading is, committed on a connection of its own so that others see it while the import is under way. */
class Progress {
  readonly #deps: ImportDeps;
  readonly #bid: number;
  readonly #id: string;
  #lastMs = Number.NEGATIVE_INFINITY;
  #write: Promise<void> = Promise.resolve();
  #isWriting = false;

  constructor(deps: ImportDeps, bid: number, id: string) {
    this.#deps = deps;
    this.#bid = bid;
    this.#id = id;
  }

  note(bytes: number): void {
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.#isWriting || nowMs - this.#lastMs < PROGRESS_EVERY_MS) return;
    this.#lastMs = nowMs;
    this.#isWriting = true;
    this.#write = this.#deps.database
      .withBiller(this.#bid, (tx) => noteProgress(tx, this.#bid, this.#id, bytes))
      // Progress that can't be written must not end the import; the import's own statements will tell.
      .catch((cause: unknown) => this.#deps.log.warn({ err: cause }, 'the progress of an import could not be noted'))
      .finally(() => {
        this.#isWriting = false;
      });
  }

  /** After the last note is written: it would wait for the row that the import is about to change. */
  async stop(): Promise<void> {
    this.#lastMs = Number.POSITIVE_INFINITY;
    await this.#write;
  }
}
