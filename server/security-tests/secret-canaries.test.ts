import { randomBytes } from 'node:crypto';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import {
  type ConfigurationDraft,
  compareVersions,
  defaultConfiguration,
  exportConfiguration,
  getValue,
  readHistory,
  settingsFromTexts,
} from '../features/billers/index.ts';
import { acceptInvitation, createPasswords, createStaffUser } from '../features/identities/index.ts';
import { sendDueNotices } from '../features/notices/index.ts';
import { createLog } from '../platform/log.ts';
import { cloneDatabase } from '../testing/database.ts';
import { deliverAll } from '../testing/deliver-all.ts';
import { CLIENT_ID, type RunningProvider, signOnThere, startSignOnProvider } from '../testing/sign-on-provider.ts';
import { signIn } from '../testing/staff.ts';
import type { TenantRows } from './add-tenant.ts';
import { type Canary, canaryOf, dumpDatabase, findCanaries, type Heard, readFolderTexts } from './find-canaries.ts';
import { startHostileMailServer, startHostilePartner } from './hostile-partner.ts';
import { listRoutes } from './list-routes.ts';
import { addCredential, withPopulatedServer } from './populated-server.ts';
import { addressOf } from './request-bodies.ts';

const GOOD = 2984;
const BAD = 77;
const PUBLIC_URL = 'http://127.0.0.1:8080';
const BY = { kind: 'program', name: 'test' } as const;
const PASSWORD_SETTINGS = [10, 13, 16, 19, 22];
const URL_SETTINGS = [8, 11, 14, 17, 20];
const USER_SETTINGS = [9, 12, 15, 18, 21];
/** What people put into passwords, behind the part that is looked for. */
const ENDINGS = ['', ' "quoted"', '|pipe|', ' 💣ñ', "'%&<>\\"];

const canaries: Canary[] = [];
const heard: Heard[] = [];
let planted = 0;

/** A new secret of letters and digits, so that it looks the same in most spellings, with an ending that does not. */
function plant(name: string, ending = ''): string {
  planted += 1;
  const core = `cnry${planted}${randomBytes(15).toString('hex')}`;
  canaries.push(canaryOf(name, core));
  return core + ending;
}

let rig: Awaited<ReturnType<typeof withPopulatedServer>>;
let partner: Awaited<ReturnType<typeof startHostilePartner>>;
let mail: Awaited<ReturnType<typeof startHostileMailServer>>;
let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let good: TenantRows;
let bad: TenantRows;
let staff: Record<string, string>;
let provider: RunningProvider;

beforeAll(async () => {
  partner = await startHostilePartner({ cookie: plant('partner session cookie') });
  mail = await startHostileMailServer();
  clone = await cloneDatabase(inject('postgresUrl'));
  const clientSecret = plant('client secret at the sign-on provider');
  provider = await startSignOnProvider({
    redirectUri: () => `${PUBLIC_URL}/api/v1/session/oidc/callback`,
    clientSecret,
  });
  const databaseUrl = new URL(clone.url);
  databaseUrl.password = plant('DATABASE_URL password');
  const masterKey = randomBytes(32);
  canaries.push(canaryOf('master key', masterKey), canaryOf('master key as text', masterKey.toString('base64')));
  const write = (line: string) => {
    heard.push({ where: 'log', text: line });
  };
  rig = await withPopulatedServer({
    overrides: { log: createLog({ level: 'trace', destination: { write } }) },
    environment: {
      DATABASE_URL: databaseUrl.toString(),
      CAUSEWAY_MASTER_KEY: masterKey.toString('base64'),
      CAUSEWAY_SMTP_URL: `smtp://mailer:${plant('SMTP password')}@127.0.0.1:${mail.port}`,
      CAUSEWAY_PROCESSOR_URL: new URL('/', partner.url).toString(),
      CAUSEWAY_PROCESSOR_SECRET: plant('processor secret'),
      CAUSEWAY_PROCESSOR_WEBHOOK_SECRET: `whsec_${Buffer.from(plant('webhook secret')).toString('base64')}`,
      CAUSEWAY_PUBLIC_URL: PUBLIC_URL,
      CAUSEWAY_OIDC_ISSUER: provider.issuer,
      CAUSEWAY_OIDC_CLIENT_ID: CLIENT_ID,
      CAUSEWAY_OIDC_CLIENT_SECRET: clientSecret,
      CAUSEWAY_LOG_LEVEL: 'trace',
    },
  });
  good = await rig.addTenant(GOOD, connectedTo('good', false));
  bad = await rig.addTenant(BAD, connectedTo('bad', true));
});
afterAll(async () => {
  await rig?.close();
  await provider?.close();
  await clone?.drop();
  await mail?.close();
  await partner?.close();
});

/** Every operation at the hostile partner, each with a password of its own; two of each where there are two environments. */
function connectedTo(user: string, isPaired: boolean): Partial<ConfigurationDraft> {
  const base = defaultConfiguration({
    name: user,
    integrationPartner: 'IMT Computer Services',
    invoiceFormatGuid: crypto.randomUUID(),
  });
  const twice = (text: string) => (isPaired ? `${text}|${text}` : text);
  const texts = Object.fromEntries([
    ...URL_SETTINGS.map((number) => [number, twice(partner.url)]),
    ...USER_SETTINGS.map((number) => [number, twice(`${user}${number}`)]),
    [88, `${partner.url}sessions/`],
    ...(isPaired ? [[81, 'MULTIENVIRONMENT']] : []),
  ]);
  const secrets = Object.fromEntries(
    PASSWORD_SETTINGS.map((number, at) => {
      const entry = () => ({ set: plant(`setting ${number} of ${user}`, ENDINGS[at]) });
      return [
        String(number),
        isPaired
          ? { kind: 'secretPair' as const, environment1: entry(), environment2: entry() }
          : { kind: 'secret' as const, secret: entry() },
      ];
    }),
  );
  return {
    invoicing: { ...base.invoicing, realTimeDataRefresh: true, balanceMaxAgeSeconds: 0 },
    invoiceTypes: base.invoiceTypes.map((type) => ({ ...type, environment: isPaired ? 2 : type.environment })),
    dataPump: {
      ...base.dataPump,
      payments: { ...base.dataPump.payments, 'Virtual Site': { CC: true, ACH: true } },
      nonPayment: { paperless: true, autopay: true },
    },
    advancedSettings: { ...settingsFromTexts(texts), ...secrets },
    ftp: {
      ...base.ftp,
      users: [
        { username: `${user}ftp`, password: { set: plant(`FTP password of ${user}`, ENDINGS[3]) }, publicKeys: [] },
      ],
    },
  };
}

/** Sends a request and listens to all of the answer. */
async function ask(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  more: { payload?: Record<string, unknown> | string; headers?: Record<string, string> } = {},
) {
  const answer = await rig.app.inject({
    method,
    url,
    headers: { ...staff, ...more.headers },
    ...(more.payload !== undefined && { payload: more.payload }),
  });
  heard.push({ where: `answer of ${method} ${url}`, text: `${JSON.stringify(answer.headers)} ${answer.body}` });
  return answer;
}

test('people: passwords, tokens and invitations', async () => {
  const password = plant('staff password', ' on the levee');
  const email = 'admin@example.com';
  const invitation = await createStaffUser(rig.deps, {
    email,
    name: 'Ann',
    roles: ['administrator'],
    bid: null,
    by: BY,
  });
  const token = invitation.link.split('#')[1] ?? '';
  await acceptInvitation({ ...rig.deps, passwords: createPasswords(rig.deps.random) }, { token, password });
  const open = await createStaffUser(rig.deps, {
    email: 'b@example.com',
    name: 'B',
    roles: ['csr'],
    bid: GOOD,
    by: BY,
  });
  canaries.push(canaryOf('used invitation', token), canaryOf('open invitation', open.link.split('#')[1] ?? ''));
  staff = await signIn(rig.app, email, password);
  canaries.push(canaryOf('session token', (staff.cookie ?? '').split('=')[1] ?? ''));
  const { authorization } = await addCredential(rig.deps, rig.owner, { bid: GOOD });
  canaries.push(canaryOf('credential token', authorization.replace(/^Bearer cw_\d+_/, '')));
  for (const header of [authorization, `Bearer ${plant('unknown bearer token')}`, `Basic ${plant('basic login')}`])
    await ask('GET', `/api/v1/billers/${GOOD}/accounts`, { headers: { authorization: header, cookie: '' } });
  for (const email of ['admin@example.com', 'nobody@example.com', plant('password typed as email')])
    await ask('POST', '/api/v1/session', { payload: { email, password: plant('wrong password') } });
  await ask('POST', '/api/v1/session', {
    payload: `{"email": "a@b.example", "password": "${plant('password in broken JSON')}`,
    headers: { 'content-type': 'application/json' },
  });
  await ask('POST', '/api/v1/session', { payload: { email, password: { text: plant('password of a wrong type') } } });
  await ask('POST', '/api/v1/invitations/accept', {
    payload: { token: plant('wrong invitation'), password: plant('password of it') },
  });
});

test('second factors: the key of an app, recovery codes, and everything the sign-on provider gives', async () => {
  const own = (method: 'POST' | 'GET', path: string, payload?: Record<string, unknown>) =>
    rig.app.inject({ method, url: `/api/v1/own-security${path}`, headers: staff, ...(payload && { payload }) });
  // What is told once to the person alone is not listened to; whatever comes after must not tell it again.
  const { key } = (await own('POST', '/totp')).json<{ key: string }>();
  const code = generateSync({ secret: key, epoch: Math.floor(rig.deps.clock.nowMs() / 1000) });
  const { recoveryCodes } = (await own('POST', '/totp/confirm', { code })).json<{ recoveryCodes: string[] }>();
  expect(recoveryCodes).toHaveLength(10);
  canaries.push(canaryOf('key of an authenticator app', key));
  for (const each of recoveryCodes) {
    canaries.push(canaryOf('recovery code', each));
    canaries.push(canaryOf('recovery code as it is hashed', each.replaceAll('-', '')));
  }
  await ask('GET', '/api/v1/own-security');
  await ask('POST', '/api/v1/own-security/totp');
  await ask('POST', '/api/v1/session/prove', { payload: { totp: plant('a wrong code').slice(0, 40) } });
  await ask('POST', '/api/v1/session/second-step', {
    payload: { recoveryCode: plant('typed as a code').slice(0, 40) },
    headers: { cookie: `causeway_half_sign_in=${plant('half sign-in')}` },
  });
  provider.people.set('ann', { email: 'admin@example.com', isVerified: true });
  provider.meddle = (path, body) => {
    if (!path.startsWith('/token')) return undefined;
    const told = JSON.parse(body) as Record<string, unknown>;
    for (const name of ['access_token', 'id_token', 'refresh_token'])
      if (typeof told[name] === 'string') canaries.push(canaryOf(`provider's ${name}`, told[name]));
    return undefined;
  };
  const started = await rig.app.inject({ url: '/api/v1/session/oidc/start' });
  const cookie = String(started.headers['set-cookie']).split(';')[0] ?? '';
  const back = await signOnThere(String(started.headers.location), 'ann');
  const url = new URL(back);
  canaries.push(canaryOf('cookie of a sign-on', cookie.split('=')[1] ?? ''));
  for (const name of ['code', 'state']) canaries.push(canaryOf(`provider's ${name}`, url.searchParams.get(name) ?? ''));
  const ended = await rig.app.inject({ url: url.pathname + url.search, headers: { cookie } });
  expect(ended.headers.location).toBe('/staff/sign-in?step=second&back=%2F');
  const half = String(ended.headers['set-cookie']).match(/causeway_half_sign_in=([^;]+)/)?.[1] ?? '';
  canaries.push(canaryOf('half sign-in', half));
  await ask('GET', `${url.pathname}?code=${plant('code of nobody')}&state=${plant('state of nobody')}`);
});

test('secrets that are sent in ways that are refused', async () => {
  const at = `/api/v1/billers/${GOOD}/configuration`;
  const reason = 'a test';
  const setting = (value: unknown, expectedVersion = 1) =>
    ask('PUT', `${at}/advanced-settings/10`, { payload: { expectedVersion, reason, value } });
  await setting({ text: plant('set and saved', '|x') });
  await setting({ text: plant('set on an old version') }, 0);
  await setting({ set: plant('of a wrong form') });
  await setting({ privateKey: plant('key of a partner without one'), password: 'x' }, 2);
  await setting({ text: plant('too long') + 'x'.repeat(5_000) }, 2);
  await ask('PUT', `${at}/advancedSettings`, {
    payload: {
      expectedVersion: 1,
      reason,
      value: { 10: { kind: 'secret', secret: { set: plant('of another version') } } },
    },
  });
  await ask('PUT', `${at}/advancedSettings`, {
    payload: {
      expectedVersion: 2,
      reason,
      value: {
        10: { kind: 'secret', secret: plant('not an entry') },
        8: { kind: 'text', value: `https://user:${plant('password in a URL')}@host.example/` },
      },
    },
  });
  await ask('POST', `${at}/check`, {
    payload: {
      expectedVersion: 2,
      sections: { advancedSettings: { 10: { kind: 'secret', secret: { set: plant('checked') } } } },
    },
  });
});

test('a partner, a processor and a mail server that tell what they hear', async () => {
  for (const of of [good, bad]) {
    for (const accountNumber of [of.accountNumber, 'REFUSED-1']) {
      await rig.owner.query(
        'insert into account (bid, account_number, customer_name) values ($1, $2, $3) on conflict do nothing',
        [of.bid, accountNumber, 'X'],
      );
      await ask('POST', `/api/v1/billers/${of.bid}/accounts/${accountNumber}/refresh`);
    }
    await ask('GET', `/api/v1/billers/${of.bid}/invoices/${of.invoiceNumber}/pdf`);
    await deliverAll(rig, of);
  }
  await payAt(good);
  await rig.owner.query(`update notice set state = 'queued', next_at = '2026-01-01'`);
  await sendDueNotices(rig.deps);
  const notices = await rig.owner.query<{ last_error: string | null }>('select last_error from notice');
  expect(notices.rows.some((row) => /535|EAUTH/.test(row.last_error ?? ''))).toBe(true);
  const event = { type: 'x', data: plant('in an unsigned event') };
  await ask('POST', '/api/v1/processor-events/sandbox', {
    payload: event,
    headers: { 'webhook-id': '1', 'webhook-timestamp': '1', 'webhook-signature': `v1,${plant('forged signature')}` },
  });
  expect(partner.heard()).toBeGreaterThan(8);
});

/** The way of a payer up to the processor. */
async function payAt(of: TenantRows): Promise<void> {
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
  const found = await ask('POST', `/${of.slug}/find`, {
    payload: `accountNumber=${of.accountNumber}&proof=${of.mark}`,
    headers: form,
  });
  heard.pop(); // the payer’s own cookie is for the payer
  let cookie = String(found.headers['set-cookie']).split(';')[0] ?? '';
  canaries.push(canaryOf('payer session', cookie.split('=')[1] ?? ''));
  const paid = await rig.app.inject({
    method: 'POST',
    url: `/${of.slug}/pay`,
    headers: { ...form, cookie },
    payload: 'method=CC&amountChoice=whole&name=Jane',
  });
  cookie = String(paid.headers['set-cookie']).split(';')[0] ?? '';
  const review = await rig.app.inject({ url: `/${of.slug}/review`, headers: { cookie } });
  const key = /name="idempotencyKey" value="([^"]+)"/.exec(review.body)?.[1] ?? '';
  expect(key, `${paid.statusCode} ${review.statusCode} ${review.body.slice(0, 500)}`).not.toBe('');
  const taken = await rig.app.inject({
    method: 'POST',
    url: `/${of.slug}/review`,
    headers: { ...form, cookie },
    payload: `idempotencyKey=${key}`,
  });
  heard.push({ where: 'answer of the last button', text: taken.body });
}

test('everything that can be read is read', async () => {
  const routes = (await listRoutes(rig.app)).filter((route) => route.method === 'GET' && !route.path.includes('*'));
  const extra = ['?from=1&to=2', '?limit=50', '?q=cnry', '?lang=es'];
  for (const of of [good, bad]) {
    for (const route of routes) {
      for (const query of ['', ...extra]) {
        const url = addressOf(route.path, of) + query;
        const answer = await ask('GET', url);
        expect(answer.statusCode, `${url} ${answer.body.slice(0, 300)}`).not.toBe(500);
      }
    }
    for (const value of [
      await exportConfiguration(rig.deps, { bid: of.bid }),
      await getValue(rig.deps, of.bid, undefined),
      await readHistory(rig.deps, { bid: of.bid }),
      await compareVersions(rig.deps, { bid: of.bid, from: 1, to: of.bid === GOOD ? 2 : 1 }),
      await rig.deps.billers.load(of.bid),
    ])
      heard.push({ where: 'command line', text: JSON.stringify(value) + String(value) });
  }
  heard.push({ where: 'platform', text: JSON.stringify(rig.deps.keyring) + String(rig.deps.keyring) });
});

test('no planted secret is in an answer, a log line, a row, a column of bytes or a file, in any spelling', async () => {
  const dump = await dumpDatabase(rig.owner);
  const files = readFolderTexts(rig.folder);
  const all = [...heard, ...dump, ...files];
  console.info(
    `canaries: ${canaries.length} secrets in ${all.length} texts (${heard.filter((one) => one.where === 'log').length} log lines, ${dump.length} rows)`,
  );
  expect(canaries.length).toBeGreaterThanOrEqual(20);
  expect(heard.filter((one) => one.where === 'log').length).toBeGreaterThan(50);
  expect(dump.some((one) => one.where.endsWith('delivery_attempt'))).toBe(true);
  expect(findCanaries(canaries, all)).toEqual([]);
});

test('a planted leak is found in every spelling', () => {
  const canary = canaryOf('planted', 'cnryPlanted0123456789abcdef');
  const { bytes } = canary;
  const texts = [
    `x${bytes.toString('utf8')}y`,
    Buffer.from(`x${bytes}y`).toString('base64'),
    Buffer.from(`xy${bytes}zz`).toString('base64'),
    Buffer.from(`user:${bytes}`).toString('base64url'),
    Buffer.from(`a${bytes}`).toString('hex').toUpperCase(),
    [...bytes].map((byte) => `%${byte.toString(16)}`).join(''),
  ];
  for (const text of texts) expect(findCanaries([canary], [{ where: 'here', text }]), text).not.toEqual([]);
  expect(findCanaries([canary], [{ where: 'here', text: 'nothing' }])).toEqual([]);
});
