import { randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;
/** 2^53: the number of distinct fractions a double can carry evenly. */
const FRACTION_STEPS = 9_007_199_254_740_992;
const POOL_BYTES = 4_096;
const SEEDED_EPOCH_MS = 1_750_000_000_000;

/** Randomness, as a port: nothing outside `platform/` calls `Math.random` or `node:crypto` for it. */
export interface Random {
  bytes(count: number): Buffer;
  /** A version 7 UUID (RFC 9562): sorts by the time it was made. Not a secret: use `token` for those. */
  uuid(): string;
  /** An unguessable base64url text of `byteCount` random bytes (32, so 256 bits, unless told). */
  token(byteCount?: number): string;
  /** Evenly spread over [0, 1). */
  fraction(): number;
}

export const systemRandom: Random = randomFrom(
  (count) => randomBytes(count),
  () => Date.now(),
  pooledBytes(),
);

/** Each request has an id: its few bytes are cut from a larger draw, which costs as much as one of them would. */
function pooledBytes(): (count: number) => Buffer {
  let pool = randomBytes(POOL_BYTES);
  let used = 0;
  return (count) => {
    if (used + count > POOL_BYTES) {
      pool = randomBytes(POOL_BYTES);
      used = 0;
    }
    used += count;
    return pool.subarray(used - count, used);
  };
}

/** The same values for the same seed, for simulations and tests. Never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  let uuidCount = 0;
  // mulberry32: 32 bits of state are plenty for choosing faults; strength is not asked of it.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return randomFrom(
    (count) => Buffer.from(Array.from({ length: count }, () => next() & 0xff)),
    () => SEEDED_EPOCH_MS + uuidCount++,
  );
}

function randomFrom(
  bytes: (count: number) => Buffer,
  nowMs: () => number,
  bytesOfIds: (count: number) => Buffer = bytes,
): Random {
  return {
    bytes,
    uuid: () => uuidVersion7(nowMs(), bytesOfIds(10)),
    token: (byteCount = TOKEN_BYTES) => bytes(byteCount).toString('base64url'),
    fraction: () => {
      const drawn = bytes(7);
      return ((drawn.readUIntBE(0, 6) * 32 + (drawn.readUInt8(6) >>> 3)) % FRACTION_STEPS) / FRACTION_STEPS;
    },
  };
}

/** RFC 9562 §5.7: 48 bits of milliseconds, the version, then 74 random bits around the variant. */
function uuidVersion7(unixMs: number, random: Buffer): string {
  const id = Buffer.allocUnsafe(16);
  id.writeUIntBE(unixMs, 0, 6);
  random.copy(id, 6);
  id.writeUInt8((id.readUInt8(6) & 0x0f) | 0x70, 6);
  id.writeUInt8((id.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = id.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
