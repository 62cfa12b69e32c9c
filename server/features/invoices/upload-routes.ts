import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { refuse as refuseGenerally } from '../../platform/problems.ts';
import { actorOf } from '../billers/index.ts';
import type { InvoicesDeps } from './biller-reading.ts';
import * as contract from './contract.ts';
import { type PreviewRequest, previewCustomizations } from './preview-customizations.ts';
import { refuse } from './problems.ts';
import { FILE_BYTES_MAX, receiveInvoiceFile, validateInvoiceFile } from './receive-invoice-file.ts';

const tags = ['Invoices'];
const RAW_TYPES = ['text/plain', 'application/octet-stream'];
/** A layout and 19 rules as JSON. */
const DRAFT_BYTES_MAX = 64 * 1024;
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
  registerPreview(app, deps);
}

function registerPreview(app: App, deps: InvoicesDeps): void {
  app.post(
    '/api/v1/billers/:bid/customizations/preview',
    {
      config: { access: needs({ permission: 'configuration:read' }) },
      schema: {
        tags,
        summary: 'What BIF layout and customizations make of a file',
        description:
          'JSON names an upload, with rules and a layout that need not be saved yet. Or send a file: as the body, to try the saved ones, or as the file of a form whose field `draft` (before it) holds `{ customizations, layout }` as JSON. Nothing is stored.',
        consumes: ['application/json', ...RAW_TYPES, 'multipart/form-data'],
        params: contract.bidParams,
        querystring: contract.previewQuery,
        response: { 200: contract.previewSchema },
      },
    },
    async (request, reply) => {
      const asked = await previewOf(request, request.query.count);
      // Whoever closed the page waits for no figures.
      return await previewCustomizations(deps, {
        ...asked,
        bid: request.params.bid,
        isGone: () => reply.raw.destroyed,
      });
    },
  );
}

async function previewOf(request: FastifyRequest, count: number): Promise<Omit<PreviewRequest, 'bid' | 'isGone'>> {
  if (request.isMultipart()) {
    const part = await request.file({ limits: { fieldSize: DRAFT_BYTES_MAX, fields: 1, files: 1 } });
    if (!part) throw refuse('no-file');
    const field = [part.fields.draft].flat()[0];
    const text = field?.type === 'field' ? String(field.value) : '{}';
    const { customizations, layout } = parsed(contract.previewDraftSchema, jsonOf(text));
    return { source: { bytes: part.file }, count, rules: customizations, layout };
  }
  if (isStreamed(request)) return { source: { bytes: (await bodyOf(request, undefined)).source }, count };
  const { fileId, customizations, layout, count: wanted } = parsed(contract.previewRequestSchema, request.body);
  return { source: { fileId }, count: wanted, rules: customizations, layout };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuseGenerally('not-json', { summary: 'the field “draft”' });
  }
}

/** The body in its form, or each fault at its field. */
function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue) => ({ at: issue.path.join('.'), message: issue.message }));
  throw refuseGenerally('invalid-request', { summary: z.prettifyError(read.error).slice(0, 500), faults });
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
    const files = request.files();
    const { value: part } = await files.next();
    if (!part) throw refuse('no-file');
    return { source: onlyFile(part.file, files), name: name ?? part.filename };
  }
  if (request.body instanceof Readable) return { source: request.body, name: name ?? 'upload.bif' };
  if (request.body === undefined || request.body === null) throw refuse('file-empty');
  throw refuseGenerally('wrong-media-type');
}

/** The file, if it is the form's only one: of several, those after the first would be lost without a word. */
async function* onlyFile(file: Readable, files: AsyncIterator<unknown>): AsyncGenerator<Uint8Array> {
  yield* file;
  try {
    await files.next();
  } catch (cause) {
    const isSecond = cause instanceof Error && 'code' in cause && cause.code === 'FST_FILES_LIMIT';
    throw isSecond ? refuse('several-files', {}, cause) : cause;
  }
}
