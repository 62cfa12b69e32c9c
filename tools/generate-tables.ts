// Writes server/database/tables.ts from the migrations: run it after adding one. `--check` fails when the file is old.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../server/platform/embedded-postgres.ts';
import { migrate } from '../server/platform/migrate.ts';
import { systemTimers } from '../server/platform/timers.ts';

const TARGET = path.join(import.meta.dirname, '..', 'server', 'database', 'tables.ts');
const TYPES = JSON.stringify({ int8: 'number', timestamptz: 'Temporal.Instant', date: 'string', bytea: 'Buffer' });

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-tables-'));
fs.chmodSync(scratch, 0o755);
const postgres = await startEmbeddedPostgres({
  folder: path.join(scratch, 'postgres'),
  timers: systemTimers,
  settings: { fsync: 'off' },
});
try {
  await migrate(postgres.url);
  const out = path.join(scratch, 'tables.ts');
  const made = spawnSync(
    'kysely-codegen',
    [
      '--url',
      postgres.url,
      '--dialect',
      'postgres',
      '--out-file',
      out,
      '--type-mapping',
      TYPES,
      '--exclude-pattern',
      'public.migration',
    ],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(made.stderr || made.stdout);
  const text = fs.readFileSync(out, 'utf8');
  if (process.argv.includes('--check')) {
    if (text !== fs.readFileSync(TARGET, 'utf8')) {
      console.error('server/database/tables.ts is not what the migrations say. Run: node tools/generate-tables.ts');
      process.exitCode = 1;
    }
  } else {
    fs.writeFileSync(TARGET, text);
  }
} finally {
  await postgres.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
}
