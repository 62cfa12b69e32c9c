import { CompactEncrypt, compactDecrypt, errors } from 'jose';
import { Secret } from '../../../platform/secrets.ts';
import { type ExchangeKey, KEY_AGREEMENT } from './exchange-key.ts';

const CONTENT = 'A256GCM';
/** What kind of JWE this is; another kind, made for something else, is no secret of a configuration. */
const TYPE = 'causeway-secret';

/** Where a sealed secret belongs. All of it is in the protected header, so that it opens nowhere else. */
export interface SealedPlace {
  readonly bid: number;
  /** As `advancedSettings.10.password`. */
  readonly place: string;
  /** The installation that wrote the file. */
  readonly issuer: string;
}

/** Seals a secret for whoever holds the private key, for one place (JWE compact, ECDH-ES+A256KW with A256GCM). */
export async function sealSecret(
  to: { id: string; key: CryptoKey | Uint8Array },
  of: SealedPlace,
  secret: Secret,
): Promise<string> {
  return await new CompactEncrypt(Buffer.from(secret.reveal(), 'utf8'))
    .setProtectedHeader({
      alg: KEY_AGREEMENT,
      enc: CONTENT,
      typ: TYPE,
      kid: to.id,
      iss: of.issuer,
      sub: `${of.bid}/${of.place}`,
    })
    .encrypt(to.key as CryptoKey);
}

export type Opened =
  | { readonly kind: 'secret'; readonly secret: Secret }
  | { readonly kind: 'fault'; readonly sentence: string };

/** Opens what `sealSecret` made for this installation and this place; says why it can't, never what was in it. */
export async function openSecret(key: ExchangeKey, of: SealedPlace, jwe: string): Promise<Opened> {
  const sealedTo = headerOf(jwe)?.kid;
  if (typeof sealedTo !== 'string') return fault('is not a sealed secret');
  if (sealedTo !== key.id)
    return fault(`was sealed to key ${sealedTo.slice(0, 20)}; this installation’s is ${key.id} (causeway keys show)`);
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, (await key.privateKey()) as CryptoKey, {
      keyManagementAlgorithms: [KEY_AGREEMENT],
      contentEncryptionAlgorithms: [CONTENT],
    });
    if (protectedHeader.typ !== TYPE) return fault('is not a sealed secret of a configuration');
    if (protectedHeader.iss !== of.issuer)
      return fault('was sealed by another installation than the one that wrote the file');
    const sub = `${of.bid}/${of.place}`;
    if (protectedHeader.sub !== sub) return fault('was sealed for another place or biller and was moved here');
    return { kind: 'secret', secret: new Secret(Buffer.from(plaintext).toString('utf8')) };
  } catch (cause) {
    if (cause instanceof errors.JOSEError) return fault('was changed after it was sealed, or is cut off');
    throw cause;
  }
}

function headerOf(jwe: string): Record<string, unknown> | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString('utf8'));
    return header !== null && typeof header === 'object' ? (header as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function fault(sentence: string): Opened {
  return { kind: 'fault', sentence };
}
