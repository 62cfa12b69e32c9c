import { recordAudit } from '../../platform/audit.ts';
import { type Actor, areBlockFlagsReadOnly } from '../billers/index.ts';
import { findAccount, setBlockFlags } from './account-store.ts';
import { type InvoicesDeps, loadBiller } from './biller-reading.ts';
import type { AccountRow } from './contract.ts';
import { refuse } from './problems.ts';

/**
 * Blocks or allows bank debits and cards for one account, by hand. Refused where setting 32 makes the two flags read-only
 * (the partner's own payment types set them then), and for an account that does not exist. Gives the account as it is.
 */
export async function changeBlockFlags(
  deps: Pick<InvoicesDeps, 'billers' | 'database' | 'clock'>,
  from: { bid: number; accountNumber: string; blockAch: boolean; blockCc: boolean; reason: string; by: Actor },
): Promise<AccountRow> {
  const { bid, accountNumber, blockAch, blockCc, by } = from;
  const biller = await loadBiller(deps, bid);
  if (areBlockFlagsReadOnly(biller.configuration)) throw refuse('block-flags-read-only');
  return await deps.database.withBiller(bid, async (tx) => {
    const before = await findAccount(tx, bid, accountNumber);
    if (!before) throw refuse('unknown-account', { accountNumber });
    const reason = blockAch || blockCc ? `${by.name}: ${from.reason}` : null;
    const isChanged = await setBlockFlags(tx, bid, accountNumber, { ach: blockAch, cc: blockCc, reason });
    if (!isChanged) return before;
    await recordAudit(tx, {
      at: deps.clock.now(),
      bid,
      actorKind: by.kind,
      actor: by.name,
      act: 'account.block-flags',
      subject: `account/${accountNumber}`,
      detail: { blockAch, blockCc, reason: from.reason },
    });
    return { ...before, blockAch, blockCc, blockReason: reason };
  });
}
