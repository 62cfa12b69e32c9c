import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTestDatabase } from '../testing/database.ts';
import type { Database } from './database.ts';

let database: Database;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ database, close } = await withTestDatabase());
  for (const bid of [1, 2]) {
    await database.withBiller(bid, (tx) =>
      tx
        .insertInto('account')
        .values({ bid, account_number: `00${bid}`, customer_name: 'SMITH' })
        .execute(),
    );
  }
});
afterAll(() => close());

const readAccounts = { name: 'test-accounts', text: 'select account_number from account' };

test('a transaction of one biller sees its rows and no other’s, even without a condition', async () => {
  const seen = await database.withBiller(1, (tx) => tx.selectFrom('account').select('account_number').execute());
  expect(seen).toEqual([{ account_number: '001' }]);
});

test('a row of another biller can’t be written', async () => {
  const write = database.withBiller(1, (tx) =>
    tx.insertInto('account').values({ bid: 2, account_number: '9', customer_name: 'X' }).execute(),
  );
  await expect(write).rejects.toThrow(/row-level security/);
});

test('hot reads follow the biller on every call, whatever ran on the connection before', async () => {
  const turns = await Promise.all(
    Array.from({ length: 60 }, async (_, turn) => {
      const bid = 1 + (turn % 2);
      const rows = await database.readNamed<{ account_number: string }>(bid, readAccounts, []);
      return rows.length === 1 && rows[0]?.account_number === `00${bid}`;
    }),
  );
  expect(turns.every(Boolean)).toBe(true);
});

test('hot reads by key that share a statement see the rows of their own biller only', async () => {
  const byKey = {
    name: 'test-account-by-key',
    text: 'select account_number from account where $1::bigint is not null and account_number = any($2::text[])',
    key: 'account_number',
  };
  const turns = await Promise.all(
    Array.from({ length: 60 }, async (_, turn) => {
      const bid = 1 + (turn % 2);
      const own = await database.readKeyed(bid, byKey, `00${bid}`);
      const foreign = await database.readKeyed(bid, byKey, `00${3 - bid}`);
      return own?.account_number === `00${bid}` && foreign === undefined;
    }),
  );
  expect(turns.every(Boolean)).toBe(true);
});

test('the program is neither owner nor superuser, and can’t pass by row-level security', async () => {
  const who = await database.withBiller(1, async (tx) => {
    const found = await sql<{ name: string; is_super: boolean; bypasses: boolean; owns: boolean }>`
      select current_user as name, rolsuper as is_super, rolbypassrls as bypasses,
        (select pg_get_userbyid(relowner) = current_user from pg_class where relname = 'account') as owns
      from pg_roles where rolname = current_user`.execute(tx);
    return found.rows[0];
  });
  expect(who).toEqual({ name: 'causeway_app', is_super: false, bypasses: false, owns: false });
});

test('an audit entry can’t be changed or removed', async () => {
  const change = database.withSystem((tx) => sql`delete from audit_event`.execute(tx));
  await expect(change).rejects.toThrow(/permission denied|append-only/);
});
