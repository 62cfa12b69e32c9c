import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TenantRows } from './add-tenant.ts';
import { apiRoutes, listRoutes, nameOfRoute, type Route } from './list-routes.ts';
import { addSession, withPopulatedServer } from './populated-server.ts';
import { addressOf, requestBodies } from './request-bodies.ts';

/** Thousands of requests one after the other. */
const LONG = { timeout: 900_000 };
/** Right by their form, and no time that the database, or a calendar of four digits, can hold. */
const TIMES = [
  '0000-01-01',
  '9999-12-31',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-23:59',
  '-271821-04-20T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '2026-11-20T10:00:00.1234567891234Z',
  '2026-99-99T00:00:00Z',
];
const LOOKS_LIKE_TIME = /^\d{4}-\d\d-\d\d/;

let rig: Awaited<ReturnType<typeof withPopulatedServer>>;
let tenant: TenantRows;
let routes: readonly Route[];
let headers: Record<string, string>;

beforeAll(async () => {
  rig = await withPopulatedServer();
  tenant = await rig.addTenant(2984);
  routes = apiRoutes(await listRoutes(rig.app));
  headers = { ...(await addSession(rig.owner, { bid: null, roles: ['administrator'] })) };
});
afterAll(() => rig?.close());

async function faultOf(route: Route, from: { url: string; payload?: unknown }): Promise<string | undefined> {
  const answer = await rig.app
    .inject({
      method: route.method as NonNullable<InjectOptions['method']>,
      url: from.url,
      headers,
      ...(from.payload !== undefined && { payload: from.payload as object }),
    })
    .catch((cause: unknown) => ({ statusCode: 599, body: String(cause) }));
  return answer.statusCode < 500
    ? undefined
    : `${nameOfRoute(route)} answered ${answer.statusCode} to ${from.url} ${JSON.stringify(from.payload) ?? ''}`;
}

test('a time in a question that no column holds is the sender’s fault, or finds nothing', LONG, async () => {
  const paths = rig.app.swagger().paths as Record<string, Record<string, { parameters?: Parameter[] }>>;
  const faults: string[] = [];
  let tries = 0;
  for (const route of routes.filter((each) => each.method === 'GET')) {
    const described = paths[route.path.replaceAll(/:(\w+)/g, '{$1}')]?.get?.parameters ?? [];
    for (const { name } of described.filter((parameter) => parameter.in === 'query')) {
      for (const value of TIMES.flatMap((time) => (name === 'cursor' ? [time, ...cursorsOf(time)] : [time]))) {
        tries += 1;
        const url = `${addressOf(route.path, tenant)}?${name}=${encodeURIComponent(value)}`;
        faults.push(...[await faultOf(route, { url })].filter((fault) => fault !== undefined));
      }
    }
  }
  console.info(`times: ${tries} questions`);
  expect(faults).toEqual([]);
});

test('a time in a body that no column holds is the sender’s fault', LONG, async () => {
  const read = await rig.app.inject({ url: `/api/v1/billers/${tenant.bid}/configuration`, headers });
  const bodies = requestBodies(tenant, read.json().configuration);
  const faults: string[] = [];
  let tries = 0;
  for (const route of routes) {
    const body = bodies[nameOfRoute(route)];
    if (body === undefined || Buffer.isBuffer(body) || typeof body !== 'object') continue;
    for (const time of TIMES) {
      for (const payload of withTime(body, time)) {
        tries += 1;
        const url = addressOf(route.path, tenant);
        faults.push(...[await faultOf(route, { url, payload })].filter((fault) => fault !== undefined));
      }
    }
  }
  console.info(`times: ${tries} bodies`);
  expect(faults).toEqual([]);
  expect(tries).toBeGreaterThan(20);
});

interface Parameter {
  readonly name: string;
  readonly in: string;
}

/** The forms of cursors of this API, with a time in them. */
function cursorsOf(time: string): readonly string[] {
  const inJson = (parts: readonly string[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  return [`${time}~system~1`, inJson([time, crypto.randomUUID()]), inJson([time, 'x'])];
}

/** The body once for each time in it, with that one changed. */
function withTime(value: unknown, time: string): unknown[] {
  if (typeof value === 'string') return LOOKS_LIKE_TIME.test(value) ? [time] : [];
  if (Array.isArray(value))
    return value.flatMap((entry, at) => withTime(entry, time).map((changed) => value.with(at, changed)));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    withTime(member, time).map((changed) => ({ ...value, [name]: changed })),
  );
}
