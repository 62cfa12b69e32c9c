import { type Buffer, isUtf8 } from 'node:buffer';

/** How the bytes of a piece of a file are to be read. `ascii` reads the same either way. */
export type BifEncoding = 'ascii' | 'utf-8' | 'windows-1252';

// Windows-1252 is Latin-1 but for these 32 places (Unicode's own mapping table). Blank = the code page leaves it undefined.
// An own table: Node's TextDecoder has read windows-1252 as Latin-1 in some releases.
const c1Range = [...'€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ'];
const isUndefined = new Uint8Array(256);
for (const code of [0x81, 0x8d, 0x8f, 0x90, 0x9d]) isUndefined[code] = 1;

/** The text at [from, to), characters never replaced. */
export function decodeText(bytes: Buffer, from: number, to: number, encoding: BifEncoding): string {
  if (encoding === 'utf-8') return bytes.toString('utf8', from, to);
  const latin1 = bytes.toString('latin1', from, to);
  return encoding === 'ascii' ? latin1 : fromWindows1252(latin1);
}

/** A whole text that says nothing of its encoding: UTF-8 where it is that, Windows-1252 where it is not (bif.md). */
export function readBifText(bytes: Buffer): string {
  return decodeText(bytes, 0, bytes.length, isUtf8(bytes) ? 'utf-8' : 'windows-1252');
}

/** One byte of Windows-1252 as a character. */
export function windows1252Char(byte: number): string {
  return byte >= 0x80 && byte <= 0x9f && isUndefined[byte] === 0
    ? (c1Range[byte - 0x80] as string)
    : String.fromCharCode(byte);
}

/**
 * Does the text at [from, to) hold a control character beyond ASCII: U+0080 to U+009F, or a byte that Windows-1252
 * leaves undefined? (The ASCII ones are marked by `findSeparators`.)
 */
export function hasHighControl(bytes: Uint8Array, from: number, to: number, encoding: BifEncoding): boolean {
  if (encoding === 'ascii') return false;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte < 0x80) continue;
    if (encoding === 'windows-1252' ? isUndefined[byte] === 1 : byte === 0xc2 && (bytes[at + 1] as number) < 0xa0) {
      return true;
    }
  }
  return false;
}

function fromWindows1252(latin1: string): string {
  return latin1.replaceAll(/[\u0080-\u009f]/g, (char) => windows1252Char(char.charCodeAt(0)));
}
