import { readBifText } from '@causeway/formats/bif';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import type { InvoicesDeps } from './biller-reading.ts';
import * as contract from './contract.ts';
import { storeInvoice } from './store-invoice.ts';

const bifTextSchema = z.string().min(1);

/**
 * UploadInvoice over HTTP. In a scope of its own, where a text is read from its bytes: a sender's Windows-1252 is no UTF-8,
 * and read as such its names would be spoilt without a word.
 */
export function registerUploadInvoice(app: App, deps: InvoicesDeps): void {
  app.removeContentTypeParser(['text/plain']);
  app.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, readBifText(Buffer.from(body))),
  );
  app.post(
    '/api/v1/billers/:bid/invoices',
    {
      config: { access: needs({ scope: 'invoices:write', permission: 'invoices:upload' }) },
      // By what the body is, so that a fault names its field and not "one of two forms".
      validatorCompiler: (route) => {
        const reader = (schema: z.ZodType) => validatorCompiler({ ...route, schema });
        if (route.httpPart !== 'body') return reader(route.schema as unknown as z.ZodType);
        const readers = { text: reader(bifTextSchema), json: reader(contract.uploadInvoiceSchema) };
        return (body) => (typeof body === 'string' ? readers.text(body) : readers.json(body));
      },
      schema: {
        tags: ['Invoices'],
        summary: 'UploadInvoice: store one invoice',
        description:
          'JSON by the field names of the BIF layout, ID lines under Details; or the invoice as BIF text (text/plain, UTF-8 or Windows-1252), with or without its FH record. Answers the invoice as stored.',
        consumes: ['application/json', 'text/plain'],
        params: contract.bidParams,
        body: z.union([contract.uploadInvoiceSchema, bifTextSchema]),
        response: { 200: contract.storedInvoiceSchema, 201: contract.storedInvoiceSchema },
      },
    },
    async (request, reply) => {
      const { bid } = request.params;
      const body =
        typeof request.body === 'string'
          ? { kind: 'bif' as const, text: request.body }
          : { kind: 'json' as const, fields: request.body };
      const stored = await storeInvoice(deps, { bid, body });
      const location = `/api/v1/billers/${bid}/invoices/${encodeURIComponent(stored.invoice.invoiceNumber)}`;
      return reply
        .status(stored.outcome === 'created' ? 201 : 200)
        .header('location', location)
        .send(stored);
    },
  );
}
