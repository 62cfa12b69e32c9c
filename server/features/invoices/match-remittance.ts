import type { Tx } from '../../platform/database.ts';
import type { Biller } from '../billers/index.ts';
import { findAccount } from './account-store.ts';
import type { AccountRow } from './contract.ts';
import { lastNameForms } from './match-account.ts';

/**
 * The account a bank's remittance belongs to, as CRM › OBD says: by its account number alone, or only where a last name
 * fits as well. Undefined where OBD is off, so that no money is put down to anybody by mistake.
 */
export async function matchRemittance(
  tx: Tx,
  biller: Biller,
  remittance: { accountNumber: string; name: string },
): Promise<AccountRow | undefined> {
  const { obd, products } = biller.configuration;
  if (!products.obd || !obd.isOn) return undefined;
  const account = await findAccount(tx, biller.bid, remittance.accountNumber);
  if (!account || obd.matchBy === 'account number') return account;
  const given = new Set(lastNameForms(remittance.name));
  return lastNameForms(account.customerName).some((form) => given.has(form)) ? account : undefined;
}
