import type { InjectOptions } from 'fastify';
import type { App } from '../platform/http.ts';
import type { TenantRows } from './add-tenant.ts';
import { nameOfRoute, type Route } from './list-routes.ts';
import { RECKONING_ROUTES } from './open-routes.ts';
import { addressOf } from './request-bodies.ts';

/** Who asks, and what must come of it. */
export interface Prober {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Works for another biller: a path that names the victim is not there for them, and lists show their own. */
  readonly isForeign: boolean;
  /** What every route answers them; undefined where it depends on the route. */
  readonly status: 401 | 403 | undefined;
}

export interface Leak {
  readonly route: string;
  readonly prober: string;
  readonly why: string;
}

/**
 * Asks every route about the victim's things as somebody who may not: an answer of success, a status that tells that a
 * foreign thing exists, or one mark of the victim in a body is a leak.
 */
export async function probeAccess(
  app: App,
  from: {
    routes: readonly Route[];
    victim: TenantRows;
    probers: readonly Prober[];
    bodies: Readonly<Record<string, unknown>>;
    openRoutes: ReadonlySet<string>;
    /** About the signed-in person alone: nobody signed in is refused, and nothing there can name somebody else. */
    isSelfRoute: (path: string) => boolean;
  },
): Promise<{ count: number; leaks: readonly Leak[] }> {
  const leaks: Leak[] = [];
  let count = 0;
  for (const route of from.routes) {
    const name = nameOfRoute(route);
    if (from.openRoutes.has(name)) continue;
    const hasBid = route.path.includes('/:bid');
    const hasId = route.path.includes('/:');
    const address = addressOf(route.path, from.victim);
    const addresses = hasBid
      ? [address]
      : [address, `${address}?bid=${from.victim.bid}`, `${address}?q=${from.victim.mark}`];
    for (const prober of from.probers) {
      // What names a thing even there must not find another person's.
      if (prober.status !== 401 && from.isSelfRoute(route.path) && (!prober.isForeign || !hasId)) continue;
      for (const url of addresses) {
        count += 1;
        const answer = await app.inject({
          method: route.method as NonNullable<InjectOptions['method']>,
          url,
          headers: { ...prober.headers },
          ...(from.bodies[name] !== undefined && { payload: from.bodies[name] as Record<string, unknown> }),
        });
        // A form this route does not take is refused before it is known whether the bearer may see it, and tells nothing.
        if (url !== address && answer.statusCode === 400) continue;
        const why = whyLeak(answer, {
          prober,
          hasBid,
          victim: from.victim,
          isRead: route.method === 'GET' || RECKONING_ROUTES.has(name),
        });
        if (why) leaks.push({ route: name, prober: prober.name, why: `${why} (${url})` });
      }
    }
  }
  return { count, leaks };
}

function whyLeak(
  answer: { statusCode: number; body: string; headers: Record<string, unknown> },
  from: { prober: Prober; hasBid: boolean; victim: TenantRows; isRead: boolean },
): string | undefined {
  const { statusCode: status, body } = answer;
  if (body.includes(from.victim.mark)) return `answered ${status} with a mark of the victim: ${body.slice(0, 200)}`;
  if (from.prober.status !== undefined)
    return status === from.prober.status ? undefined : `answered ${status}: ${body.slice(0, 200)}`;
  if (from.hasBid) return status === 404 ? undefined : `answered ${status}, not 404: ${body.slice(0, 200)}`;
  // Across billers: a foreign reader gets their own narrowed list, and changes nothing of the victim's.
  if (status >= 500) return `answered ${status}`;
  return from.isRead || status >= 400 ? undefined : `answered ${status} to a change: ${body.slice(0, 200)}`;
}
