import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../platform/database.ts';
import { withTestDatabase } from '../testing/database.ts';

let opened: Awaited<ReturnType<typeof withTestDatabase>>;
beforeAll(async () => {
  opened = await withTestDatabase();
});
afterAll(() => opened.close());

/** Every table with a `bid` column that the program's role could read across billers, and why. */
async function open(database: Database, schema = 'public'): Promise<readonly string[]> {
  const { rows } = await database.withSystem((tx) =>
    sql<{ name: string; enabled: boolean; forced: boolean; loose: string | null }>`
      select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
        (select string_agg(p.policyname, ', ') from pg_policies p
          where p.schemaname = n.nspname and p.tablename = c.relname and not ('causeway_system' = any (p.roles) and cardinality(p.roles) = 1)
            and (coalesce(p.qual, '') not like '%current_bid()%' or coalesce(p.with_check, '') not like '%current_bid()%')) as loose
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'bid' and not a.attisdropped
      where n.nspname = ${schema} and c.relkind in ('r', 'p')
      order by c.relname`.execute(tx),
  );
  expect(rows.length).toBeGreaterThan(schema === 'public' ? 15 : 0);
  return rows.flatMap((row) => [
    ...(row.enabled ? [] : [`${row.name}: no row-level security`]),
    ...(row.forced ? [] : [`${row.name}: not forced on its owner`]),
    ...(row.loose === null ? [] : [`${row.name}: policy ${row.loose} does not ask for the biller`]),
  ]);
}

test('every table with a biller in it is closed by forced row-level security', async () => {
  expect(await open(opened.database)).toEqual([]);
});

test('a table without it, or with a policy for anyone, is found', async () => {
  const owner = await opened.database.connect('planting');
  await owner.query('set role none');
  await owner.query('create schema planted; grant usage on schema planted to causeway_system');
  await owner.query('create table planted.forgotten (bid bigint not null, amount bigint)');
  await owner.query(
    'create table planted.loose (bid bigint not null); alter table planted.loose enable row level security; alter table planted.loose force row level security; create policy anyone on planted.loose using (true) with check (true)',
  );
  await owner.end();
  expect(await open(opened.database, 'planted')).toEqual([
    'forgotten: no row-level security',
    'forgotten: not forced on its owner',
    'loose: policy anyone does not ask for the biller',
  ]);
});

test('the program’s roles own nothing and can’t step around row-level security', async () => {
  const { rows } = await opened.database.withSystem((tx) =>
    sql`select rolname, rolsuper, rolbypassrls, (select count(*)::int from pg_class where relowner = r.oid) as owned
      from pg_roles r where rolname in ('causeway_app', 'causeway_system') order by rolname`.execute(tx),
  );
  expect(rows).toEqual([
    { rolname: 'causeway_app', rolsuper: false, rolbypassrls: false, owned: 0 },
    { rolname: 'causeway_system', rolsuper: false, rolbypassrls: false, owned: 0 },
  ]);
});
