import type { Tx } from '../../../platform/database.ts';
import { type DataKey, type Keyring, open, type Secret, seal } from '../../../platform/secrets.ts';

/** Seals what belongs to a member of staff and to no biller; it opens for the same person and purpose only. */
export async function sealForStaff(
  tx: Tx,
  keyring: Keyring,
  of: { userId: string; purpose: 'totp'; text: string },
): Promise<string> {
  return seal(await staffKey(tx, keyring), of.text, placeOf(of));
}

/** Opens what `sealForStaff` made; throws `SealError` when it cannot. */
export async function openForStaff(
  tx: Tx,
  keyring: Keyring,
  of: { userId: string; purpose: 'totp'; sealed: string },
): Promise<Secret> {
  return open(await staffKey(tx, keyring), of.sealed, placeOf(of));
}

/** Puts the staff's key under the current master key. Returns 1 where it was under an older one, else 0. */
export async function rewrapStaffKey(tx: Tx, keyring: Keyring): Promise<number> {
  const row = await tx
    .selectFrom('staff_key')
    .select('wrapped')
    .where('key_id', '<>', keyring.currentKeyId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return 0;
  await tx
    .updateTable('staff_key')
    .set({ key_id: keyring.currentKeyId, wrapped: keyring.rewrapDataKey(row.wrapped) })
    .execute();
  return 1;
}

/** Made with the first secret of anybody, wrapped by the master key. */
async function staffKey(tx: Tx, keyring: Keyring): Promise<DataKey> {
  const kept = await readWrapped(tx);
  if (kept !== undefined) return keyring.unwrapDataKey(kept);
  const wrapped = keyring.wrapDataKey(keyring.newDataKey());
  await tx
    .insertInto('staff_key')
    .values({ key_id: keyring.currentKeyId, wrapped })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const stored = await readWrapped(tx); // another transaction may have been first
  if (stored === undefined) throw new Error('the key of the staff’s secrets was not stored');
  return keyring.unwrapDataKey(stored);
}

async function readWrapped(tx: Tx): Promise<string | undefined> {
  return (await tx.selectFrom('staff_key').select('wrapped').executeTakeFirst())?.wrapped;
}

function placeOf(of: { userId: string; purpose: string }): string {
  return `staff/${of.userId}/${of.purpose}`;
}
