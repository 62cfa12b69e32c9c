import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { Tx } from '../../../platform/database.ts';
import type { Platform } from '../../../platform/platform.ts';
import { type Keyring, open, seal } from '../../../platform/secrets.ts';
import { refuseBiller } from '../problems.ts';

export const KEY_AGREEMENT = 'ECDH-ES+A256KW';
const PREFIX = 'causeway-key:';
const PUBLIC_KEY = /^causeway-key:([A-Za-z0-9_-]{43})$/;
const PLACE = 'installation/exchange-key';

export type ExchangeDeps = Pick<Platform, 'database' | 'keyring' | 'config'>;

/** The installation's key pair for configuration files. */
export interface ExchangeKey {
  /** As people hand it on: `causeway-key:` and 43 characters. */
  readonly publicKey: string;
  /** Eight hex characters of its SHA-256, to tell keys apart at a glance. */
  readonly id: string;
  readonly installation: string;
  privateKey(): Promise<CryptoKey | Uint8Array>;
}

/** This installation's key pair, made the first time it is asked for. */
export async function exchangeKeyOf(deps: ExchangeDeps): Promise<ExchangeKey> {
  if (deps.config.masterKeys.length === 0) throw refuseBiller('no-master-key');
  const kept = await deps.database.withSystem(readKey);
  const row = kept ?? (await makeKey(deps));
  return {
    publicKey: row.public_key,
    id: keyId(row.public_key),
    installation: row.installation,
    privateKey: async () => {
      const secret = open(deps.keyring.unwrapDataKey(row.wrapped), row.sealed_private_key, PLACE);
      return await importJWK(JSON.parse(secret.reveal()) as JWK, KEY_AGREEMENT);
    },
  };
}

/** A public key as it was handed on, ready to seal to; refuses what is none. */
export async function readPublicKey(text: string): Promise<{ id: string; key: CryptoKey | Uint8Array }> {
  const x = PUBLIC_KEY.exec(text.trim())?.[1];
  if (x === undefined) throw refuseBiller('not-a-public-key');
  try {
    return { id: keyId(text.trim()), key: await importJWK({ kty: 'OKP', crv: 'X25519', x }, KEY_AGREEMENT) };
  } catch (cause) {
    throw refuseBiller('not-a-public-key', {}, cause);
  }
}

/** Puts the pair's data key under the current master key; how many that were. Part of a key rotation. */
export async function rewrapExchangeKey(tx: Tx, keyring: Keyring): Promise<number> {
  const row = await tx
    .selectFrom('installation_key')
    .select('wrapped')
    .where('key_id', '<>', keyring.currentKeyId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return 0;
  const set = { key_id: keyring.currentKeyId, wrapped: keyring.rewrapDataKey(row.wrapped) };
  await tx.updateTable('installation_key').set(set).execute();
  return 1;
}

async function readKey(tx: Tx) {
  return tx
    .selectFrom('installation_key')
    .innerJoin('installation', (join) => join.onRef('installation.is_only', '=', 'installation_key.is_only'))
    .select(['public_key', 'sealed_private_key', 'wrapped', 'installation.id as installation'])
    .executeTakeFirst();
}

async function makeKey(deps: ExchangeDeps) {
  const pair = await generateKeyPair(KEY_AGREEMENT, { crv: 'X25519', extractable: true });
  const [open, closed] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)]);
  const dataKey = deps.keyring.newDataKey();
  return deps.database.withSystem(async (tx) => {
    await tx
      .insertInto('installation_key')
      .values({
        public_key: `${PREFIX}${open.x}`,
        sealed_private_key: seal(dataKey, JSON.stringify(closed), PLACE),
        key_id: deps.keyring.currentKeyId,
        wrapped: deps.keyring.wrapDataKey(dataKey),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const stored = await readKey(tx); // another process may have been first
    if (!stored) throw new Error('the installation’s key pair was not stored');
    return stored;
  });
}

function keyId(publicKey: string): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 8);
}
