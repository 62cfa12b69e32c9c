import { type Buffer, isAscii, isUtf8 } from 'node:buffer';
import type { Block } from './cut-blocks.ts';
import { type FaultLog, lineFault } from './faults.ts';
import type { BifEncoding } from './text-encoding.ts';

const LF = 10;

/**
 * Watches how a file is encoded, a block at a time. A line with bytes beyond ASCII is UTF-8 when they are valid UTF-8,
 * Windows-1252 when not; a file must be all the one or all the other, because in a mixture some names would be read
 * wrongly and nobody could say which. UTF-16 and NUL bytes are refused at sight.
 */
export class EncodingWatch {
  readonly #faults: FaultLog;
  #utf8Line = 0;
  #windowsLine = 0;
  #isMarked = false;
  #isFirst = true;

  constructor(faults: FaultLog) {
    this.#faults = faults;
  }

  get seen(): BifEncoding {
    if (this.#windowsLine > 0) return 'windows-1252';
    return this.#utf8Line > 0 || this.#isMarked ? 'utf-8' : 'ascii';
  }

  /** The encoding to read this block in, or null when the file can't be read at all. `line` is the block's first. */
  look(block: Block, length: number, line: number): BifEncoding | null {
    const held = block.bytes.subarray(0, length);
    if (this.#isFirst && block.hadMark) this.#isMarked = true;
    if (this.#isFirst && isUtf16(held)) {
      const message = 'The file is in UTF-16. Send it in UTF-8 or Windows-1252.';
      this.#faults.add(lineFault('file', 'file-encoding', 1, message));
      return null;
    }
    this.#isFirst = false;
    const nul = held.indexOf(0);
    if (nul >= 0) {
      const message = 'The line holds a NUL byte: this is no text file. Reading stopped here.';
      this.#faults.add(lineFault('file', 'file-nul-byte', line + linesIn(held.subarray(0, nul)), message));
      return null;
    }
    if (isAscii(held)) return 'ascii';
    if (isUtf8(held)) {
      if (this.#utf8Line === 0) this.#utf8Line = line + linesIn(held.subarray(0, firstHigh(held)));
      return 'utf-8';
    }
    if (this.#utf8Line === 0 || this.#windowsLine === 0) this.#lookAtLines(held, line);
    return 'windows-1252';
  }

  /** After the last block: is it one encoding all through? */
  judge(): void {
    if (this.#windowsLine === 0) return;
    const utf8 = this.#isMarked ? 'its byte order mark' : this.#utf8Line > 0 ? `line ${this.#utf8Line}` : '';
    if (utf8 === '') return;
    const line = this.#windowsLine;
    const message = `The file is UTF-8 by ${utf8}, but line ${line} is not valid UTF-8. It must be UTF-8 or Windows-1252 all through.`;
    this.#faults.add(lineFault('file', 'file-mixed-encoding', line, message));
  }

  #lookAtLines(held: Buffer, firstLine: number): void {
    let line = firstLine;
    for (let start = 0; start < held.length; line++) {
      const end = held.indexOf(LF, start) + 1 || held.length;
      const text = held.subarray(start, end);
      start = end;
      if (isAscii(text)) continue;
      if (isUtf8(text)) this.#utf8Line ||= line;
      else this.#windowsLine ||= line;
    }
  }
}

function isUtf16(head: Buffer): boolean {
  const [first, second, third, fourth] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return (first === 0 && third === 0 && second !== 0) || (second === 0 && fourth === 0 && first !== 0);
}

function firstHigh(held: Buffer): number {
  let at = 0;
  while ((held[at] as number) < 0x80) at++;
  return at;
}

function linesIn(held: Buffer): number {
  let lines = 0;
  for (let at = held.indexOf(LF); at >= 0; at = held.indexOf(LF, at + 1)) lines++;
  return lines;
}
