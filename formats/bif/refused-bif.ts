import { Buffer } from 'node:buffer';
import { type BifSource, cutBlocks } from './cut-blocks.ts';
import type { BifLayout } from './layout.ts';
import { parseMoney } from './money.ts';
import { type BifFileHeader, printHeader } from './print-bif.ts';

const LF = 10;

export type RefusedBifOptions = {
  /** The file's bytes, from the start; called twice, because the header comes before the invoices it counts. */
  readonly open: () => BifSource;
  readonly layout: BifLayout;
  /** `refusedLines` of the summary (ascending), or `all` invoices of a file that was refused whole. */
  readonly lines: Uint32Array | 'all';
  readonly header: BifFileHeader;
};

/**
 * The refused invoices of a file as a BIF to mend and send again: their lines (but empty ones) byte for byte as they were sent, behind a
 * file header that counts and sums just them (an amount that can't be read counts as 0 until it is mended). Streams.
 */
export async function* refusedBif({ open, layout, lines, header }: RefusedBifOptions): AsyncGenerator<Buffer> {
  let count = 0;
  let totalCents = 0n;
  for await (const { bytes } of pickInvoices(open(), layout, lines)) {
    count++;
    totalCents += amountOf(bytes, layout);
  }
  yield Buffer.from(`${printHeader({ ...header, count, totalCents }, layout)}\n`, 'utf8');
  for await (const { bytes } of pickInvoices(open(), layout, lines)) yield withoutEmptyLines(bytes);
}

/** The bytes of the picked invoices, from the IH up to the next; valid until the next is asked for. */
async function* pickInvoices(
  source: BifSource,
  layout: BifLayout,
  wanted: Uint32Array | 'all',
): AsyncGenerator<{ readonly bytes: Buffer }> {
  const isStart = startTest(layout);
  let line = 1;
  let next = 0;
  for await (const block of cutBlocks(source, layout.rowTypes.invoiceHeader)) {
    if (block.isOverflow) return;
    const held = block.bytes.subarray(0, block.length);
    for (let start = 0; start < held.length; ) {
      const first = line;
      const isInvoice = isStart(held, start);
      let end = start;
      do {
        end = held.indexOf(LF, end) + 1 || held.length;
        line++;
      } while (isInvoice && end < held.length && !isStart(held, end));
      if (wanted !== 'all') while (next < wanted.length && (wanted[next] as number) < first) next++;
      if (isInvoice && (wanted === 'all' || wanted[next] === first)) yield { bytes: held.subarray(start, end) };
      start = end;
    }
  }
}

/** An empty line refuses a file, and nobody needs to see it to mend the others. */
function withoutEmptyLines(bytes: Buffer): Buffer {
  if (!bytes.includes('\n\n') && !bytes.includes('\n\r\n')) return Buffer.from(bytes);
  return Buffer.from(bytes.toString('latin1').replaceAll(/(?<=\n)(?:\r?\n)+/g, ''), 'latin1');
}

function startTest(layout: BifLayout): (bytes: Buffer, at: number) => boolean {
  const start = Buffer.from(`${layout.rowTypes.invoiceHeader}|`, 'latin1');
  return (bytes, at) => start.equals(bytes.subarray(at, at + start.length));
}

function amountOf(bytes: Buffer, layout: BifLayout): bigint {
  const end = bytes.indexOf(LF);
  const fields = bytes.toString('latin1', 0, end < 0 ? bytes.length : end).split('|');
  if (fields.length !== layout.invoiceHeader.length) return 0n;
  const place = layout.invoiceHeader.indexOf('TotalAmountDue');
  return parseMoney((fields[place] ?? '').replace(/\r$/, '')) ?? 0n;
}
