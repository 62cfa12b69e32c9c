import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';

/** One statement on the demo's own database, for what a test can't wait for. */
export async function askDatabase<Row extends pg.QueryResultRow>(
  dataFolder: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  // PostgreSQL itself says where it listens: https://www.postgresql.org/docs/current/storage-file-layout.html
  const told = fs.readFileSync(path.join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  const client = new pg.Client({ host: told[4], port: Number(told[3]), user: 'postgres', database: 'postgres' });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
