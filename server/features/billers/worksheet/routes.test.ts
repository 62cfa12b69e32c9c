import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../../platform/log.ts';
import { systemTimers } from '../../../platform/timers.ts';
import { workbookOf, zipOf } from '../../../testing/make-workbook.ts';
import { withTestPlatform } from '../../../testing/platform.ts';
import { type StaffHeaders, signInAs, withBillersApp } from '../../../testing/staff.ts';
import { readWorksheet } from './read-worksheet.ts';

const CANARIES = ['canary-key|one', 'canary-pw', 'canary-unmapped', 'canary-refused', 'canary-odd'];
const BOUNDARY = 'form-boundary';
let opened: Awaited<ReturnType<typeof withTestPlatform>>;
let made: Awaited<ReturnType<typeof withBillersApp>>;
let admin: StaffHeaders;
const told: string[] = [];

beforeAll(async () => {
  const log = createLog({ level: 'trace', destination: { write: (line) => told.push(line) } });
  opened = await withTestPlatform({ overrides: { log } });
  made = await withBillersApp(opened.platform);
  admin = await signInAs(made.app, made.deps, { role: 'administrator' });
  const biller = { bid: 2984, name: 'Prairie Pine Mutual' };
  await made.app.inject({ method: 'POST', url: '/api/v1/billers', headers: admin, payload: biller });
  const { configuration } = (await get('/configuration')).body;
  const profile = { ...configuration.profile, integrationPartner: 'Few Abilities' };
  // Setting 105, with which every biller begins, does not exist for the second partner.
  const sections = { profile, advancedSettings: {} };
  const saved = await made.app.inject({
    method: 'PUT',
    url: '/api/v1/billers/2984/configuration',
    headers: admin,
    payload: { expectedVersion: 1, reason: 'partner', sections },
  });
  expect(saved.statusCode).toBe(200);
});
afterAll(async () => {
  await made.app.close();
  await made.billers.close();
  await opened.close();
});

async function get(path: string) {
  const answer = await made.app.inject({ url: `/api/v1/billers/2984${path}`, headers: admin });
  told.push(answer.body);
  return { status: answer.statusCode, body: answer.json() };
}

async function send(
  act: 'preview' | 'apply',
  file: Buffer | string,
  fields: Record<string, string> = {},
  headers: Record<string, string> = admin,
) {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const payload = Buffer.concat([
    Buffer.from(
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="worksheet"\r\ncontent-type: application/octet-stream\r\n\r\n`,
    ),
    Buffer.from(file),
    Buffer.from(`\r\n${parts.join('')}--${BOUNDARY}--\r\n`),
  ]);
  const answer = await made.app.inject({
    method: 'POST',
    url: `/api/v1/billers/2984/worksheet-${act}`,
    headers: { ...headers, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    payload,
  });
  told.push(answer.body);
  return { status: answer.statusCode, body: answer.json() };
}

test('a workbook is looked at, asked about, applied as one version, and its secrets are told nowhere', async () => {
  const sheet = workbookOf({
    'Read me': [['This is the implementation worksheet of Prairie Pine']],
    Production: [
      ['Name', 'Value'],
      ['URL', 'https://api.example/core'],
      ['Username', { formula: 'CONCATENATE("pi","ne")', kept: 'pine' }],
      ['Private Key', 'canary-key|one'],
      ['Password', ' canary-pw '],
      ['User ID', '000123456789012345678'],
      ['Favourite word', 'canary-unmapped'],
    ],
  });
  const preview = await send('preview', sheet);
  expect(preview.status).toBe(200);
  expect(preview.body).toMatchObject({ version: 2, systems: ['production'], isReady: false });
  expect(preview.body.rows).toMatchObject([
    { cell: 'Production!B2', name: 'URL', shown: 'https://api.example/core', state: 'mapped', targets: ['8', '11'] },
    { cell: 'Production!B3', shown: 'pine', targets: ['9', '12'] },
    { cell: 'Production!B4', shown: expect.stringMatching(/^•••• \([0-9a-f]{8}\)$/), isSecret: true },
    { cell: 'Production!B5', isSecret: true, targets: ['10.password', '13.password'] },
    { cell: 'Production!B6', shown: '000123456789012345678', state: 'ask', suggestions: ['9', '12'] },
    { cell: 'Production!B7', shown: '••••', state: 'left-out' },
  ]);
  const changes = preview.body.differences.map((one: { path: string; to: string }) => `${one.path} ${one.to}`);
  expect(changes).toContain('advancedSettings.8 https://api.example/core');
  expect(changes.find((one: string) => one.startsWith('advancedSettings.10'))).toMatch(/•••• \(\w+\)\|•••• \(\w+\)/);
  expect((await get('/configuration')).body.version).toBe(2);

  const undecided = await send('apply', sheet, { expectedVersion: '2', reason: 'worksheet of 18 November' });
  expect(undecided).toMatchObject({ status: 422, body: { code: 'worksheet-undecided' } });
  const mapping = JSON.stringify({ 'Production!B6': '-' });
  const saved = await send('apply', sheet, { expectedVersion: '2', reason: 'worksheet of 18 November', mapping });
  expect(saved).toMatchObject({ status: 200, body: { version: 3, isChanged: true } });
  const again = await send('apply', sheet, { expectedVersion: '2', reason: 'twice', mapping });
  expect(again).toMatchObject({ status: 409, body: { code: 'worksheet-outdated' } });
  const same = await send('preview', sheet, { mapping });
  expect(same.body.differences).toEqual([]);

  const events = await opened.database.withSystem((tx) => tx.selectFrom('audit_event').selectAll().execute());
  expect(events.at(-1)).toMatchObject({ act: 'configuration.changed', reason: 'worksheet of 18 November' });
  expect(JSON.stringify(events)).not.toContain('canary');
  const biller = await made.billers.load(2984);
  const connection = biller && (await made.billers.connectionFor(biller, 'payment', { environment: 1 }));
  if (!connection || 'missing' in connection) throw new Error('no connection');
  expect(connection.credentials.privateKey()).toBe('canary-key|one');
  expect(connection.credentials.password()).toBe('canary-pw');
});

test('who may not write secrets can’t even look, and a person must have proven who they are', async () => {
  const reader = await signInAs(made.app, made.deps, { role: 'csr', bid: 2984 });
  expect((await send('preview', 'URL,https://x.example/\n', {}, reader)).status).toBe(403);
  expect((await send('preview', 'URL,https://x.example/\n', {}, {})).status).toBe(401);
});

test('values that do not work are refused at their cell, and not quoted', async () => {
  const asked = await send(
    'preview',
    'URL,ftp://user:canary-refused@x\n131,{"a":canary-odd\nPassword,•••• (aabbccdd)|x\n',
  );
  expect(asked.body.rows.map((row: { state: string }) => row.state)).toEqual(['ask', 'ask', 'ask']);
  expect(asked.body.rows.map((row: { shown: string }) => row.shown)).toEqual(['••••', '••••', '••••']);
});

const xml = (text: string) => [{ name: 'xl/workbook.xml', bytes: text }];
test.each([
  ['an empty file', Buffer.alloc(0), /empty/],
  ['an old or encrypted workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /old \.xls, or a workbook with a password/],
  ['a zip that is no workbook', zipOf([{ name: 'a.txt', bytes: 'x' }]), /not an \.xlsx/],
  ['a cut workbook', workbookOf({ A: [['URL', 'x']] }).subarray(0, 300), /damaged/],
  ['an encrypted part', zipOf([{ name: 'xl/workbook.xml', bytes: '<a/>', isEncrypted: true }]), /encrypted/],
  ['a path out of the file', zipOf([{ name: '../../etc/passwd', bytes: 'x' }]), /damaged/],
  ['a symbolic link', zipOf([{ name: 'xl/workbook.xml', bytes: '/etc/passwd', attributes: 0o120777 * 65536 }]), /link/],
  ['a bomb', zipOf(xml('a'.repeat(12_000_000))), /bomb/],
  ['a larger bomb', zipOf(xml('a'.repeat(20_000_000))), /far more/],
  ['a bomb that lies', zipOf([{ name: 'xl/workbook.xml', bytes: 'a'.repeat(20_000_000), saidSize: 10 }]), /damaged/],
  ['an outside entity', zipOf(xml('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')), /entities/],
  ['a billion laughs', zipOf(xml(`<!DOCTYPE a [<!ENTITY x "${'ha'.repeat(99)}">]><a>&x;</a>`)), /entities/],
  ['XML in UTF-16', zipOf([{ name: 'xl/workbook.xml', bytes: Buffer.from('<a/>', 'utf16le') }]), /UTF-8/],
  ['too many parts', zipOf(Array.from({ length: 600 }, (_, n) => ({ name: `p${n}`, bytes: '' }))), /parts/],
  ['binary', Buffer.from('\0\x01\x02'), /neither a CSV nor/],
  ['a quotation mark that is not closed', `"URL,${'x'.repeat(400_000)}`, /quotation mark/],
  ['a row that is too wide', `${'x,'.repeat(70)}\n`, /60 cells/],
  ['too many rows', 'a,b\n'.repeat(6_000), /5000 rows/],
  ['a cell that is too long', `URL,${'x'.repeat(5_000)}\n`, /4000 characters/],
])('refuses %s with a sentence', async (_what, bytes, sentence) => {
  const answer = await send('preview', bytes);
  expect(answer).toMatchObject({ status: 422, body: { code: 'worksheet-not-readable' } });
  expect(answer.body.title).toMatch(sentence);
});

test('refuses more than 2 MB, a form without a file, and a body that is no form', async () => {
  expect((await send('preview', Buffer.alloc(2_200_000, 'a'))).status).toBe(413);
  const url = '/api/v1/billers/2984/worksheet-preview';
  const form = { ...admin, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
  const without = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="system"\r\n\r\nuat\r\n--${BOUNDARY}--\r\n`;
  expect((await made.app.inject({ method: 'POST', url, headers: form, payload: without })).statusCode).toBe(400);
  expect((await made.app.inject({ method: 'POST', url, headers: admin, payload: {} })).statusCode).toBe(400);
  expect(await send('preview', 'URL,x\n', { mapping: 'no' })).toMatchObject({ status: 400 });
  expect(await send('preview', 'URL,x\n', { mapping: '{"Z9":"8"}' })).toMatchObject({
    status: 422,
    body: { code: 'worksheet-cell-unknown' },
  });
});

test('any bytes, and any damage to a real workbook, are read or refused, never a failure of the program', async () => {
  const whole = workbookOf({ A: [['URL', 'https://a.example/']] });
  const damaged = fc
    .tuple(fc.nat(whole.length - 1), fc.nat(255))
    .map(([at, byte]) => Buffer.concat([whole.subarray(0, at), Buffer.from([byte]), whole.subarray(at + 1)]));
  await fc.assert(
    fc.asyncProperty(fc.oneof(damaged, fc.uint8Array({ maxLength: 400 }).map(Buffer.from)), async (bytes) => {
      const read = await readWorksheet({ timers: systemTimers }, Buffer.from(bytes)).catch((cause: unknown) => cause);
      if (!Array.isArray(read)) expect(read).toMatchObject({ code: 'worksheet-not-readable' });
    }),
    { numRuns: 40 },
  );
});

test('a third worksheet at once is told to wait', async () => {
  const one = () => readWorksheet({ timers: systemTimers }, randomBytes(1_000));
  const all = await Promise.allSettled([one(), one(), one()]);
  expect(all.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'worksheet-busy' } });
});

test('no planted secret was told in an answer or a log', () => {
  for (const canary of CANARIES) expect(told.filter((text) => text.includes(canary))).toEqual([]);
});
