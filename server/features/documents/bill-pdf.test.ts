import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { withFrontDoor, withSandboxBillers } from '../../testing/sandbox-biller.ts';
import { billPdf } from './bill-pdf.ts';
import { storeDocument } from './documents-store.ts';
import { registerDocumentsRoutes } from './routes.ts';

let world: Awaited<ReturnType<typeof withSandboxBillers>>;
const BID = 2984;

beforeAll(async () => {
  world = await withSandboxBillers();
  await world.addBiller(BID);
});
afterEach(() => world.sandbox.reset(['faults', 'requests']));
afterAll(() => world.close());

const fetches = () => world.sandbox.requests({ operation: 'pdf' }).requests.length;
async function add(policy: string, dates = ['2026-10-01']): Promise<{ bid: number; invoiceNumber: string }> {
  await world.addAccount(
    BID,
    policy,
    dates.map((date) => ({ date })),
  );
  return { bid: BID, invoiceNumber: `${policy}-${dates.at(-1)}` };
}
async function bytesOf(pdf: Awaited<ReturnType<typeof billPdf>>): Promise<Buffer> {
  if (pdf.kind !== 'pdf') throw new Error(pdf.sentence);
  return Buffer.concat(await (await pdf.open()).toArray());
}

test('the partner’s PDF is fetched once however many want it, and kept for the next', async () => {
  const invoice = await add('99900001');
  const many = await Promise.all(Array.from({ length: 30 }, () => billPdf(world.deps, invoice)));
  expect(new Set(many.map((pdf) => pdf.kind === 'pdf' && pdf.sha256)).size).toBe(1);
  expect((await bytesOf(await billPdf(world.deps, invoice))).subarray(0, 5).toString()).toBe('%PDF-');
  expect(fetches()).toBe(1);
});

test('a linked document comes before the partner’s', async () => {
  const invoice = await add('99900015');
  const put = await world.deps.blobs.put(Buffer.from('%PDF-1.7 dropped'), { maxBytes: 100 });
  if (!put.ok) throw new Error(put.why);
  await world.deps.database.withBiller(BID, (tx) =>
    storeDocument(tx, BID, {
      invoiceNumber: invoice.invoiceNumber,
      sha256: put.sha256,
      sizeBytes: put.size,
      source: 'dropped',
      fetchedAt: world.clock.now(),
      invoiceVersion: null,
    }),
  );
  expect(await billPdf(world.deps, invoice)).toMatchObject({ kind: 'pdf', source: 'dropped', sizeBytes: 16 });
  expect(fetches()).toBe(0);
});

test('an invoice that changed is asked for again; if that fails the earlier PDF is still shown', async () => {
  const invoice = await add('99900016');
  await billPdf(world.deps, invoice);
  await world.deps.database.withBiller(BID, (tx) =>
    tx.updateTable('invoice').set({ version: 2 }).where('invoice_number', '=', invoice.invoiceNumber).execute(),
  );
  world.sandbox.faults.add({ operation: 'pdf', count: 1, effect: { kind: 'html', status: 200 } });
  expect((await billPdf(world.deps, invoice)).kind).toBe('pdf');
  expect((await billPdf(world.deps, invoice)).kind).toBe('pdf');
  expect((await billPdf(world.deps, invoice)).kind).toBe('pdf');
  expect(fetches()).toBe(3);
});

test.each([
  ['99900040', 'none', []],
  ['99900020', 'none', []],
  ['99900041', 'not-understood', [20]],
  ['99900042', 'too-large', [20]],
  ['99900043', 'not-understood', [20]],
  ['99900047', 'not-understood', [20]],
] as const)('without a PDF %s is "not available yet" (%s), and nothing is kept', async (policy, reason, settings) => {
  const invoice = await add(policy);
  expect(await billPdf(world.deps, invoice)).toMatchObject({ kind: 'not-available', reason, settings: [...settings] });
  const kept = await world.deps.database.withBiller(BID, (tx) =>
    tx.selectFrom('bill_document').select('sha256').where('invoice_number', '=', invoice.invoiceNumber).execute(),
  );
  expect(kept).toStrictEqual([]);
});

test('an earlier bill is never given the partner’s current PDF', async () => {
  await add('99900019', ['2026-09-01', '2026-10-01']);
  expect(await billPdf(world.deps, { bid: BID, invoiceNumber: '99900019-2026-09-01' })).toMatchObject({
    kind: 'not-available',
    reason: 'not-current',
  });
  expect((await billPdf(world.deps, { bid: BID, invoiceNumber: '99900019-2026-10-01' })).kind).toBe('pdf');
});

test('the route serves the PDF so that nothing in it can act for our origin', async () => {
  const invoice = await add('99900044');
  const credential = {
    kind: 'credential',
    bid: BID,
    credentialId: 'c',
    name: 'portal',
    scopes: ['invoices:read'],
  } as const;
  const app = await withFrontDoor(world.deps, credential, (front) => registerDocumentsRoutes(front, world.deps));
  const url = `/api/v1/billers/${BID}/invoices/${invoice.invoiceNumber}/pdf`;
  const answer = await app.inject({ url });
  expect(answer.statusCode).toBe(200);
  expect(answer.rawPayload.subarray(0, 5).toString()).toBe('%PDF-');
  expect(answer.headers).toMatchObject({
    'content-type': 'application/pdf',
    'content-disposition': `attachment; filename="${invoice.invoiceNumber}.pdf"`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    'content-length': String(answer.rawPayload.length),
  });
  expect((await app.inject({ url: `${url}?disposition=inline` })).headers['content-disposition']).toMatch(/^inline; /);
  expect((await app.inject({ url: url.replace(invoice.invoiceNumber, 'nobody-2026-10-01') })).json()).toMatchObject({
    code: 'unknown-invoice',
  });
  const none = await add('99900009');
  world.sandbox.faults.add({ operation: 'pdf', effect: { kind: 'status', status: 404 } });
  expect((await app.inject({ url: url.replace(invoice.invoiceNumber, none.invoiceNumber) })).json()).toMatchObject({
    code: 'bill-not-available',
    status: 404,
  });
  await app.close();
});
