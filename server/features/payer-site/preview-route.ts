import { z } from 'zod';
import { needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { refuse } from '../../platform/problems.ts';
import { storableInstantText } from '../../platform/storable-time.ts';
import { windowDraftSchema } from '../maintenance/contract.ts';
import { closedPage } from './closed-page.ts';
import { frameOfBiller } from './payer-frame.ts';
import type { PayerSiteDeps } from './payer-site-deps.ts';

const params = z.strictObject({ bid: z.coerce.number().int().min(1).max(2_147_483_647) });
const body = z.strictObject({
  message: windowDraftSchema.shape.message,
  endsAt: storableInstantText.describe('When the pages open again'),
  locale: z.enum(['en', 'es']),
});
const answer = z.strictObject({ html: z.string().describe('The whole page, made by what payers are answered with') });

/** A maintenance window as the payer will see it: the same view, the biller's own look, nothing stored. */
export function registerMaintenancePreview(app: App, deps: Pick<PayerSiteDeps, 'billers' | 'pages'>): void {
  app.post(
    '/api/v1/billers/:bid/maintenance-windows/preview',
    {
      config: { access: needs({ permission: 'billers:read' }) },
      schema: {
        tags: ['Maintenance windows'],
        summary: 'The page payers will see, as HTML',
        params,
        body,
        response: { 200: answer },
      },
    },
    async (request) => {
      const biller = await deps.billers.load(request.params.bid);
      if (!biller) throw refuse('not-found');
      const { message, endsAt, locale } = request.body;
      const frame = frameOfBiller(biller, { locale, path: `/${biller.slug}` });
      const window = { message, until: Temporal.Instant.from(endsAt), appliesToAll: true };
      return { html: deps.pages.closed(frame, closedPage(window, frame, 'find')) };
    },
  );
}
