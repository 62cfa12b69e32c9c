import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTestDatabase } from '../../server/testing/database.ts';

const MAIN = path.join(import.meta.dirname, '..', 'main.ts');
/** Each command is a process of its own: about a second, several on a busy machine. */
const TEST_TIMEOUT_MS = 1_800_000;

let opened: Awaited<ReturnType<typeof withTestDatabase>>;
let folder: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  opened = await withTestDatabase();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-cli-'));
  environment = {
    PATH: process.env.PATH,
    DATABASE_URL: opened.url,
    CAUSEWAY_DATA: folder,
    CAUSEWAY_MASTER_KEY: randomBytes(32).toString('base64'),
  };
});
afterAll(async () => {
  await opened.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

function causeway(...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

test(
  'plans, lists and ends a window at the command line, by the rules of the screen',
  async () => {
    await causeway('biller', 'create', '--bid', '2984', '--name', 'Prairie Pine Mutual');
    const year = new Date().getFullYear() + 1;
    const words = ['--description', 'Conversion', '--message', 'Back soon.'];
    const add = (start: string, end: string, ...more: readonly string[]) =>
      causeway('maintenance', 'add', '2984', ...words, '--start', start, '--end', end, ...more);

    const made = await add(`${year}-06-05T22:00`, `${year}-06-06T06:00`, '--pause-datapump', '--json');
    expect(made).toMatchObject({ code: 0, err: expect.stringContaining('no Spanish message') });
    expect(JSON.parse(made.out)).toMatchObject({ id: 1, state: 'planned', length: '8 hours', pausesDataPump: true });

    const backwards = await add(`${year}-06-05T22:00`, `${year}-06-05T21:00`);
    expect(backwards).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringContaining('The end is not after the start'),
    });
    expect((await add('soon', 'later')).err).toMatch(/start: a day and a minute as/);
    expect((await add(`${year}-06-05T22:00`, `${year}-06-06T06:00`, '--pages', 'find,moon')).code).toBe(3);

    const list = await causeway('maintenance', 'list', '2984');
    expect(list.out).toMatch(/1 +planned .* all pages +paused +Conversion/);
    const ended = await causeway('maintenance', 'end', '2984', '1', '--reason', 'not needed');
    expect(ended).toMatchObject({ code: 0, out: 'Maintenance window 1 is ended.\n' });
    const again = await causeway('maintenance', 'end', '2984', '1', '--reason', 'not needed');
    expect(again.out).toContain('was not active already');
    expect(await causeway('maintenance', 'end', '2984', '99', '--reason', 'not there')).toMatchObject({ code: 3 });
  },
  TEST_TIMEOUT_MS,
);
