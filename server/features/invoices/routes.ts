import { Readable } from 'node:stream';
import { faultsAsCsv, refusedBif } from '@causeway/formats/bif';
import { needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { actorOf } from '../billers/index.ts';
import { searchAccounts } from './account-store.ts';
import { type InvoicesDeps, loadBiller, todayAt } from './biller-reading.ts';
import { changeBlockFlags } from './change-block-flags.ts';
import * as contract from './contract.ts';
import {
  FAULTS_STORED_MAX,
  findForeignGuid,
  findInvoiceFile,
  listFaults,
  listInvoiceFiles,
} from './invoice-file-store.ts';
import { invoiceHistory, listInvoices, readInvoice } from './invoice-store.ts';
import { refuse } from './problems.ts';
import { readInvoiceFile } from './receive-invoice-file.ts';
import { registerUploadInvoice } from './upload-invoice-route.ts';
import { registerUploadRoutes } from './upload-routes.ts';

const tags = ['Invoices'];
const readRight = { access: needs({ scope: 'invoices:read', permission: 'invoices:read' }) };
/** Who may send files may also follow them: a partner's credential for uploads needs no second right. */
const followRight = { access: needs({ scope: 'invoices:write', permission: 'invoices:read' }) };
const base = '/api/v1/billers/:bid';
const LINE_BYTES = 4;

/** Uploads, invoices and accounts of a biller. */
export function registerInvoicesRoutes(app: App, deps: InvoicesDeps): void {
  void app.register(async (scope) => await registerUploadRoutes(scope as unknown as App, deps));
  void app.register(async (scope) => registerUploadInvoice(scope as unknown as App, deps));
  registerFiles(app, deps);
  registerFaults(app, deps);
  registerInvoices(app, deps);
  registerAccounts(app, deps);
  registerBlockFlags(app, deps);
}

function registerFiles(app: App, deps: InvoicesDeps): void {
  app.get(
    `${base}/invoice-files`,
    {
      config: followRight,
      schema: {
        tags,
        summary: 'Uploads, latest first',
        params: contract.bidParams,
        querystring: contract.pageQuery,
        response: { 200: contract.pageOf(contract.invoiceFileSchema) },
      },
    },
    async (request) =>
      await deps.database.withBiller(request.params.bid, (tx) =>
        listInvoiceFiles(tx, request.params.bid, request.query),
      ),
  );
  app.get(
    `${base}/invoice-files/:id`,
    {
      config: followRight,
      schema: {
        tags,
        summary: 'One upload: its state, how far it is read, what came of it',
        params: contract.fileParams,
        response: { 200: contract.invoiceFileSchema },
      },
    },
    async (request) => await readInvoiceFile(deps, request.params.bid, request.params.id),
  );
}

function registerFaults(app: App, deps: InvoicesDeps): void {
  app.get(
    `${base}/invoice-files/:id/faults`,
    {
      config: followRight,
      schema: {
        tags,
        summary: 'What is wrong in an upload, line by line; with Accept: text/csv as CSV, all at once',
        produces: ['application/json', 'text/csv'],
        params: contract.fileParams,
        querystring: contract.pageQuery,
        response: { 200: contract.pageOf(contract.faultSchema) },
      },
    },
    async (request, reply) => {
      const { bid, id } = request.params;
      await readInvoiceFile(deps, bid, id);
      const isCsv = request.headers.accept?.includes('text/csv') ?? false;
      const asked = isCsv ? { limit: FAULTS_STORED_MAX } : request.query;
      const page = await deps.database.withBiller(bid, (tx) => listFaults(tx, bid, id, asked));
      if (!isCsv) return page;
      const csv = faultsAsCsv(page.items);
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="faults-${id}.csv"`)
        .send(csv as never);
    },
  );
  app.get(
    `${base}/invoice-files/:id/refused.bif`,
    {
      config: followRight,
      schema: {
        tags,
        summary: 'The refused invoices of an upload as a BIF, to mend and send again',
        produces: ['text/plain'],
        params: contract.fileParams,
      },
    },
    async (request, reply) => {
      const { bid, id } = request.params;
      const lines = await refusedOf(deps, bid, id);
      return reply
        .header('content-type', 'text/plain')
        .header('content-disposition', `attachment; filename="refused-${id}.bif"`)
        .send(Readable.from(lines));
    },
  );
}

/** The bytes are cut out of the kept file by the layout and the lines of its import, whatever was configured since. */
async function refusedOf(deps: InvoicesDeps, bid: number, id: string): Promise<AsyncIterable<Buffer>> {
  const biller = await loadBiller(deps, bid);
  const { file, foreignGuid } = await deps.database.withBiller(bid, async (tx) => ({
    file: await findInvoiceFile(tx, bid, id),
    foreignGuid: await findForeignGuid(tx, bid, id),
  }));
  const kept = file?.detail.refusedLines;
  const layout = file?.detail.layout;
  if (!file) throw refuse('unknown-invoice-file');
  if (!kept || !layout) throw refuse('nothing-refused');
  const lines = kept === 'all' ? kept : await readLines(deps, kept.sha256);
  const open = async function* (): AsyncGenerator<Uint8Array> {
    yield* await deps.blobs.openRead(file.sha256);
  };
  // Dated as the file was: mended late, it must not pass for newer than what came in between.
  return refusedBif({
    open,
    layout,
    lines,
    // A file of another biller stays one: only a person can say that its invoices are this biller's.
    header: { billerGuid: foreignGuid ?? biller.guid, creationDate: file.fileDate ?? todayAt(biller, deps.clock) },
  });
}

async function readLines(deps: InvoicesDeps, sha256: string): Promise<Uint32Array> {
  const bytes = Buffer.concat(await (await deps.blobs.openRead(sha256)).toArray());
  return new Uint32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    0,
    bytes.length / LINE_BYTES,
  );
}

function registerInvoices(app: App, deps: InvoicesDeps): void {
  app.get(
    `${base}/invoices`,
    {
      config: readRight,
      schema: {
        tags,
        summary: 'Invoices of an account (latest due first), or of the biller (by number)',
        params: contract.bidParams,
        querystring: contract.invoicesQuery,
        response: { 200: contract.pageOf(contract.invoiceSchema) },
      },
    },
    async (request) =>
      await deps.database.withBiller(request.params.bid, (tx) => listInvoices(tx, request.params.bid, request.query)),
  );
  app.get(
    `${base}/invoices/:invoiceNumber`,
    {
      config: readRight,
      schema: {
        tags,
        summary: 'One invoice, and what it said before',
        params: contract.invoiceParams,
        response: { 200: contract.invoiceWithHistorySchema },
      },
    },
    async (request) => {
      const { bid, invoiceNumber } = request.params;
      const invoice = await readInvoice(deps.database, bid, invoiceNumber);
      if (!invoice) throw refuse('unknown-invoice', { invoiceNumber });
      if (invoice.version === 1) return { ...invoice, earlierVersions: [] };
      const earlier = await deps.database.withBiller(bid, (tx) => invoiceHistory(tx, bid, invoiceNumber));
      return { ...invoice, earlierVersions: [...earlier] };
    },
  );
}

function registerAccounts(app: App, deps: InvoicesDeps): void {
  app.get(
    `${base}/accounts`,
    {
      config: { access: needs({ scope: 'accounts:read', permission: 'accounts:read' }) },
      schema: {
        tags: ['Accounts'],
        summary: 'Accounts by the start of their number or of a word of the customer’s name',
        params: contract.bidParams,
        querystring: contract.accountsQuery,
        response: { 200: contract.pageOf(contract.accountSchema) },
      },
    },
    async (request) =>
      await deps.database.withBiller(request.params.bid, (tx) => searchAccounts(tx, request.params.bid, request.query)),
  );
}

function registerBlockFlags(app: App, deps: InvoicesDeps): void {
  app.put(
    `${base}/accounts/:accountNumber/block-flags`,
    {
      config: { access: needs({ permission: 'accounts:write' }) },
      schema: {
        tags: ['Accounts'],
        summary: 'Block or allow bank debits and cards for an account, where setting 32 leaves that to staff',
        params: contract.accountParams,
        body: contract.blockFlagsBody,
        response: { 200: contract.accountSchema },
      },
    },
    async (request) =>
      await changeBlockFlags(deps, { ...request.params, ...request.body, by: actorOf(request.principal) }),
  );
}
