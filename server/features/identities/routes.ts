import type { App } from '../../platform/http.ts';
import { registerCredentialRoutes } from './credential-routes.ts';
import { registerOwnSecurityRoutes } from './own-security-routes.ts';
import { createPasswords } from './password.ts';
import type { RouteDeps } from './route-deps.ts';
import { registerSecondStepRoutes } from './second-step-routes.ts';
import { registerSessionRoutes } from './session-routes.ts';
import { registerStaffUserRoutes } from './staff-user-routes.ts';

/** Sign-in, sessions, staff users and API credentials. */
export function registerIdentitiesRoutes(app: App, deps: RouteDeps): void {
  const passwords = createPasswords(deps.random);
  registerSessionRoutes(app, { ...deps, passwords });
  registerSecondStepRoutes(app, { ...deps, passwords });
  registerOwnSecurityRoutes(app, { ...deps, passwords });
  registerStaffUserRoutes(app, deps);
  registerCredentialRoutes(app, deps);
}
