import type { Tx } from '../../platform/database.ts';
import type { DataKey, Keyring } from '../../platform/secrets.ts';
import { fingerprintOf, open, type Secret, seal } from '../../platform/secrets.ts';
import type { Sealed } from './configuration.ts';
import { rewrapExchangeKey } from './exchange/exchange-key.ts';

/** Billers rewrapped in one transaction of a key rotation. */
const REWRAP_BATCH_MAX = 200;

/** The key that seals one biller's secrets; made with the biller's first secret, wrapped by the master key. */
export async function dataKeyOf(tx: Tx, keyring: Keyring, bid: number): Promise<DataKey> {
  const kept = await readWrapped(tx, bid);
  if (kept !== undefined) return keyring.unwrapDataKey(kept);
  const wrapped = keyring.wrapDataKey(keyring.newDataKey());
  await tx
    .insertInto('sealed_key')
    .values({ bid, key_id: keyring.currentKeyId, wrapped })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const stored = await readWrapped(tx, bid); // another transaction may have been first
  if (stored === undefined) throw new Error(`the data key of biller ${bid} was not stored`);
  return keyring.unwrapDataKey(stored);
}

/** Seals a secret of a biller for one place of its configuration; it opens nowhere else. */
export function sealFor(dataKey: DataKey, bid: number, place: string, plaintext: string): Sealed {
  return { sealed: seal(dataKey, plaintext, `${bid}/${place}`), fingerprint: fingerprintOf(dataKey, plaintext) };
}

/** Opens what `sealFor` made for the same biller and place; throws `SealError` when it cannot. */
export function openFor(dataKey: DataKey, bid: number, place: string, sealed: Sealed): Secret {
  return open(dataKey, sealed.sealed, `${bid}/${place}`);
}

/** Puts the data keys still under an older master key under the current one. Returns how many; 0 means all done. */
export async function rewrapDataKeys(tx: Tx, keyring: Keyring): Promise<number> {
  const rows = await tx
    .selectFrom('sealed_key')
    .select(['bid', 'wrapped'])
    .where('key_id', '<>', keyring.currentKeyId)
    .orderBy('bid')
    .limit(REWRAP_BATCH_MAX)
    .forUpdate()
    .execute();
  for (const row of rows) {
    await tx
      .updateTable('sealed_key')
      .set({ key_id: keyring.currentKeyId, wrapped: keyring.rewrapDataKey(row.wrapped) })
      .where('bid', '=', row.bid)
      .execute();
  }
  return rows.length + (await rewrapExchangeKey(tx, keyring));
}

async function readWrapped(tx: Tx, bid: number): Promise<string | undefined> {
  const row = await tx.selectFrom('sealed_key').select('wrapped').where('bid', '=', bid).executeTakeFirst();
  return row?.wrapped;
}
