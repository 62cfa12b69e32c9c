import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { FORMAT_GUID, fileOf, invoiceOf, TEST_BID, TEST_GUID, withInvoices } from '../../testing/invoices-rig.ts';
import { importInvoiceFile } from './import-invoice-file.ts';

let at: Awaited<ReturnType<typeof withInvoices>>;
beforeAll(async () => {
  at = await withInvoices();
});
afterAll(async () => await at.close());
afterEach(async () => {
  at.rig.crashAt = '';
  await at.clear();
});

test('a right file is loaded: accounts, invoices, details, and its counts', async () => {
  const { sent, file } = await at.upload(
    fileOf([
      invoiceOf({ accountNumber: '007' }),
      invoiceOf({ accountNumber: '008', totalCents: -250, details: [{ description: 'Auto' }, {}] }),
    ]),
  );
  expect(sent.statusCode).toBe(202);
  expect(file).toMatchObject({
    state: 'loaded',
    invoices: { accepted: 2, refused: 0, unchanged: 0, kept: 0 },
    totalCents: 12_600,
    faultCount: 0,
    bytesRead: file.sizeBytes,
  });
  const stored = await at.invoice('008-2026-12-20');
  expect(stored).toMatchObject({
    accountNumber: '008',
    totalCents: -250,
    details: [{ description: 'Auto' }, {}],
    version: 1,
    fileId: file.id,
    madeOn: '2026-11-18',
    earlierVersions: [],
  });
  expect(await at.count('account')).toBe(2);
});

test('the same bytes again answer the first upload and change nothing', async () => {
  const text = fileOf([invoiceOf({ accountNumber: '1' })]);
  const first = await at.upload(text);
  const again = await at.upload(text);
  expect(again.sent.statusCode).toBe(200);
  expect(again.sent.json()).toMatchObject({ id: first.file.id, isRepeat: true, state: 'loaded' });
  expect(await at.count('invoice_file')).toBe(1);
  expect((await at.invoice('1-2026-12-20')).version).toBe(1);
});

test('a later file replaces amount, dates and details of a number, and keeps what was there as a version', async () => {
  const first = await at.upload(fileOf([invoiceOf({ accountNumber: '1' }), invoiceOf({ accountNumber: '2' })]));
  const later = await at.upload(
    fileOf(
      [
        invoiceOf({ accountNumber: '1', totalCents: 999, details: [{ description: 'New' }] }),
        invoiceOf({ accountNumber: '2' }),
      ],
      '2026-11-19',
    ),
  );
  expect(later.file.invoices).toEqual({ accepted: 2, refused: 0, unchanged: 1, kept: 0 });
  const replaced = await at.invoice('1-2026-12-20');
  expect(replaced).toMatchObject({
    totalCents: 999,
    version: 2,
    fileId: later.file.id,
    details: [{ description: 'New' }],
  });
  expect(replaced.earlierVersions).toMatchObject([{ version: 1, totalCents: 12_850, fileId: first.file.id }]);
  expect(await at.invoice('2-2026-12-20')).toMatchObject({ version: 1, fileId: first.file.id });
});

test('unchanged invoices of another file write no row: their place in the table stays', async () => {
  const invoices = Array.from({ length: 50 }, (_, index) => invoiceOf({ accountNumber: String(1000 + index) }));
  await at.upload(fileOf(invoices));
  const places = async () =>
    (
      await at.database.withBiller(TEST_BID, (tx) =>
        sql`select ctid::text, xmin::text from invoice order by invoice_number`.execute(tx),
      )
    ).rows;
  const before = await places();
  const again = await at.upload(fileOf(invoices, '2026-11-18', 'another file'));
  expect(again.file.invoices.unchanged).toBe(50);
  expect(await places()).toEqual(before);
});

test('a file made earlier than one already loaded adds what is new and moves nothing back (F65)', async () => {
  await at.upload(fileOf([invoiceOf({ accountNumber: '1', totalCents: 500, customerName: 'New Name' })], '2026-11-18'));
  const older = await at.upload(
    fileOf(
      [invoiceOf({ accountNumber: '1', totalCents: 100, customerName: 'Old Name' }), invoiceOf({ accountNumber: '2' })],
      '2026-11-10',
    ),
  );
  expect(older.file.invoices).toEqual({ accepted: 2, refused: 0, unchanged: 0, kept: 1 });
  expect(await at.invoice('1-2026-12-20')).toMatchObject({ totalCents: 500, version: 1 });
  expect((await at.invoice('2-2026-12-20')).totalCents).toBe(12_850);
  const accounts = await at.app.inject({ method: 'GET', url: `${at.url}/accounts?q=1` });
  expect(accounts.json().items[0].customerName).toBe('New Name');
});

test('what a file says is held against what is stored of each invoice, not against the newest file of the biller (F65)', async () => {
  const said = (totalCents: number, customerName: string) =>
    invoiceOf({ accountNumber: '1', totalCents, customerName });
  await at.upload(fileOf([invoiceOf({ accountNumber: '9' })], '2062-11-18'));
  await at.upload(fileOf([said(500, 'Ann First')], '2026-11-10'));
  const later = await at.upload(fileOf([said(700, 'Ann Second')], '2026-11-12'));
  expect(later.file.invoices).toEqual({ accepted: 1, refused: 0, unchanged: 0, kept: 0 });
  expect(await at.invoice('1-2026-12-20')).toMatchObject({ totalCents: 700, version: 2, madeOn: '2026-11-12' });
  const accounts = await at.app.inject({ method: 'GET', url: `${at.url}/accounts?q=1` });
  expect(accounts.json().items[0].customerName).toBe('Ann Second');
});

test('a file that says an invoice again keeps an older one from changing it, without a new version', async () => {
  const said = (totalCents: number) => invoiceOf({ accountNumber: '1', totalCents });
  await at.upload(fileOf([said(500)], '2026-11-10'));
  const again = await at.upload(fileOf([said(500)], '2026-11-14'));
  expect(again.file.invoices).toEqual({ accepted: 1, refused: 0, unchanged: 1, kept: 0 });
  const between = await at.upload(fileOf([said(100)], '2026-11-12'));
  expect(between.file.invoices.kept).toBe(1);
  expect(await at.invoice('1-2026-12-20')).toMatchObject({ totalCents: 500, version: 1, madeOn: '2026-11-14' });
});

test('the last row of an account gives its name', async () => {
  const invoices = [
    invoiceOf({ accountNumber: '1', customerName: 'First', dueDate: '2026-12-01' }),
    invoiceOf({ accountNumber: '1', customerName: 'Last', dueDate: '2026-12-02' }),
  ];
  await at.upload(fileOf(invoices));
  const found = await at.app.inject({ method: 'GET', url: `${at.url}/accounts?q=1` });
  expect(found.json().items).toMatchObject([{ accountNumber: '1', customerName: 'Last' }]);
});

test('an invoice number twice in a file refuses both, and the others load (F61)', async () => {
  const twice = [
    invoiceOf({ accountNumber: '1', totalCents: 100 }),
    invoiceOf({ accountNumber: '1', totalCents: 200 }),
    invoiceOf({ accountNumber: '2', totalCents: 300 }),
  ];
  const { file } = await at.upload(fileOf(twice));
  expect(file).toMatchObject({ state: 'partly', invoices: { accepted: 1, refused: 2 }, totalCents: 300 });
  expect(await at.count('invoice')).toBe(1);
  const faults = await at.app.inject({ method: 'GET', url: `${at.url}/invoice-files/${file.id}/faults` });
  expect(faults.json().items.map((fault: { code: string }) => fault.code)).toContain('invoice-number-repeated');
  const refused = await at.app.inject({ method: 'GET', url: `${at.url}/invoice-files/${file.id}/refused.bif` });
  expect(refused.body.split('\n').filter((line) => line.startsWith('IH|'))).toHaveLength(2);
  expect(refused.body.split('\n')[0]).toBe(`FH|${TEST_GUID}||11/18/2026|2|3.00`);
});

test('an invoice with BalanceForward carries the older ones of its account, and one without lets them go', async () => {
  const old = invoiceOf({ accountNumber: '1', dueDate: '2026-10-20', invoiceDate: '2026-09-20' });
  const mid = invoiceOf({ accountNumber: '1', dueDate: '2026-11-20', invoiceDate: '2026-10-20', balanceForward: true });
  const late = invoiceOf({ accountNumber: '1', balanceForward: true });
  await at.upload(fileOf([old, invoiceOf({ accountNumber: '2' })], '2026-11-01'));
  await at.upload(fileOf([mid, late], '2026-11-02'));
  expect((await at.invoice(old.invoiceNumber)).carriedBy).toBe(mid.invoiceNumber);
  expect((await at.invoice(mid.invoiceNumber)).carriedBy).toBe(late.invoiceNumber);
  expect((await at.invoice(late.invoiceNumber)).carriedBy).toBeNull();
  await at.upload(
    fileOf(
      [
        { ...mid, balanceForward: false },
        { ...late, balanceForward: false },
      ],
      '2026-11-03',
    ),
  );
  expect((await at.invoice(old.invoiceNumber)).carriedBy).toBeNull();
});

test.each(['import-copied', 'import-merged'] as const)(
  'a death at %s leaves the old state, and the job that comes back completes (F66)',
  async (point) => {
    await at.upload(fileOf([invoiceOf({ accountNumber: '1' })], '2026-11-01'));
    at.rig.crashAt = point;
    const sent = await at.app.inject({
      method: 'POST',
      url: `${at.url}/invoice-files`,
      headers: { 'content-type': 'text/plain' },
      payload: fileOf(
        [invoiceOf({ accountNumber: '1', totalCents: 1 }), invoiceOf({ accountNumber: '2' })],
        '2026-11-02',
      ),
    });
    const fileId = sent.json().id;
    await expect(importInvoiceFile(at.deps, { bid: TEST_BID, fileId })).rejects.toThrow('died');
    expect(await at.invoice('1-2026-12-20')).toMatchObject({ totalCents: 12_850, version: 1 });
    expect(await at.count('invoice')).toBe(1);
    expect(await at.count('account')).toBe(1);
    at.rig.crashAt = '';
    await importInvoiceFile(at.deps, { bid: TEST_BID, fileId });
    expect(await at.invoice('1-2026-12-20')).toMatchObject({ totalCents: 1, version: 2 });
    expect(await at.count('invoice')).toBe(2);
  },
);

test('a death after the commit changes nothing more when the job comes back', async () => {
  at.rig.crashAt = 'import-committed';
  const sent = await at.app.inject({
    method: 'POST',
    url: `${at.url}/invoice-files`,
    headers: { 'content-type': 'text/plain' },
    payload: fileOf([invoiceOf({ accountNumber: '1' })]),
  });
  await expect(importInvoiceFile(at.deps, { bid: TEST_BID, fileId: sent.json().id })).rejects.toThrow('died');
  at.rig.crashAt = '';
  await importInvoiceFile(at.deps, { bid: TEST_BID, fileId: sent.json().id });
  expect((await at.invoice('1-2026-12-20')).version).toBe(1);
});

test('a file that breaks the reading each time is given up, and its bytes may come again', async () => {
  const text = fileOf([invoiceOf({ accountNumber: '1' })]);
  at.rig.crashAt = 'import-copied';
  const sent = await at.app.inject({
    method: 'POST',
    url: `${at.url}/invoice-files`,
    headers: { 'content-type': 'text/plain' },
    payload: text,
  });
  const fileId = sent.json().id;
  for (let attempt = 1; attempt < 8; attempt++)
    await expect(importInvoiceFile(at.deps, { bid: TEST_BID, fileId })).rejects.toThrow('died');
  await importInvoiceFile(at.deps, { bid: TEST_BID, fileId });
  expect((await at.app.inject({ method: 'GET', url: sent.headers.location as string })).json()).toMatchObject({
    state: 'failed',
    failure: expect.stringContaining('died'),
  });
  at.rig.crashAt = '';
  expect((await at.upload(text)).file).toMatchObject({ state: 'loaded' });
});

test('two uploads worked at once are loaded one after the other, in the order they came', async () => {
  const versions = [100, 200, 300].map((totalCents) => fileOf([invoiceOf({ accountNumber: '1', totalCents })]));
  const ids: string[] = [];
  for (const text of versions) {
    at.clock.advance(1000);
    const sent = await at.app.inject({
      method: 'POST',
      url: `${at.url}/invoice-files`,
      headers: { 'content-type': 'text/plain' },
      payload: text,
    });
    ids.push(sent.json().id);
  }
  await Promise.all(ids.toReversed().map((fileId) => importInvoiceFile(at.deps, { bid: TEST_BID, fileId })));
  const invoice = await at.invoice('1-2026-12-20');
  expect(invoice).toMatchObject({ totalCents: 300, version: 3 });
  expect(invoice.earlierVersions.map((version: { totalCents: number }) => version.totalCents)).toEqual([200, 100]);
});

test('validateOnly reports with every check and stores nothing', async () => {
  const text = fileOf([
    invoiceOf({ accountNumber: '1' }),
    invoiceOf({ accountNumber: '1' }),
    invoiceOf({ accountNumber: '2', totalCents: 700 }),
  ]);
  const answer = await at.app.inject({
    method: 'POST',
    url: `${at.url}/invoice-files?validateOnly=true`,
    headers: { 'content-type': 'text/plain' },
    payload: text,
  });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({ verdict: 'partly', invoices: { accepted: 1, refused: 2 }, totalCents: 700 });
  expect(await at.count('invoice_file')).toBe(0);
});

test('an upload of another biller is not found, and its rows are not seen', async () => {
  const { file } = await at.upload(fileOf([invoiceOf({ accountNumber: '1' })]));
  const foreign = await at.app.inject({ method: 'GET', url: `/api/v1/billers/77/invoice-files/${file.id}` });
  expect(foreign.statusCode).toBe(404);
});

const good = fileOf([invoiceOf({ accountNumber: '1' })]);
const mutate = (from: string | RegExp, to: string) => good.replace(from, to);
const badFiles: readonly (readonly [what: string, text: string | Buffer, code: string])[] = [
  ['no file header', good.slice(good.indexOf('\n') + 1), 'header-missing'],
  ['the GUID of another biller', mutate(TEST_GUID, '11111111-2222-4333-8444-555555555555'), 'biller-guid-mismatch'],
  ['a wrong InvoiceCount', mutate('|1|128.50', '|2|128.50'), 'invoice-count-mismatch'],
  ['a wrong TotalInvoiceAmount', mutate('|1|128.50', '|1|129.50'), 'total-amount-mismatch'],
  ['an unknown row type', `${good}XX|1\n`, 'row-type-unknown'],
  ['a second header', `${good}${good}`, 'header-repeated'],
  ['a NUL byte', mutate('Ann', 'An\0'), 'file-nul-byte'],
  ['UTF-16', Buffer.from(good, 'utf16le'), 'file-encoding'],
];

test.each(badFiles)('a file with %s is refused whole', async (_what, text, code) => {
  const { file } = await at.upload(text);
  expect(file).toMatchObject({ state: 'refused', invoices: { accepted: 0 }, totalCents: 0 });
  const faults = await at.app.inject({ method: 'GET', url: `${at.url}/invoice-files/${file.id}/faults` });
  expect(faults.json().items.map((fault: { code: string }) => fault.code)).toContain(code);
  expect(await at.count('invoice')).toBe(0);
});

const badInvoices: readonly (readonly [what: string, from: string, to: string, code: string])[] = [
  ['a field missing', '|Ann Olsen', '|', 'field-missing'],
  ['no such day', '|11/20/2026|', '|02/30/2026|', 'not-a-date'],
  ['a date in another form', '|11/20/2026|', '|2026-11-20|', 'not-a-date'],
  ['no money', '|128.50||1', '|12a||1', 'not-money'],
  ['three places', '|128.50||1', '|128.500||1', 'not-money'],
  ['an unknown invoice type', '|128.50||1', '|128.50||9', 'invoice-type-unknown'],
  ['an InvoiceNumber of another account', '|1-2026', '|2-2026', 'invoice-number-mismatch'],
  ['a | in a value', 'Ann Olsen', 'Ann|Olsen', 'too-many-fields'],
  ['letters in the account number', 'CR|1|', 'CR|A|', 'not-digits'],
  ['no GUID', FORMAT_GUID, 'none', 'not-a-guid'],
  ['another record type', 'IH|R|', 'IH|Q|', 'field-not-constant'],
];

test.each(badInvoices)('an invoice with %s is refused, and the others load', async (_what, from, to, code) => {
  const text = fileOf([
    invoiceOf({ accountNumber: '1' }),
    invoiceOf({ accountNumber: '20', totalCents: 12_850 }),
  ]).replace('|2|257.00', '|2|257.00');
  const { file } = await at.upload(text.replace(from, to));
  const faults = await at.app.inject({ method: 'GET', url: `${at.url}/invoice-files/${file.id}/faults` });
  expect(faults.json().items.map((fault: { code: string }) => fault.code)).toContain(code);
  expect(file).toMatchObject({ state: 'partly', invoices: { accepted: 1, refused: 1 } });
  expect((await at.invoice('20-2026-12-20')).accountNumber).toBe('20');
});

test('where the biller wants it, one wrong invoice refuses the whole file', async () => {
  const { biller } = at.rig;
  const { configuration } = biller;
  at.rig.biller = {
    ...biller,
    configuration: { ...configuration, invoicing: { ...configuration.invoicing, refuseWholeFileOnInvoiceFault: true } },
  };
  const { file } = await at.upload(
    fileOf([invoiceOf({ accountNumber: '1' }), invoiceOf({ accountNumber: '20' })]).replace('Ann Olsen', ''),
  );
  at.rig.biller = biller;
  expect(file).toMatchObject({ state: 'refused', invoices: { accepted: 0, refused: 2 } });
  expect(await at.count('invoice')).toBe(0);
});

test('faults come as CSV too', async () => {
  const { file } = await at.upload(good.replace('Ann Olsen', ''));
  const csv = await at.app.inject({
    method: 'GET',
    url: `${at.url}/invoice-files/${file.id}/faults`,
    headers: { accept: 'text/csv' },
  });
  expect(csv.headers['content-type']).toContain('text/csv');
  expect(csv.body.split('\r\n')[0]).toBe('line,position,fileSpecId,field,value,code,message,scope');
  expect(csv.body).toContain('field-missing');
});

test('a large file reaches the planner: later small ones, and a carrying one, are planned by what is there', async () => {
  const invoices = Array.from({ length: 6000 }, (_, index) =>
    invoiceOf({
      accountNumber: String(100_000 + (index >> 1)),
      dueDate: index % 2 === 0 ? '2026-12-20' : '2026-12-21',
      balanceForward: index % 2 === 1,
    }),
  );
  const { file } = await at.upload(fileOf(invoices));
  expect(file).toMatchObject({ state: 'loaded', invoices: { accepted: 6000 } });
  const known = await at.database.withSystem((tx) =>
    sql<{ n: number }>`select reltuples::bigint as n from pg_class where oid = 'invoice'::regclass`.execute(tx),
  );
  expect(known.rows[0]?.n).toBe(6000);
  const carried = await at.database.withBiller(TEST_BID, (tx) =>
    sql<{ n: number }>`select count(*) as n from invoice where carried_by is not null`.execute(tx),
  );
  expect(carried.rows[0]?.n).toBe(3000);
});
