import { type RawBuilder, sql } from 'kysely';
import type { Database, KeyedStatement, Tx } from '../../platform/database.ts';
import type { PartnerBalance } from '../billers/partner.ts';
import type { RefreshCause, RefreshEntry } from './contract.ts';

const PRUNED_AT_ONCE_MAX = 10_000;

/** The last balance the partner told of one account. */
export interface BalanceView {
  readonly accountNumber: string;
  readonly currentDueCents: number;
  readonly totalUnpaidCents: number | null;
  readonly pendingPaymentCents: number | null;
  readonly dueDate: string | null;
  readonly asOf: Temporal.Instant;
  /** The last refresh failed: the figures are those of `asOf`. */
  readonly isStale: boolean;
  readonly staleReason: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** One account as the hot reads see it. */
export interface AccountState {
  readonly accountNumber: string;
  readonly customerName: string;
  readonly address1: string | null;
  readonly address2: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly zip: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly blockAch: boolean;
  readonly blockCc: boolean;
  readonly blockReason: string | null;
  readonly paperless: boolean;
  readonly autopay: boolean;
  readonly balance: BalanceView | undefined;
}

interface BalanceColumns {
  current_due_cents: number | null;
  total_unpaid_cents: number | null;
  pending_payment_cents: number | null;
  due_date: string | null;
  as_of: Temporal.Instant | null;
  stale_since: Temporal.Instant | null;
  stale_reason: string | null;
  attributes: Readonly<Record<string, unknown>> | null;
}
interface AccountColumns extends BalanceColumns {
  account_number: string;
  customer_name: string;
  address_1: string | null;
  address_2: string | null;
  city: string | null;
  state: string | null;
  zip: string | null;
  phone: string | null;
  email: string | null;
  block_ach: boolean;
  block_cc: boolean;
  block_reason: string | null;
  paperless: boolean;
  autopay: boolean;
  latest_invoice_type_id?: string | null;
}

const BALANCE_COLUMNS =
  'current_due_cents, total_unpaid_cents, pending_payment_cents, due_date, as_of, stale_since, stale_reason, attributes';
const RETURNED_COLUMNS = BALANCE_COLUMNS.replaceAll(/\w+/g, 'balance.$&');
const ACCOUNT_COLUMNS = `account_number, customer_name, address_1, address_2, city, state, zip, phone, email, block_ach, block_cc,
  block_reason, paperless, autopay, ${BALANCE_COLUMNS}`;

const ACCOUNT_WITH_BALANCE: KeyedStatement = {
  name: 'account-with-balance',
  text: `select ${ACCOUNT_COLUMNS} from account_with_balance where bid = $1 and account_number = any($2::text[])`,
  key: 'account_number',
};
const ACCOUNT_TO_REFRESH: KeyedStatement = {
  name: 'account-to-refresh',
  text: `select ${ACCOUNT_COLUMNS}, latest_invoice_type_id from account_with_balance
    where bid = $1 and account_number = any($2::text[])`,
  key: 'account_number',
};

const TOLD_COLUMNS = `account_number, current_due_cents, total_unpaid_cents, pending_payment_cents, due_date, as_of, attributes,
        read_as_of, read_block_ach, read_block_cc, read_block_reason, cause, outcome, took_ms, detail`;
/**
 * Of `account` and `balance` by their columns as read (`read_as_of` on); the record is written only with the balance. The
 * account is asked for by a value and not by `exists`, which the planner would make a join over all accounts of the biller.
 */
const BALANCES_UNLESS_MOVED: KeyedStatement = {
  name: 'balances-unless-moved',
  text: `with told as (
      select ${TOLD_COLUMNS} from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::date[], $7::timestamptz[], $8::jsonb[],
        $9::timestamptz[], $10::boolean[], $11::boolean[], $12::text[], $13::text[], $14::text[], $15::int[], $16::jsonb[])
      as t(${TOLD_COLUMNS})
    ), stored as (
      update balance set current_due_cents = told.current_due_cents, total_unpaid_cents = told.total_unpaid_cents,
        pending_payment_cents = told.pending_payment_cents, due_date = told.due_date, as_of = told.as_of,
        stale_since = null, stale_reason = null, attributes = told.attributes, version = version + 1
      from told
      where balance.bid = $1 and balance.account_number = told.account_number and balance.as_of = told.read_as_of
        and balance.as_of <= told.as_of and (
          select a.block_ach = told.read_block_ach and a.block_cc = told.read_block_cc
            and a.block_reason is not distinct from told.read_block_reason
          from account_with_balance a where a.bid = $1 and a.account_number = told.account_number)
      returning balance.account_number, ${RETURNED_COLUMNS}
    ), recorded as (
      insert into balance_refresh (bid, account_number, at, cause, outcome, took_ms, current_due_cents, detail)
      select $1, told.account_number, told.as_of, told.cause, told.outcome, told.took_ms, told.current_due_cents, told.detail
      from told where told.account_number in (select account_number from stored)
    )
    select account_number, ${BALANCE_COLUMNS} from stored`,
  key: 'account_number',
};

type HotRead = Pick<Database, 'readKeyed'>;

/** One account with its balance, by one named statement, shared by reads that come at once: the hottest read of the product. */
export async function readAccountState(
  database: HotRead,
  bid: number,
  accountNumber: string,
): Promise<AccountState | undefined> {
  const row = await database.readKeyed<AccountColumns & Record<string, unknown>>(
    bid,
    ACCOUNT_WITH_BALANCE,
    accountNumber,
  );
  return row && accountOf(row);
}

/** The same, with the type of the account's latest invoice; null where it has no invoice. */
export async function readAccountToRefresh(
  database: HotRead,
  bid: number,
  accountNumber: string,
): Promise<{ account: AccountState; invoiceTypeId: string | null } | undefined> {
  const row = await database.readKeyed<AccountColumns & Record<string, unknown>>(
    bid,
    ACCOUNT_TO_REFRESH,
    accountNumber,
  );
  return row && { account: accountOf(row), invoiceTypeId: row.latest_invoice_type_id ?? null };
}

/** The balance of one account, inside a transaction. */
export async function readBalance(tx: Tx, bid: number, accountNumber: string): Promise<BalanceView | undefined> {
  const { rows } = await sql<BalanceColumns>`select ${sql.raw(BALANCE_COLUMNS)} from balance
    where bid = ${bid} and account_number = ${accountNumber}`.execute(tx);
  return rows[0] && balanceOf(accountNumber, rows[0]);
}

/**
 * Keeps what the partner told at `asOf`, with the record of the refresh, in one statement. A balance told later, to
 * another process whose answer overtook this one, stays. Returns what is now in force.
 */
export async function storeBalance(
  tx: Tx,
  of: { balance: PartnerBalance; asOf: Temporal.Instant; record: RefreshRecord },
): Promise<BalanceView> {
  const { balance, asOf, record } = of;
  const { bid, accountNumber } = record;
  const { rows } = await sql<BalanceColumns>`
    with recorded as (${insertRecord(record)})
    insert into balance (bid, account_number, current_due_cents, total_unpaid_cents, pending_payment_cents, due_date, as_of, attributes)
    values (${bid}, ${accountNumber}, ${balance.currentDueCents}, ${balance.totalUnpaidCents ?? null},
      ${balance.pendingPaymentCents ?? null}, ${balance.dueDate ?? null}, ${asOf}, ${JSON.stringify(balance.attributes)})
    on conflict (bid, account_number) do update set current_due_cents = excluded.current_due_cents,
      total_unpaid_cents = excluded.total_unpaid_cents, pending_payment_cents = excluded.pending_payment_cents,
      due_date = excluded.due_date, as_of = excluded.as_of, stale_since = null, stale_reason = null,
      attributes = excluded.attributes, version = balance.version + 1
    where balance.as_of <= excluded.as_of
    returning ${sql.raw(RETURNED_COLUMNS)}`.execute(tx);
  const stored = (rows[0] && balanceOf(accountNumber, rows[0])) ?? (await readBalance(tx, bid, accountNumber));
  if (!stored) throw new Error(`the balance of account ${accountNumber} vanished while it was kept`);
  return stored;
}

/**
 * As `storeBalance`, by one named statement that is its own transaction and shared by refreshes that end at once, for the
 * refresh that changes nothing but the balance: undefined, and nothing kept, unless account and balance are still as they
 * were read before the partner was asked. Whoever overtook this refresh, and whatever was set on the account meanwhile, is
 * then looked at in a transaction.
 */
export async function storeBalanceUnlessMoved(
  database: Pick<Database, 'writeKeyed'>,
  of: { balance: PartnerBalance; asOf: Temporal.Instant; record: RefreshRecord; read: AccountState },
): Promise<BalanceView | undefined> {
  const { balance, asOf, record, read } = of;
  if (read.balance === undefined) return undefined;
  const row = await database.writeKeyed<BalanceColumns & Record<string, unknown>>(record.bid, BALANCES_UNLESS_MOVED, {
    key: record.accountNumber,
    columns: [
      balance.currentDueCents,
      balance.totalUnpaidCents ?? null,
      balance.pendingPaymentCents ?? null,
      balance.dueDate ?? null,
      asOf.toString(),
      JSON.stringify(balance.attributes),
      read.balance.asOf.toString(),
      read.blockAch,
      read.blockCc,
      read.blockReason,
      record.cause,
      record.outcome,
      record.tookMs,
      JSON.stringify(record.detail),
    ],
  });
  return row && balanceOf(record.accountNumber, row);
}

/** Marks the balance as one that could not be renewed, unless it was told after `since`. Returns what is in force, if any. */
export async function markStale(
  tx: Tx,
  of: { bid: number; accountNumber: string; reason: string; since: Temporal.Instant; at: Temporal.Instant },
): Promise<BalanceView | undefined> {
  const { bid, accountNumber, reason, since, at } = of;
  await sql`update balance set stale_since = coalesce(stale_since, ${at}), stale_reason = ${reason}
    where bid = ${bid} and account_number = ${accountNumber} and as_of <= ${since}`.execute(tx);
  return await readBalance(tx, bid, accountNumber);
}

export interface RefreshRecord {
  readonly bid: number;
  readonly accountNumber: string;
  readonly at: Temporal.Instant;
  readonly cause: RefreshCause;
  readonly outcome: string;
  readonly tookMs: number;
  readonly currentDueCents: number | null;
  readonly detail: object;
}

/** Adds one refresh to the account's history: the evidence behind "why this balance". */
export async function recordRefresh(tx: Tx, of: RefreshRecord): Promise<void> {
  await insertRecord(of).execute(tx);
}

function insertRecord(of: RefreshRecord): RawBuilder<unknown> {
  return sql`insert into balance_refresh (bid, account_number, at, cause, outcome, took_ms, current_due_cents, detail)
    values (${of.bid}, ${of.accountNumber}, ${of.at}, ${of.cause}, ${of.outcome}, ${of.tookMs}, ${of.currentDueCents},
      ${JSON.stringify(of.detail)})`;
}

/** The refreshes of one account, newest first; `before` is the id of the last one already seen. */
export async function listRefreshes(
  tx: Tx,
  of: { bid: number; accountNumber: string; before: number | undefined; limit: number },
): Promise<RefreshEntry[]> {
  const { rows } = await sql<Omit<RefreshEntry, 'at'> & { at: Temporal.Instant }>`
    select id, at, cause, outcome, took_ms as "tookMs", current_due_cents as "currentDueCents", detail from balance_refresh
    where bid = ${of.bid} and account_number = ${of.accountNumber} and (${of.before ?? null}::bigint is null or id < ${of.before ?? null})
    order by id desc limit ${of.limit}`.execute(tx);
  return rows.map((row) => ({ ...row, at: row.at.toString() }));
}

/** Forgets refreshes older than `before`, of all billers, some at a time; answers how many. */
export async function pruneRefreshes(tx: Tx, before: Temporal.Instant): Promise<number> {
  const result = await sql`delete from balance_refresh where (bid, id) in
    (select bid, id from balance_refresh where at < ${before} limit ${PRUNED_AT_ONCE_MAX})`.execute(tx);
  return Number(result.numAffectedRows ?? 0n);
}

function accountOf(row: AccountColumns): AccountState {
  return {
    accountNumber: row.account_number,
    customerName: row.customer_name,
    address1: row.address_1,
    address2: row.address_2,
    city: row.city,
    state: row.state,
    zip: row.zip,
    phone: row.phone,
    email: row.email,
    blockAch: row.block_ach,
    blockCc: row.block_cc,
    blockReason: row.block_reason,
    paperless: row.paperless,
    autopay: row.autopay,
    balance: balanceOf(row.account_number, row),
  };
}

/** Undefined where the left join found no balance. */
function balanceOf(accountNumber: string, row: BalanceColumns): BalanceView | undefined {
  if (row.as_of === null || row.current_due_cents === null) return undefined;
  return {
    accountNumber,
    currentDueCents: row.current_due_cents,
    totalUnpaidCents: row.total_unpaid_cents,
    pendingPaymentCents: row.pending_payment_cents,
    dueDate: row.due_date,
    asOf: row.as_of,
    isStale: row.stale_since !== null,
    staleReason: row.stale_reason,
    attributes: row.attributes ?? {},
  };
}
