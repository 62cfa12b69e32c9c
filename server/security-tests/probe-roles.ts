import type { InjectOptions } from 'fastify';
import { permissionsOf, roles } from '../features/identities/index.ts';
import type { Access } from '../platform/access.ts';
import type { App } from '../platform/http.ts';
import type { TenantRows } from './add-tenant.ts';
import { nameOfRoute, type Route } from './list-routes.ts';
import type { Leak } from './probe-access.ts';
import { addressOf } from './request-bodies.ts';

/** Somebody with one role, working for the victim (their own biller, or every one). */
export interface RoleProber {
  readonly role: string;
  readonly isOfBiller: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Asks every route as each role at home: what the role has no right to is refused with the right's name and tells nothing;
 * what it may read, it reads. A change it may make is not made here: it has its own test.
 */
export async function probeRoles(
  app: App,
  from: {
    routes: readonly Route[];
    /** What each route says it asks. */
    accessOf: ReadonlyMap<string, Access>;
    victim: TenantRows;
    probers: readonly RoleProber[];
    bodies: Readonly<Record<string, unknown>>;
  },
): Promise<{ refused: number; read: number; leaks: readonly Leak[] }> {
  const leaks: Leak[] = [];
  let refused = 0;
  let read = 0;
  for (const route of from.routes) {
    const name = nameOfRoute(route);
    const access = from.accessOf.get(name);
    if (access?.kind !== 'any-of') continue;
    for (const prober of from.probers) {
      const may = access.permission !== undefined && permissionsOf([prober.role]).has(access.permission);
      if (may && route.method !== 'GET') continue;
      const { statusCode: status, body } = await app.inject({
        method: route.method as NonNullable<InjectOptions['method']>,
        url: addressOf(route.path, from.victim),
        headers: { ...prober.headers },
        ...(from.bodies[name] !== undefined && { payload: from.bodies[name] as Record<string, unknown> }),
      });
      const leak = (why: string) => leaks.push({ route: name, prober: prober.role, why });
      if (may) {
        read += 1;
        // What is Causeway's as a whole, a biller's own staff may be refused although they have the right for their biller.
        const isWhole = prober.isOfBiller && !route.path.includes('/:bid');
        if (status === 401 || (status === 403 && !isWhole))
          leak(`has the right “${access.permission}” and was answered ${status}`);
      } else {
        refused += 1;
        if (status !== 403) leak(`lacks the right “${access.permission}” and was answered ${status}`);
        if (body.includes(from.victim.mark)) leak('was told a mark of the victim');
      }
    }
  }
  return { refused, read, leaks };
}

/** The roles that may call a route, by what the route says. */
export function rolesThatMay(access: Access | undefined): readonly string[] {
  if (access?.kind !== 'any-of' || access.permission === undefined) return [];
  const { permission } = access;
  return roles.filter((role) => role.permissions.includes(permission)).map((role) => role.name);
}
