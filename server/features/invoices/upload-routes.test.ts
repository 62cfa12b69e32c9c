import type { ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { fileOf, invoiceOf, withInvoices } from '../../testing/invoices-rig.ts';

let at: Awaited<ReturnType<typeof withInvoices>>;
beforeAll(async () => {
  at = await withInvoices();
});
afterAll(async () => await at.close());
afterEach(() => at.clear());

test('a form carries a file as well as a raw body does, and its name is kept without its path', async () => {
  const { headers, payload } = at.form(fileOf([invoiceOf({ accountNumber: '1' })]), 'C:\\\\bills\\\\nov.bif');
  const sent = await at.app.inject({ method: 'POST', url: `${at.url}/invoice-files`, headers, payload });
  expect(sent.statusCode).toBe(202);
  expect(sent.json().name).toBe('nov.bif');
});

test('a form with two files is refused whole, for the second would be lost without a word', async () => {
  const { headers, payload } = at.form(fileOf([invoiceOf({ accountNumber: '1' })]), 'one.bif');
  const second = at.form(fileOf([invoiceOf({ accountNumber: '2' })]), 'two.bif').payload;
  const both = `${payload.slice(0, payload.lastIndexOf('--form-boundary--'))}${second}`;
  const sent = await at.app.inject({ method: 'POST', url: `${at.url}/invoice-files`, headers, payload: both });
  expect(sent.json()).toMatchObject({ status: 400, code: 'several-files' });
  expect(await at.count('invoice_file')).toBe(0);
});

test('an upload that breaks off stores nothing and is no bug of ours', async () => {
  await at.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = at.app.server.address() as AddressInfo;
  const asked = new Promise<ServerResponse>((resolve) =>
    at.app.server.once('request', (_request, reply) => resolve(reply)),
  );
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `POST ${at.url}/invoice-files HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 999\r\n\r\nFH|`,
  );
  const reply = await asked;
  socket.destroy();
  await expect.poll(() => reply.statusCode, { timeout: 60_000 }).not.toBe(200);
  expect(reply.statusCode).toBe(400);
  expect(await at.count('invoice_file')).toBe(0);
});
