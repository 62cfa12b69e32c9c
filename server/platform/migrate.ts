import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { DatabaseUnreachable } from './database.ts';

const FOLDER = path.join(import.meta.dirname, '..', 'database', 'migrations');
const LOCK = 7_204_433;
const OLDEST_SERVER = 160_000;

/** The database can't be used as it is: too old a server, a newer schema, an applied migration that was edited. */
export class MigrationFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MigrationFault';
  }
}

/**
 * Brings the schema up to this version: numbered `.sql` files, each applied once, in one transaction (or outside one,
 * when its first line is `-- no-transaction`), its checksum kept. Several processes may start at once: one migrates,
 * the others wait. Needs a direct connection, not a transaction pooler. Returns the names it applied.
 */
export async function migrate(url: string, folder: string = FOLDER): Promise<readonly string[]> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'causeway migrate',
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => undefined);
  await client.connect().catch((cause: unknown) => {
    throw new DatabaseUnreachable(url, cause);
  });
  try {
    const version = await client.query<{ server_version_num: string }>('show server_version_num');
    const number = Number(version.rows[0]?.server_version_num);
    if (number < OLDEST_SERVER)
      throw new MigrationFault(`PostgreSQL ${Math.floor(number / 10_000)} is too old: Causeway needs 16 or later.`);
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(
      'create table if not exists migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
    );
    return await applyMissing(client, folder);
  } finally {
    await client.end();
  }
}

/** The migrations this program has, in order. */
export function knownMigrations(folder: string = FOLDER): readonly string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
}

async function applyMissing(client: pg.Client, folder: string): Promise<readonly string[]> {
  const rows = await client.query<{ name: string; sha256: string }>('select name, sha256 from migration');
  const applied = new Map(rows.rows.map((row) => [row.name, row.sha256]));
  const files = knownMigrations(folder);
  const unknown = [...applied.keys()].filter((name) => !files.includes(name));
  if (unknown.length > 0) {
    throw new MigrationFault(
      `The database is newer than this program: it has ${unknown.join(', ')}. Start the newer version.`,
    );
  }
  const done: string[] = [];
  for (const name of files) {
    const text = fs.readFileSync(path.join(folder, name), 'utf8');
    const sha256 = createHash('sha256').update(text).digest('hex');
    const before = applied.get(name);
    if (before === sha256) continue;
    if (before !== undefined)
      throw new MigrationFault(`${name} was changed after it was applied. Put it back, and write a new migration.`);
    await applyOne(client, { name, text, sha256 });
    done.push(name);
  }
  return done;
}

async function applyOne(client: pg.Client, file: { name: string; text: string; sha256: string }): Promise<void> {
  const record = 'insert into migration (name, sha256) values ($1, $2)';
  if (file.text.startsWith('-- no-transaction')) {
    await client.query(file.text);
    await client.query(record, [file.name, file.sha256]);
    return;
  }
  try {
    await client.query('begin');
    await client.query(file.text);
    await client.query(record, [file.name, file.sha256]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    throw new MigrationFault(`${file.name} failed: ${cause instanceof Error ? cause.message : cause}`);
  }
}
