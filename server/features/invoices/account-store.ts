import { CompiledQuery, sql } from 'kysely';
import type { NamedStatement, Tx } from '../../platform/database.ts';
import type { AccountRow } from './contract.ts';
import { pageFrom, readCursor } from './page-cursor.ts';

const columns = `account_number as "accountNumber", customer_name as "customerName", address_1 as "address1",
  address_2 as "address2", city, state, zip, phone, email, block_ach as "blockAch", block_cc as "blockCc",
  block_reason as "blockReason", paperless, autopay`;

const statements = {
  find: { name: 'account-find', text: `select ${columns} from account where bid = $1 and account_number = $2` },
  byNumber: {
    name: 'account-by-number',
    text: `select ${columns} from account where bid = $1 and account_number >= $2 and starts_with(account_number, $2)
        and ($3::text is null or account_number > $3)
      order by account_number limit $4`,
  },
  // The order is that of the index account_name (text_pattern_ops), so that a page is a piece of it and no sort.
  byName: {
    name: 'account-by-name',
    text: `select ${columns}, lower(customer_name) as "sortedName" from account
      where bid = $1 and (lower(customer_name) like $2 or lower(customer_name) like '% ' || $2)
        and ($3::text is null or lower(customer_name) ~>~ $3 or (lower(customer_name) = $3 and account_number > $4))
      order by lower(customer_name) using ~<~, account_number limit $5`,
  },
} as const satisfies Record<string, NamedStatement>;

/** One account, or undefined. */
export async function findAccount(tx: Tx, bid: number, accountNumber: string): Promise<AccountRow | undefined> {
  const rows = await run<AccountRow>(tx, statements.find, [bid, accountNumber]);
  return rows[0];
}

/**
 * Accounts whose number begins with `q` where that begins with a digit, else those with a word of the customer's name
 * beginning with it, a page at a time. An empty `q` lists all by number.
 */
export async function searchAccounts(
  tx: Tx,
  bid: number,
  from: { q: string; cursor?: string | undefined; limit: number },
): Promise<{ items: AccountRow[]; nextCursor: string | null }> {
  if (from.q === '' || /^\d/.test(from.q)) {
    const [after = null] = readCursor(from.cursor, 1) ?? [];
    const rows = await run<AccountRow>(tx, statements.byNumber, [bid, from.q, after, from.limit + 1]);
    const page = pageFrom(rows, from.limit, (row) => [row.accountNumber]);
    return { items: [...page.items], nextCursor: page.nextCursor };
  }
  const pattern = `${from.q.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
  const [name = null, number = null] = readCursor(from.cursor, 2) ?? [];
  const rows = await run<AccountRow & { sortedName: string }>(tx, statements.byName, [
    bid,
    pattern,
    name,
    number,
    from.limit + 1,
  ]);
  const page = pageFrom(rows, from.limit, (row) => [row.sortedName, row.accountNumber]);
  return { items: page.items.map(({ sortedName: _, ...account }) => account), nextCursor: page.nextCursor };
}

/**
 * Sets whether bank debits and cards are refused for the account, and who says so (`partner`, or a person). Returns
 * whether anything changed; nothing is written where it did not.
 */
export async function setBlockFlags(
  tx: Tx,
  bid: number,
  accountNumber: string,
  flags: { ach: boolean; cc: boolean; reason: string | null },
): Promise<boolean> {
  const result =
    await sql`update account set block_ach = ${flags.ach}, block_cc = ${flags.cc}, block_reason = ${flags.reason}
    where bid = ${bid} and account_number = ${accountNumber}
      and (block_ach, block_cc, block_reason) is distinct from (${flags.ach}, ${flags.cc}, ${flags.reason})`.execute(
      tx,
    );
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** What the partner's balance tells about the account's holder. A member left out, or null, leaves what is stored. */
export interface AccountFacts {
  readonly customerName?: string | null;
  readonly address1?: string | null;
  readonly address2?: string | null;
  readonly city?: string | null;
  readonly state?: string | null;
  readonly zip?: string | null;
  readonly phone?: string | null;
  readonly email?: string | null;
}

/** Keeps what the partner told of an account that exists; writes nothing where nothing is new. Returns whether it did. */
export async function updateAccountFacts(
  tx: Tx,
  bid: number,
  accountNumber: string,
  facts: AccountFacts,
): Promise<boolean> {
  const { customerName, address1, address2, city, state, zip, phone, email } = facts;
  const told = [customerName, address1, address2, city, state, zip, phone, email].map((fact) => fact?.trim() || null);
  const result = await tx.executeQuery(
    CompiledQuery.raw(
      `update account set customer_name = coalesce($3, customer_name), address_1 = coalesce($4, address_1),
          address_2 = coalesce($5, address_2), city = coalesce($6, city), state = coalesce($7, state),
          zip = coalesce($8, zip), phone = coalesce($9, phone), email = coalesce($10, email)
        where bid = $1 and account_number = $2
          and (customer_name, address_1, address_2, city, state, zip, phone, email) is distinct from
            (coalesce($3, customer_name), coalesce($4, address_1), coalesce($5, address_2), coalesce($6, city),
             coalesce($7, state), coalesce($8, zip), coalesce($9, phone), coalesce($10, email))`,
      [bid, accountNumber, ...told],
    ),
  );
  return (result.numAffectedRows ?? 0n) > 0n;
}

async function run<Row>(tx: Tx, statement: NamedStatement, values: readonly unknown[]): Promise<Row[]> {
  const { rows } = await tx.executeQuery<Row>(CompiledQuery.raw(statement.text, [...values]));
  return rows;
}
