import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../../platform/log.ts';
import { createKeyring } from '../../../platform/secrets.ts';
import { withTestPlatform } from '../../../testing/platform.ts';
import { type StaffHeaders, signInAs, withBillersApp } from '../../../testing/staff.ts';
import { rewrapDataKeys } from '../sealed-keys.ts';
import { exchangeKeyOf } from './exchange-key.ts';

interface Installation {
  opened: Awaited<ReturnType<typeof withTestPlatform>>;
  made: Awaited<ReturnType<typeof withBillersApp>>;
  admin: StaffHeaders;
}
/** Where it was tried, and where payers pay. */
let uat: Installation;
let live: Installation;
const told: string[] = [];
const BID = 2984;
const SETTINGS = {
  8: 'https://rtdr.example/1/api/',
  9: 'refresh',
  10: 'canary-live|pw',
  88: 'https://auth.example/',
};

beforeAll(async () => {
  [uat, live] = await Promise.all([install(), install()]);
  for (const { made, admin } of [uat, live]) {
    for (const bid of [BID, 77])
      await made.app.inject({
        method: 'POST',
        url: '/api/v1/billers',
        headers: admin,
        payload: { bid, name: `B${bid}` },
      });
  }
  const { configuration } = await read(uat);
  const set = { 10: { kind: 'secret', secret: { set: SETTINGS[10] } } };
  const texts = ['8', '9', '88'].map((n) => [n, { kind: 'text', value: SETTINGS[n as '8' | '9' | '88'] }]);
  const ftp = {
    users: [{ username: 'pinemutual', password: { set: 'canary-sftp' }, publicKeys: [] }],
    pdfSettings: [],
    zipSettings: [],
  };
  const sections = {
    advancedSettings: { ...configuration.advancedSettings, ...Object.fromEntries(texts), ...set },
    ftp,
    obd: { ...configuration.obd, isOn: true },
  };
  const payload = { expectedVersion: 1, reason: 'as it shall be live', sections };
  const url = `/api/v1/billers/${BID}/configuration`;
  expect((await uat.made.app.inject({ method: 'PUT', url, headers: uat.admin, payload })).json()).toMatchObject({
    version: 2,
  });
});
afterAll(async () => {
  for (const { opened, made } of [uat, live]) {
    await made.app.close();
    await made.billers.close();
    await opened.close();
  }
});

async function install(): Promise<Installation> {
  const log = createLog({ level: 'trace', destination: { write: (line) => told.push(line) } });
  const opened = await withTestPlatform({ overrides: { log } });
  const made = await withBillersApp(opened.platform);
  return { opened, made, admin: await signInAs(made.app, made.deps, { role: 'administrator' }) };
}

async function read(of: Installation, bid = BID) {
  return (await of.made.app.inject({ url: `/api/v1/billers/${bid}/configuration`, headers: of.admin })).json();
}

async function post(
  of: Installation,
  act: string,
  payload: object,
  bid = BID,
  headers: Record<string, string> = of.admin,
) {
  const url = `/api/v1/billers/${bid}/configuration/${act}`;
  const answer = await of.made.app.inject({ method: 'POST', url, headers, payload });
  told.push(answer.body);
  return { status: answer.statusCode, body: answer.json() };
}

async function keyOf(of: Installation): Promise<{ publicKey: string; id: string }> {
  return (await of.made.app.inject({ url: '/api/v1/installation-key', headers: of.admin })).json();
}

test('an export without a key holds no secret, and is applied where the secrets are typed already', async () => {
  const file = (await post(uat, 'export', {})).body;
  expect(JSON.stringify(file)).not.toContain('canary');
  expect(file.sections.advancedSettings['10'].secret).toMatchObject({ shown: '••••' });
  const plan = await post(live, 'plan', { file });
  expect(plan.body).toMatchObject({
    version: 1,
    missingSecrets: ['advancedSettings.10', 'ftp.users.pinemutual'],
    broughtSecrets: [],
  });
  const chosen = await post(live, 'plan', { file, sections: ['obd'] });
  expect(chosen.body).toMatchObject({
    isWorking: true,
    sections: ['obd'],
    differences: [{ path: 'obd.isOn', from: false, to: true }],
  });
});

test('secrets sealed to the other installation arrive there, and a plan is applied exactly or not at all', async () => {
  const { publicKey, id } = await keyOf(live);
  expect(publicKey).toMatch(/^causeway-key:[A-Za-z0-9_-]{43}$/);
  const file = (await post(uat, 'export', { sealTo: publicKey })).body;
  expect(file).toMatchObject({ sealedTo: id });
  const { body: plan } = await post(live, 'plan', { file });
  expect(plan).toMatchObject({
    isWorking: true,
    missingSecrets: [],
    broughtSecrets: ['advancedSettings.10', 'ftp.users.pinemutual'],
  });
  const apply = { file, expectedVersion: plan.version, digest: plan.digest, reason: 'go live' };
  // Another file, other sections, or a version in between is another plan.
  expect(await post(live, 'apply', { ...apply, sections: ['obd'] })).toMatchObject({
    status: 409,
    body: { code: 'plan-outdated' },
  });
  const other = { ...file, sections: { ...file.sections, obd: { isOn: true, matchBy: 'account number and name' } } };
  expect((await post(live, 'apply', { ...apply, file: other })).body.code).toBe('plan-outdated');
  const cards = { ...(await read(live)).configuration.cards, leastCents: 500 };
  const between = { expectedVersion: 1, reason: 'between', value: cards };
  const url = `/api/v1/billers/${BID}/configuration/cards`;
  expect((await live.made.app.inject({ method: 'PUT', url, headers: live.admin, payload: between })).statusCode).toBe(
    200,
  );
  expect((await post(live, 'apply', apply)).body.code).toBe('plan-outdated');

  const { body: again } = await post(live, 'plan', { file, sections: ['advancedSettings', 'ftp', 'obd'] });
  const done = await post(live, 'apply', {
    file,
    sections: ['advancedSettings', 'ftp', 'obd'],
    expectedVersion: again.version,
    digest: again.digest,
    reason: 'go live',
  });
  expect(done, JSON.stringify(done.body)).toMatchObject({
    status: 200,
    body: { version: 3, differences: again.differences },
  });
  const biller = await live.made.billers.load(BID);
  const connection = biller && (await live.made.billers.connectionFor(biller, 'balance', { environment: 1 }));
  if (!connection || 'missing' in connection) throw new Error('no connection');
  expect(connection.credentials.password()).toBe('canary-live|pw');

  const audit = await uat.opened.database.withSystem((tx) =>
    tx.selectFrom('audit_event').select(['act', 'detail']).where('act', 'like', 'configuration.exported%').execute(),
  );
  expect(audit.at(-1)).toMatchObject({ act: 'configuration.exported-with-secrets', detail: { sealedTo: id } });
});

test('a promoted address keeps the secret that came with it, also where the same one was stored', async () => {
  const { publicKey } = await keyOf(live);
  const { configuration, version } = await read(uat);
  const moved = {
    ...configuration.advancedSettings,
    8: { kind: 'text', value: 'https://moved.example/1/api/' },
    10: { kind: 'secret', secret: { set: SETTINGS[10] } },
  };
  const url = `/api/v1/billers/${BID}/configuration/advancedSettings`;
  const payload = { expectedVersion: version, reason: 'their host moved', value: moved };
  const saved = await uat.made.app.inject({ method: 'PUT', url, headers: uat.admin, payload });
  expect(saved.json()).toMatchObject({ isChanged: true, clearedSecrets: [] });
  const sections = ['advancedSettings'];
  const bare = (await post(uat, 'export', { sections })).body;
  expect((await post(live, 'plan', { file: bare })).body).toMatchObject({ clearedSecrets: [10] });
  const sealed = (await post(uat, 'export', { sections, sealTo: publicKey })).body;
  expect((await post(live, 'plan', { file: sealed })).body).toMatchObject({ clearedSecrets: [], isWorking: true });
});

test('what was sealed for someone else, changed or moved is refused, with its place named', async () => {
  const { publicKey } = await keyOf(live);
  const file = (await post(uat, 'export', { sealTo: publicKey })).body;
  const settings = file.sections.advancedSettings;
  const refusal = async (changed: object, bid = BID) => {
    const { status, body } = await post(live, 'plan', { file: { ...file, ...changed } }, bid);
    return `${status} ${body.code} ${body.faults?.map((fault: { at: string; message: string }) => `${fault.at} ${fault.message}`).join(' ') ?? body.title}`;
  };
  const withTen = (secret: object) => ({
    sections: { ...file.sections, advancedSettings: { ...settings, 10: { kind: 'secret', secret } } },
  });
  const { sealedTo, jwe } = settings['10'].secret as { sealedTo: string; jwe: string };
  const parts = jwe.split('.');
  const forOther = (await post(uat, 'export', { sealTo: (await keyOf(uat)).publicKey })).body;

  expect(await refusal({ sections: forOther.sections })).toMatch(
    /advancedSettings\.10 .*was sealed to key [0-9a-f]{8}; this installation’s is/,
  );
  for (const at of [1, 2, 3, 4]) {
    const part = parts[at] ?? '';
    const flipped = parts.with(at, `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}`).join('.');
    expect(await refusal(withTen({ sealedTo, jwe: flipped }))).toMatch(/advancedSettings\.10 The secret was changed/);
  }
  const ftp = file.sections.ftp.users[0].password;
  expect(await refusal(withTen(ftp))).toMatch(/advancedSettings\.10 .*another place or biller/);
  expect(await refusal({ issuer: 'somebody-else' })).toMatch(/another installation/);
  expect(await refusal({}, 77)).toMatch(/422 sealed-for-another-biller/);
  expect(await refusal({ bid: 77 }, 77)).toMatch(/another place or biller/);
  expect(await refusal(withTen({ sealedTo, jwe: 'x.y.z' }))).toMatch(/not a sealed secret/);
  expect(await refusal({ causeway: 'else' })).toMatch(/422 not-a-configuration-file/);
  expect(await refusal({ sections: { obd: { isOn: 'maybe' } } })).toMatch(/sections\.obd\.isOn/);
  expect((await post(uat, 'export', { sealTo: 'causeway-key:nonsense' })).body.code).toBe('not-a-public-key');
});

test('a biller’s own staff, and who may not write secrets, are refused', async () => {
  const { publicKey } = await keyOf(live);
  const own = await signInAs(uat.made.app, uat.made.deps, { role: 'billing manager', bid: BID });
  expect((await post(uat, 'export', {}, BID, own)).status).toBe(403);
  const services = await signInAs(uat.made.app, uat.made.deps, { role: 'client services' });
  expect((await post(uat, 'export', {}, BID, services)).status).toBe(200);
  expect((await post(uat, 'export', { sealTo: publicKey }, BID, services)).status).toBe(403);
});

test('who may not write secrets leads none of them to an address of a file, not even to a first one', async () => {
  const consultant = await signInAs(live.made.app, live.made.deps, { role: 'technical consultant' });
  const before = await read(live, 77);
  const value = {
    ...before.configuration.advancedSettings,
    8: { kind: 'text', value: SETTINGS[8] },
    10: { kind: 'secret', secret: { set: SETTINGS[10] } },
  };
  const url = '/api/v1/billers/77/configuration/advancedSettings';
  const payload = { expectedVersion: before.version, reason: 'typed', value };
  const typed = await live.made.app.inject({ method: 'PUT', url, headers: live.admin, payload });
  expect(typed.statusCode, typed.body).toBe(200);
  const { configuration, version } = await read(live, 77);
  // All of a partner's logins go where 88 says; there was none.
  const advancedSettings = { ...configuration.advancedSettings, 88: { kind: 'text', value: 'https://thief.example/' } };
  const file = { causeway: 'configuration', bid: 77, version, sections: { advancedSettings } };
  const { body: plan } = await post(live, 'plan', { file }, 77, consultant);
  expect(plan).toMatchObject({ clearedSecrets: [10] });
  const apply = { file, expectedVersion: version, digest: plan.digest, reason: 'sent elsewhere' };
  expect((await post(live, 'apply', apply, 77, consultant)).body).toMatchObject({ clearedSecrets: [10] });
  expect((await read(live, 77)).configuration.advancedSettings).not.toHaveProperty('10');
});

test('the key pair is one, survives a rotation of the master key, and its private half is nowhere in the clear', async () => {
  const deps = live.opened.platform;
  const [one, two] = await Promise.all([exchangeKeyOf(deps), exchangeKeyOf(deps)]);
  expect(one.publicKey).toBe(two.publicKey);
  const newest = Buffer.alloc(32, 7);
  const [old] = deps.config.masterKeys;
  if (!old) throw new Error('no master key');
  const keyring = createKeyring({ currentMasterKey: newest, olderMasterKeys: [old] });
  expect(await deps.database.withSystem((tx) => rewrapDataKeys(tx, keyring))).toBeGreaterThan(1);
  expect(await deps.database.withSystem((tx) => rewrapDataKeys(tx, keyring))).toBe(0);
  const after = await exchangeKeyOf({ ...deps, keyring: createKeyring({ currentMasterKey: newest }) });
  expect(after.publicKey).toBe(one.publicKey);
  await after.privateKey();
  const row = await deps.database.withSystem((tx) => tx.selectFrom('installation_key').selectAll().execute());
  expect(JSON.stringify(row)).not.toContain('"d"');
});

test('no planted secret was told in an answer or a log', () => {
  expect(told.filter((text) => text.includes('canary'))).toEqual([]);
});
