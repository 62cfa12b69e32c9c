import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import { needs, SIGNED_IN } from '../platform/access.ts';
import type { App } from '../platform/http.ts';
import type { TenantRows } from './add-tenant.ts';
import { apiRoutes, listRoutes, nameOfRoute, type Route } from './list-routes.ts';
import { isSelfRoute, OPEN_ROUTES } from './open-routes.ts';
import { addCredential, addSession, digestOfTables, withPopulatedServer } from './populated-server.ts';
import { type Prober, probeAccess } from './probe-access.ts';
import { BODILESS, requestBodies } from './request-bodies.ts';

/** What a probe itself may leave: when a session or a credential was last used. */
const TOUCHED = ['staff_session', 'api_credential'];
const VICTIM = 2984;
const OTHER = 77;

let rig: Awaited<ReturnType<typeof withPopulatedServer>>;
let victim: TenantRows;
let routes: readonly Route[];
let bodies: Readonly<Record<string, unknown>>;
let probers: readonly Prober[];

beforeAll(async () => {
  rig = await withPopulatedServer();
  victim = await rig.addTenant(VICTIM);
  await rig.addTenant(OTHER);
  routes = apiRoutes(await listRoutes(rig.app));
  const { deps, owner } = rig;
  const administrator = await addSession(owner, { bid: null, roles: ['administrator'] });
  const read = await rig.app.inject({ url: `/api/v1/billers/${VICTIM}/configuration`, headers: administrator });
  bodies = requestBodies(victim, read.json().configuration);
  const no = { isForeign: false };
  probers = [
    { name: 'nobody', headers: {}, status: 401, ...no },
    { name: 'garbage credential', headers: { authorization: 'Bearer cw_2984_x' }, status: 401, ...no },
    {
      name: 'credential of another biller under the victim’s number',
      headers: {
        authorization: (await addCredential(deps, owner, { bid: OTHER })).authorization.replace('cw_77_', 'cw_2984_'),
      },
      status: 401,
      ...no,
    },
    {
      name: 'revoked credential',
      headers: await addCredential(deps, owner, { bid: VICTIM, isRevoked: true }),
      status: 401,
      ...no,
    },
    {
      name: 'disabled user',
      headers: await addSession(owner, { bid: null, roles: ['administrator'], isDisabled: true }),
      status: 401,
      ...no,
    },
    {
      name: 'session ended',
      headers: await addSession(owner, { bid: null, roles: ['administrator'], isEnded: true }),
      status: 401,
      ...no,
    },
    {
      name: 'session over',
      headers: await addSession(owner, { bid: null, roles: ['administrator'], isOver: true }),
      status: 401,
      ...no,
    },
    {
      name: 'own credential without a scope',
      headers: await addCredential(deps, owner, { bid: VICTIM, scopes: [] }),
      status: 403,
      ...no,
    },
    {
      name: 'staff without a permission',
      headers: await addSession(owner, { bid: null, roles: [] }),
      status: 403,
      ...no,
    },
    {
      name: 'own staff without a permission',
      headers: await addSession(owner, { bid: VICTIM, roles: [] }),
      status: 403,
      ...no,
    },
    {
      name: 'foreign credential with every scope',
      headers: await addCredential(deps, owner, { bid: OTHER }),
      status: undefined,
      isForeign: true,
    },
    {
      name: 'foreign staff with every permission',
      headers: await addSession(owner, { bid: OTHER, roles: ['administrator'] }),
      status: undefined,
      isForeign: true,
    },
  ];
});
afterAll(() => rig?.close());

test('every route that takes a body has one in the table, so that no probe is refused for its form alone', () => {
  const without = routes
    .filter((route) => route.method !== 'GET')
    .map(nameOfRoute)
    .filter((name) => !(name in bodies) && !BODILESS.has(name));
  expect(without).toEqual([]);
  const described = Object.entries(rig.app.swagger().paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  // The document and the router know the same routes: the list that is probed has no hole.
  expect(described.sort()).toEqual(routes.map(nameOfRoute).sort());
});

test('no route answers a stranger, a foreigner or somebody without the right, and none names a foreign thing', async () => {
  const before = await digestOfTables(rig.owner, TOUCHED);
  const { count, leaks } = await probeAccess(rig.app, {
    routes,
    victim,
    probers,
    bodies,
    openRoutes: OPEN_ROUTES,
    isSelfRoute,
  });
  console.info(`access: ${count} probes of ${routes.length} routes as ${probers.length} principals`);
  expect(leaks).toEqual([]);
  expect(count).toBeGreaterThan(900);
  expect(await digestOfTables(rig.owner, TOUCHED)).toEqual(before);
});

test('a change by signed-in staff without the token of the page is refused on every route', async () => {
  const { cookie } = await addSession(rig.owner, { bid: null, roles: ['administrator'] });
  const changing = routes.filter((route) => route.method !== 'GET');
  const before = await digestOfTables(rig.owner, TOUCHED);
  const { leaks } = await probeAccess(rig.app, {
    routes: changing,
    victim,
    probers: [{ name: 'another site', headers: { cookie }, isForeign: false, status: 403 }],
    bodies,
    openRoutes: OPEN_ROUTES,
    isSelfRoute: () => false,
  });
  expect(leaks).toEqual([]);
  expect(await digestOfTables(rig.owner, TOUCHED)).toEqual(before);
});

test('the same probes let in who may: the administrator reads every list of the victim', async () => {
  const headers = await addSession(rig.owner, { bid: null, roles: ['administrator'] });
  const lists = ['', '/accounts', '/invoices', '/payments', '/deliveries', '/notices', '/lanes', '/credentials'];
  for (const list of lists) {
    const answer = await rig.app.inject({ url: `/api/v1/billers/${VICTIM}${list}`, headers });
    expect(answer.statusCode, list).toBe(200);
    expect(answer.body, list).toContain(list === '/lanes' ? String(VICTIM) : victim.mark);
  }
});

test('planted routes that leak are caught by the prober', async () => {
  const app = (await buildApp(rig.deps, { version: '0', isStopping: () => false })) as App;
  const tell = async () => ({ told: victim.mark });
  app.get('/api/v1/billers/:bid/planted/signed-in-is-enough', { config: { access: SIGNED_IN } }, tell);
  app.get('/api/v1/planted/not-narrowed', { config: { access: needs({ permission: 'billers:read' }) } }, tell);
  app.get('/api/v1/planted/public', { config: { access: { kind: 'public' } } }, async () => ({ fine: true }));
  app.post('/api/v1/billers/:bid/planted/forgot', { config: { access: { kind: 'public' } } }, async () => ({}));
  const planted = (await listRoutes(app)).filter((route) => route.path.includes('/planted/'));
  expect(planted).toHaveLength(4);
  const { leaks } = await probeAccess(app, {
    routes: planted,
    victim,
    probers,
    bodies: {},
    openRoutes: OPEN_ROUTES,
    isSelfRoute,
  });
  await app.close();
  expect(new Set(leaks.map((leak) => leak.route)).size).toBe(4);
});
