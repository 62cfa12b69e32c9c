import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import type { Found, Wanted } from '../billers/index.ts';

/** Shorter than this, a part of a file's or an invoice's name says too little. */
const FILE_NAME_MIN = 3;

/** Accounts by number, name or email: an index of each biller is probed, so that many billers stay quick. */
export async function findAccounts(
  tx: Tx,
  bids: readonly number[],
  { text, start, limit }: Wanted,
): Promise<readonly Found[]> {
  const { rows } = await sql<Found>`
    select b.bid, a.account_number as id, a.customer_name as title, 'Account ' || a.account_number as detail,
      (a.account_number = ${text} or lower(a.email) = lower(${text})) is true as "isExact"
    from unnest(${[...bids]}::int[]) as b (bid) cross join lateral (
      (select account_number, customer_name, email from account
        where bid = b.bid and account_number like ${start} order by account_number limit ${limit})
      union
      (select account_number, customer_name, email from account
        where bid = b.bid and lower(customer_name) like lower(${start}) limit ${limit})
      union
      (select account_number, customer_name, email from account
        where bid = b.bid and ${text.includes('@')} and lower(email) = lower(${text}) limit ${limit})
    ) a
    order by "isExact" desc, a.customer_name limit ${limit}`.execute(tx);
  return rows;
}

/** Invoices by the beginning of their number. */
export async function findInvoices(
  tx: Tx,
  bids: readonly number[],
  { text, start, limit }: Wanted,
): Promise<readonly Found[]> {
  if (!/^[\w-]{4,80}$/.test(text)) return [];
  const { rows } = await sql<Found>`
    select b.bid, i.invoice_number as id, 'Invoice ' || i.invoice_number as title,
      'Account ' || i.account_number || ' · due ' || i.due_date as detail, i.invoice_number = ${text} as "isExact"
    from unnest(${[...bids]}::int[]) as b (bid) cross join lateral (
      select invoice_number, account_number, due_date from invoice
      where bid = b.bid and invoice_number like ${start} order by invoice_number desc limit ${limit}
    ) i
    order by "isExact" desc, i.invoice_number desc limit ${limit}`.execute(tx);
  return rows;
}

/** Invoice files by id, SHA-256 or part of their name. */
export async function findInvoiceFiles(tx: Tx, { text, start, uuid, limit }: Wanted): Promise<readonly Found[]> {
  if (text.length < FILE_NAME_MIN) return [];
  const { rows } = await sql<Found>`
    select bid, id::text as id, name as title, 'Invoice file · ' || state as detail,
      (id = ${uuid ?? null}::uuid or name = ${text}) is true as "isExact"
    from invoice_file
    where id = ${uuid ?? null}::uuid or name ilike ${`%${start}`}
      or (${/^[0-9a-f]{64}$/i.test(text)} and encode(sha256, 'hex') = lower(${text}))
    order by "isExact" desc, received_at desc limit ${limit}`.execute(tx);
  return rows;
}

/** Invoice files received since then and refused, in whole or in part. */
export async function countRefusedFiles(tx: Tx, since: Temporal.Instant): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from invoice_file
    where state in ('refused', 'partly', 'failed') and received_at >= ${since}`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** Billers whose newest file since then was not loaded in whole. */
export async function readFilesInTrouble(
  tx: Tx,
  since: Temporal.Instant,
): Promise<{ bid: number; name: string; state: string; receivedAt: Temporal.Instant }[]> {
  const { rows } = await sql<{ bid: number; name: string; state: string; receivedAt: Temporal.Instant }>`
    select bid, name, state, received_at as "receivedAt" from (
      select distinct on (bid) bid, name, state, received_at from invoice_file
      where received_at >= ${since} and state in ('loaded', 'partly', 'refused', 'failed')
      order by bid, received_at desc
    ) newest where state <> 'loaded' order by bid`.execute(tx);
  return rows;
}

export interface ImportsOfDay {
  readonly day: string;
  readonly files: number;
  readonly refusedFiles: number;
  readonly invoicesAccepted: number;
  readonly invoicesRefused: number;
}

/** Files and their invoices by day (UTC), oldest first; days without a file are left out. */
export async function importsByDay(tx: Tx, since: Temporal.Instant): Promise<ImportsOfDay[]> {
  const { rows } = await sql<ImportsOfDay>`
    select (received_at at time zone 'UTC')::date as day, count(*) as files,
      count(*) filter (where state in ('refused', 'failed')) as "refusedFiles",
      sum(invoices_accepted)::bigint as "invoicesAccepted", sum(invoices_refused)::bigint as "invoicesRefused"
    from invoice_file where received_at >= ${since}
    group by 1 order by 1`.execute(tx);
  return rows;
}
