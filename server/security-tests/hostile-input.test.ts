import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TenantRows } from './add-tenant.ts';
import { apiRoutes, listRoutes, nameOfRoute, type Route } from './list-routes.ts';
import { addSession, digestOfTables, withPopulatedServer } from './populated-server.ts';
import { addressOf, requestBodies } from './request-bodies.ts';

const BID = 2984;
const MIB = 1_048_576;
/** Thousands of requests one after the other. */
const LONG = { timeout: 300_000 };
/**
 * What trying is allowed to leave: failed sign-ins are counted and recorded; a key is made when it is first asked for; the
 * audit may be verified by whoever reads it, which is marked.
 */
const RECORDS = [
  'staff_session',
  'sign_in_throttle',
  'audit_event',
  'staff_challenge',
  'installation_key',
  'operation_mark',
];
/** What makes a body of the right form harmless: the use case refuses it in the end, whatever a field is changed to. */
const REFUSED_IN_THE_END = {
  slug: 'staff',
  roles: ['no such role'],
  expectedVersion: 999,
  version: 999,
  scopes: ['no such scope'],
  bid: BID,
  fileId: crypto.randomUUID(),
  address: 'no address of anybody',
};

const DEEP = '['.repeat(20_000) + ']'.repeat(20_000);
const PARAMETERS = [
  '%00',
  'a%00b',
  '%zz',
  '%ed%a0%80',
  '..%2f..%2f..%2fetc%2fpasswd',
  '%0d%0aset-cookie:%20a=b',
  "'%20or%201=1--",
  '%27%3b%20drop%20table%20biller%3b--',
  'x'.repeat(5_000),
  '-1',
  '0',
  '1.5',
  '1e3',
  '9007199254740991',
  '9007199254740993',
  '99999999999999999999999',
  'NaN',
  '__proto__',
  'constructor',
  '%F0%9F%92%A3',
  '%E2%80%AE',
];
const QUERY_NAMES = [
  'error',
  'iss',
  'code',
  'back',
  'limit',
  'subject',
  'beforeSeq',
  'cursor',
  'q',
  'bid',
  'accountNumber',
  'state',
  'from',
  'to',
  'until',
  'days',
  'hours',
  'kind',
  'destinationId',
  'endpoint',
  'paymentId',
  'count',
  'name',
  'validateOnly',
  'minutes',
  'maxAgeSeconds',
  'laneId',
  'transactionId',
  'chain',
  'format',
  'act',
  'actor',
];
const cursorOf = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');
const QUERY_VALUES = [
  ...PARAMETERS,
  cursorOf(['x', 'y']),
  cursorOf(['2026-99-99', 'y']),
  cursorOf(['\0']),
  cursorOf(['2026-11-18T15:00:00Z', 'no uuid']),
  cursorOf(['x\0', 'y\0']),
  cursorOf('x'),
  cursorOf([[]]),
  cursorOf({}),
  '99999999-1',
  '2026-02-31',
];
/** JSON texts that never belong where they are put. */
const NEVER_VALUES = ['"a\\u0000b"', '"\\ud800"', DEEP, '{"a":{"__proto__":{"x":1}}}', `"${'x'.repeat(300_000)}"`];
/** JSON texts of every type: wrong somewhere, and harmless where they are not. */
const TYPE_VALUES = [
  'null',
  'true',
  '-1',
  '1e308',
  '9007199254740993',
  '""',
  '[]',
  '{}',
  '[null]',
  '"\\r\\nset-cookie: a=b"',
  '"\'; drop table biller; --"',
  '"=1+1"',
];

let rig: Awaited<ReturnType<typeof withPopulatedServer>>;
let tenant: TenantRows;
/** The same names under a biller that does not exist: for calls that nothing in their body can make harmless. */
let nobody: TenantRows;
let routes: readonly Route[];
let bodies: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
let headers: Record<string, string>;
let tries = 0;

beforeAll(async () => {
  rig = await withPopulatedServer();
  tenant = await rig.addTenant(BID);
  nobody = { ...tenant, bid: 999_999 };
  routes = apiRoutes(await listRoutes(rig.app));
  headers = {
    ...(await addSession(rig.owner, { bid: null, roles: ['administrator'] })),
    'idempotency-key': 'a key of the test',
  };
  const read = await rig.app.inject({ url: `/api/v1/billers/${BID}/configuration`, headers });
  bodies = Object.fromEntries(
    Object.entries(requestBodies(tenant, read.json().configuration)).map(([name, body]) => [
      name,
      { ...body, ...Object.fromEntries(Object.entries(REFUSED_IN_THE_END).filter(([field]) => field in body)) },
    ]),
  );
});
afterAll(() => {
  console.info(`hostile input: ${tries} requests`);
  return rig?.close();
});

interface Sent {
  readonly route: Route;
  readonly url?: string;
  readonly payload?: string;
  readonly type?: string;
}

const ALWAYS_DONE = /\/(lanes|reconciliations|partner-trust|work-items|maintenance-windows|block-flags)\//;
const subjectOf = (path: string) =>
  ALWAYS_DONE.test(`${path}/`) && !path.startsWith('/api/v1/work-items') ? nobody : tenant;

async function send({ route, url, payload, type = 'application/json' }: Sent) {
  tries += 1;
  return rig.app.inject({
    method: route.method as NonNullable<InjectOptions['method']>,
    url: url ?? addressOf(route.path, subjectOf(route.path)),
    headers: { ...headers, ...(payload !== undefined && { 'content-type': type }) },
    ...(payload !== undefined && { payload }),
  });
}

type Answer = Awaited<ReturnType<typeof send>>;

/** What is wrong with an answer to nonsense; undefined when it is a refusal in our words. */
function faultOf(answer: Answer, mustRefuse: boolean): string | undefined {
  const said = `${answer.statusCode} ${answer.body.slice(0, 160)}`;
  if (answer.headers['set-cookie'] !== undefined) return `a cookie: ${said}`;
  if (answer.statusCode < 400) return mustRefuse ? `was taken: ${said}` : undefined;
  // 503: no partner of this rig can be reached, which is no bug.
  if (answer.statusCode >= 500) return `failed: ${said}`;
  if (!String(answer.headers['content-type']).startsWith('application/problem+json')) return `no problem: ${said}`;
  const body = answer.json();
  return typeof body.code === 'string' && body.requestId === answer.headers['x-request-id'] && body.title
    ? undefined
    : `without code or request id: ${said}`;
}

/** Sends all, and tells which were answered badly, and that nothing was changed. */
async function expectRefusals(sendings: readonly (Sent & { mustRefuse: boolean; what: string })[]): Promise<void> {
  const before = await digestOfTables(rig.owner, RECORDS);
  const faults: string[] = [];
  for (const sending of sendings) {
    const fault = faultOf(await send(sending), sending.mustRefuse);
    if (fault) faults.push(`${nameOfRoute(sending.route)} ${sending.what.slice(0, 80)}: ${fault}`);
  }
  expect(faults).toEqual([]);
  expect(await digestOfTables(rig.owner, RECORDS)).toEqual(before);
}

const withBodies = () => routes.filter((route) => nameOfRoute(route) in bodies);
const bodyOf = (route: Route) => bodies[nameOfRoute(route)] ?? {};

test('hostile parameters of a path are refused, or name nothing', LONG, async () => {
  const sendings = routes
    .filter((route) => !['DELETE /api/v1/session'].includes(nameOfRoute(route)))
    .flatMap((route) =>
      [...route.path.matchAll(/:(\w+)/g)].flatMap(([parameter]) =>
        PARAMETERS.map((value) => {
          const whole = addressOf(route.path, subjectOf(route.path)).split('/');
          const url = route.path
            .split('/')
            .map((part, at) => (part === parameter ? value : whole[at]))
            .join('/');
          const body = bodies[nameOfRoute(route)];
          return {
            route,
            url,
            what: url,
            mustRefuse: value === '%00' || value === '%zz' || value.length > 1_000,
            ...(body && { payload: JSON.stringify(body) }),
          };
        }),
      ),
    );
  await expectRefusals(sendings);
});

test('hostile queries never fail, whatever they are called', LONG, async () => {
  const reads = routes.filter((route) => route.method === 'GET' && !route.path.endsWith('/pdf'));
  const pairs = QUERY_NAMES.flatMap((name) => QUERY_VALUES.map((value) => `${name}=${value}`));
  const more = [
    '__proto__[x]=1',
    'limit=1&limit=2',
    'cursor=a&cursor=b',
    'q=a&q=b',
    'bid=1&bid=2',
    'constructor.prototype.x=1',
    '=',
    '&&&',
    'a'.repeat(10_000),
  ];
  const known = new Map(
    Object.entries(rig.app.swagger().paths ?? {}).map(([path, methods]) => {
      const parameters = (methods as { get?: { parameters?: { name: string; in: string }[] } }).get?.parameters ?? [];
      return [
        path.replaceAll(/\{(\w+)\}/g, ':$1'),
        parameters.filter((one) => one.in === 'query').map((one) => one.name),
      ];
    }),
  );
  const sendings = reads.flatMap((route) =>
    [...pairs.filter((pair) => known.get(route.path)?.includes(pair.split('=')[0] ?? '')), ...more].map((query) => ({
      route,
      url: `${addressOf(route.path, tenant)}?${query}`,
      what: query,
      mustRefuse: false,
    })),
  );
  expect(
    [...known.values()]
      .flat()
      .filter(
        (name) =>
          !QUERY_NAMES.includes(name) && !['disposition', 'method', 'source', 'status', 'heldKind'].includes(name),
      ),
  ).toEqual([]);
  await expectRefusals(sendings);
});

test('a body that is no JSON, of another type, too large or too deep is refused', LONG, async () => {
  const whole = [
    '{',
    '',
    'null',
    '[]',
    '"text"',
    '1',
    DEEP,
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '\0',
    '\uFEFF{',
    '{"a":1}{"b":2}',
    "{'a':1}",
  ];
  await expectRefusals(
    withBodies().flatMap((route) => {
      const right = JSON.stringify(bodyOf(route));
      return [
        ...whole.map((payload) => ({ route, payload, what: `body ${payload.slice(0, 20)}`, mustRefuse: true })),
        { route, payload: `{"a":"${'x'.repeat(2 * MIB)}"}`, what: 'two megabytes', mustRefuse: true },
        { route, payload: right, type: 'text/xml', what: 'as XML', mustRefuse: true },
        { route, payload: right, type: 'application/x-www-form-urlencoded', what: 'as a form', mustRefuse: true },
        { route, payload: right, type: 'multipart/form-data', what: 'as parts without a boundary', mustRefuse: true },
        { route, payload: right, type: 'application/json; charset=utf-16', what: 'another charset', mustRefuse: false },
        { route, payload: right, type: 'nonsense', what: 'as nonsense', mustRefuse: true },
      ];
    }),
  );
});

test(
  'each field of a body, of a wrong type, endless, or with what can’t be kept, never fails and changes nothing',
  LONG,
  async () => {
    await expectRefusals(
      withBodies().flatMap((route) => {
        const body = bodyOf(route);
        const replaced = (path: readonly string[], json: string) =>
          JSON.stringify(put(body, path, '@here@')).replace('"@here@"', () => json);
        const places = placesOf(body).slice(0, 40);
        return [
          ...places.flatMap((place) => [
            ...NEVER_VALUES.map((json) => ({
              route,
              payload: replaced(place, json),
              what: `${place.join('.')} = ${json.slice(0, 30)}`,
              mustRefuse: true,
            })),
            ...TYPE_VALUES.map((json) => ({
              route,
              payload: replaced(place, json),
              what: `${place.join('.')} = ${json}`,
              mustRefuse: false,
            })),
          ]),
          {
            route,
            payload: JSON.stringify({ ...body, isAdmin: true }),
            what: 'one field more',
            mustRefuse: !route.path.endsWith('/invoices'),
          },
          { route, payload: JSON.stringify({ ...body, 'a\0b': 1 }), what: 'a NUL in a name', mustRefuse: true },
        ];
      }),
    );
  },
);

/** Every place of a document, two levels down: where a value is put in turn. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null || path.length >= 3) return [];
  return Object.entries(value).flatMap(([name, member]) => [[...path, name], ...placesOf(member, [...path, name])]);
}

function put(value: unknown, path: readonly string[], replacement: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return replacement;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...(value as object) };
  (copy as Record<string, unknown>)[name] = put((value as Record<string, unknown>)[name], rest, replacement);
  return copy;
}

test('an upload that is no invoice file is told so, and one to be validated stores nothing', async () => {
  const route = { method: 'POST', path: '/api/v1/billers/:bid/invoice-files' };
  const url = `/api/v1/billers/${BID}/invoice-files?validateOnly=true`;
  const payloads = [
    '',
    '\0'.repeat(1_000),
    'MZ\x90\0',
    '<html></html>',
    '|'.repeat(100_000),
    'ID|1\r\n'.repeat(1_000),
    '\r\n'.repeat(10_000),
    '\ufeff',
    `FH|${'x'.repeat(500_000)}`,
  ];
  await expectRefusals([
    ...payloads.flatMap((payload) =>
      ['text/plain', 'application/octet-stream'].map((type) => ({
        route,
        url,
        payload,
        type,
        what: payload.slice(0, 20),
        mustRefuse: false,
      })),
    ),
    ...['application/json', 'text/xml', 'multipart/form-data', 'multipart/form-data; boundary='].map((type) => ({
      route,
      url,
      payload: '{}',
      type,
      what: type,
      mustRefuse: true,
    })),
    {
      route,
      url,
      payload: '--b\r\ncontent-disposition: form-data; name="__proto__"\r\n\r\nx\r\n--b--\r\n',
      type: 'multipart/form-data; boundary=b',
      what: 'a part named __proto__',
      mustRefuse: true,
    },
    {
      route,
      url,
      payload: '--b\r\ncontent-disposition: form-data; name="file"; filename="../../x\0.bif"\r\n\r\nx',
      type: 'multipart/form-data; boundary=b',
      what: 'a cut form',
      mustRefuse: false,
    },
  ]);
});

test('a file may have any name: what can’t be kept of it is left out, and it names no place on the disk', async () => {
  const names = [
    'x\0y.bif',
    '../../../../etc/passwd',
    'C:\\windows\\x.bif',
    'x'.repeat(5_000),
    'a%00b',
    '=cmd.bif',
    '',
    '<b>.bif',
    'n\u00ef\u{1f4a3}.bif',
  ];
  for (const [at, name] of names.entries()) {
    tries += 1;
    const answer = await rig.app.inject({
      method: 'POST',
      url: `/api/v1/billers/${BID}/invoice-files`,
      headers: { ...headers, 'content-type': 'multipart/form-data; boundary=b' },
      payload: `--b\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/plain\r\n\r\nFH|${at}\r\n--b--\r\n`,
    });
    expect(answer.statusCode, `${name.slice(0, 20)}: ${answer.body.slice(0, 200)}`).toBeLessThan(500);
    if (answer.statusCode >= 300) continue;
    const kept: string = answer.json().name;
    expect(kept).not.toMatch(/[\0/\\]/);
    expect(kept.length).toBeLessThanOrEqual(200);
  }
});

test('an event of a processor without its signature is refused', async () => {
  const route = { method: 'POST', path: '/api/v1/processor-events/:processor' };
  const signed = { 'webhook-id': 'x', 'webhook-timestamp': '1', 'webhook-signature': 'v1,xxx' };
  const before = await digestOfTables(rig.owner, RECORDS);
  for (const processor of ['sandbox', 'nobody', '..%2f', '%00', "'--"]) {
    for (const payload of ['', '{}', DEEP, '\0', 'x'.repeat(300_000)]) {
      for (const more of [{}, signed]) {
        tries += 1;
        const answer = await rig.app.inject({
          method: 'POST',
          url: route.path.replace(':processor', processor),
          headers: { 'content-type': 'application/json', ...more },
          payload,
        });
        expect(faultOf(answer, true), `${processor} ${payload.slice(0, 20)}`).toBeUndefined();
      }
    }
  }
  expect(await digestOfTables(rig.owner, RECORDS)).toEqual(before);
});

test('a biller that does not exist has nothing, and nothing is written under its number', async () => {
  const route = (one: Route) => ({ route: one, url: addressOf(one.path, nobody), what: 'unknown biller' });
  await expectRefusals(
    routes
      .filter((one) => one.path.includes('/:bid'))
      .map((one) => ({
        ...route(one),
        mustRefuse: one.method !== 'GET' && !/deliveries\/replay$/.test(one.path),
        ...(bodies[nameOfRoute(one)] && { payload: JSON.stringify(bodies[nameOfRoute(one)]) }),
      })),
  );
});

test('faults as CSV are no formulas to a spreadsheet', async () => {
  const answer = await rig.app.inject({
    url: `/api/v1/billers/${BID}/invoice-files/${tenant.fileId}/faults`,
    headers: { ...headers, accept: 'text/csv' },
  });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-disposition']).toMatch(/^attachment; /);
  for (const cell of answer.body.split(/[,\r\n]+/)) expect(cell.replace(/^"/, '')).not.toMatch(/^[=+@\t]|^-\D/);
  expect(answer.body).toContain(`'=cmd`);
});
