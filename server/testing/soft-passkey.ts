import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

/** A passkey in software: what an authenticator and a browser do together, and, where a test says so, what they must not. */
export interface SoftPasskey {
  readonly id: string;
  counter: number;
  /** The user's handle as it was told at registration. */
  userHandle: string;
  /** Answers `navigator.credentials.create`. */
  make(options: Options, changes?: Changes): Record<string, unknown>;
  /** Answers `navigator.credentials.get`. */
  sign(options: Options, changes?: Changes): Record<string, unknown>;
}

interface Options {
  readonly challenge: string;
  readonly rpId?: string;
  readonly rp?: { readonly id?: string };
  readonly user?: { readonly id: string };
}

/** What is not as it should be. */
interface Changes {
  readonly origin?: string;
  readonly rpId?: string;
  readonly isVerified?: boolean;
  readonly counter?: number;
  readonly challenge?: string;
  readonly userHandle?: string;
}

export function softPasskey(origin: string, hasCounter = true): SoftPasskey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(24);
  const passkey: SoftPasskey = {
    id: id.toString('base64url'),
    counter: 0,
    userHandle: randomBytes(16).toString('base64url'),
    make(options, changes = {}) {
      passkey.userHandle = options.user?.id ?? '';
      const clientData = clientDataOf('webauthn.create', options, { origin, ...changes });
      const attested = Buffer.concat([Buffer.alloc(16), uint16(id.length), id, coseKey(publicKey)]);
      const authData = authDataOf(options, changes, 0x40, passkey.counter, attested);
      const attestation = cborMap([
        [cborText('fmt'), cborText('none')],
        [cborText('attStmt'), cborMap([])],
        [cborText('authData'), cborBytes(authData)],
      ]);
      return answerOf(passkey.id, {
        clientDataJSON: clientData.toString('base64url'),
        attestationObject: attestation.toString('base64url'),
        transports: ['internal'],
      });
    },
    sign(options, changes = {}) {
      if (hasCounter) passkey.counter += 1;
      const clientData = clientDataOf('webauthn.get', options, { origin, ...changes });
      const authData = authDataOf(options, changes, 0, changes.counter ?? passkey.counter, Buffer.alloc(0));
      const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
      return answerOf(passkey.id, {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: createSign('sha256').update(signed).sign(privateKey).toString('base64url'),
        userHandle: changes.userHandle ?? passkey.userHandle,
      });
    },
  };
  return passkey;
}

function answerOf(id: string, response: Record<string, unknown>): Record<string, unknown> {
  return {
    id,
    rawId: id,
    type: 'public-key',
    response,
    authenticatorAttachment: 'platform',
    clientExtensionResults: {},
  };
}

function clientDataOf(type: string, options: Options, changes: Changes): Buffer {
  const challenge = changes.challenge ?? options.challenge;
  return Buffer.from(JSON.stringify({ type, challenge, origin: changes.origin, crossOrigin: false }));
}

function authDataOf(options: Options, changes: Changes, flags: number, counter: number, rest: Buffer): Buffer {
  const rpId = changes.rpId ?? options.rpId ?? options.rp?.id ?? '';
  const isVerified = changes.isVerified ?? true;
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  const bits = Buffer.from([0x01 | (isVerified ? 0x04 : 0) | flags]);
  return Buffer.concat([createHash('sha256').update(rpId).digest(), bits, count, rest]);
}

/** COSE (RFC 9053): an ES256 key. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return cborMap([
    [Buffer.from([0x01]), Buffer.from([0x02])],
    [Buffer.from([0x03]), Buffer.from([0x26])],
    [Buffer.from([0x20]), Buffer.from([0x01])],
    [Buffer.from([0x21]), cborBytes(Buffer.from(x, 'base64url'))],
    [Buffer.from([0x22]), cborBytes(Buffer.from(y, 'base64url'))],
  ]);
}

function cborMap(entries: readonly (readonly [Buffer, Buffer])[]): Buffer {
  return Buffer.concat([Buffer.from([0xa0 | entries.length]), ...entries.flat()]);
}

function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 | text.length]), Buffer.from(text)]);
}

function cborBytes(bytes: Buffer): Buffer {
  const head =
    bytes.length < 256 ? Buffer.from([0x58, bytes.length]) : Buffer.concat([Buffer.from([0x59]), uint16(bytes.length)]);
  return Buffer.concat([head, bytes]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
