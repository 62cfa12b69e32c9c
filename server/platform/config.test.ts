import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ConfigFault, configReference, readConfig } from './config.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-config-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const key = randomBytes(32).toString('base64');
const good = { CAUSEWAY_DATA: path.join(folder, 'data'), CAUSEWAY_MASTER_KEY: key };

function faultsOf(environment: Readonly<Record<string, string>>, keys: 'required' | 'optional' = 'required') {
  try {
    readConfig(environment, keys);
    return [];
  } catch (cause) {
    if (cause instanceof ConfigFault) return cause.faults;
    throw cause;
  }
}

test('every wrong value is named at once, each with what it must be, and no value is told', () => {
  const wrong: Readonly<Record<string, readonly [string, RegExp]>> = {
    DATABASE_URL: ['mysql://u:planted-word@h/x', /must begin with postgres:/],
    CAUSEWAY_PORT: ['planted-word', /must be a port, 0 to 65535/],
    CAUSEWAY_SFTP_PORT: ['70000', /must be a port, 0 to 65535/],
    CAUSEWAY_PUBLIC_URL: ['ftp://planted-word', /must begin with http:/],
    CAUSEWAY_MASTER_KEY: ['planted-word', /must be 32 bytes in base64/],
    CAUSEWAY_ROLES: ['web,planted-word', /"web"\|"worker"/],
    CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS: ['planted-word', /"1"/],
    CAUSEWAY_SMTP_URL: ['http://planted-word', /must begin with smtp:/],
    CAUSEWAY_MAIL_FROM: ['planted-word', /must be an email address/],
    CAUSEWAY_PROCESSOR_URL: ['planted-word', /must begin with http:/],
    CAUSEWAY_PROCESSOR_SECRET: ['short', /16/],
    CAUSEWAY_REQUIRE_SECOND_FACTOR: ['planted-word', /administrators/],
    CAUSEWAY_LOG_LEVEL: ['planted-word', /"info"/],
    CAUSEWAY_PLANTED: ['x', /is not a variable of Causeway/],
  };
  const values = Object.fromEntries(Object.entries(wrong).map(([name, [value]]) => [name, value]));
  const faults = faultsOf({ ...good, ...values });
  for (const [name, [, says]] of Object.entries(wrong)) {
    const mine = faults.filter((fault) => fault.startsWith(name));
    expect(mine, name).toHaveLength(1);
    expect(mine[0]).toMatch(says);
  }
  expect(faults).toHaveLength(Object.keys(wrong).length);
  expect(faults.join()).not.toContain('planted-word');
});

test('the product refuses to start without a master key, or with a key file that is none, and names it', () => {
  const { CAUSEWAY_MASTER_KEY: _key, ...without } = good;
  expect(faultsOf(without)).toEqual([expect.stringMatching(/^CAUSEWAY_MASTER_KEY is missing/)]);
  expect(faultsOf(without, 'optional')).toEqual([]);
  const file = path.join(folder, 'some.key');
  expect(faultsOf({ ...without, CAUSEWAY_MASTER_KEY_FILE: file })).toEqual([expect.stringContaining(file)]);
  fs.writeFileSync(file, 'not a key\n');
  expect(faultsOf({ ...without, CAUSEWAY_MASTER_KEY_FILE: file })).toEqual([
    expect.stringMatching(/each line must be 32 bytes/),
  ]);
  fs.writeFileSync(file, `${key}\n${randomBytes(32).toString('base64')}\n`);
  expect(readConfig({ ...without, CAUSEWAY_MASTER_KEY_FILE: file }, 'required').masterKeys).toHaveLength(2);
});

test('a data folder that can’t be made or written is named, also where the system says that its parent is gone', () => {
  const file = path.join(folder, 'a-file');
  fs.writeFileSync(file, '');
  const places = [path.join(file, 'data'), ...(process.platform === 'linux' ? ['/proc/causeway/data'] : [])];
  for (const place of places)
    expect(faultsOf({ ...good, CAUSEWAY_DATA: place })).toEqual([
      expect.stringMatching(/^CAUSEWAY_DATA: the folder .* can't be written/),
    ]);
  expect(readConfig({ ...good, CAUSEWAY_DATA: path.join(folder, 'x', 'y') }, 'required').port).toBe(8080);
});

test('an empty value counts as unset, and the reference tells of every variable what it means and what holds then', () => {
  expect(readConfig({ ...good, CAUSEWAY_PORT: '', CAUSEWAY_LOG_LEVEL: '' }, 'required')).toMatchObject({
    port: 8080,
    logLevel: 'info',
  });
  for (const { meaning, fallback } of configReference()) {
    expect(meaning).toMatch(/\.$/);
    expect(fallback).not.toBe('');
  }
});
