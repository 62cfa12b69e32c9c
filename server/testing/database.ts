import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../platform/database.ts';

/** A database of one's own, cloned from the migrated template, for one test file. Call `close` in `afterAll`. */
export async function withTestDatabase(): Promise<{ database: Database; url: string; close: () => Promise<void> }> {
  const cloned = await cloneDatabase(inject('postgresUrl'));
  const database = openDatabase({ url: cloned.url });
  return {
    database,
    url: cloned.url,
    close: async () => {
      await database.close();
      await cloned.drop();
    },
  };
}

/** Clones the template of the server at `adminUrl`. */
export async function cloneDatabase(adminUrl: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await runAsAdmin(adminUrl, `create database ${name} template causeway_template strategy file_copy`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => runAsAdmin(adminUrl, `drop database if exists ${name} with (force)`) };
}

async function runAsAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
