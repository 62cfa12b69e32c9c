// Writes web/api/openapi.json from the server's routes, and web/api/schema.d.ts from that: run it after changing a route.
// The types' generator is fetched for the run; it needs TypeScript 5, so it is no dependency of ours.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildApp } from '../server/app.ts';
import { introduce } from '../server/introduce.ts';
import { openPlatform } from '../server/open-platform.ts';
import { readConfig } from '../server/platform/config.ts';
import { VERSION } from '../server/version.ts';

const FOLDER = path.join(import.meta.dirname, '..', 'web', 'api');
const DOCUMENT = path.join(FOLDER, 'openapi.json');
const TYPES = path.join(FOLDER, 'schema.d.ts');

fs.mkdirSync(FOLDER, { recursive: true });
fs.writeFileSync(DOCUMENT, `${JSON.stringify(await readDocument(), null, 1)}\n`);
const made = spawnSync(
  'npm',
  [
    'exec',
    '--yes',
    '--package=openapi-typescript@7.13.0',
    '--package=typescript@5.9.3',
    '--',
    'openapi-typescript',
    DOCUMENT,
    '-o',
    TYPES,
  ],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
process.exit(made.status ?? 1);

/** The whole server, on a database of its own that goes with it; it listens nowhere. */
async function readDocument(): Promise<unknown> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-api-'));
  fs.chmodSync(scratch, 0o755);
  const config = readConfig(
    {
      CAUSEWAY_DATA: scratch,
      CAUSEWAY_MASTER_KEY: randomBytes(32).toString('base64'),
      CAUSEWAY_ROLES: 'web',
      CAUSEWAY_LOG_LEVEL: 'silent',
    },
    'required',
  );
  const opened = await openPlatform({ config, queues: [] });
  const introduced = introduce(opened.platform);
  try {
    const app = await buildApp(introduced.deps, { version: VERSION, isStopping: () => false });
    const answer = await app.inject({ url: '/openapi.json' });
    await app.close();
    return answer.json();
  } finally {
    await introduced.close();
    await opened.close();
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
