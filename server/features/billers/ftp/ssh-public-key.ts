import { createHash, createPublicKey } from 'node:crypto';

const RSA_BITS_MIN = 2048;
const RSA_BITS_MAX = 8192;
const COMMENT_CHARS_MAX = 100;
const LENGTH_BYTES = 4;

const CURVES: Readonly<Record<string, { readonly name: string; readonly jwk: string; readonly bits: number }>> = {
  'ecdsa-sha2-nistp256': { name: 'nistp256', jwk: 'P-256', bits: 256 },
  'ecdsa-sha2-nistp384': { name: 'nistp384', jwk: 'P-384', bits: 384 },
  'ecdsa-sha2-nistp521': { name: 'nistp521', jwk: 'P-521', bits: 521 },
};
const TYPES: ReadonlySet<string> = new Set(['ssh-ed25519', 'ssh-rsa', ...Object.keys(CURVES)]);

/** A public key as `ssh-keygen -l` tells it, and the line as it is kept; or why it is none, for the person who pasted it. */
export type SshPublicKey =
  | {
      readonly kind: 'key';
      readonly type: string;
      readonly bits: number;
      /** `SHA256:` and 43 characters, as OpenSSH prints it. */
      readonly fingerprint: string;
      readonly comment: string;
      readonly line: string;
    }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Reads one line of an OpenSSH `.pub` file and takes it apart to the last byte: its type, its numbers, nothing after
 * them, an RSA modulus long enough, a point that is on its curve. Pure; never throws.
 */
export function readSshPublicKey(text: string): SshPublicKey {
  const line = text.trim();
  const why = notOneLine(line);
  if (why !== undefined) return refused(why);
  const [type = '', blob = '', ...comment] = line.split(/[ \t]+/);
  if (!TYPES.has(type)) return refused(unknownType(type, line));
  const bytes = Buffer.from(blob, 'base64');
  if (blob === '' || bytes.toString('base64').replace(/=+$/, '') !== blob.replace(/=+$/, ''))
    return refused(
      'The key is cut off or changed: its middle part is not base64. Copy the whole line of the .pub file.',
    );
  try {
    return {
      kind: 'key',
      type,
      bits: bitsOf(type, new Wire(bytes)),
      fingerprint: `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`,
      comment: comment
        .join(' ')
        .replaceAll(/\p{Cc}/gu, '')
        .slice(0, COMMENT_CHARS_MAX),
      line: [type, bytes.toString('base64'), ...comment].join(' ').trim(),
    };
  } catch (cause) {
    if (cause instanceof NotAKey) return refused(cause.message);
    throw cause;
  }
}

function notOneLine(line: string): string | undefined {
  if (line === '') return 'There is no key here. Paste the line of a .pub file.';
  if (/PRIVATE KEY|^PuTTY-User-Key-File/i.test(line))
    return 'This is a private key. It must stay with its owner: ask for the public one (the .pub file), and have this pair replaced, since it has been sent around.';
  if (/BEGIN SSH2 PUBLIC KEY/.test(line))
    return 'This is the form PuTTY writes. Have it as one line: ssh-keygen -i -f key.pub';
  if (/BEGIN (RSA |EC )?PUBLIC KEY/.test(line))
    return 'This is a PEM file. Have it as one line: ssh-keygen -i -m PKCS8 -f key.pem';
  if (/BEGIN CERTIFICATE/.test(line))
    return 'This is a certificate. An SSH public key is one line beginning with its type.';
  if (/[\r\n]/.test(line)) return 'These are several lines. Add one key at a time, each as one line.';
  return undefined;
}

function unknownType(type: string, line: string): string {
  if (type === 'ssh-dss') return 'DSA keys are too weak, and OpenSSH no longer takes them. Ask for an ed25519 key.';
  if (type.startsWith('sk-'))
    return 'Keys on a security stick need a person at each sign-in. Ask for an ed25519 key in a file.';
  if (type.includes('-cert-v01')) return 'This is a certificate of a key. Give the key itself.';
  if ([...TYPES].some((known) => line.includes(`${known} `)))
    return 'There is something before the key. Options are not taken here: begin with the type, such as ssh-ed25519.';
  return 'This is no OpenSSH public key: one begins with its type, such as ssh-ed25519 or ssh-rsa.';
}

function bitsOf(type: string, wire: Wire): number {
  if (wire.text() !== type)
    throw new NotAKey('The key says it is of another type inside than in front. It was changed on its way.');
  const bits = type === 'ssh-ed25519' ? ed25519(wire) : type === 'ssh-rsa' ? rsa(wire) : ecdsa(type, wire);
  if (!wire.isAtEnd) throw new NotAKey('There is more in the key than belongs there. It was changed on its way.');
  return bits;
}

function ed25519(wire: Wire): number {
  const point = wire.bytes();
  if (point.length !== 32) throw new NotAKey('The key has the wrong length for ed25519. Copy the whole line.');
  if (point.every((byte) => byte === 0)) throw new NotAKey('The key is nothing but zeros.');
  return 256;
}

function rsa(wire: Wire): number {
  const exponent = wire.number();
  const modulus = wire.number();
  const bits = modulus === 0n ? 0 : modulus.toString(2).length;
  if (bits < RSA_BITS_MIN)
    throw new NotAKey(
      `The RSA key has ${bits} bits; fewer than ${RSA_BITS_MIN} can be broken. Ask for an ed25519 key.`,
    );
  if (bits > RSA_BITS_MAX) throw new NotAKey(`The RSA key has ${bits} bits; at most ${RSA_BITS_MAX} are taken.`);
  if (exponent < 3n || exponent % 2n === 0n || modulus % 2n === 0n || exponent >= modulus)
    throw new NotAKey('The numbers in it are no RSA key’s. It was changed on its way.');
  return bits;
}

function ecdsa(type: string, wire: Wire): number {
  const curve = CURVES[type];
  if (!curve || wire.text() !== curve.name) throw new NotAKey('The key names another curve inside than in front.');
  const point = wire.bytes();
  const size = Math.ceil(curve.bits / 8);
  if (point[0] !== 4 || point.length !== 1 + 2 * size)
    throw new NotAKey('The key has the wrong length for its curve. Copy the whole line.');
  const part = (from: number) => point.subarray(from, from + size).toString('base64url');
  try {
    createPublicKey({ key: { kty: 'EC', crv: curve.jwk, x: part(1), y: part(1 + size) }, format: 'jwk' });
  } catch {
    throw new NotAKey('The key’s point is not on its curve. It was changed on its way.');
  }
  return curve.bits;
}

class NotAKey extends Error {}

/** The parts of a key: each with its length before it (RFC 4251, section 5). */
class Wire {
  readonly #bytes: Buffer;
  #at = 0;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  bytes(): Buffer {
    const from = this.#at + LENGTH_BYTES;
    const to = from <= this.#bytes.length ? from + this.#bytes.readUInt32BE(this.#at) : Number.POSITIVE_INFINITY;
    if (to > this.#bytes.length) throw new NotAKey('The key is cut off. Copy the whole line of the .pub file.');
    this.#at = to;
    return this.#bytes.subarray(from, to);
  }

  text(): string {
    return this.bytes().toString('latin1');
  }

  /** A positive whole number, written in no more bytes than it needs. */
  number(): bigint {
    const bytes = this.bytes();
    const isNegative = (bytes[0] ?? 0) >= 0x80;
    const isPadded = bytes[0] === 0 && (bytes[1] ?? 0) < 0x80;
    if (bytes.length === 0 || isNegative || isPadded)
      throw new NotAKey('The numbers in it are not written as a key writes them.');
    return BigInt(`0x${bytes.toString('hex')}`);
  }
}

function refused(why: string): SshPublicKey {
  return { kind: 'refused', why };
}
