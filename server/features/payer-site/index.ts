/** The door of the Virtual Site: the payer's pages, one bill at a time. */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PUBLIC } from '../../platform/access.ts';
import { isDatabaseAway } from '../../platform/database.ts';
import type { App } from '../../platform/http.ts';
import type { Platform } from '../../platform/platform.ts';
import { Problem } from '../../platform/problems.ts';
import type { Billers } from '../billers/index.ts';
import type { Partners } from '../billers/partner.ts';
import type { Maintenance } from '../maintenance/index.ts';
import type { Processors } from '../payments/processor.ts';
import { registerBillRoutes } from './bill-routes.ts';
import type { PayerPages } from './contract.ts';
import { registerFindRoutes } from './find-routes.ts';
import { registerPayRoutes } from './pay-routes.ts';
import { namelessFrame, sendMessage } from './payer-frame.ts';
import { createPayerSessions } from './payer-session.ts';
import { registerPaymentRoutes } from './payment-routes.ts';
import { registerPortalPreview } from './portal-preview.ts';
import { registerMaintenancePreview } from './preview-route.ts';
import { registerStyleRoute } from './style-route.ts';

const BUILT = path.join(import.meta.dirname, '..', '..', '..', 'web', 'dist', 'payer', 'index.js');

/** The payer pages as `web/build.ts` made them. Says what to do when they are not there. */
export async function loadPayerPages(): Promise<PayerPages> {
  if (!fs.existsSync(BUILT)) throw new Error('The payer pages are not built. Run: npm run build');
  const built = (await import(pathToFileURL(BUILT).href)) as { payerPages: PayerPages };
  return built.payerPages;
}

/** Registers the pages under `/{biller}`. Registered last: its addresses begin with a name of a biller. */
export function registerPayerSite(
  app: App,
  deps: Platform & {
    readonly billers: Billers;
    readonly maintenance: Maintenance;
    readonly partners: Partners;
    readonly processors: Processors;
  },
  pages: PayerPages,
): void {
  const site = { ...deps, pages, sessions: createPayerSessions(deps) };
  registerMaintenancePreview(app, site);
  registerPortalPreview(app, site);
  // A plugin of its own, so that what goes wrong in it is told as a page and not as JSON.
  app.register(async (scope) => {
    const own = scope as unknown as App;
    own.setErrorHandler((error: unknown, request, reply) => {
      const status = statusOf(error);
      if (status >= 500) request.log.error({ err: error }, 'a payer page failed');
      const kind = status < 500 ? 'forbidden-form' : 'try-again';
      return sendMessage(reply, pages, namelessFrame(request, reply), kind, status);
    });
    own.get('/payer-assets/watch.js', { config: { access: PUBLIC } }, (_request, reply) =>
      reply
        .header('content-type', 'text/javascript; charset=utf-8')
        .header('cache-control', 'public, max-age=3600')
        .send(pages.watchScript),
    );
    registerStyleRoute(own, site);
    registerFindRoutes(own, site);
    registerBillRoutes(own, site);
    registerPayRoutes(own, site);
    registerPaymentRoutes(own, site);
  });
}

/** What the framework refuses (a body too large, of a wrong type, not readable) is the sender's, and no bug of ours. */
function statusOf(error: unknown): number {
  if (error instanceof Problem) return error.kind.status;
  if (isDatabaseAway(error)) return 503;
  const told = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  return told >= 400 && told < 500 ? told : 500;
}
