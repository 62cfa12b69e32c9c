import { imtCustomizations, imtLayout } from '@causeway/formats/bif';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { FORMAT_GUID, fileOf, invoiceOf, TEST_BID, withInvoices } from '../../testing/invoices-rig.ts';
import { JUST_PROVEN } from '../../testing/staff.ts';
import { importInvoiceFile } from './import-invoice-file.ts';
import { openInvoices, readOpenInvoices } from './invoice-store.ts';

let at: Awaited<ReturnType<typeof withInvoices>>;
let plain: Awaited<ReturnType<typeof withInvoices>>['rig']['biller'];
beforeAll(async () => {
  at = await withInvoices();
  plain = at.rig.biller;
});
afterAll(async () => await at.close());
afterEach(async () => {
  at.rig.biller = plain;
  await at.database.withSystem(async (tx) => {
    for (const table of ['invoice_file', 'invoice_file_fault', 'invoice', 'invoice_version', 'account'])
      await sql`delete from ${sql.table(table)}`.execute(tx);
  });
});

const json = {
  InvoiceFormatGuid: FORMAT_GUID,
  InvoiceNumber: '0042-2026-12-20',
  InvoiceDate: '11/20/2026',
  InvoiceDueDate: '12/20/2026',
  TotalAmountDue: '1,675.50',
  InvoiceTypeID: 1,
  AccountNumber: '0042',
  CustomerName: 'José Núñez',
  Details: [{ Description: 'Insurance' }],
};
const post = (payload: object | string) =>
  at.app.inject({
    method: 'POST',
    url: `${at.url}/invoices`,
    headers: { 'content-type': typeof payload === 'string' ? 'text/plain' : 'application/json' },
    payload,
  });
const customize = (change: Partial<typeof imtCustomizations>, isGlobal = false) => {
  const { configuration } = plain;
  const integration = { ...configuration.integration, customizations: { ...imtCustomizations, ...change } };
  const invoicing = { ...configuration.invoicing, applyGlobalBifCustomizations: isGlobal };
  at.rig.biller = { ...plain, configuration: { ...configuration, integration, invoicing } };
};

test('UploadInvoice as JSON answers the invoice as stored; again it is unchanged; changed it is replaced', async () => {
  const first = await post(json);
  expect(first.statusCode).toBe(201);
  expect(first.json()).toMatchObject({
    outcome: 'created',
    invoice: {
      invoiceNumber: '0042-2026-12-20',
      accountNumber: '0042',
      totalCents: 167_550,
      dueDate: '2026-12-20',
      details: [{ description: 'Insurance' }],
      fileId: null,
      madeOn: '2026-11-18',
      version: 1,
    },
  });
  expect((await post(json)).json()).toMatchObject({ outcome: 'unchanged', invoice: { version: 1 } });
  const changed = await post({ ...json, TotalAmountDue: 10 });
  expect(changed.statusCode).toBe(200);
  expect(changed.json()).toMatchObject({ outcome: 'replaced', invoice: { version: 2, totalCents: 1000 } });
  expect((await at.invoice('0042-2026-12-20')).earlierVersions).toMatchObject([{ totalCents: 167_550 }]);
});

test('UploadInvoice takes BIF text, with its file header or without', async () => {
  const text = fileOf([invoiceOf({ accountNumber: '9' })]);
  expect((await post(text)).statusCode).toBe(201);
  const bare = text.slice(text.indexOf('\n') + 1).replace('128.50', '99.00');
  expect((await post(bare)).json()).toMatchObject({ outcome: 'replaced', invoice: { totalCents: 9900 } });
});

test('UploadInvoice reads a BIF text in Windows-1252 as it was meant', async () => {
  const text = fileOf([invoiceOf({ accountNumber: '9', customerName: 'José “Pep” Núñez' })]);
  const bytes = Buffer.from(text.replace('“', '\x93').replace('”', '\x94'), 'latin1');
  const sent = await at.app.inject({
    method: 'POST',
    url: `${at.url}/invoices`,
    headers: { 'content-type': 'text/plain' },
    payload: bytes,
  });
  expect(sent.statusCode).toBe(201);
  const accounts = await at.app.inject({ method: 'GET', url: `${at.url}/accounts?q=9` });
  expect(accounts.json().items[0].customerName).toBe('José “Pep” Núñez');
});

test('UploadInvoice takes null for a field left out, and names the field whose value can be none', async () => {
  expect((await post({ ...json, BalanceForward: null, InvoiceFormatGuid: null })).statusCode).toBe(201);
  const wrong = await post({ ...json, Details: 'Insurance' });
  expect(wrong.json()).toMatchObject({ status: 400, faults: [{ at: 'body.Details' }] });
});

test('without Global BIF Customizations what an UploadInvoice sent stands, even where a file’s would be ignored', async () => {
  customize({});
  const { configuration } = at.rig.biller;
  const layout = { ...imtLayout, invoiceHeader: [...imtLayout.invoiceHeader, 'PaymentExpirationDate'] };
  const integration = { ...configuration.integration, layout };
  at.rig.biller = { ...at.rig.biller, configuration: { ...configuration, integration } };
  const stored = await post({ ...json, PaymentExpirationDate: '12/31/2026' });
  expect(stored.json().invoice.derived).toEqual({ paymentExpirationDate: '2026-12-31' });
});

test.each([
  ['a field missing', { CustomerName: '' }, 'CustomerName', 'field-missing'],
  ['no such day', { InvoiceDate: '02/30/2026' }, 'InvoiceDate', 'not-a-date'],
  ['no money', { TotalAmountDue: '1.999' }, 'TotalAmountDue', 'not-money'],
  ['an unknown type', { InvoiceTypeID: '77' }, 'InvoiceTypeID', 'invoice-type-unknown'],
  ['a number of another account', { AccountNumber: '43' }, 'InvoiceNumber', 'invoice-number-mismatch'],
  ['a field that no layout has', { Colour: 'red' }, 'Colour', 'too-many-fields'],
  ['a | in a value', { CustomerName: 'Ann|Olsen' }, 'CustomerName', 'forbidden-character'],
  ['a line end in a value', { CustomerName: 'Ann\nIH|R' }, 'CustomerName', 'forbidden-character'],
  [
    'the GUID of another biller',
    { BillerGuid: '11111111-2222-4333-8444-555555555555' },
    'BillerGuid',
    'biller-guid-mismatch',
  ],
])('UploadInvoice with %s is refused at its field, and stores nothing', async (_what, change, field, rule) => {
  const answer = await post({ ...json, ...change });
  expect(answer.statusCode).toBe(422);
  expect(answer.json().faults).toContainEqual(expect.objectContaining({ at: field, rule }));
  expect((await at.app.inject({ method: 'GET', url: `${at.url}/accounts` })).json().items).toEqual([]);
});

test('two invoices are not one, and none is none', async () => {
  const two = await post(fileOf([invoiceOf({ accountNumber: '1' }), invoiceOf({ accountNumber: '2' })]));
  expect(two.json()).toMatchObject({ status: 422, code: 'not-one-invoice' });
  expect((await post('hello')).json()).toMatchObject({ status: 422, code: 'invoice-refused' });
});

test('an UploadInvoice older than what a file brought is refused and changes nothing', async () => {
  await at.upload(fileOf([invoiceOf({ accountNumber: '5', totalCents: 500 })], '2026-11-19'));
  const older = await post(fileOf([invoiceOf({ accountNumber: '5', totalCents: 100 })], '2026-11-01'));
  expect(older.json()).toMatchObject({ status: 409, code: 'newer-invoice-stored' });
  expect((await at.invoice('5-2026-12-20')).totalCents).toBe(500);
});

test('customizations decide columns and derived fields of a file, whatever way the rules reach', async () => {
  const due = { kind: 'date', from: 'InvoiceDate', offset: 20, days: 'calendar' } as const;
  const notify = { kind: 'date', from: 'InvoiceDueDate', offset: -3, days: 'banking' } as const;
  const partly = { kind: 'constant', value: '0' } as const;
  const text = { kind: 'text', template: 'Call "us" about {AccountNumber} \\ {InvoiceDueDate}' } as const;
  const reaches = [
    { InvoiceDueDate: due, FirstNotifyRequestedDate: notify, AllowPartialPayments: partly },
    {
      InvoiceDueDate: due,
      FirstNotifyRequestedDate: notify,
      AllowPartialPayments: partly,
      PaymentExpirationMessage: text,
    },
  ];
  for (const [index, rules] of reaches.entries()) {
    customize(rules);
    const { file } = await at.upload(fileOf([invoiceOf({ accountNumber: `6${index}` })]));
    expect(file.state).toBe('loaded');
    const invoice = await at.invoice(`6${index}-2026-12-20`);
    expect(invoice).toMatchObject({
      dueDate: '2026-12-10',
      derived: {
        dueDate: '2026-12-10',
        firstNotifyRequestedDate: '2026-12-07',
        allowPartialPayments: false,
        sent: { dueDate: '2026-12-20' },
      },
    });
    if (index === 1) expect(invoice.derived.paymentExpirationMessage).toBe('Call "us" about 61 \\ 12/10/2026');
  }
  customize({ AllowPartialPayments: { kind: 'constant', value: '1' } });
  await at.upload(fileOf([invoiceOf({ accountNumber: '69' })]));
  expect(await at.invoice('69-2026-12-20')).toMatchObject({
    dueDate: '2026-12-20',
    derived: { allowPartialPayments: true },
  });
});

test('BalanceForward by rule carries as BalanceForward in the file does', async () => {
  customize({ BalanceForward: { kind: 'constant', value: '1' } });
  await at.upload(
    fileOf([
      invoiceOf({ accountNumber: '1', dueDate: '2026-10-20', invoiceDate: '2026-09-20' }),
      invoiceOf({ accountNumber: '1' }),
    ]),
  );
  expect((await at.invoice('1-2026-10-20')).carriedBy).toBe('1-2026-12-20');
  const open = await at.database.withBiller(TEST_BID, (tx) => openInvoices(tx, TEST_BID, '1'));
  expect(open.map((invoice) => invoice.invoiceNumber)).toEqual(['1-2026-12-20']);
  expect(await readOpenInvoices(at.database, TEST_BID, '1')).toEqual(open);
});

test('rules reach UploadInvoice only where "Apply Global BIF Customizations" is on', async () => {
  const rules = { LateFeeDate: { kind: 'constant', value: '2026-12-31' } } as const;
  customize(rules, false);
  expect((await post(json)).json().invoice.derived).toEqual({});
  customize(rules, true);
  expect((await post({ ...json, TotalAmountDue: 1 })).json().invoice.derived).toMatchObject({
    lateFeeDate: '2026-12-31',
  });
});

test('setting 105 loads a file of one invoice before the answer; a file of two waits for its job', async () => {
  const { configuration } = plain;
  const on = { '105': { kind: 'text', value: '1' } } as const;
  at.rig.biller = {
    ...plain,
    configuration: { ...configuration, advancedSettings: { ...configuration.advancedSettings, ...on } },
  };
  const send = (text: string) =>
    at.app.inject({
      method: 'POST',
      url: `${at.url}/invoice-files`,
      headers: { 'content-type': 'text/plain' },
      payload: text,
    });
  const one = await send(fileOf([invoiceOf({ accountNumber: '1' })]));
  expect(one.statusCode).toBe(200);
  expect(one.json()).toMatchObject({ state: 'loaded', invoices: { accepted: 1 } });
  const two = await send(fileOf([invoiceOf({ accountNumber: '2' }), invoiceOf({ accountNumber: '3' })]));
  expect(two.statusCode).toBe(202);
  await importInvoiceFile(at.deps, { bid: TEST_BID, fileId: two.json().id });
});

test('a preview shows field, before, after and rule, for rules that are not saved, and stores nothing', async () => {
  const { file } = await at.upload(fileOf([invoiceOf({ accountNumber: '1' }), invoiceOf({ accountNumber: '2' })]));
  const due = { kind: 'date', from: 'InvoiceDate', offset: 20, days: 'calendar' };
  const url = `${at.url}/customizations/preview`;
  at.principal.current = {
    kind: 'staff',
    userId: '1',
    email: 'pm@example.com',
    name: 'PM',
    permissions: new Set(['configuration:read']),
    bid: null,
    csrfToken: 'x',
    ...JUST_PROVEN,
  };
  const headers = { 'x-csrf-token': 'x' };
  const asked = await at.app.inject({
    method: 'POST',
    url,
    headers,
    payload: { fileId: file.id, customizations: { ...imtCustomizations, InvoiceDueDate: due }, count: 1 },
  });
  expect(asked.json().invoices).toEqual([
    {
      line: 2,
      invoiceNumber: '1-2026-12-20',
      changes: [
        { feature: 'InvoiceDueDate', before: '2026-12-20', after: '2026-12-10', rule: 'InvoiceDate + 20 days' },
      ],
    },
  ]);
  const raw = await at.app.inject({
    method: 'POST',
    url: `${url}?count=5`,
    headers: { ...headers, 'content-type': 'text/plain' },
    payload: fileOf([invoiceOf({ accountNumber: '3' })]),
  });
  expect(raw.json().invoices).toHaveLength(1);
  at.principal.current = {
    kind: 'credential',
    bid: TEST_BID,
    credentialId: '1',
    name: 'IMT',
    scopes: ['invoices:write', 'invoices:read', 'accounts:read'],
  };
});
