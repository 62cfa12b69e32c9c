import type { App } from '../platform/http.ts';

export interface Route {
  readonly method: string;
  /** As it was registered, with `:params`. */
  readonly path: string;
}

/**
 * Every route of a built server, read from its own router, so that no route added later can be forgotten. HEAD goes with
 * GET through the same hooks and is left out; so is OPTIONS.
 */
export async function listRoutes(app: App): Promise<readonly Route[]> {
  await app.ready();
  const parents: string[] = [];
  const routes: Route[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const found = /^((?:│ {3}| {4})*)(?:├── |└── )(\S*)(?: \(([A-Z, ]+)\))?$/.exec(line);
    if (!found) continue;
    const depth = (found[1]?.length ?? 0) / 4;
    const path = `${depth === 0 ? '' : (parents[depth - 1] ?? '')}${found[2] ?? ''}`;
    parents[depth] = path;
    for (const method of found[3]?.split(', ') ?? []) {
      if (method !== 'HEAD' && method !== 'OPTIONS') routes.push({ method, path });
    }
  }
  return routes;
}

/** The routes under `/api/v1`. */
export function apiRoutes(routes: readonly Route[]): readonly Route[] {
  return routes.filter((route) => route.path.startsWith('/api/v1/'));
}

/** `GET /api/v1/billers/:bid`: what tables of the tests are keyed by. */
export function nameOfRoute(route: Route): string {
  return `${route.method} ${route.path}`;
}
