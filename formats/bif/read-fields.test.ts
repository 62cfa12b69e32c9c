import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldsOf, imtLayout } from './layout.ts';
import { printBif } from './print-bif.ts';
import { readBifFields } from './read-fields.ts';
import { arbitraryInvoices, billerGuid, wideLayout } from './testing/arbitraries.ts';

const sound = {
  InvoiceFormatGuid: billerGuid,
  InvoiceNumber: '0012345-2026-11-20',
  InvoiceDate: '11/20/2026',
  InvoiceDueDate: '12/10/2026',
  TotalAmountDue: '$1,675.00',
  InvoiceTypeID: '252',
  AccountNumber: '0012345',
  CustomerName: 'Ada Alvarez',
};

test('named values give the invoice that a file of them gives', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryInvoices(wideLayout), async (invoices) => {
      const [invoice] = invoices;
      fc.pre(invoice !== undefined);
      const [, header = '', customer = '', ...details] = printBif(
        { billerGuid, creationDate: '2026-11-20' },
        [invoice],
        wideLayout,
      )
        .replace(/\n$/, '') // the last value may itself end with a space
        .split('\n');
      const named = (record: 'invoiceHeader' | 'customerRecord' | 'invoiceDetail', line: string) =>
        Object.fromEntries(
          fieldsOf(wideLayout, record)
            .map((field, index) => [field.name, line.split('|')[index] ?? ''] as const)
            .slice(1),
        );
      const read = await readBifFields(
        {
          fields: { ...named('invoiceHeader', header), ...named('customerRecord', customer) },
          details: details.map((line) => named('invoiceDetail', line)),
        },
        wideLayout,
      );
      expect(read).toEqual({ ok: true, invoice: { ...invoice, line: 2 } });
    }),
  );
});

test('a sound invoice is read, and a value can not pass for rows of its own', async () => {
  expect(await readBifFields({ fields: sound, details: [{ Description: 'Insurance' }] }, imtLayout)).toMatchObject({
    ok: true,
    invoice: { totalCents: 167_500 },
  });
  for (const CustomerName of ['Ada\nID|x', 'Ada|x', 'Ada\r', 'Ada\ud800']) {
    const read = await readBifFields({ fields: { ...sound, CustomerName }, details: [] }, imtLayout);
    expect(read).toMatchObject({
      ok: false,
      faults: [{ line: 0, field: 'CustomerName', fileSpecId: 60, scope: 'invoice' }],
    });
  }
});

test('all faults come at once, and a misspelt name is one', async () => {
  const read = await readBifFields(
    { fields: { ...sound, InvoiceDate: 'soon', TotalAmountDue: '1.234' }, details: [] },
    imtLayout,
  );
  expect(read.ok ? [] : read.faults.map((fault) => [fault.line, fault.field, fault.code])).toEqual([
    [0, 'InvoiceDate', 'not-a-date'],
    [0, 'TotalAmountDue', 'not-money'],
  ]);
  const misspelt = await readBifFields(
    { fields: { ...sound, Balanceforward: '1' }, details: [{ Text: 'x' }] },
    imtLayout,
  );
  expect(misspelt.ok ? [] : misspelt.faults.map((fault) => [fault.code, fault.value])).toEqual([
    ['field-unknown', 'Balanceforward'],
    ['field-unknown', 'Text'],
  ]);
});
