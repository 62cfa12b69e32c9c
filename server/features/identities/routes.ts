import type { App } from '../../platform/http.ts';
import { registerCredentialRoutes } from './credential-routes.ts';
import { registerOidcRoutes } from './oidc-routes.ts';
import { registerOwnSecurityRoutes } from './own-security-routes.ts';
import { registerOwnSessionRoutes } from './own-session-routes.ts';
import { createPasswords } from './password.ts';
import type { RouteDeps } from './route-deps.ts';
import { registerSecondStepRoutes } from './second-step-routes.ts';
import { registerSessionRoutes } from './session-routes.ts';
import { registerStaffUserPageRoutes } from './staff-user-page-routes.ts';
import { registerStaffUserRoutes } from './staff-user-routes.ts';

/** Sign-in, sessions, staff users and API credentials. */
export function registerIdentitiesRoutes(app: App, deps: RouteDeps): void {
  const passwords = createPasswords(deps.random);
  registerSessionRoutes(app, { ...deps, passwords });
  registerSecondStepRoutes(app, { ...deps, passwords });
  registerOwnSecurityRoutes(app, { ...deps, passwords });
  registerOidcRoutes(app, { ...deps, passwords });
  registerOwnSessionRoutes(app, { ...deps, passwords });
  registerStaffUserRoutes(app, deps);
  registerStaffUserPageRoutes(app, deps);
  registerCredentialRoutes(app, deps);
}
