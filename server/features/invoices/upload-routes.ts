import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { refuse as refuseGenerally } from '../../platform/problems.ts';
import { actorOf } from '../billers/index.ts';
import type { InvoicesDeps } from './biller-reading.ts';
import * as contract from './contract.ts';
import { previewCustomizations } from './preview-customizations.ts';
import { refuse } from './problems.ts';
import { FILE_BYTES_MAX, receiveInvoiceFile, validateInvoiceFile } from './receive-invoice-file.ts';

const tags = ['Invoices'];
const RAW_TYPES = ['text/plain', 'application/octet-stream'];
const uploadRight = { access: needs({ scope: 'invoices:write', permission: 'invoices:upload' }) };

/**
 * The calls that take a file. In a scope of their own, where a raw body is a stream and never a string: a file of any
 * size goes to the disk in pieces, and the limit on JSON bodies does not apply to it.
 */
export async function registerUploadRoutes(app: App, deps: InvoicesDeps): Promise<void> {
  app.removeContentTypeParser(['text/plain']);
  app.addContentTypeParser(RAW_TYPES, { bodyLimit: FILE_BYTES_MAX }, (_request, payload, done) => done(null, payload));
  app.post(
    '/api/v1/billers/:bid/invoice-files',
    {
      config: uploadRight,
      schema: {
        tags,
        summary: 'UploadInvoiceFile: send a Biller Invoice File',
        description: `The file as the body (text/plain or application/octet-stream), or as the one file of a form. It is loaded in the background: follow Location. The same bytes sent again answer the first upload. With validateOnly=true nothing is stored and the answer is the report. At most ${FILE_BYTES_MAX} bytes.`,
        consumes: [...RAW_TYPES, 'multipart/form-data'],
        params: contract.bidParams,
        querystring: contract.uploadQuery,
        response: {
          200: z.union([contract.reportSchema, contract.receivedFileSchema]),
          202: contract.receivedFileSchema,
        },
      },
    },
    async (request, reply) => {
      const { bid } = request.params;
      const { source, name } = await bodyOf(request, request.query.name);
      if (request.query.validateOnly) return await validateInvoiceFile(deps, { bid, source });
      const way = request.principal?.kind === 'staff' ? 'staff' : 'upload';
      const file = await receiveInvoiceFile(deps, { bid, name, way, by: actorOf(request.principal), source });
      return sendReceived(reply, bid, file);
    },
  );
  app.post(
    '/api/v1/billers/:bid/customizations/preview',
    {
      config: { access: needs({ permission: 'configuration:read' }) },
      schema: {
        tags,
        summary: 'What the BIF customizations make of the first invoices of a file',
        description:
          'JSON names an upload, and rules that need not be saved yet; or send a file as the body to try the saved rules on. Nothing is stored.',
        consumes: ['application/json', ...RAW_TYPES, 'multipart/form-data'],
        params: contract.bidParams,
        querystring: contract.previewQuery,
        response: { 200: contract.previewSchema },
      },
    },
    async (request) => {
      const { bid } = request.params;
      if (isStreamed(request)) {
        const { source } = await bodyOf(request, undefined);
        return await previewCustomizations(deps, { bid, source: { bytes: source }, count: request.query.count });
      }
      const asked = contract.previewRequestSchema.safeParse(request.body);
      if (!asked.success)
        throw refuseGenerally('invalid-request', { summary: z.prettifyError(asked.error).slice(0, 500) });
      const { fileId, customizations, count } = asked.data;
      return await previewCustomizations(deps, { bid, source: { fileId }, count, rules: customizations });
    },
  );
}

function sendReceived(reply: FastifyReply, bid: number, file: contract.ReceivedFile): contract.ReceivedFile {
  const isWaiting = file.state === 'received' || file.state === 'reading';
  // The first upload's answer was 202; what was loaded before the answer (setting 105), or long ago, is simply there.
  void reply.status(isWaiting ? 202 : 200).header('location', `/api/v1/billers/${bid}/invoice-files/${file.id}`);
  return file;
}

function isStreamed(request: FastifyRequest): boolean {
  return request.isMultipart() || request.body instanceof Readable;
}

/** The file of a request, as a stream: the raw body, or the first file of a form. */
async function bodyOf(
  request: FastifyRequest,
  name: string | undefined,
): Promise<{ source: AsyncIterable<Uint8Array>; name: string }> {
  if (request.isMultipart()) {
    const part = await request.file();
    if (!part) throw refuse('no-file');
    return { source: part.file, name: name ?? part.filename };
  }
  if (request.body instanceof Readable) return { source: request.body, name: name ?? 'upload.bif' };
  if (request.body === undefined || request.body === null) throw refuse('file-empty');
  throw refuseGenerally('wrong-media-type');
}
