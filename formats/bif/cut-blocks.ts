import { Buffer } from 'node:buffer';

/** What is read at once. Larger brought nothing. */
const BLOCK_BYTES = 1024 * 1024;
/** One invoice with all its lines must fit here: the most that is ever held. */
export const INVOICE_BYTES_MAX = 8 * 1024 * 1024;
const LF = 10;
/** Bytes behind every block, so that reading a few words at its very end stays inside the buffer. */
export const SPARE_BYTES = 64;

export type BifSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Whole lines of the file, and whole invoices. `bytes` is reused: it is the reader's until the next block is asked for. */
export type Block = {
  /** [0, length) is the block; it ends in LF. */
  readonly bytes: Buffer;
  readonly length: number;
  readonly isLast: boolean;
  /** The file's last line had no LF; one was put there. */
  readonly isUnterminated: boolean;
  /** The file began with a UTF-8 byte order mark, which is left out of the first block. */
  readonly hadMark: boolean;
  /** The next invoice is larger than INVOICE_BYTES_MAX: reading stops, and this block is no whole invoice. */
  readonly isOverflow: boolean;
};

/**
 * Cuts any stream of chunks into blocks of about 1 MiB that end between two invoices, so that whoever reads a block
 * finds an invoice in one piece. The blocks depend on the bytes alone, never on how they came in chunks.
 */
export async function* cutBlocks(source: BifSource, invoiceRowType: string): AsyncGenerator<Block> {
  const start = Buffer.from(`${invoiceRowType}|`, 'latin1');
  const boundary = Buffer.from(`\n${invoiceRowType}|`, 'latin1');
  let buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES + SPARE_BYTES);
  let used = 0;
  let hadMark = false;
  let isHeadSeen = false;
  for await (const chunk of source) {
    let taken = 0;
    while (taken < chunk.length) {
      const part = Math.min(chunk.length - taken, buffer.length - SPARE_BYTES - used);
      buffer.set(part === chunk.length ? chunk : chunk.subarray(taken, taken + part), used);
      taken += part;
      used += part;
      if (!isHeadSeen && used >= 3) {
        isHeadSeen = true;
        hadMark = hasMark(buffer);
        if (hadMark) used = shift(buffer, 3, used);
      }
      if (used < buffer.length - SPARE_BYTES) continue;
      const cut = cutPlace(buffer, used, start, boundary);
      if (cut > 0) {
        yield { bytes: buffer, length: cut, isLast: false, isUnterminated: false, hadMark, isOverflow: false };
        used = shift(buffer, cut, used);
      } else if (buffer.length >= INVOICE_BYTES_MAX) {
        yield { bytes: buffer, length: used, isLast: true, isUnterminated: true, hadMark, isOverflow: true };
        return;
      } else {
        const larger = Buffer.allocUnsafeSlow((buffer.length - SPARE_BYTES) * 2 + SPARE_BYTES);
        larger.set(buffer.subarray(0, used));
        buffer = larger;
      }
    }
  }
  const isUnterminated = used > 0 && buffer[used - 1] !== LF;
  if (isUnterminated) buffer[used++] = LF;
  yield { bytes: buffer, length: used, isLast: true, isUnterminated, hadMark, isOverflow: false };
}

/** After the last invoice that is whole for sure; 0 when there is none yet. */
function cutPlace(buffer: Buffer, used: number, start: Buffer, boundary: Buffer): number {
  const held = buffer.subarray(0, used);
  const next = held.lastIndexOf(boundary);
  if (next >= 0) return next + 1;
  // Lines before the first invoice belong to none, so any line end will do.
  const isInvoiceOpen = held.subarray(0, start.length).equals(start);
  return isInvoiceOpen ? 0 : held.lastIndexOf(LF) + 1;
}

function shift(buffer: Buffer, by: number, used: number): number {
  buffer.copyWithin(0, by, used);
  return used - by;
}

function hasMark(buffer: Buffer): boolean {
  return buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf;
}
