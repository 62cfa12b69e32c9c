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
const told: string[] = [];

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

/** Runs the command line as a person would, in a process of its own. */
function causeway(args: readonly string[], input = ''): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      told.push(out, err);
      resolve({ code, out, err });
    });
    child.stdin.end(input);
  });
}

test(
  'brings a biller live by commands, with secrets from stdin only',
  async () => {
    expect(
      await causeway(['biller', 'create', '--bid', '2984', '--name', 'Prairie Pine Mutual', '--json']),
    ).toMatchObject({ code: 0 });
    expect((await causeway(['biller', 'list'])).out).toMatch(/2984 +prairie-pine-mutual +Prairie Pine Mutual/);

    const refused = await causeway(['config', 'set', '2984', 'advancedSettings.10', 'canary-in-argv']);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toContain('is a secret');

    const set = await causeway(
      [
        'config',
        'set',
        '2984',
        'advancedSettings.8',
        'https://rtdr.example/1/api/',
        '--also',
        'advancedSettings.9=refresh',
        '--also',
        'advancedSettings.88=https://auth.example/',
        '--secret',
        'advancedSettings.10',
        '--also',
        'invoicing.realTimeDataRefresh=on',
        '--reason',
        'worksheet',
      ],
      'canary-on-stdin\n',
    );
    expect(set, set.err).toMatchObject({ code: 0 });
    expect(set.out).toMatch(/Version 2 is in force\.[\s\S]*advancedSettings\.10: \(not set\) → •••• \([0-9a-f]{8}\)/);

    expect((await causeway(['config', 'get', '2984', 'advancedSettings.8'])).out).toBe('https://rtdr.example/1/api/\n');
    expect((await causeway(['config', 'get', '2984', 'invoiceTypes.1.name'])).out).toBe('Insurance\n');
    expect((await causeway(['config', 'get', '2984', 'advancedSettings.20'])).code).toBe(1);
    expect((await causeway(['config', 'check', '2984', '--json'])).code).toBe(0);

    const broken = await causeway(['config', 'set', '2984', 'advancedSettings.8', 'https://elsewhere.example/']);
    expect(broken.code).toBe(3);
    expect(broken.err).toMatch(/advancedSettings\.10: .*leads to another host.*\(rtdr-endpoint\)/);
    expect((await causeway(['config', 'set', '2984', 'no.such.path', '1'])).code).toBe(3);
    expect((await causeway(['config', 'set', 'x', 'obd.isOn', 'true'])).code).toBe(2);
    expect((await causeway(['config', 'check', '77'])).code).toBe(3);
  },
  TEST_TIMEOUT_MS,
);

test(
  'shows history, compares, restores, exports and applies',
  async () => {
    expect((await causeway(['config', 'set', '2984', 'cards.leastCents', '500'])).code).toBe(0);
    expect(JSON.parse((await causeway(['config', 'diff', '2984', '--json'])).out)).toMatchObject([
      { path: 'cards.leastCents', from: 100, to: 500 },
    ]);
    expect((await causeway(['config', 'history', '2984'])).out).toMatch(
      /^3 .*operator .*: set by command\n {2}cards\.leastCents: 100 → 500/,
    );
    expect((await causeway(['config', 'restore', '2984', '2', '--section', 'cards'])).out).toContain('Version 4');
    expect((await causeway(['config', 'restore', '2984', '2', '--section', 'nothing'])).code).toBe(2);

    const file = path.join(folder, 'export.json');
    fs.writeFileSync(file, (await causeway(['config', 'export', '2984'])).out);
    expect((await causeway(['biller', 'create', '--bid', '3001', '--name', 'Other'])).code).toBe(0);
    const plan = await causeway([
      'config',
      'apply',
      '3001',
      file,
      '--section',
      'cards',
      'products',
      'portal',
      '--json',
    ]);
    expect(plan, plan.err).toMatchObject({ code: 0 });
    expect((await causeway(['config', 'get', '3001', '--json'])).out).not.toContain('rtdr.example');
    const whole = await causeway(['config', 'apply', '3001', file]);
    expect(whole.code).toBe(1);
    expect(whole.out).toMatch(/advancedSettings\.10 has no secret here/);
    expect((await causeway(['config', 'apply', '3001', file, '--section', 'carts', '--yes'])).code).toBe(2);
    const unasked = await causeway(['--no-input', 'config', 'apply', '3001', file, '--section', 'profile']);
    expect(unasked).toMatchObject({ code: 3, err: expect.stringContaining('Nothing was changed') });
    expect((await causeway(['config', 'apply', '3001', file, '--section', 'profile', '--yes'])).out).toContain(
      'Version 2',
    );
  },
  TEST_TIMEOUT_MS,
);

test(
  'maps a worksheet, seals an export to its own key and applies it as the plan that was printed',
  async () => {
    const worksheet = path.join(folder, 'worksheet.csv');
    fs.writeFileSync(worksheet, 'Name;Value\nRTDR Username;sheet\nRTDR Password;canary-in-sheet\nUser ID;4711\n');
    const looked = await causeway(['config', 'import-worksheet', '2984', worksheet]);
    expect(looked, looked.err).toMatchObject({ code: 1 });
    expect(looked.out).toMatch(/B3 +RTDR Password +•••• \([0-9a-f]{8}\) +10/);
    expect(looked.out).toMatch(/B4 .*\? a user ID is no setting/);
    const set = await causeway(['config', 'import-worksheet', '2984', worksheet, '--map', 'B4=-', '--apply']);
    expect(set, set.err).toMatchObject({ code: 0 });
    expect(set.out).toContain('advancedSettings.9: refresh → sheet');

    const { out: key } = await causeway(['keys', 'show']);
    expect(key).toMatch(/^causeway-key:[A-Za-z0-9_-]{43}\n$/);
    const sealed = path.join(folder, 'sealed.json');
    fs.writeFileSync(sealed, (await causeway(['config', 'export', '2984', '--seal-to', key.trim()])).out);
    expect((await causeway(['config', 'set', '2984', 'cards.leastCents', '900'])).code).toBe(0);
    const unasked = await causeway(['config', 'apply', '2984', sealed]);
    expect(unasked).toMatchObject({ code: 0 });
    expect(unasked.out).toMatch(
      /~ cards\.leastCents: 900 → 100[\s\S]*the secret comes sealed[\s\S]*Plan: 0 to add, 1 to change, 0 to remove/,
    );
    expect(unasked.err).toContain('Nothing was changed');
    const applied = await causeway(['config', 'apply', '2984', sealed, '--yes']);
    expect(applied.out).toContain('cards.leastCents: 900 → 100');
    expect((await causeway(['config', 'apply', '2984', worksheet])).err).toMatch(/is not JSON/);
  },
  TEST_TIMEOUT_MS,
);

test(
  'prints a credential’s token and an invitation’s link alone on stdout',
  async () => {
    expect(
      (await causeway(['credential', 'create', '2984', '--scope', 'invoices:write', 'invoices:read'])).out,
    ).toMatch(/^cw_2984_[A-Za-z0-9_-]{43}\n$/);
    expect((await causeway(['credential', 'create', '2984', '--scope', 'everything'])).code).toBe(3);
    expect((await causeway(['user', 'create', 'pm@example.com', '--role', 'project manager'])).out).toMatch(
      /^http:\/\/127\.0\.0\.1:8080\/staff\/accept-invitation#[A-Za-z0-9_-]{43}\n$/,
    );
    expect((await causeway(['user', 'create', 'csr@example.com', '--role', 'csr'])).code).toBe(3);
  },
  TEST_TIMEOUT_MS,
);

test('told no secret on the way', () => {
  expect(told.filter((text) => /canary/.test(text))).toEqual([]);
});
