import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type BifBatch, type BifReading, copyColumns, renderCopyRows } from '@causeway/formats/bif';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Derivation } from './derive-fields.ts';

/** Pairs of invoice date and due date of one file whose derived fields are remembered. */
const DATE_PAIRS_MAX = 100_000;
const SETTINGS = `set local work_mem = '96MB'`;

const stagingTables = `
  create temp table staged_invoice (
    line_no bigint, invoice_number text, account_number text, customer_name text, invoice_date date, due_date date,
    total_cents bigint, balance_forward boolean, invoice_type_id text, invoice_format_guid uuid, extras jsonb,
    details jsonb, derived jsonb
  ) on commit drop;
  create temp table staged_dates (invoice_date date, due_date date, derived jsonb) on commit drop`;

/** The file has more pairs of dates than are remembered: stage it again with the rules applied to each invoice. */
export class TooManyDatePairs extends Error {
  constructor() {
    super(`more than ${DATE_PAIRS_MAX} pairs of dates in one file`);
    this.name = 'TooManyDatePairs';
  }
}

/**
 * Reads a file to its end into the temporary tables of this transaction, whatever faults it has: the reading's summary
 * then tells whether they may be merged. Rows are rendered from the file's bytes; nothing is held but a block.
 */
export async function stageInvoices(
  connection: pg.ClientBase,
  reading: BifReading,
  derivation: Derivation,
): Promise<void> {
  await connection.query(`${SETTINGS}; ${stagingTables}`);
  const dates = new DateDerivation(derivation);
  const isEach = derivation.reach === 'each';
  await copyInto(
    connection,
    `staged_invoice (${copyColumns.join(', ')}${isEach ? ', derived' : ''})`,
    rowsOf(reading, derivation, dates),
  );
  if (derivation.reach === 'dates')
    await copyInto(connection, 'staged_dates (invoice_date, due_date, derived)', [dates.rows()]);
  const { withdrawnLines } = reading.summary();
  if (withdrawnLines.length > 0)
    await connection.query('delete from staged_invoice where line_no = any($1::bigint[])', [withdrawnLines]);
}

async function* rowsOf(reading: BifReading, derivation: Derivation, dates: DateDerivation): AsyncGenerator<Buffer> {
  for await (const batch of reading.batches) {
    // A file already refused is read on for its other faults only.
    if (reading.isRefused()) continue;
    if (derivation.reach === 'dates') dates.learn(batch);
    const rows = renderCopyRows(batch);
    yield derivation.reach === 'each' ? withDerived(rows, batch, derivation) : rows;
  }
}

/** `pipeline`, because a bare write after an error of the server throws inside the stream's flush and ends the process. */
async function copyInto(
  connection: pg.ClientBase,
  target: string,
  rows: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  const stream = (connection as pg.Client).query(copyFrom(`copy ${target} from stdin`));
  await pipeline(Readable.from(rows, { objectMode: true, highWaterMark: 2 }), stream);
}

/** Puts the derived fields of each invoice at the end of its row. No right value holds a line end, so each ends one row. */
function withDerived(rows: Buffer, batch: BifBatch, derivation: Derivation): Buffer {
  const parts: Buffer[] = [];
  let start = 0;
  for (let index = 0; index < batch.count; index++) {
    const end = rows.indexOf(10, start);
    parts.push(rows.subarray(start, end), Buffer.from(`\t${copyText(derivation.jsonAt(batch, index))}\n`));
    start = end + 1;
  }
  return Buffer.concat(parts);
}

/** The derived fields of each pair of dates a file has, for rules that look at nothing else. */
class DateDerivation {
  readonly #derivation: Derivation;
  readonly #seen = new Set<number>();
  readonly #rows: string[] = [];

  constructor(derivation: Derivation) {
    this.#derivation = derivation;
  }

  learn(batch: BifBatch): void {
    for (let index = 0; index < batch.count; index++) {
      const key = batch.invoiceDayOf(index) * 100_000_000 + batch.dueDayOf(index);
      if (this.#seen.has(key)) continue;
      if (this.#seen.size >= DATE_PAIRS_MAX) throw new TooManyDatePairs();
      this.#seen.add(key);
      const { invoiceDate, dueDate } = batch.invoice(index);
      this.#rows.push(`${invoiceDate}\t${dueDate}\t${copyText(this.#derivation.jsonAt(batch, index))}\n`);
    }
  }

  rows(): Buffer {
    return Buffer.from(this.#rows.join(''));
  }
}

/** COPY's text form: JSON holds no control character, so the backslash alone is escaped. */
function copyText(json: string): string {
  return json.replaceAll('\\', '\\\\');
}
