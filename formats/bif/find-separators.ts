const LF = 10;
const CR = 13;
const DELETE = 127;
const PIPE = 124;

const isMarked = new Uint8Array(256);
for (let code = 0; code < 32; code++) isMarked[code] = 1;
isMarked[PIPE] = 1;
isMarked[DELETE] = 1;

/**
 * Writes the place of every `|`, every LF and every control character into `marks`, and returns how many there are.
 * A CR right before a LF is part of the line's end and not marked. A control character is marked like a separator so
 * that the fast path stumbles over it where it expects `|` or LF: refusing it costs good lines nothing.
 * `bytes[length - 1]` must be LF; `marks` must have room for `length` entries.
 */
export function findSeparators(bytes: Uint8Array, length: number, marks: Int32Array): number {
  let count = 0;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] as number;
    if (isMarked[byte] === 0) continue;
    if (byte === CR && bytes[at + 1] === LF) continue;
    marks[count++] = at;
  }
  return count;
}
