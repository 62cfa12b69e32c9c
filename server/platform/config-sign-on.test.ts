import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigFault, configReference, readConfig } from './config.ts';

const SECRET = 'a-client-secret-of-the-test';
let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-config-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const whole = {
  CAUSEWAY_OIDC_ISSUER: 'https://id.example.com',
  CAUSEWAY_OIDC_CLIENT_ID: 'causeway',
  CAUSEWAY_OIDC_CLIENT_SECRET: SECRET,
};
const read = (environment: Record<string, string>) =>
  readConfig({ CAUSEWAY_DATA: folder, ...environment }, 'optional').signOn;
function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    read(environment);
    return [];
  } catch (cause) {
    if (cause instanceof ConfigFault) return cause.faults;
    throw cause;
  }
}

test('a provider is named whole, its secret by value or by file, and the secret is printed nowhere', () => {
  expect(read({})).toBeUndefined();
  const signOn = read({ ...whole, CAUSEWAY_OIDC_LABEL: ' Example ID ' });
  expect(signOn).toMatchObject({ issuer: whole.CAUSEWAY_OIDC_ISSUER, label: 'Example ID', isSecondFactor: false });
  expect(signOn?.clientSecret?.reveal()).toBe(SECRET);
  expect(`${JSON.stringify(signOn)} ${inspect(signOn, { depth: 9 })}`).not.toContain(SECRET);
  const file = path.join(folder, 'secret');
  fs.writeFileSync(file, `${SECRET}\n`);
  const { CAUSEWAY_OIDC_CLIENT_SECRET: _, ...without } = whole;
  expect(read({ ...without, CAUSEWAY_OIDC_CLIENT_SECRET_FILE: file })?.clientSecret?.reveal()).toBe(SECRET);
  expect(read(without)?.clientSecret).toBeUndefined();
});

test('what is half said, insecure or unreadable is refused by name', () => {
  expect(faultsOf({ CAUSEWAY_OIDC_CLIENT_ID: 'x' })).toEqual([
    expect.stringMatching(/^CAUSEWAY_OIDC_ISSUER is missing/),
  ]);
  expect(faultsOf({ CAUSEWAY_OIDC_ISSUER: 'https://id.example.com' })).toEqual([
    expect.stringMatching(/^CAUSEWAY_OIDC_CLIENT_ID is missing/),
  ]);
  const insecure = { ...whole, CAUSEWAY_OIDC_ISSUER: 'http://id.example.com' };
  expect(faultsOf(insecure)).toEqual([expect.stringMatching(/must begin with https/)]);
  expect(faultsOf({ ...insecure, CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS: '1' })).toEqual([]);
  const { CAUSEWAY_OIDC_CLIENT_SECRET: _, ...without } = whole;
  expect(faultsOf({ ...without, CAUSEWAY_OIDC_CLIENT_SECRET_FILE: `${folder}/gone` })).toEqual([
    expect.stringMatching(/CAUSEWAY_OIDC_CLIENT_SECRET_FILE: .*gone can't be used: ENOENT/),
  ]);
  expect(
    faultsOf({ ...whole, CAUSEWAY_OIDC_ISSUER: 'id.example.com', CAUSEWAY_REQUIRE_SECOND_FACTOR: 'sometimes' }),
  ).toEqual([
    expect.stringMatching(/^CAUSEWAY_REQUIRE_SECOND_FACTOR/),
    expect.stringMatching(/^CAUSEWAY_OIDC_ISSUER/),
    expect.anything(),
  ]);
});

test('the reference names each variable, and which are secret', () => {
  const rows = configReference().filter(
    (row) => row.name.startsWith('CAUSEWAY_OIDC') || row.name.includes('SECOND_FACTOR'),
  );
  expect(rows).toHaveLength(7);
  expect(rows.filter((row) => row.secret).map((row) => row.name)).toEqual(['CAUSEWAY_OIDC_CLIENT_SECRET']);
});
