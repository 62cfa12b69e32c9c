import path from 'node:path';
import { registerDemoInbox } from './demo-inbox.ts';
import { registerBalancesRoutes } from './features/balances/index.ts';
import { registerBillersRoutes } from './features/billers/index.ts';
import { registerDeliveriesRoutes } from './features/deliveries/index.ts';
import { registerDocumentsRoutes } from './features/documents/index.ts';
import { createAuthenticate, registerIdentitiesRoutes } from './features/identities/index.ts';
import { registerInvoicesRoutes } from './features/invoices/index.ts';
import { registerMaintenanceRoutes } from './features/maintenance/index.ts';
import { registerNoticesRoutes } from './features/notices/index.ts';
import { registerOperationsRoutes } from './features/operations/index.ts';
import { registerOverviewRoutes } from './features/overview/index.ts';
import { loadPayerPages, registerPayerSite } from './features/payer-site/index.ts';
import { registerPaymentsRoutes } from './features/payments/index.ts';
import type { FeatureDeps } from './introduce.ts';
import { registerHealth } from './platform/health.ts';
import { type App, buildHttp } from './platform/http.ts';
import type { Inbox } from './platform/mail.ts';
import { registerStaticSite } from './static-site.ts';

const STAFF_SITE = path.join(import.meta.dirname, '..', 'web', 'dist', 'staff');

/** The one visible list of what answers over HTTP. Partners and processors were introduced in `introduce.ts`. */
export async function buildApp(
  deps: FeatureDeps,
  from: { version: string; isStopping: () => boolean; inbox?: Inbox },
): Promise<App> {
  const app = await buildHttp({
    log: deps.log,
    database: deps.database,
    random: deps.random,
    clock: deps.clock,
    authenticate: createAuthenticate(deps),
    version: from.version,
    isSecure: deps.publicUrl.startsWith('https:'),
  });
  registerHealth(app, { database: deps.database, metrics: deps.metrics, isStopping: from.isStopping });
  registerIdentitiesRoutes(app, deps);
  registerBillersRoutes(app, deps);
  registerMaintenanceRoutes(app, deps);
  registerInvoicesRoutes(app, deps);
  registerBalancesRoutes(app, deps);
  registerDocumentsRoutes(app, deps);
  registerNoticesRoutes(app, deps);
  registerDeliveriesRoutes(app, deps);
  registerPaymentsRoutes(app, deps);
  registerOverviewRoutes(app, deps);
  registerOperationsRoutes(app, deps);
  registerStaticSite(app, { folder: STAFF_SITE });
  registerPayerSite(app, deps, await loadPayerPages());
  if (from.inbox && deps.config.isDemoInboxShown) registerDemoInbox(app, from.inbox);
  return app;
}
