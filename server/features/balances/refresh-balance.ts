import type { Platform } from '../../platform/platform.ts';
import { type Biller, type Billers, blockedFlagsFollowPartner } from '../billers/index.ts';
import type { BalanceAnswer, PartnerBalance } from '../billers/partner.ts';
import { setBlockFlags, updateAccountFacts } from '../invoices/index.ts';
import {
  type AccountState,
  type BalanceView,
  markStale,
  readAccountToRefresh,
  recordRefresh,
  storeBalance,
  storeBalanceUnlessMoved,
} from './balances-store.ts';
import type { RefreshCause } from './contract.ts';
import { explainFailure, noPartner, type RefreshFailure } from './explain-failure.ts';
import { refuse } from './problems.ts';

/** Accounts being refreshed at once in this process. */
const FLIGHTS_MAX = 10_000;

export type BalancesDeps = Pick<Platform, 'database' | 'clock' | 'log' | 'metrics'> & { readonly billers: Billers };

export interface RefreshAsk {
  readonly bid: number;
  readonly accountNumber: string;
  readonly cause: RefreshCause;
  /** A balance younger than this is good enough. Unless told: the biller's limit before a charge, else 0 (ask now). */
  readonly maxAgeSeconds?: number;
}

/** How a refresh ended. `isSuppressed`: the biller shows no stale balance and takes no payment on one. */
export type RefreshResult =
  | { readonly kind: 'fresh' | 'kept'; readonly balance: BalanceView }
  | {
      readonly kind: 'stale';
      readonly balance: BalanceView | undefined;
      readonly reason: string;
      readonly sentence: string;
      readonly settings: readonly number[];
      readonly isSuppressed: boolean;
    }
  | { readonly kind: 'off'; readonly balance: BalanceView | undefined };

/** Refreshes under way, by the billers object: one for each process, and for each test that builds its own. */
const flights = new WeakMap<Billers, Map<string, Promise<RefreshResult>>>();

/**
 * Asks the partner for an account's balance now (RTDR) and keeps it: balance, block flags and the record of the refresh
 * in one transaction. However many ask for one account at once, the partner is asked once. A failure keeps the old
 * balance and marks it stale. Throws `Problem` for a biller or an account that does not exist.
 */
export async function refreshBalance(deps: BalancesDeps, ask: RefreshAsk): Promise<RefreshResult> {
  const biller = await deps.billers.load(ask.bid);
  if (!biller) throw refuse('unknown-biller', { bid: ask.bid });
  const underWay = flights.get(deps.billers) ?? new Map<string, Promise<RefreshResult>>();
  flights.set(deps.billers, underWay);
  const key = `${ask.bid} ${ask.accountNumber}`;
  const joined = underWay.get(key);
  if (joined) return joined;
  if (underWay.size >= FLIGHTS_MAX) throw refuse('too-many-refreshes');
  const flight = refresh(deps, biller, ask).finally(() => underWay.delete(key));
  underWay.set(key, flight);
  return flight;
}

/** True for a balance the payer may neither see nor pay: stale, where the biller suppresses stale balances. */
export function isSuppressed(
  biller: Pick<Biller, 'configuration'>,
  balance: Pick<BalanceView, 'isStale'> | undefined,
): boolean {
  const { realTimeDataRefresh, suppressStaleBalances } = biller.configuration.invoicing;
  return realTimeDataRefresh && suppressStaleBalances && (balance?.isStale ?? true);
}

async function refresh(deps: BalancesDeps, biller: Biller, ask: RefreshAsk): Promise<RefreshResult> {
  const startedAt = deps.clock.now();
  const startedMs = deps.clock.monotonicMs();
  const known = await readAccountToRefresh(deps.database, ask.bid, ask.accountNumber);
  if (!known) throw refuse('unknown-account', { accountNumber: ask.accountNumber });
  const { balance } = known.account;
  if (!biller.configuration.invoicing.realTimeDataRefresh) return { kind: 'off', balance };
  if (balance && isYoung(balance, startedAt, maxAgeOf(biller, ask))) return { kind: 'kept', balance };

  const asked = await askPartner(deps, biller, {
    accountNumber: ask.accountNumber,
    invoiceTypeId: known.invoiceTypeId,
  });
  const tookMs = Math.round(deps.clock.monotonicMs() - startedMs);
  const result =
    asked.kind === 'balance'
      ? await keep(deps, { biller, ask, account: known.account, answer: asked, tookMs })
      : await fail(deps, { biller, ask, failure: asked, startedAt, tookMs });
  const outcome = result.kind === 'stale' ? result.reason : result.kind;
  deps.metrics
    .counter('causeway_balance_refreshes_total', 'Balances asked for, by how it ended', ['outcome'])
    .add({ outcome });
  deps.metrics.histogram('causeway_balance_refresh_seconds', 'How long a balance took').observe(tookMs / 1000);
  return result;
}

function maxAgeOf(biller: Biller, { cause, maxAgeSeconds }: RefreshAsk): number {
  return maxAgeSeconds ?? (cause === 'charge' ? biller.configuration.invoicing.balanceMaxAgeSeconds : 0);
}

function isYoung(balance: BalanceView, now: Temporal.Instant, maxAgeSeconds: number): boolean {
  if (balance.isStale || maxAgeSeconds === 0) return false;
  const ageMs = now.epochMilliseconds - balance.asOf.epochMilliseconds;
  return ageMs >= 0 && ageMs <= maxAgeSeconds * 1000;
}

type Told = Extract<BalanceAnswer, { kind: 'balance' }>;

/** Outside any transaction: the partner may take ten seconds. */
async function askPartner(
  { billers }: BalancesDeps,
  biller: Biller,
  of: { accountNumber: string; invoiceTypeId: string | null },
): Promise<Told | RefreshFailure> {
  const partner = billers.partnerOf(biller);
  if (!partner) return noPartner;
  const from = of.invoiceTypeId === null ? environmentWithoutInvoice(biller) : { invoiceTypeId: of.invoiceTypeId };
  if (from === undefined)
    return explainFailure(partner, {
      missing: 'The account has no invoice, so nothing says which environment holds it.',
    });
  const connection = await billers.connectionFor(biller, 'balance', from);
  if ('missing' in connection) return explainFailure(partner, connection);
  const answer = await partner.balance(connection, of.accountNumber);
  return answer.kind === 'balance' ? answer : explainFailure(partner, answer);
}

/** An account without an invoice: the only environment, where the invoice types name no more than one. */
function environmentWithoutInvoice({ configuration }: Biller): { environment: number } | undefined {
  const [first = 1, second] = [...new Set(configuration.invoiceTypes.map((type) => type.environment ?? 1))];
  return second === undefined ? { environment: first } : undefined;
}

async function keep(
  deps: BalancesDeps,
  of: { biller: Biller; ask: RefreshAsk; account: AccountState; answer: Told; tookMs: number },
): Promise<RefreshResult> {
  const { biller, ask, account, answer, tookMs } = of;
  const { bid, accountNumber, cause } = ask;
  const told = answer.balance;
  const asOf = deps.clock.now();
  if (told.unknownPaymentTypes.length > 0) {
    deps.log.warn(
      { bid, accountNumber, unknownPaymentTypes: told.unknownPaymentTypes },
      'the partner names payment types that are not known',
    );
  }
  const { transcript } = answer;
  const detail = {
    transcript,
    ...(told.unknownPaymentTypes.length > 0 && { unknownPaymentTypes: told.unknownPaymentTypes }),
  };
  const { currentDueCents } = told;
  const record = { bid, accountNumber, at: asOf, cause, outcome: 'fresh', tookMs, currentDueCents, detail };
  const flags = toldFlags(biller, told);
  const facts = newFacts(account, told);
  // Most refreshes bring nothing but the balance, which takes one statement.
  const isAlone = facts === undefined && (flags === undefined || isFlagged(account, flags));
  const alone = isAlone
    ? await storeBalanceUnlessMoved(deps.database, { balance: told, asOf, record, read: account })
    : undefined;
  if (alone) return { kind: 'fresh', balance: alone };
  const balance = await deps.database.withBiller(bid, async (tx) => {
    const stored = await storeBalance(tx, { balance: told, asOf, record });
    // An answer that was overtaken by a later one says nothing about the flags either.
    if (stored.asOf.epochMilliseconds > asOf.epochMilliseconds) return stored;
    if (flags) await setBlockFlags(tx, bid, accountNumber, flags);
    if (facts) await updateAccountFacts(tx, bid, accountNumber, facts);
    return stored;
  });
  return { kind: 'fresh', balance };
}

type Flags = Parameters<typeof setBlockFlags>[3];

/** The flags as the partner has them; undefined where it said nothing, or the biller does not follow it (131). */
function toldFlags({ configuration }: Biller, { paymentTypes }: PartnerBalance): Flags | undefined {
  if (!paymentTypes || !blockedFlagsFollowPartner(configuration)) return undefined;
  const ach = !paymentTypes.includes('ACH');
  const cc = !paymentTypes.includes('CC');
  return { ach, cc, reason: ach || cc ? 'partner' : null };
}

function isFlagged(account: AccountState, { ach, cc, reason }: Flags): boolean {
  return account.blockAch === ach && account.blockCc === cc && account.blockReason === reason;
}

async function fail(
  deps: BalancesDeps,
  of: { biller: Biller; ask: RefreshAsk; failure: RefreshFailure; startedAt: Temporal.Instant; tookMs: number },
): Promise<RefreshResult> {
  const { biller, ask, failure, startedAt, tookMs } = of;
  const { bid, accountNumber, cause } = ask;
  const { reason, sentence, settings, transcript } = failure;
  const at = deps.clock.now();
  const balance = await deps.database.withBiller(bid, async (tx) => {
    const detail = { sentence, settings, ...(transcript && { transcript }) };
    await recordRefresh(tx, { bid, accountNumber, at, cause, outcome: reason, tookMs, currentDueCents: null, detail });
    return await markStale(tx, { bid, accountNumber, reason, since: startedAt, at });
  });
  deps.log.warn({ bid, accountNumber, reason, sentence }, 'a balance was not refreshed');
  return { kind: 'stale', balance, reason, sentence, settings, isSuppressed: isSuppressed(biller, balance) };
}

/** Where the holder lives, as the partner tells it, when it differs from what is kept; undefined when nothing does. */
function newFacts(
  account: AccountState,
  { attributes }: PartnerBalance,
): Parameters<typeof updateAccountFacts>[3] | undefined {
  const text = (name: string): string | null => {
    const value = attributes[name];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  };
  const told = {
    address1: text('address_one'),
    address2: text('address_two'),
    city: text('city'),
    state: text('state'),
    zip: text('zip_code'),
    // A payer may have given a better address for mail: the partner's fills a gap, and replaces nothing.
    email: account.email === null ? text('email') : null,
  };
  const isNew = Object.entries(told).some(
    ([name, value]) => value !== null && value !== account[name as keyof typeof told],
  );
  return isNew ? told : undefined;
}
