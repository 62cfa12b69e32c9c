import type { InjectOptions } from 'fastify';
import { expect } from 'vitest';
import { apiRoutes, listRoutes, nameOfRoute, type Route } from './list-routes.ts';
import { addSession, digestOfTables, withPopulatedServer } from './populated-server.ts';
import { addressOf, requestBodies } from './request-bodies.ts';

export const BID = 2984;
/** Thousands of requests one after the other. */
export const LONG = { timeout: 1_200_000 };
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
  fileId: '0b7a3c1e-5d42-4f0a-9c66-2f1d8e9a7b30',
  address: 'no address of anybody',
};
const ALWAYS_DONE = /\/(lanes|reconciliations|partner-trust|work-items|maintenance-windows|block-flags)\//;
export const DEEP = '['.repeat(20_000) + ']'.repeat(20_000);

/** The whole server with rows in every table, an administrator who sends it nonsense, and what must come of that. */
export async function withHostileInput() {
  const rig = await withPopulatedServer();
  const tenant = await rig.addTenant(BID);
  /** The same names under a biller that does not exist: for calls that nothing in their body can make harmless. */
  const nobody = { ...tenant, bid: 999_999 };
  const routes = apiRoutes(await listRoutes(rig.app));
  const headers: Record<string, string> = {
    ...(await addSession(rig.owner, { bid: null, roles: ['administrator'] })),
    'idempotency-key': 'a key of the test',
  };
  const read = await rig.app.inject({ url: `/api/v1/billers/${BID}/configuration`, headers });
  const bodies: Readonly<Record<string, Readonly<Record<string, unknown>>>> = Object.fromEntries(
    Object.entries(requestBodies(tenant, read.json().configuration)).map(([name, body]) => [
      name,
      { ...body, ...Object.fromEntries(Object.entries(REFUSED_IN_THE_END).filter(([field]) => field in body)) },
    ]),
  );
  let tries = 0;
  const subjectOf = (path: string) =>
    ALWAYS_DONE.test(`${path}/`) && !path.startsWith('/api/v1/work-items') ? nobody : tenant;
  const inject = async (options: InjectOptions) => {
    tries += 1;
    return await rig.app.inject(options);
  };
  const send = async ({ route, url, payload, type = 'application/json' }: Sent) =>
    await inject({
      method: route.method as NonNullable<InjectOptions['method']>,
      url: url ?? addressOf(route.path, subjectOf(route.path)),
      headers: { ...headers, ...(payload !== undefined && { 'content-type': type }) },
      ...(payload !== undefined && { payload }),
    });
  const expectUnchanged = async (act: () => Promise<void>): Promise<void> => {
    const before = await digestOfTables(rig.owner, RECORDS);
    await act();
    expect(await digestOfTables(rig.owner, RECORDS)).toEqual(before);
  };
  return {
    app: rig.app,
    tenant,
    nobody,
    routes,
    headers,
    bodies,
    withBodies: () => routes.filter((route) => nameOfRoute(route) in bodies),
    bodyOf: (route: Route) => bodies[nameOfRoute(route)] ?? {},
    subjectOf,
    inject,
    expectUnchanged,
    /** Sends all, and tells which were answered badly, and that nothing was changed. */
    expectRefusals: async (sendings: readonly (Sent & { mustRefuse: boolean; what: string })[]) =>
      await expectUnchanged(async () => {
        const faults: string[] = [];
        for (const sending of sendings) {
          const fault = faultOf(await send(sending), sending.mustRefuse);
          if (fault) faults.push(`${nameOfRoute(sending.route)} ${sending.what.slice(0, 80)}: ${fault}`);
        }
        expect(faults).toEqual([]);
      }),
    close: async () => {
      console.info(`hostile input: ${tries} requests`);
      await rig.close();
    },
  };
}

interface Sent {
  readonly route: Route;
  readonly url?: string;
  readonly payload?: string;
  readonly type?: string;
}

type Answer = Awaited<ReturnType<Awaited<ReturnType<typeof withHostileInput>>['inject']>>;

/** What is wrong with an answer to nonsense; undefined when it is a refusal in our words. */
export function faultOf(answer: Answer, mustRefuse: boolean): string | undefined {
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
