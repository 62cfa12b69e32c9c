/** Invoices one file may hold. It bounds what remembering their numbers costs: about 16 bytes each, 160 MB at the most. */
export const INVOICES_MAX = 10_000_000;

const PARTS = 256;
const FIRST_SLOTS = 64;
const LOAD_MAX = 0.85;
const GROWTH = 1.25;

type Part = { low: Uint32Array; high: Uint32Array; entries: Uint32Array; count: number };

/**
 * Remembers which invoice numbers a file has had, as 64-bit hashes with the line each was first seen on. Two different
 * numbers of a 1 GB file are taken for the same with a chance of about one in a million files; then both are refused
 * and the sender is told, so nothing is ever lost silently. Many small tables that grow one by one, because one large
 * table would need itself twice over while it grows. `seed` makes the hashes differ between processes, if wanted.
 */
export class InvoiceNumbers {
  readonly #parts: Part[] = Array.from({ length: PARTS }, () => emptyPart(FIRST_SLOTS));
  #count = 0;

  get isFull(): boolean {
    return this.#count >= INVOICES_MAX;
  }

  /**
   * Adds a number first seen as `entry` (line × 2, plus 1 when that invoice is refused anyway) and returns 0; or, when
   * the number is known, returns its earlier entry and marks that one refused.
   */
  add(high: number, low: number, entry: number): number {
    const part = this.#parts[high >>> 24] as Part;
    const slots = part.entries.length;
    let slot = Math.floor(((low >>> 0) / 4_294_967_296) * slots);
    for (;;) {
      const known = part.entries[slot] as number;
      if (known === 0) break;
      if (part.low[slot] === low >>> 0 && part.high[slot] === high >>> 0) {
        part.entries[slot] = known | 1;
        return known;
      }
      if (++slot === slots) slot = 0;
    }
    part.low[slot] = low;
    part.high[slot] = high;
    part.entries[slot] = entry;
    this.#count++;
    if (++part.count > slots * LOAD_MAX) grow(part);
    return 0;
  }
}

/** The two halves of the hash of a number's bytes: `into[at]` high, `into[at + 1]` low. */
export function hashNumber(
  bytes: Uint8Array,
  from: number,
  to: number,
  seed: number,
  into: Uint32Array,
  at: number,
): void {
  let high = seed ^ 0x9747b28c;
  let low = seed ^ (to - from);
  for (let place = from; place < to; place += 4) {
    let word = 0;
    const stop = place + 4 < to ? place + 4 : to;
    for (let inner = place; inner < stop; inner++) word = (word << 8) | (bytes[inner] as number);
    high = Math.imul(high ^ Math.imul(word, 0xcc9e2d51), 0x1b873593);
    high = (high << 13) | (high >>> 19);
    low = Math.imul(low ^ Math.imul(word, 0x85ebca6b), 0xc2b2ae35);
    low = (low << 15) | (low >>> 17);
  }
  into[at] = finish(high);
  into[at + 1] = finish(low ^ 0x5bd1e995);
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function grow(part: Part): void {
  const larger = emptyPart(Math.ceil(part.entries.length * GROWTH));
  const slots = larger.entries.length;
  for (const [from, entry] of part.entries.entries()) {
    if (entry === 0) continue;
    const low = part.low[from] as number;
    let slot = Math.floor((low / 4_294_967_296) * slots);
    while (larger.entries[slot] !== 0) if (++slot === slots) slot = 0;
    larger.low[slot] = low;
    larger.high[slot] = part.high[from] as number;
    larger.entries[slot] = entry;
  }
  part.low = larger.low;
  part.high = larger.high;
  part.entries = larger.entries;
}

function emptyPart(slots: number): Part {
  return { low: new Uint32Array(slots), high: new Uint32Array(slots), entries: new Uint32Array(slots), count: 0 };
}
