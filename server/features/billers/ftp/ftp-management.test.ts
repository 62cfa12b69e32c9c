import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withTestPlatform } from '../../../testing/platform.ts';
import { type StaffHeaders, signIn, signInAs, TEST_PASSWORD, withBillersApp } from '../../../testing/staff.ts';
import { restoreVersion, saveConfiguration } from '../index.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMqxJM9sOdsH/PxO6S17EmmK+HrlE3DY+rdj/nALmEZz imt upload';
const FINGERPRINT = 'SHA256:abHhYV9g1uj+s5RP/uDqODTDpJ0VsQLEQBJ7xXramIk';
const EMPTY = { users: [], pdfSettings: [], zipSettings: [] };

let opened: Awaited<ReturnType<typeof withTestPlatform>>;
let made: Awaited<ReturnType<typeof withBillersApp>>;
let admin: StaffHeaders;
const versions = new Map<number, number>();

beforeAll(async () => {
  opened = await withTestPlatform();
  made = await withBillersApp(opened.platform);
  admin = await signInAs(made.app, made.deps, { role: 'administrator', email: 'admin@example.com' });
  for (const [bid, name] of [
    [2984, 'Prairie Pine Mutual'],
    [3120, 'Cedar Valley Mutual'],
  ] as const) {
    await call('POST', '/billers', { bid, name });
    versions.set(bid, 1);
  }
});
afterAll(async () => {
  await made.app.close();
  await made.billers.close();
  await opened.close();
});

async function call(method: 'GET' | 'POST' | 'PUT', url: string, payload?: object, headers: StaffHeaders = admin) {
  const answer = await made.app.inject({ method, url: `/api/v1${url}`, headers, ...(payload && { payload }) });
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
}

/** Saves FTP Management of a biller, and remembers the version. */
async function saveFtp(bid: number, ftp: object, headers: StaffHeaders = admin) {
  const expectedVersion = versions.get(bid) ?? 1;
  const answer = await call(
    'PUT',
    `/billers/${bid}/configuration/ftp`,
    { expectedVersion, reason: 'trying it', value: { ...EMPTY, ...ftp } },
    headers,
  );
  if (answer.status === 200) versions.set(bid, answer.body.version);
  return answer;
}

const user = (username: string, more: object = {}) => ({ username, password: null, publicKeys: [KEY], ...more });
const pdf = (username: string, path: string) => ({
  username,
  path,
  isBackupOn: true,
  moveAction: 'Move to Filename Pending',
  isActive: true,
});

describe('FTP Management', () => {
  test('takes a path as partners write it, and keeps user and folder', async () => {
    const saved = await saveFtp(2984, {
      users: [user('prairiepinemutualftp')],
      pdfSettings: [pdf('', 'prairiepinemutualftp\\ToInvoiceCloud\\PDFs')],
      zipSettings: [
        {
          username: 'prairiepinemutualftp',
          path: '\\ToInvoiceCloud\\\\PDFs\\',
          isBackupOn: true,
          areZipFilesDeleted: true,
          isActive: true,
        },
      ],
    });
    expect(saved).toMatchObject({ status: 200, body: { warnings: [] } });
    const { body } = await call('GET', '/billers/2984/configuration');
    expect(body.configuration.ftp.pdfSettings[0]).toMatchObject({
      username: 'prairiepinemutualftp',
      path: '/ToInvoiceCloud/PDFs',
    });
    expect(body.configuration.ftp.zipSettings[0].path).toBe('/ToInvoiceCloud/PDFs');
  });

  test('refuses each fault at its field, with a sentence', async () => {
    const place = await saveFtp(2984, { users: [user('pineftp')], pdfSettings: [pdf('pineftp', '/a/../../b')] });
    expect(place.status).toBe(400);
    expect(place.body.faults).toEqual([
      { at: 'body.value.pdfSettings.0.path', message: expect.stringMatching(/inside its user’s own/) },
    ]);
    const { body } = await saveFtp(2984, {
      users: [user('pineftp', { publicKeys: [KEY, 'rubbish', KEY.replace('imt', 'other')] })],
      pdfSettings: [pdf('nobody', '/Bills'), pdf('pineftp', '/Bills'), pdf('pineftp', '\\bills\\')],
    });
    expect(body.faults.map((fault: { at: string; rule: string }) => [fault.at, fault.rule])).toEqual([
      ['ftp.users.pineftp.publicKeys.1', 'ftp-public-key'],
      ['ftp.users.pineftp.publicKeys.2', 'ftp-public-key'],
      ['ftp.pdfSettings.0.username', 'ftp-user'],
      ['ftp.pdfSettings.2.path', 'ftp-setting-once'],
    ]);
  });

  test('tells type and fingerprint of keys, and why another text is none', async () => {
    const { body } = await call('POST', '/ssh-public-keys/describe', { keys: [KEY, 'rubbish'] });
    expect(body.items).toEqual([
      { kind: 'key', type: 'ssh-ed25519', bits: 256, fingerprint: FINGERPRINT, comment: 'imt upload', line: KEY },
      { kind: 'refused', why: expect.stringMatching(/no OpenSSH public key/) },
    ]);
  });
});

describe('the right to FTP Management', () => {
  test('is needed for any change of it, by section, by document and by restore; the rest may be saved without', async () => {
    const consultant = await signInAs(made.app, made.deps, { role: 'technical consultant' });
    const refused = { status: 403, body: { details: { needed: 'ftp:write' } } };
    expect(await saveFtp(2984, {}, consultant)).toMatchObject(refused);
    const expectedVersion = versions.get(2984) ?? 1;
    const { body } = await call('GET', '/billers/2984/configuration');
    const { ftp, obd } = body.configuration;
    const save = (sections: object) =>
      call('PUT', '/billers/2984/configuration', { expectedVersion, reason: 'trying it', sections }, consultant);
    expect(await save({ obd: { ...obd, isOn: true }, ftp: EMPTY })).toMatchObject(refused);
    expect(await save({ obd: { ...obd, isOn: true }, ftp })).toMatchObject({ status: 200 });
    versions.set(2984, expectedVersion + 1);
    const restore = (rights: { ftp?: { mayWrite: boolean; proveAgain: () => void } }) =>
      restoreVersion(made.deps, {
        bid: 2984,
        version: 1,
        expectedVersion: expectedVersion + 1,
        reason: 'trying it',
        by: { kind: 'staff', name: 'someone' },
        ...rights,
      });
    await expect(restore({})).rejects.toMatchObject({ details: { needed: 'ftp:write' } });
    await expect(restore({ ftp: { mayWrite: false, proveAgain: () => undefined } })).rejects.toMatchObject({
      details: { needed: 'ftp:write' },
    });
    expect((await call('GET', '/billers/2984/configuration')).body.configuration.ftp).toEqual(ftp);
  });

  test('is needed for a configuration file that changes it', async () => {
    const consultant = await signInAs(made.app, made.deps, { role: 'technical consultant' });
    const version = versions.get(2984) ?? 1;
    const file = { causeway: 'configuration', bid: 2984, version, sections: { ftp: EMPTY } };
    const url = '/billers/2984/configuration';
    const plan = await call('POST', `${url}/plan`, { file }, consultant);
    expect(plan.status).toBe(200);
    const body = { file, expectedVersion: version, digest: plan.body.digest, reason: 'trying it' };
    expect(await call('POST', `${url}/apply`, body, consultant)).toMatchObject({
      status: 403,
      body: { details: { needed: 'ftp:write' } },
    });
  });

  test('asks who it is again before a new password or key, and not before taking one away', async () => {
    opened.clock.advance(20 * 60_000);
    const set = { users: [user('prairiepinemutualftp', { password: { set: 'a password of the test' } })] };
    expect(await saveFtp(2984, set)).toMatchObject({ status: 403, body: { code: 'prove-again' } });
    const more = { users: [user('prairiepinemutualftp', { publicKeys: [KEY] }), user('secondftp')] };
    expect(await saveFtp(2984, more)).toMatchObject({ status: 403, body: { code: 'prove-again' } });
    expect(await saveFtp(2984, { users: [user('prairiepinemutualftp', { publicKeys: [] })] })).toMatchObject({
      status: 200,
      body: { warnings: [{ rule: 'ftp-user-login' }] },
    });
    admin = await signIn(made.app, 'admin@example.com', TEST_PASSWORD);
    expect(await saveFtp(2984, set)).toMatchObject({ status: 200 });
    expect(JSON.stringify((await call('GET', '/billers/2984/configuration')).body)).not.toContain('a password of');
  });
});

describe('an FTP username', () => {
  test('belongs to one biller: a second one is told at the field by check and save, and gets it when it is free', async () => {
    const wanted = { users: [user('prairiepinemutualftp'), user('cedarftp')] };
    const fault = { at: 'ftp.users.prairiepinemutualftp.username', rule: 'ftp-user-of-another' };
    const check = await call('POST', '/billers/3120/configuration/check', {
      expectedVersion: 1,
      sections: { ftp: { ...EMPTY, ...wanted } },
    });
    expect(check.body.faults).toMatchObject([{ ...fault, severity: 'error' }]);
    expect(check.body.faults[0].sentence).not.toMatch(/Prairie|2984/);
    expect(await saveFtp(3120, wanted)).toMatchObject({ status: 422, body: { faults: [fault] } });
    expect(await saveFtp(2984, {})).toMatchObject({ status: 200 });
    expect(await saveFtp(3120, wanted)).toMatchObject({ status: 200 });
  });

  test('of two saves at once one gets it', async () => {
    const both = await Promise.allSettled(
      [2984, 3120].map((bid) =>
        saveConfiguration(made.deps, {
          bid,
          expectedVersion: versions.get(bid) ?? 1,
          sections: { ftp: { ...EMPTY, users: [{ username: 'wantedbyboth', password: null, publicKeys: [KEY] }] } },
          reason: 'at once',
          by: { kind: 'operator', name: 'test' },
        }),
      ),
    );
    expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('is found by Causeway’s staff over all billers, and by no biller’s own', async () => {
    for (const q of ['WANTED', 'tedBy']) {
      const { body } = await call('GET', `/ftp-users?q=${q}&limit=1`);
      expect([q, body.items]).toEqual([
        q,
        [expect.objectContaining({ username: 'wantedbyboth', keyCount: 1, hasPassword: false })],
      ]);
    }
    expect((await call('GET', '/ftp-users?q=cedar%20valley&limit=1')).body).toMatchObject({
      items: [{ bid: 3120 }],
      nextCursor: expect.anything(),
    });
    expect((await call('GET', '/ftp-users?q=%25')).body.items).toEqual([]);
    const own = await signInAs(made.app, made.deps, { role: 'biller admin', bid: 2984 });
    expect((await call('GET', '/ftp-users', undefined, own)).status).toBe(403);
  });
});
