import { parseAccountNumber } from '../../platform/account-number.ts';
import type { Platform } from '../../platform/platform.ts';
import { refreshBalance } from '../balances/index.ts';
import type { Billers } from '../billers/index.ts';
import type { Partners } from '../billers/partner.ts';
import { findAccount, matchAccount } from '../invoices/index.ts';
import type { GuessLimits } from './guess-limits.ts';

/**
 * A look-up that finds nothing is answered this long after it began, whatever the reason, and success at once. So time
 * does not tell "no such account" from "wrong name", and guessing is slow.
 */
const MISS_ANSWER_MS = 1_200;

export type Found =
  | { readonly kind: 'found'; readonly accountNumber: string }
  | { readonly kind: 'missed' }
  | { readonly kind: 'limited'; readonly waitMinutes: number };

type Deps = Platform & { readonly billers: Billers; readonly partners: Partners };

/**
 * Finds a bill by its account number and one fact that its holder knows: the last name, or the ZIP code. A ZIP is known
 * from the partner only, so where it is not known yet the balance is refreshed for it, within the same time as any miss.
 */
export async function findBill(
  deps: Deps,
  limits: GuessLimits,
  from: { bid: number; accountNumber: string; proof: string; address: string },
): Promise<Found> {
  const startedMs = deps.clock.monotonicMs();
  const guess = { bid: from.bid, accountNumber: from.accountNumber, address: from.address };
  const allowed = limits.check(guess);
  if (!allowed.isAllowed) return { kind: 'limited', waitMinutes: allowed.waitMinutes };
  limits.countMiss(guess);
  const found = await match(deps, from).catch((cause: unknown) => {
    // A look-up that could not be made told nothing: a database that was away must not shut honest payers out after.
    limits.takeBack(guess);
    throw cause;
  });
  if (found) {
    limits.takeBack(guess);
    return { kind: 'found', accountNumber: found };
  }
  await deps.timers.sleep(Math.max(0, MISS_ANSWER_MS - (deps.clock.monotonicMs() - startedMs)));
  return { kind: 'missed' };
}

async function match(
  deps: Deps,
  from: { bid: number; accountNumber: string; proof: string },
): Promise<string | undefined> {
  const number = parseAccountNumber(from.accountNumber);
  if (!number.ok) return undefined;
  const zip = /^\s*(\d{5})(-?\d{4})?\s*$/.exec(from.proof)?.[1];
  const given = { accountNumber: number.value, ...(zip === undefined ? { lastName: from.proof } : { zip }) };
  const ask = () => deps.database.withBiller(from.bid, (tx) => matchAccount(tx, from.bid, given));
  const first = await ask();
  if (first || zip === undefined) return first?.accountNumber;
  const account = await deps.database.withBiller(from.bid, (tx) => findAccount(tx, from.bid, number.value));
  if (!account || account.zip !== null) return undefined;
  const limit = new AbortController();
  await Promise.race([
    refreshBalance(deps, { bid: from.bid, accountNumber: number.value, cause: 'view' }).catch(() => undefined),
    deps.timers.sleep(MISS_ANSWER_MS * 0.8, limit.signal).catch(() => undefined),
  ]);
  limit.abort();
  return (await ask())?.accountNumber;
}
