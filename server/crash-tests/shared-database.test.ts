import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Program, program, until } from './processes.ts';

// Programs started on one data folder share its one PostgreSQL: whoever comes first starts it, whoever goes last ends it.

const LIMIT_MS = 180_000;

let folder = '';
const made: Program[] = [];
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-crash-'));
  fs.chmodSync(folder, 0o755);
});
afterAll(async () => {
  await Promise.all(made.map((each) => each.kill()));
  const pid = postmaster();
  if (pid !== undefined) process.kill(pid, 'SIGQUIT');
  fs.rmSync(folder, { recursive: true, force: true });
});

test('two programs that start at once on a new folder adopt one PostgreSQL, which outlives either', async () => {
  const key = randomBytes(32).toString('base64');
  const [first, second] = [causeway('first', key), causeway('second', key)];
  const ready = await Promise.all([first.start(), second.start()]);
  const urls = ready.map((one) => String(one.url));
  expect(new Set(urls).size).toBe(2);
  const pid = postmaster();
  expect(pid).toBeDefined();
  expect(fs.readdirSync(path.join(folder, 'data')).filter((name) => name.startsWith('postgres.new'))).toEqual([]);
  expect(await Promise.all(urls.map(readiness))).toEqual([200, 200]);

  await first.kill();
  expect(await readiness(urls[1])).toBe(200);
  const again = await first.start();
  expect(postmaster()).toBe(pid);

  const stopped = await second.stop();
  expect(stopped.code).toBe(0);
  expect(postmaster()).toBe(pid);
  expect(await readiness(String(again.url))).toBe(200);

  expect((await first.stop()).code).toBe(0);
  await until(() => postmaster() === undefined, {
    limitMs: LIMIT_MS,
    why: () => 'the last one left PostgreSQL running',
  });
});

test('both processes killed, then PostgreSQL too: the next start has everything again', async () => {
  const key = randomBytes(32).toString('base64');
  const [first, second] = [causeway('third', key), causeway('fourth', key)];
  await Promise.all([first.start(), second.start()]);
  await Promise.all([first.kill(), second.kill()]);
  const pid = postmaster();
  if (pid === undefined) throw new Error('PostgreSQL does not outlive a kill -9 of its programs');
  process.kill(pid, 'SIGKILL');
  const again = await first.start();
  expect(await readiness(String(again.url))).toBe(200);
  expect(postmaster()).not.toBe(pid);
  expect((await first.stop()).code).toBe(0);
});

test('a program told to stop while it starts ends well and leaves no PostgreSQL behind', async () => {
  const one = causeway('fifth', randomBytes(32).toString('base64'), 'early');
  const starting = one.start().catch(() => undefined);
  await until(() => postmaster('early') !== undefined, { limitMs: LIMIT_MS, everyMs: 5, why: () => one.words() });
  const stopped = await one.stop();
  await starting;
  expect(stopped.code, one.words()).toBe(0);
  await until(() => postmaster('early') === undefined, { limitMs: LIMIT_MS, why: () => 'PostgreSQL was left running' });
});

function causeway(name: string, key: string, data = 'data'): Program {
  const one = program(name, {
    script: 'server/crash-tests/crashing-main.ts',
    environment: {
      CAUSEWAY_DATA: path.join(folder, data),
      CAUSEWAY_MASTER_KEY: key,
      CAUSEWAY_ROLES: 'web,worker',
      CAUSEWAY_PORT: '0',
      CAUSEWAY_LOG_LEVEL: 'warn',
    },
  });
  made.push(one);
  return one;
}

function postmaster(data = 'data'): number | undefined {
  try {
    const pid = Number(fs.readFileSync(path.join(folder, data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function readiness(url: string | undefined): Promise<number> {
  return (await fetch(`${url}/health/ready`)).status;
}
