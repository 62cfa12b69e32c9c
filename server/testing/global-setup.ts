import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { migrate } from '../platform/migrate.ts';
import { systemTimers } from '../platform/timers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/** One PostgreSQL for the whole run, with durability off, and a migrated template that each test file clones. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-test-')), 'postgres');
  fs.chmodSync(path.dirname(folder), 0o755);
  const postgres = await startEmbeddedPostgres({
    folder,
    timers: systemTimers,
    settings: {
      fsync: 'off',
      full_page_writes: 'off',
      synchronous_commit: 'off',
      autovacuum: 'off',
      max_connections: '400',
    },
  });
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query('create database causeway_template');
  await client.end();
  await migrate(databaseUrl(postgres.url, 'causeway_template'));
  project.provide('postgresUrl', postgres.url);
  return async () => {
    const pid = postgres.pid();
    try {
      if (pid !== undefined) process.kill(pid, 'SIGQUIT');
    } catch {
      // it is gone already
    }
    // What is ending still writes into the folder for a moment.
    fs.rmSync(path.dirname(folder), { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  };
}

function databaseUrl(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}
