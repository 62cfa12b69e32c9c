import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { inspect } from 'node:util';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const FINGERPRINT_HEX = 8;
/** A sealed text longer than this is refused before any work is done on it. */
const SEALED_CHARS_MAX = 100_000;
const WRAP_PLACE = 'causeway/data-key';

/** How a secret looks wherever it would be printed. */
export const secretMark = '••••';

/** Equal secrets of one run have equal fingerprints; outside the run the eight characters say nothing. */
const fingerprintKeyOfRun = randomBytes(KEY_BYTES);

/**
 * A text that must not be printed. Its value leaves only through `reveal`, which is called where it goes on the wire;
 * strings, JSON, logs and the debugger see `••••`.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** Compares in a time that does not depend on where the two differ (ASVS 11.2.4). */
  equals(other: Secret | string): boolean {
    const theirs = other instanceof Secret ? other.reveal() : other;
    return timingSafeEqual(digestOf(this.#value), digestOf(theirs));
  }

  /** Eight hex characters that tell two secrets apart within this run. For one that is kept, use `fingerprintOf`. */
  fingerprint(): string {
    return createHmac('sha256', fingerprintKeyOfRun).update(this.#value).digest('hex').slice(0, FINGERPRINT_HEX);
  }

  toString(): string {
    return secretMark;
  }

  toJSON(): string {
    return secretMark;
  }

  [inspect.custom](): string {
    return secretMark;
  }
}

/**
 * Why a sealed text did not open. `tampered-or-moved`: the right key, but the bytes or their place are not those that
 * were sealed (GCM cannot tell the two apart).
 */
export type SealFault = 'malformed' | 'wrong-key' | 'tampered-or-moved';

export class SealError extends Error {
  readonly fault: SealFault;

  constructor(fault: SealFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SealError';
    this.fault = fault;
  }
}

/** The key of one biller's secrets. Its bytes leave only wrapped by a master key. */
export class DataKey {
  /** The first eight hex characters of the key's SHA-256. */
  readonly id: string;
  readonly #bytes: Buffer;
  readonly #sealing: Buffer;
  readonly #fingerprinting: Buffer;

  constructor(bytes: Buffer) {
    this.id = keyIdOf(bytes);
    this.#bytes = Buffer.from(bytes);
    // One key for one purpose: what a fingerprint shows must say nothing about the key that seals.
    this.#sealing = derivedKey(bytes, 'seal');
    this.#fingerprinting = derivedKey(bytes, 'fingerprint');
  }

  wrappedBy(wrap: (bytes: Buffer) => string): string {
    return wrap(this.#bytes);
  }

  encrypt(plaintext: Buffer, place: string): string {
    return encrypted(this.#sealing, this.id, plaintext, place);
  }

  decrypt(sealed: string, place: string): Buffer {
    const parts = parsedSeal(sealed);
    if (parts.keyId !== this.id) {
      throw new SealError('wrong-key', `sealed with data key ${parts.keyId}, not with ${this.id}`);
    }
    return decrypted(this.#sealing, parts, place);
  }

  fingerprintOf(plaintext: string): string {
    return createHmac('sha256', this.#fingerprinting).update(plaintext).digest('hex').slice(0, FINGERPRINT_HEX);
  }

  toJSON(): string {
    return secretMark;
  }

  [inspect.custom](): string {
    return `DataKey ${this.id}`;
  }
}

/** The master keys: the current one wraps, older ones only open what they wrapped. */
export interface Keyring {
  currentKeyId: string;
  newDataKey(): DataKey;
  /** `v1.<master key id>.<iv>.<tag and ciphertext>`, to be stored beside the biller. */
  wrapDataKey(dataKey: DataKey): string;
  /** Throws `SealError('wrong-key')` when no master key of the ring wrapped it. */
  unwrapDataKey(wrapped: string): DataKey;
  /** The same data key under the current master key; the same text when it already is (so a rotation can be resumed). */
  rewrapDataKey(wrapped: string): string;
}

/** A key ring from 32-byte master keys; envelope encryption, as AWS Secrets Manager does it. */
export function createKeyring(keys: { currentMasterKey: Buffer; olderMasterKeys?: readonly Buffer[] }): Keyring {
  const all = [keys.currentMasterKey, ...(keys.olderMasterKeys ?? [])];
  for (const key of all) {
    if (key.length !== KEY_BYTES) throw new Error(`a master key has ${KEY_BYTES} bytes, this one has ${key.length}`);
  }
  const byId = new Map(all.map((key) => [keyIdOf(key), Buffer.from(key)]));
  const currentKeyId = keyIdOf(keys.currentMasterKey);
  const current = Buffer.from(keys.currentMasterKey);
  const wrapDataKey = (dataKey: DataKey): string =>
    dataKey.wrappedBy((bytes) => encrypted(current, currentKeyId, bytes, WRAP_PLACE));
  const unwrapDataKey = (wrapped: string): DataKey => {
    const parts = parsedSeal(wrapped);
    const masterKey = byId.get(parts.keyId);
    if (masterKey === undefined) {
      throw new SealError('wrong-key', `wrapped by master key ${parts.keyId}, which is not in the key ring`);
    }
    const bytes = decrypted(masterKey, parts, WRAP_PLACE);
    if (bytes.length !== KEY_BYTES) throw new SealError('malformed', 'the wrapped data key has the wrong length');
    return new DataKey(bytes);
  };
  return {
    currentKeyId,
    newDataKey: () => new DataKey(randomBytes(KEY_BYTES)),
    wrapDataKey,
    unwrapDataKey,
    rewrapDataKey: (wrapped) =>
      parsedSeal(wrapped).keyId === currentKeyId ? wrapped : wrapDataKey(unwrapDataKey(wrapped)),
  };
}

/**
 * Seals a text for one place: `v1.<data key id>.<iv>.<tag and ciphertext>` (AES-256-GCM, random 12-byte IV, base64url).
 * `place` names where it is kept, for example `2984/advancedSettings.10`; elsewhere it does not open.
 */
export function seal(dataKey: DataKey, plaintext: string | Secret, place: string): string {
  const text = plaintext instanceof Secret ? plaintext.reveal() : plaintext;
  return dataKey.encrypt(Buffer.from(text, 'utf8'), place);
}

/** Opens what `seal` made for the same place; throws `SealError` when it cannot. */
export function open(dataKey: DataKey, sealed: string, place: string): Secret {
  return new Secret(dataKey.decrypt(sealed, place).toString('utf8'));
}

/** Eight hex characters, the same for equal secrets of one biller; without the data key they cannot be searched for. */
export function fingerprintOf(dataKey: DataKey, plaintext: string | Secret): string {
  return dataKey.fingerprintOf(plaintext instanceof Secret ? plaintext.reveal() : plaintext);
}

interface SealParts {
  keyId: string;
  iv: Buffer;
  tag: Buffer;
  ciphertext: Buffer;
}

const sealPattern = /^v1\.([0-9a-f]{8})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})$/;

function parsedSeal(sealed: string): SealParts {
  const match = sealed.length <= SEALED_CHARS_MAX ? sealPattern.exec(sealed) : null;
  const [, keyId, iv, tagAndCiphertext] = match ?? [];
  if (keyId === undefined || iv === undefined || tagAndCiphertext === undefined) {
    throw new SealError('malformed', 'not a sealed text of version 1');
  }
  const bytes = Buffer.from(tagAndCiphertext, 'base64url');
  return {
    keyId,
    iv: Buffer.from(iv, 'base64url'),
    tag: bytes.subarray(0, TAG_BYTES),
    ciphertext: bytes.subarray(TAG_BYTES),
  };
}

function encrypted(key: Buffer, keyId: string, plaintext: Buffer, place: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place, 'utf8'));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const tagged = Buffer.concat([cipher.getAuthTag(), ciphertext]).toString('base64url');
  return `v1.${keyId}.${iv.toString('base64url')}.${tagged}`;
}

function decrypted(key: Buffer, parts: SealParts, place: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, parts.iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(place, 'utf8')).setAuthTag(parts.tag);
  try {
    return Buffer.concat([decipher.update(parts.ciphertext), decipher.final()]);
  } catch (cause) {
    throw new SealError('tampered-or-moved', 'the sealed text was changed, or belongs to another place', { cause });
  }
}

function keyIdOf(key: Buffer): string {
  return createHash('sha256').update(key).digest('hex').slice(0, FINGERPRINT_HEX);
}

function derivedKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `causeway/${purpose}/v1`, KEY_BYTES));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
