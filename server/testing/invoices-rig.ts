import { type BifPrintable, imtLayout, printBif } from '@causeway/formats/bif';
import { sql } from 'kysely';
import { type Biller, type Configuration, defaultConfiguration } from '../features/billers/index.ts';
import type { InvoicesDeps } from '../features/invoices/index.ts';
import { INVOICES_QUEUES, importInvoiceFile, registerInvoicesRoutes } from '../features/invoices/index.ts';
import type { Principal } from '../platform/access.ts';
import { type App, buildHttp } from '../platform/http.ts';
import { withTestPlatform } from './platform.ts';

export const TEST_BID = 2984;
export const TEST_GUID = '7f1c2f0a-8f0e-4a53-9a58-0f6f3ee2a001';
export const FORMAT_GUID = '3d9b7f7e-52a6-4f0e-8c63-6f0b8f6b9c11';
const boundary = 'form-boundary';

/** The invoices feature behind the real HTTP door, on a database of its own, for one biller (and a second, empty one). */
export async function withInvoices(from: { configure?: (configuration: Configuration) => Configuration } = {}) {
  const opened = await withTestPlatform({ queues: INVOICES_QUEUES });
  const base = defaultConfiguration({
    name: 'Prairie Pine Mutual',
    integrationPartner: 'IMT Computer Services',
    invoiceFormatGuid: FORMAT_GUID,
  });
  const rig = { biller: billerOf(TEST_BID, TEST_GUID, from.configure?.(base) ?? base), crashAt: '' };
  const other = billerOf(77, '11111111-2222-4333-8444-555555555555', base);
  const deps: InvoicesDeps = {
    ...opened.platform,
    billers: { load: async (bid) => [rig.biller, other].find((biller) => biller.bid === bid) },
    crash: {
      at(name) {
        if (name === rig.crashAt) throw new Error(`died at ${name}`);
      },
    },
  };
  const principal: { current: Principal | undefined } = {
    current: {
      kind: 'credential',
      bid: TEST_BID,
      credentialId: '1',
      name: 'IMT',
      scopes: ['invoices:write', 'invoices:read', 'accounts:read'],
    },
  };
  const app = (await buildHttp({
    log: deps.log,
    database: deps.database,
    random: deps.random,
    clock: deps.clock,
    authenticate: async () => principal.current,
    version: '0',
    isSecure: false,
  })) as App;
  registerInvoicesRoutes(app, deps);
  await app.ready();
  const url = `/api/v1/billers/${TEST_BID}`;
  return {
    ...opened,
    rig,
    deps,
    app,
    url,
    principal,
    /** Sends a file, lets its job run, and answers the upload as it stands then. */
    upload: async (bytes: string | Buffer) => {
      const sent = await app.inject({
        method: 'POST',
        url: `${url}/invoice-files`,
        headers: { 'content-type': 'text/plain' },
        payload: bytes,
      });
      if (sent.statusCode >= 300) return { sent, file: sent.json() };
      await importInvoiceFile(deps, { bid: TEST_BID, fileId: sent.json().id });
      const file = await app.inject({ method: 'GET', url: sent.headers.location as string });
      return { sent, file: file.json() };
    },
    invoice: async (number: string) => (await app.inject({ method: 'GET', url: `${url}/invoices/${number}` })).json(),
    form: (bytes: string, filename: string) => ({
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      payload: `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${filename}"\r\ncontent-type: application/octet-stream\r\n\r\n${bytes}\r\n--${boundary}--\r\n`,
    }),
    /** How many rows of a table the biller sees. */
    count: async (table: string): Promise<number> => {
      const { rows } = await opened.database.withBiller(TEST_BID, (tx) =>
        sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(tx),
      );
      return rows[0]?.n ?? -1;
    },
    /** Leaves no file and no invoice to the next test. */
    clear: () =>
      opened.database.withSystem(async (tx) => {
        for (const table of ['invoice_file', 'invoice_file_fault', 'invoice', 'invoice_version', 'account'])
          await sql`delete from ${sql.table(table)}`.execute(tx);
      }),
    close: async () => {
      await app.close();
      await opened.close();
    },
  };
}

function billerOf(bid: number, guid: string, configuration: Configuration): Biller {
  return { bid, slug: `biller-${bid}`, name: `Biller ${bid}`, guid, version: 1, configuration };
}

/** An invoice of IMT's layout; every member can be told otherwise. */
export function invoiceOf(change: Partial<BifPrintable> & { accountNumber: string }): BifPrintable {
  const { accountNumber, dueDate = '2026-12-20' } = change;
  return {
    invoiceNumber: `${accountNumber}-${dueDate}`,
    customerName: 'Ann Olsen',
    invoiceDate: '2026-11-20',
    dueDate,
    totalCents: 12_850,
    balanceForward: false,
    invoiceTypeId: '1',
    invoiceFormatGuid: FORMAT_GUID,
    details: [{ description: 'Insurance' }],
    extras: {},
    ...change,
  };
}

/** A file of IMT's layout, made on `madeOn`. */
export function fileOf(invoices: readonly BifPrintable[], madeOn = '2026-11-18', reference = ''): string {
  return printBif({ billerGuid: TEST_GUID, creationDate: madeOn, reference }, invoices, imtLayout);
}
