import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEEP, faultOf, LONG, withHostileInput } from './hostile-rig.ts';
import { nameOfRoute, type Route } from './list-routes.ts';
import { addressOf } from './request-bodies.ts';

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
let at: Awaited<ReturnType<typeof withHostileInput>>;
beforeAll(async () => {
  at = await withHostileInput();
});
afterAll(async () => await at?.close());

test('hostile parameters of a path are refused, or name nothing', LONG, async () => {
  const sendings = at.routes
    .filter((route) => !['DELETE /api/v1/session'].includes(nameOfRoute(route)))
    .flatMap((route) =>
      [...route.path.matchAll(/:(\w+)/g)].flatMap(([parameter]) =>
        PARAMETERS.map((value) => {
          const whole = addressOf(route.path, at.subjectOf(route.path)).split('/');
          const url = route.path
            .split('/')
            .map((part, at) => (part === parameter ? value : whole[at]))
            .join('/');
          const body = at.bodies[nameOfRoute(route)];
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
  await at.expectRefusals(sendings);
});

test('hostile queries never fail, whatever they are called', LONG, async () => {
  const reads = at.routes.filter((route) => route.method === 'GET' && !route.path.endsWith('/pdf'));
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
    Object.entries(at.app.swagger().paths ?? {}).map(([path, methods]) => {
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
      url: `${addressOf(route.path, at.tenant)}?${query}`,
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
  await at.expectRefusals(sendings);
});

test('an event of a processor without its signature is refused', async () => {
  const route = { method: 'POST', path: '/api/v1/processor-events/:processor' };
  const signed = { 'webhook-id': 'x', 'webhook-timestamp': '1', 'webhook-signature': 'v1,xxx' };
  await at.expectUnchanged(async () => {
    for (const processor of ['sandbox', 'nobody', '..%2f', '%00', "'--"]) {
      for (const payload of ['', '{}', DEEP, '\0', 'x'.repeat(300_000)]) {
        for (const more of [{}, signed]) {
          const answer = await at.inject({
            method: 'POST',
            url: route.path.replace(':processor', processor),
            headers: { 'content-type': 'application/json', ...more },
            payload,
          });
          expect(faultOf(answer, true), `${processor} ${payload.slice(0, 20)}`).toBeUndefined();
        }
      }
    }
  });
});

test('a biller that does not exist has nothing, and nothing is written under its number', async () => {
  const route = (one: Route) => ({ route: one, url: addressOf(one.path, at.nobody), what: 'unknown biller' });
  await at.expectRefusals(
    at.routes
      .filter((one) => one.path.includes('/:bid'))
      .map((one) => ({
        ...route(one),
        mustRefuse: one.method !== 'GET' && !/deliveries\/replay$/.test(one.path),
        ...(at.bodies[nameOfRoute(one)] && { payload: JSON.stringify(at.bodies[nameOfRoute(one)]) }),
      })),
  );
});
