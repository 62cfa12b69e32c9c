import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import { roles } from '../features/identities/index.ts';
import { needs, SIGNED_IN } from '../platform/access.ts';
import type { App } from '../platform/http.ts';
import type { TenantRows } from './add-tenant.ts';
import { apiRoutes, listRoutes, nameOfRoute, type Route } from './list-routes.ts';
import { isSelfRoute, OPEN_ROUTES } from './open-routes.ts';
import { addSession, digestOfTables, withPopulatedServer } from './populated-server.ts';
import { type Prober, probeAccess } from './probe-access.ts';
import { probeRoles, type RoleProber, rolesThatMay } from './probe-roles.ts';
import { requestBodies } from './request-bodies.ts';

/** What a probe itself may leave: when a session was last used, and a key that is made when it is first asked for. */
const TOUCHED = ['staff_session', 'installation_key'];
const VICTIM = 2984;
const OTHER = 77;

let rig: Awaited<ReturnType<typeof withPopulatedServer>>;
let victim: TenantRows;
let routes: readonly Route[];
let bodies: Readonly<Record<string, unknown>>;
let atHome: readonly RoleProber[];
let foreign: readonly Prober[];

beforeAll(async () => {
  rig = await withPopulatedServer();
  victim = await rig.addTenant(VICTIM);
  await rig.addTenant(OTHER);
  routes = apiRoutes(await listRoutes(rig.app));
  const administrator = await addSession(rig.owner, { bid: null, roles: ['administrator'] });
  const read = await rig.app.inject({ url: `/api/v1/billers/${VICTIM}/configuration`, headers: administrator });
  bodies = requestBodies(victim, read.json().configuration);
  const sessionOf = (role: string, bid: number | null) => addSession(rig.owner, { bid, roles: [role] });
  const home: RoleProber[] = [];
  const away: Prober[] = [];
  for (const role of roles) {
    const isOfBiller = role.of === 'biller';
    home.push({ role: role.name, isOfBiller, headers: await sessionOf(role.name, isOfBiller ? VICTIM : null) });
    away.push({
      name: `${role.name} of another biller`,
      headers: await sessionOf(role.name, OTHER),
      status: undefined,
      isForeign: true,
    });
  }
  atHome = home;
  // Every role at the other biller, Causeway's own roles too: a row that should not exist must still see nothing.
  foreign = away;
});
afterAll(() => rig?.close());

test('every role at home is refused what it has no right to, and reads what it has', async () => {
  const before = await digestOfTables(rig.owner, TOUCHED);
  const { refused, read, leaks } = await probeRoles(rig.app, {
    routes,
    accessOf: rig.app.accessOfRoutes,
    victim,
    probers: atHome,
    bodies,
  });
  console.info(
    `roles at home: ${refused} refused and ${read} read, of ${routes.length} routes as ${atHome.length} roles`,
  );
  expect(leaks).toEqual([]);
  expect(refused + read).toBeGreaterThan(800);
  expect(await digestOfTables(rig.owner, TOUCHED)).toEqual(before);
});

test('every role at another biller finds nothing of this one, and changes nothing of it', async () => {
  const before = await digestOfTables(rig.owner, TOUCHED);
  const { count, leaks } = await probeAccess(rig.app, {
    routes,
    victim,
    probers: foreign,
    bodies,
    openRoutes: OPEN_ROUTES,
    isSelfRoute,
  });
  console.info(`roles elsewhere: ${count} probes of ${routes.length} routes as ${foreign.length} roles`);
  expect(leaks).toEqual([]);
  expect(count).toBeGreaterThan(1_000);
  expect(await digestOfTables(rig.owner, TOUCHED)).toEqual(before);
});

test('routes that ask for a recent proof refuse an administrator whose proof is old, and change nothing', async () => {
  const headers = await addSession(rig.owner, { bid: null, roles: ['administrator'], provenMinutesAgo: 16 });
  const asking = routes.filter((route) => {
    const access = rig.app.accessOfRoutes.get(nameOfRoute(route));
    return access?.kind === 'any-of' && access.isProofRecent;
  });
  expect(asking.length).toBeGreaterThan(10);
  const before = await digestOfTables(rig.owner, TOUCHED);
  const { leaks } = await probeAccess(rig.app, {
    routes: asking,
    victim,
    probers: [{ name: 'old proof', headers, isForeign: false, status: 403 }],
    bodies,
    openRoutes: OPEN_ROUTES,
    isSelfRoute,
  });
  expect(leaks).toEqual([]);
  expect(await digestOfTables(rig.owner, TOUCHED)).toEqual(before);
});

/** Said here by hand, so that a right that grows, or a route that asks for less, is seen by whoever changes it. */
test.each([
  ['POST /api/v1/staff-users', ['administrator', 'biller admin']],
  ['PUT /api/v1/staff-users/:id', ['administrator', 'biller admin']],
  ['POST /api/v1/billers', ['administrator', 'project manager', 'implementations manager']],
  [
    'POST /api/v1/billers/:bid/credentials',
    ['administrator', 'project manager', 'implementations manager', 'solution engineer', 'biller admin'],
  ],
  [
    'POST /api/v1/billers/:bid/payments/:paymentId/refund',
    ['administrator', 'client services', 'delivery specialist', 'operator', 'biller admin', 'billing manager'],
  ],
  [
    'POST /api/v1/billers/:bid/partner-trust',
    ['administrator', 'implementations manager', 'integrations manager', 'operator'],
  ],
])('%s is for %j alone', (name, expected) => {
  expect(rolesThatMay(rig.app.accessOfRoutes.get(name))).toEqual(expected);
});

test('a planted route that lets a role do what it says it refuses is caught', async () => {
  const app = (await buildApp(rig.deps, { version: '0', isStopping: () => false })) as App;
  const tell = async () => ({ told: victim.mark });
  app.get('/api/v1/billers/:bid/planted/wide', { config: { access: SIGNED_IN } }, tell);
  app.get('/api/v1/billers/:bid/planted/shut', { config: { access: needs({ permission: 'users:manage' }) } }, tell);
  const planted = (await listRoutes(app)).filter((route) => route.path.includes('/planted/'));
  const accessOf = new Map([
    ['GET /api/v1/billers/:bid/planted/wide', needs({ permission: 'users:manage' })],
    ['GET /api/v1/billers/:bid/planted/shut', needs({ permission: 'billers:read' })],
  ]);
  const { leaks } = await probeRoles(app, { routes: planted, accessOf, victim, probers: atHome, bodies: {} });
  await app.close();
  const caught = Map.groupBy(leaks, (leak) => leak.route);
  expect([...caught.keys()].toSorted()).toEqual([...accessOf.keys()].toSorted());
  expect(caught.get('GET /api/v1/billers/:bid/planted/wide')?.map((leak) => leak.prober)).toContain('csr');
  expect(caught.get('GET /api/v1/billers/:bid/planted/shut')?.map((leak) => leak.prober)).toContain('csr');
});
