import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBiller } from '../features/billers/index.ts';
import type { TenantRows } from './add-tenant.ts';
import { listRoutes } from './list-routes.ts';
import { digestOfTables, withPopulatedServer } from './populated-server.ts';

const BID = 2984;
const OTHER = 77;
const FORM = 'application/x-www-form-urlencoded';
const MINUTE_MS = 60_000;

let rig: Awaited<ReturnType<typeof withPopulatedServer>>;
let own: TenantRows;
let other: TenantRows;

beforeAll(async () => {
  rig = await withPopulatedServer();
  own = await rig.addTenant(BID);
  other = await rig.addTenant(OTHER);
});
afterAll(() => rig?.close());

let address = 0;
/** A post as a browser sends it from a page of ours; each from an address of its own unless told. */
function post(url: string, fields: Record<string, string> | string, headers: Record<string, string> = {}) {
  return rig.app.inject({
    method: 'POST',
    url,
    headers: {
      'content-type': FORM,
      'sec-fetch-site': 'same-origin',
      'x-forwarded-for': `198.51.100.${address++ % 250}`,
      ...headers,
    },
    payload: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
  });
}

const find = (of: TenantRows, headers: Record<string, string> = {}) =>
  post(`/${of.slug}/find`, { accountNumber: of.accountNumber, proof: of.mark }, headers);

async function sessionOf(of: TenantRows): Promise<string> {
  const found = await find(of);
  expect(found.statusCode, found.body.slice(0, 300)).toBe(303);
  return String(found.headers['set-cookie']).split(';')[0] ?? '';
}

test('the session of one biller’s payer is no use at another biller', async () => {
  const cookie = await sessionOf(own);
  const here = await rig.app.inject({ url: `/${own.slug}/bill`, headers: { cookie } });
  expect(here.statusCode).toBe(200);
  expect(here.body).toContain(own.accountNumber);
  for (const page of ['bill', 'pay', 'review', `bill/${other.invoiceNumber}/pdf`, `bill/${own.invoiceNumber}/pdf`]) {
    const there = await rig.app.inject({ url: `/${other.slug}/${page}`, headers: { cookie } });
    expect(there.statusCode, page).toBe(401);
    // The address asked for stands in the links to the other language.
    expect(there.body.replaceAll(page, '')).not.toContain(own.accountNumber);
  }
});

test('another account’s bill, and another biller’s payment, are as absent as none', async () => {
  const cookie = await sessionOf(own);
  await rig.owner.query(
    `insert into invoice select bid, 'neighbour-2026-12-20', 'neighbour', invoice_date, due_date, total_cents, balance_forward,
       invoice_type_id, format_guid, details, extras, derived, carried_by, version, file_id, made_on, updated_at
     from invoice where bid = $1`,
    [BID],
  );
  const none = await rig.app.inject({ url: `/${own.slug}/bill/nobody-2026-12-20/pdf`, headers: { cookie } });
  for (const invoiceNumber of ['neighbour-2026-12-20', other.invoiceNumber]) {
    const answer = await rig.app.inject({ url: `/${own.slug}/bill/${invoiceNumber}/pdf`, headers: { cookie } });
    expect(answer.statusCode).toBe(404);
    expect(answer.body.replaceAll(invoiceNumber, '')).toBe(none.body.replaceAll('nobody-2026-12-20', ''));
  }
  expect((await rig.app.inject({ url: `/${own.slug}/payments/${own.publicId}` })).statusCode).toBe(200);
  const foreign = await rig.app.inject({ url: `/${own.slug}/payments/${other.publicId}` });
  expect(foreign.statusCode).toBe(404);
  expect(foreign.body.replaceAll(other.publicId, '')).not.toContain(other.mark);
});

test('a session that was changed, moved or is over opens nothing', async () => {
  const cookie = await sessionOf(own);
  const [name = '', value = ''] = cookie.split(/=(.*)/s);
  const open = (sent: string) => rig.app.inject({ url: `/${own.slug}/bill`, headers: { cookie: `${name}=${sent}` } });
  expect((await open(value)).statusCode).toBe(200);
  for (const at of [0, 3, 10, Math.floor(value.length / 2), value.length - 8]) {
    const letter = value[at] === 'A' ? 'B' : 'A';
    expect((await open(value.slice(0, at) + letter + value.slice(at + 1))).statusCode, `at ${at}`).toBe(401);
  }
  for (const sent of ['', 'x', value.slice(0, -6), `${value}${value}`, 'x'.repeat(5_000), '%00', '{"bid":2984}'])
    expect((await open(sent)).statusCode).toBe(401);
  rig.clock.advance(31 * MINUTE_MS);
  expect((await open(value)).statusCode).toBe(401);
});

test('a form posted from another site is refused on every page that takes one', async () => {
  const cookie = await sessionOf(own);
  const before = await digestOfTables(rig.owner);
  const forms = (await listRoutes(rig.app)).filter(
    (route) => route.method === 'POST' && route.path.startsWith('/:slug/'),
  );
  expect(forms.length).toBeGreaterThanOrEqual(4);
  const foreign: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': '', origin: 'https://evil.example' },
    { 'sec-fetch-site': '', origin: 'null' },
    { 'sec-fetch-site': '', origin: 'not a url' },
  ];
  for (const form of forms) {
    for (const headers of foreign) {
      const { 'sec-fetch-site': site, ...rest } = headers;
      const answer = await rig.app.inject({
        method: 'POST',
        url: form.path.replace(':slug', own.slug),
        headers: { 'content-type': FORM, cookie, ...rest, ...(site && { 'sec-fetch-site': site }) },
        payload: new URLSearchParams({ accountNumber: own.accountNumber, proof: own.mark, method: 'CC' }).toString(),
      });
      expect(answer.statusCode, `${form.path} ${JSON.stringify(headers)}`).toBe(403);
    }
  }
  expect(await digestOfTables(rig.owner)).toEqual(before);
});

test('hostile forms and addresses are answered with a page that explains, never with a failure', async () => {
  const cookie = await sessionOf(own);
  const before = await digestOfTables(rig.owner, ['balance_refresh', 'balance']);
  const values = [
    'a\0b',
    "' or 1=1--",
    '\r\nset-cookie: a=b',
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    'x'.repeat(20_000),
    '../../etc/passwd',
    '%00',
    '\u202e',
    '💣',
    '{{7*7}}',
    '=1+1',
    '-1',
    '1e9',
    'NaN',
  ];
  let count = 0;
  const expectPage = (answer: Awaited<ReturnType<typeof post>>, what: string) => {
    count += 1;
    expect(answer.statusCode, `${what}: ${answer.body.slice(0, 200)}`).toBeLessThan(500);
    if (answer.statusCode < 300 || answer.statusCode >= 400) {
      expect(answer.headers['content-type'], what).toContain('text/html');
      expect(answer.body, what).not.toMatch(/<script>alert|<img src=x/);
      expectGuarded(answer.headers, what);
    }
  };
  for (const value of values) {
    for (const [page, field] of [
      ['find', 'accountNumber'],
      ['find', 'proof'],
      ['pay', 'method'],
      ['pay', 'amount'],
      ['pay', 'name'],
      ['pay', 'email'],
      ['review', 'idempotencyKey'],
    ] as const) {
      const fields = {
        accountNumber: '',
        proof: '',
        method: 'CC',
        amountChoice: 'other',
        amount: '1',
        name: 'x',
        email: '',
        [field]: value,
      };
      expectPage(await post(`/${own.slug}/${page}`, fields, { cookie }), `${page} ${field} ${value.slice(0, 20)}`);
    }
    const inPath = encodeURIComponent(value.slice(0, 150));
    for (const path of [
      `/${inPath}`,
      `/${inPath}/bill`,
      `/${own.slug}/bill/${inPath}/pdf`,
      `/${own.slug}/payments/${inPath}`,
      `/${own.slug}?lang=${inPath}`,
    ])
      expectPage(await rig.app.inject({ url: path, headers: { cookie } }), path);
  }
  for (const body of [
    '',
    'accountNumber',
    'a=1&a=2&proof=x&proof=y',
    '__proto__=1&constructor=2',
    '%zz=%zz',
    '&'.repeat(5_000),
    'a=1&'.repeat(15_000),
  ])
    expectPage(await post(`/${own.slug}/find`, body), body.slice(0, 20));
  for (const [type, payload] of [
    ['application/json', '{'],
    ['application/json', '{"accountNumber":{"a":1},"proof":["x"]}'],
    ['text/xml', '<a/>'],
    ['multipart/form-data', 'x'],
    ['nonsense', 'x'],
    [FORM, `proof=${'x'.repeat(200_000)}`],
  ] as const)
    expectPage(await post(`/${own.slug}/find`, payload, { 'content-type': type }), type);
  for (const slug of [
    own.slug.toUpperCase(),
    `${own.slug}%20`,
    `${own.slug}%00`,
    `${own.slug}.`,
    `.${own.slug}`,
    `${own.slug}%2f..%2f${other.slug}`,
    'x'.repeat(200),
    '-',
    'nobody-here',
  ])
    for (const page of ['', '/bill', '/pay']) {
      const answer = await rig.app.inject({ url: `/${slug}${page}`, headers: { cookie } });
      expectPage(answer, `${slug}${page}`);
      expect(answer.statusCode, `${slug}${page}`).toBeGreaterThanOrEqual(400);
    }
  console.info(`payer pages: ${count} hostile requests`);
  expect(await digestOfTables(rig.owner, ['balance_refresh', 'balance'])).toEqual(before);
});

test('every page is guarded by its headers, and pages about a person are kept by nobody', async () => {
  const cookie = await sessionOf(own);
  const personal = [
    `/${own.slug}`,
    `/${own.slug}/bill`,
    `/${own.slug}/pay`,
    `/${own.slug}/payments/${own.publicId}`,
    `/${other.slug}/bill`,
    '/nobody-here',
  ];
  for (const url of personal) {
    const answer = await rig.app.inject({ url, headers: { cookie } });
    if (answer.statusCode === 303) continue;
    expectGuarded(answer.headers, url);
    expect(answer.headers['cache-control'], url).toContain('no-store');
  }
  for (const url of ['/staff/', '/staff/anything']) {
    const answer = await rig.app.inject({ url });
    if (String(answer.headers['content-type']).includes('html')) expectGuarded(answer.headers, url);
  }
  const cookies = [
    (await find(own)).headers['set-cookie'],
    (await rig.app.inject({ url: `/${own.slug}?lang=es` })).headers['set-cookie'],
    (await post(`/${own.slug}/leave`, {})).headers['set-cookie'],
  ];
  for (const set of cookies.slice(0, 2)) {
    expect(String(set)).toMatch(/; HttpOnly/);
    expect(String(set)).toMatch(/; SameSite=(Lax|Strict)/);
  }
  expect(String(cookies[2])).toMatch(/Expires=Thu, 01 Jan 1970|Max-Age=0/);
});

test('guessing stops, by bill and by address, also when all guesses come at once; the right answer then waits too', async () => {
  rig.clock.advance(16 * MINUTE_MS);
  const guess = (accountNumber: string, headers: Record<string, string> = {}) =>
    post(`/${own.slug}/find`, { accountNumber, proof: 'Wrong' }, headers);
  const atOnce = await Promise.all(Array.from({ length: 40 }, () => guess(own.accountNumber)));
  const statuses = atOnce.map((answer) => answer.statusCode);
  expect(statuses.filter((status) => status === 422)).toHaveLength(8);
  expect(statuses.filter((status) => status === 429)).toHaveLength(32);
  expect(atOnce.find((answer) => answer.statusCode === 429)?.headers['retry-after']).toMatch(/^\d+$/);
  expect((await find(own)).statusCode).toBe(429);
  const from = { 'x-forwarded-for': '203.0.113.7' };
  const spread = await Promise.all(Array.from({ length: 40 }, (_, at) => guess(`G${at}`, from)));
  expect(spread.filter((answer) => answer.statusCode === 422)).toHaveLength(25);
  expect((await find(other, from)).statusCode).toBe(429);
  rig.clock.advance(16 * MINUTE_MS);
  expect((await find(own)).statusCode).toBe(303);
  for (let turn = 0; turn < 12; turn++) expect((await find(own, from)).statusCode).toBe(303);
});

test('a biller can’t take an address of the server, by name, by choice or by renaming', async () => {
  const routes = await listRoutes(rig.app);
  const taken = new Set(routes.map((route) => (route.path.split('/')[1] ?? '').replace(/\*.*$/, '')));
  const slugs = [...taken]
    .filter((part) => /^[a-z0-9][a-z0-9-]{1,62}$/.test(part))
    .concat('inbox', 'sso', 'assets', 'static', 'openapi');
  expect(slugs).toEqual(expect.arrayContaining(['api', 'staff', 'docs', 'health', 'metrics']));
  const by = { kind: 'program', name: 'test' } as const;
  for (const [at, slug] of slugs.entries()) {
    await expect(createBiller(rig.deps, { bid: 5_000 + at, name: 'x', slug, by }), slug).rejects.toMatchObject({
      code: 'biller-not-valid',
    });
  }
  await expect(
    createBiller(rig.deps, { bid: 6_000, name: 'openapi.json', slug: 'openapi.json', by }),
  ).rejects.toMatchObject({ code: 'biller-not-valid' });
  expect((await createBiller(rig.deps, { bid: 6_001, name: 'Staff', by })).slug).toBe('biller-6001');
});

function expectGuarded(headers: Record<string, unknown>, what: string): void {
  expect(headers['content-security-policy'], what).toMatch(/default-src|script-src/);
  expect(String(headers['content-security-policy']), what).toContain("frame-ancestors 'none'");
  expect(headers['x-content-type-options'], what).toBe('nosniff');
}
