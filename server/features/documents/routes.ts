import { needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { invoiceParams } from '../invoices/contract.ts';
import { billPdf, type DocumentsDeps } from './bill-pdf.ts';
import { pdfQuery } from './contract.ts';
import { refuse } from './problems.ts';
import { sendPdf } from './send-pdf.ts';

export function registerDocumentsRoutes(app: App, deps: DocumentsDeps): void {
  app.get(
    '/api/v1/billers/:bid/invoices/:invoiceNumber/pdf',
    {
      schema: {
        summary: 'The PDF of a bill: the linked one, else the partner’s',
        description:
          'Answers `application/pdf`, or 404 `bill-not-available` with the reason and the settings to look at.',
        tags: ['Invoices'],
        params: invoiceParams,
        querystring: pdfQuery,
      },
      config: { access: needs({ scope: 'invoices:read', permission: 'invoices:read' }) },
    },
    async ({ params, query }, reply) => {
      const pdf = await billPdf(deps, params);
      if (pdf.kind === 'not-available') {
        const { reason, sentence, settings } = pdf;
        throw refuse('bill-not-available', { why: sentence, reason, settings });
      }
      return await sendPdf(reply, pdf, { fileName: params.invoiceNumber, disposition: query.disposition });
    },
  );
}
