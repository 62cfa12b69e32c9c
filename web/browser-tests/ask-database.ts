import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';

/** One statement on the demo's own database, for what a test can't wait for. */
export async function askDatabase<Row extends pg.QueryResultRow>(
  dataFolder: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const folder = createHash('sha256').update(path.join(dataFolder, 'postgres')).digest('hex').slice(0, 12);
  const client = new pg.Client({
    host: path.join(os.tmpdir(), `causeway-${folder}`),
    port: 5432,
    user: 'postgres',
    database: 'postgres',
  });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
