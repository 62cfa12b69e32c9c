import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MAIN = path.join(import.meta.dirname, '..', 'main.ts');
const TEST_TIMEOUT_MS = 600_000;
const POLL_MS = 10;

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-stopped-'));
  fs.chmodSync(folder, 0o755);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test.each(['SIGTERM', 'SIGINT'] as const)(
  'a command told to stop by %s ends with 130 and leaves no PostgreSQL behind',
  async (signal) => {
    const data = path.join(folder, signal);
    const postmaster = path.join(data, 'postgres', 'postmaster.pid');
    const child = spawn(process.execPath, [MAIN, 'audit', 'verify'], {
      env: { PATH: process.env.PATH, TMPDIR: os.tmpdir(), CAUSEWAY_DATA: data },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    while (!fs.existsSync(postmaster) && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    child.kill(signal);
    expect([await ended, said]).toEqual([130, expect.stringContaining('Stopping')]);
    expect(fs.existsSync(postmaster)).toBe(false);
  },
  TEST_TIMEOUT_MS,
);
