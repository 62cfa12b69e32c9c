import { z } from 'zod';
import { nameOf, needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { noticeSchema, noticesPageSchema, noticesQuerySchema } from './contract.ts';
import { listNotices } from './list-notices.ts';
import { resendNotice } from './resend-notice.ts';
import type { NoticesDeps } from './send-notices.ts';

const bid = z.coerce.number().int().positive();
const tags = ['Notices'];

export function registerNoticesRoutes(app: App, deps: NoticesDeps): void {
  app.get(
    '/api/v1/billers/:bid/notices',
    {
      schema: {
        summary: 'Emails to payers, newest first',
        tags,
        params: z.strictObject({ bid }),
        querystring: noticesQuerySchema,
        response: { 200: noticesPageSchema },
      },
      config: { access: needs({ permission: 'payments:read' }) },
    },
    async (request) =>
      deps.database.withBiller(request.params.bid, (tx) => listNotices(tx, request.params.bid, request.query)),
  );
  app.post(
    '/api/v1/billers/:bid/notices/:id/resend',
    {
      schema: {
        summary: 'Send a notice once more',
        tags,
        params: z.strictObject({ bid, id: z.coerce.number().int().positive() }),
        response: { 200: noticeSchema },
      },
      config: { access: needs({ permission: 'deliveries:operate' }) },
    },
    async (request) =>
      resendNotice(deps, { ...request.params, by: request.principal ? nameOf(request.principal) : 'staff' }),
  );
}
