import type { App } from '../../platform/http.ts';
import { registerCredentialRoutes } from './credentials/credential-routes.ts';
import { registerOwnSecurityRoutes } from './factors/own-security-routes.ts';
import type { RouteDeps } from './route-deps.ts';
import { registerOwnSessionRoutes } from './sessions/own-session-routes.ts';
import { registerSecondStepRoutes } from './sessions/second-step-routes.ts';
import { registerSessionRoutes } from './sessions/session-routes.ts';
import { registerOidcRoutes } from './sign-on/oidc-routes.ts';
import { createPasswords } from './staff/password.ts';
import { registerStaffUserPageRoutes } from './staff/staff-user-page-routes.ts';
import { registerStaffUserRoutes } from './staff/staff-user-routes.ts';

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
