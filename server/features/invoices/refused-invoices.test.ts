import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { fileOf, invoiceOf, TEST_GUID, withInvoices } from '../../testing/invoices-rig.ts';

let at: Awaited<ReturnType<typeof withInvoices>>;
beforeAll(async () => {
  at = await withInvoices();
});
afterAll(async () => await at.close());
afterEach(() => at.clear());

const refusedOf = async (id: string) =>
  await at.app.inject({ method: 'GET', url: `${at.url}/invoice-files/${id}/refused.bif` });

test('the refused file of another biller stays that biller’s, however often it is taken out and sent', async () => {
  const foreign = fileOf([invoiceOf({ accountNumber: '1' })]).replace(
    TEST_GUID,
    '99999999-2222-4333-8444-555555555555',
  );
  const { file } = await at.upload(foreign);
  const again = await at.upload((await refusedOf(file.id)).body);
  expect(again.file.state).toBe('refused');
  expect(await at.count('invoice')).toBe(0);
});

test('a file refused for its header or an empty line comes back as one that loads', async () => {
  const text = fileOf([invoiceOf({ accountNumber: '1', customerName: 'Zoë' }), invoiceOf({ accountNumber: '2' })]);
  const { file } = await at.upload(
    Buffer.from(
      text
        .replace('|2|', '|3|')
        .replace('\nIH', '\n\nIH')
        .replace(/(?<=Insurance)\nIH/, '\r\n\r\nIH'),
      'latin1',
    ),
  );
  expect(file.state).toBe('refused');
  const again = await at.upload((await refusedOf(file.id)).rawPayload);
  expect(again.file).toMatchObject({ state: 'loaded', invoices: { accepted: 2 } });
  const accounts = await at.app.inject({ method: 'GET', url: `${at.url}/accounts?q=1` });
  expect(accounts.json().items[0].customerName).toBe('Zoë');
});

test('an upload of which nothing was refused says so, and not that there is none', async () => {
  const { file } = await at.upload(fileOf([invoiceOf({ accountNumber: '1' })]));
  expect((await refusedOf(file.id)).json()).toMatchObject({ status: 404, code: 'nothing-refused' });
});

test('a file with lone carriage returns is told so, instead of a line with too many fields', async () => {
  const { file } = await at.upload(fileOf([invoiceOf({ accountNumber: '1' })]).replaceAll('\n', '\r'));
  const faults = await at.app.inject({ method: 'GET', url: `${at.url}/invoice-files/${file.id}/faults` });
  expect(faults.json().items).toMatchObject([
    { code: 'control-character', message: expect.stringContaining('LF or CRLF') },
  ]);
});
