import type { Tx } from '../../platform/database.ts';
import type { Keyring, Secret } from '../../platform/secrets.ts';
import { dataKeyOf, openFor, sealFor } from '../billers/index.ts';
import type { DestinationRow } from './destination-store.ts';

/** No biller has this number: the key of the installation's own secrets, rotated together with the billers'. */
const INSTALLATION = 0;

const placeOf = (id: number): string => `alert-destination/${id}`;

/** Seals a webhook's secret for its destination; elsewhere it does not open. */
export async function sealSecret(
  tx: Tx,
  keyring: Keyring,
  from: { id: number; secret: string },
): Promise<{ sealed: string; fingerprint: string }> {
  const key = await dataKeyOf(tx, keyring, INSTALLATION);
  return sealFor(key, INSTALLATION, placeOf(from.id), from.secret);
}

/** The secrets that sign now: the present one, and the one before while the receiver changes over. */
export async function openSecrets(
  tx: Tx,
  keyring: Keyring,
  from: { row: DestinationRow; now: Temporal.Instant },
): Promise<readonly Secret[]> {
  const { row, now } = from;
  if (row.secret === null) return [];
  const key = await dataKeyOf(tx, keyring, INSTALLATION);
  const isOldInUse =
    row.previous_secret !== null &&
    row.previous_until !== null &&
    Temporal.Instant.compare(now, row.previous_until) < 0;
  const sealed = [row.secret, ...(isOldInUse && row.previous_secret !== null ? [row.previous_secret] : [])];
  return sealed.map((one) => openFor(key, INSTALLATION, placeOf(row.id), { sealed: one, fingerprint: '' }));
}
