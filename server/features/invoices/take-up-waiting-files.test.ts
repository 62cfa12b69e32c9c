import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileOf, invoiceOf, TEST_BID, withInvoices } from '../../testing/invoices-rig.ts';
import { importInvoiceFile } from './import-invoice-file.ts';
import { takeUpWaitingFiles } from './take-up-waiting-files.ts';

let at: Awaited<ReturnType<typeof withInvoices>>;
beforeAll(async () => {
  at = await withInvoices();
});
afterAll(async () => await at?.close());

/** Received, and no job runs here: as when the queue has given it up. */
async function send(accountNumber: string): Promise<string> {
  const sent = await at.app.inject({
    method: 'POST',
    url: `${at.url}/invoice-files`,
    headers: { 'content-type': 'text/plain' },
    payload: fileOf([invoiceOf({ accountNumber })]),
  });
  return sent.json().id;
}

const stateOf = async (id: string) =>
  (await at.app.inject({ url: `${at.url}/invoice-files/${id}` })).json().state as string;
const takeUp = () => takeUpWaitingFiles(at.deps, new AbortController().signal);

test('files whose jobs were given up are loaded in their order, and a new one is left to its job', async () => {
  const first = await send('1');
  const second = await send('2');
  at.rig.crashAt = 'import-merged';
  await expect(importInvoiceFile(at.deps, { bid: TEST_BID, fileId: first })).rejects.toThrow('died');
  at.rig.crashAt = '';
  at.clock.advance(16 * 60_000);
  const young = await send('3');
  expect([await stateOf(first), await stateOf(second)]).toEqual(['reading', 'received']);
  await takeUp();
  expect([await stateOf(first), await stateOf(second), await stateOf(young)]).toEqual(['loaded', 'loaded', 'received']);
});

test('a biller whose file is being read this moment is left alone', async () => {
  const waiting = await send('4');
  at.clock.advance(16 * 60_000);
  await at.database.withBillerConnection(TEST_BID, async (connection) => {
    await connection.query(`select pg_advisory_xact_lock(7281003, hashint8(${TEST_BID}))`);
    await takeUp();
    expect(await stateOf(waiting)).toBe('received');
  });
  await takeUp();
  expect(await stateOf(waiting)).toBe('loaded');
});
