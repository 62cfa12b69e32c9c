import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createBiller, createBillers } from '../features/billers/index.ts';
import { cloneDatabase } from '../testing/database.ts';
import { withTestPlatform } from '../testing/platform.ts';
import { testPartners } from '../testing/staff.ts';

/** What the environment is at fault for ends with 2; what the program finds only when it opens it, with 3. */
const WRONG_ENVIRONMENT = 2;
const CANNOT_START = 3;
const START_MS_MAX = 240_000;
const MAIN = path.join(import.meta.dirname, '..', 'main.ts');
const KEY = randomBytes(32).toString('base64');
/** In each wrong value, so that the sentence can be seen to keep it back. */
const SECRET = 'cnryEnvironment0123456789';

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let folder: string;

beforeAll(async () => {
  clone = await cloneDatabase(inject('postgresUrl'));
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-environment-'));
});
afterAll(async () => {
  await clone?.drop();
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Starts the real program, as an operator does, and waits for its end. */
function run(environment: Record<string, string | undefined>, from: { uid?: number } = {}): Promise<Ended> {
  const right = {
    PATH: process.env.PATH,
    DATABASE_URL: clone.url,
    CAUSEWAY_DATA: path.join(folder, 'data'),
    CAUSEWAY_PORT: '0',
    CAUSEWAY_MASTER_KEY: KEY,
    CAUSEWAY_ROLES: 'web',
    CAUSEWAY_LOG_LEVEL: 'silent',
  };
  const env = Object.fromEntries(
    Object.entries({ ...right, ...environment }).filter(([, value]) => value !== undefined),
  );
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'], ...from });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS_MAX);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, said });
    });
  });
}

/** One sentence for a person: what is wrong, and no stack, no secret. */
function expectSaid(ended: Ended, code: number, ...words: readonly RegExp[]): void {
  expect(ended.code, ended.said).toBe(code);
  for (const word of words) expect(ended.said).toMatch(word);
  expect(ended.said).not.toMatch(/\n\s+at |node:internal/);
  expect(ended.said).not.toContain(SECRET);
  expect(ended.said).not.toContain(KEY);
}

test('wrong values are all named at once, without showing them', async () => {
  const ended = await run({
    DATABASE_URL: `mysql://u:${SECRET}@h/d`,
    CAUSEWAY_PORT: '99999',
    CAUSEWAY_PUBLIC_URL: 'ftp://x',
    CAUSEWAY_MASTER_KEY: `${SECRET}`,
    CAUSEWAY_ROLES: 'web,king',
    CAUSEWAY_SMTP_URL: `http://u:${SECRET}@h`,
    CAUSEWAY_PROCESSOR_SECRET: 'short',
    CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS: 'perhaps',
    CAUSEWAY_LOG_LEVEL: 'loud',
    CAUSEWAY_MSATER_KEY: SECRET,
  });
  const names = [
    'DATABASE_URL',
    'CAUSEWAY_PORT',
    'CAUSEWAY_PUBLIC_URL',
    'CAUSEWAY_MASTER_KEY',
    'CAUSEWAY_ROLES',
    'CAUSEWAY_SMTP_URL',
    'CAUSEWAY_PROCESSOR_SECRET',
    'CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS',
    'CAUSEWAY_LOG_LEVEL',
    'CAUSEWAY_MSATER_KEY',
  ];
  expectSaid(ended, WRONG_ENVIRONMENT, ...names.map((name) => new RegExp(`\\b${name}\\b`)));
});

test('without a master key, or with a file that holds none, it does not start', async () => {
  expectSaid(
    await run({ CAUSEWAY_MASTER_KEY: undefined }),
    WRONG_ENVIRONMENT,
    /CAUSEWAY_MASTER_KEY is missing/,
    /openssl rand/,
  );
  const file = path.join(folder, 'no.key');
  fs.writeFileSync(file, `${SECRET}\n`);
  expectSaid(
    await run({ CAUSEWAY_MASTER_KEY: undefined, CAUSEWAY_MASTER_KEY_FILE: file }),
    WRONG_ENVIRONMENT,
    /CAUSEWAY_MASTER_KEY_FILE/,
    /32 bytes/,
  );
  expectSaid(
    await run({ CAUSEWAY_MASTER_KEY: undefined, CAUSEWAY_MASTER_KEY_FILE: `${file}.gone` }),
    WRONG_ENVIRONMENT,
    /CAUSEWAY_MASTER_KEY_FILE/,
  );
});

test('a data folder that can’t be written is named', async () => {
  const file = path.join(folder, 'a file');
  fs.writeFileSync(file, '');
  expectSaid(await run({ CAUSEWAY_DATA: file }), WRONG_ENVIRONMENT, /CAUSEWAY_DATA/, /can't be written/);
  expectSaid(
    await run({ CAUSEWAY_DATA: path.join(file, 'below') }),
    WRONG_ENVIRONMENT,
    /CAUSEWAY_DATA/,
    /can't be written/,
  );
});

test.skipIf(process.getuid?.() !== 0)('a data folder of another user is named', async () => {
  const own = path.join(folder, 'of root');
  fs.mkdirSync(own, { mode: 0o700 });
  const { code, said } = await run({ CAUSEWAY_DATA: own }, { uid: 65_534 });
  // Where that user may not even read the program there is nothing to prove.
  if (!/Cannot find module|EACCES: permission denied, (open|lstat|scandir) '.*main\.ts'/.test(said))
    expectSaid({ code, said }, WRONG_ENVIRONMENT, /CAUSEWAY_DATA/, /EACCES/);
});

test('a port that is taken is named', async () => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ended = await run({ CAUSEWAY_PORT: String(port) });
  server.close();
  expectSaid(ended, CANNOT_START, new RegExp(`127\\.0\\.0\\.1:${port}`), /another program listens/, /CAUSEWAY_PORT/);
});

test('a database that can’t be reached, or will not let us in, is named without its password', async () => {
  const closed = `postgres://u:${SECRET}@127.0.0.1:1/d`;
  expectSaid(await run({ DATABASE_URL: closed }), CANNOT_START, /database/i, /DATABASE_URL/, /127\.0\.0\.1:1\b/);
  expectSaid(
    await run({ DATABASE_URL: `postgres://u:${SECRET}@localhost:1/d` }),
    CANNOT_START,
    /database/i,
    /DATABASE_URL/,
    /localhost:1\b/,
  );
  const missing = new URL(clone.url);
  missing.pathname = '/no_such_database';
  expectSaid(await run({ DATABASE_URL: missing.toString() }), CANNOT_START, /no_such_database/, /DATABASE_URL/);
});

test('a database of a newer version is left alone', async () => {
  const newer = await cloneDatabase(inject('postgresUrl'));
  const client = new pg.Client({ connectionString: newer.url });
  await client.connect();
  await client.query(`insert into migration (name, sha256) values ('9999-later.sql', 'x')`);
  await client.end();
  const ended = await run({ DATABASE_URL: newer.url });
  await newer.drop();
  expectSaid(ended, CANNOT_START, /newer than this program/, /9999-later\.sql/);
});

// A PostgreSQL before 16 is refused by its version number (platform/migrate.ts); there is none at hand to prove it with.

test('another master key than the one the secrets were sealed with is refused, and nothing is changed', async () => {
  const opened = await withTestPlatform();
  const billers = createBillers(opened.platform, testPartners());
  await createBiller(
    { ...opened.platform, partners: testPartners() },
    { bid: 1, name: 'x', by: { kind: 'program', name: 'test' } },
  );
  await billers.close();
  const ended = await run({ DATABASE_URL: opened.platform.database.url });
  await opened.close();
  expectSaid(ended, CANNOT_START, /master key is not the one/, /nothing was changed/);
});
