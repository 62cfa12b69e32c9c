/** Invoices one file may hold. It bounds what remembering their numbers costs: about 16 bytes each, 160 MB at the most. */
export const INVOICES_MAX = 10_000_000;

const PARTS = 256;
const FIRST_SLOTS = 64;
const LOAD_MAX = 0.85;
const LOAD_EXPECTED = 0.7;
/** Small tables grow fast, large ones in small steps: there memory counts for more. */
const SMALL_SLOTS = 8192;
const SMALL_GROWTH = 2;
const GROWTH = 1.25;

// A slot is three cells side by side, so that looking at one costs one cache miss: low half, high half, entry (0 = free).
const CELLS = 3;
const HIGH = 1;
const ENTRY = 2;
type Part = { cells: Uint32Array; slots: number; count: number };

/**
 * Remembers which invoice numbers a file has had, as 64-bit hashes with the line each was first seen on. Two different
 * numbers of a 1 GB file are taken for the same with a chance of about one in a million files; then both are refused
 * and the sender is told, so nothing is ever lost silently. Many small tables that grow one by one, because one large
 * table would need itself twice over while it grows. `seed` makes the hashes differ between processes, if wanted.
 */
export class InvoiceNumbers {
  readonly #parts: Part[];
  #count = 0;

  /** `expected`: how many the file says it holds. Only a hint: memory that is never written is never taken. */
  constructor(expected: number) {
    const slots = Math.ceil(Math.min(expected, INVOICES_MAX) / PARTS / LOAD_EXPECTED);
    this.#parts = Array.from({ length: PARTS }, () => emptyPart(Math.max(FIRST_SLOTS, slots)));
  }

  get isFull(): boolean {
    return this.#count >= INVOICES_MAX;
  }

  /**
   * Looks at the slots of the first `count` hashes (pairs, high and low) without any decision on what is there. The
   * processor fetches them side by side; `add` then finds them in its cache instead of waiting for each in turn.
   */
  fetch(hashes: Uint32Array, count: number): number {
    let seen = 0;
    for (let at = 0; at < count * 2; at += 2) {
      const part = this.#parts[(hashes[at] as number) >>> 24] as Part;
      seen ^= part.cells[Math.floor(((hashes[at + 1] as number) / 4_294_967_296) * part.slots) * CELLS] as number;
    }
    return seen;
  }

  /**
   * Adds a number first seen as `entry` (line × 2, plus 1 when that invoice is refused anyway) and returns 0; or, when
   * the number is known, returns its earlier entry and marks that one refused.
   */
  add(high: number, low: number, entry: number): number {
    const part = this.#parts[high >>> 24] as Part;
    const slots = part.slots;
    const { cells } = part;
    const size = cells.length;
    let cell = Math.floor((low / 4_294_967_296) * slots) * CELLS;
    for (;;) {
      const known = cells[cell + ENTRY] as number;
      if (known === 0) break;
      if (cells[cell] === low && cells[cell + HIGH] === high) {
        cells[cell + ENTRY] = known | 1;
        return known;
      }
      cell += CELLS;
      if (cell === size) cell = 0;
    }
    cells[cell] = low;
    cells[cell + HIGH] = high;
    cells[cell + ENTRY] = entry;
    this.#count++;
    if (++part.count > slots * LOAD_MAX) grow(part);
    return 0;
  }
}

/** The two halves of the hash of the bytes at [from, to): `into[at]` high, `into[at + 1]` low. */
export function hashNumber(
  view: DataView,
  from: number,
  to: number,
  seed: number,
  into: Uint32Array,
  at: number,
): void {
  let high = seed ^ 0x9747b28c;
  let low = seed ^ (to - from);
  let place = from;
  for (; place + 4 <= to; place += 4) {
    const word = view.getInt32(place);
    high = Math.imul(high ^ Math.imul(word, 0xcc9e2d51), 0x1b873593);
    high = (high << 13) | (high >>> 19);
    low = Math.imul(low ^ Math.imul(word, 0x85ebca6b), 0xc2b2ae35);
    low = (low << 15) | (low >>> 17);
  }
  let rest = 0;
  for (; place < to; place++) rest = (rest << 8) | view.getUint8(place);
  into[at] = finish(Math.imul(high ^ Math.imul(rest, 0xcc9e2d51), 0x1b873593));
  into[at + 1] = finish(Math.imul(low ^ Math.imul(rest, 0x85ebca6b), 0xc2b2ae35) ^ 0x5bd1e995);
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function grow(part: Part): void {
  const growth = part.slots < SMALL_SLOTS ? SMALL_GROWTH : GROWTH;
  const { cells, slots } = emptyPart(Math.ceil(part.slots * growth));
  const old = part.cells;
  for (let from = 0; from < old.length; from += CELLS) {
    if (old[from + ENTRY] === 0) continue;
    const low = old[from] as number;
    let cell = Math.floor((low / 4_294_967_296) * slots) * CELLS;
    while (cells[cell + ENTRY] !== 0) {
      cell += CELLS;
      if (cell === cells.length) cell = 0;
    }
    cells[cell] = low;
    cells[cell + HIGH] = old[from + HIGH] as number;
    cells[cell + ENTRY] = old[from + ENTRY] as number;
  }
  part.cells = cells;
  part.slots = slots;
}

function emptyPart(slots: number): Part {
  return { cells: new Uint32Array(slots * CELLS), slots, count: 0 };
}
