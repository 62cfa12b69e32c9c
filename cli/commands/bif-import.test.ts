import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { imtLayout } from '@causeway/formats/bif';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { invoicesJobs } from '../../server/features/invoices/index.ts';
import { fileOf, invoiceOf, TEST_BID, withInvoices } from '../../server/testing/invoices-rig.ts';
import { importInProcess, importThroughApi } from './bif-import.ts';
import { validateAndTell } from './bif-validate.ts';

let at: Awaited<ReturnType<typeof withInvoices>>;
let url: string;
const folder = mkdtempSync(path.join(os.tmpdir(), 'causeway-cli-'));
beforeAll(async () => {
  at = await withInvoices();
  url = await at.app.listen({ host: '127.0.0.1', port: 0 });
  await at.deps.jobs.work(invoicesJobs(at.deps));
});
afterAll(async () => {
  await at.close();
  rmSync(folder, { recursive: true, force: true });
});

const fileWith = (name: string, text: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};

/** Exit code and stdout of a command. */
async function told(act: () => Promise<number>): Promise<{ code: number; out: string }> {
  const parts: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    parts.push(String(part));
    return true;
  });
  try {
    return { code: await act(), out: parts.join('') };
  } finally {
    spy.mockRestore();
  }
}

const good = fileOf([invoiceOf({ accountNumber: '1' }), invoiceOf({ accountNumber: '2' })]);
const partly = good.replace('Ann Olsen', '');

test('validate answers the promised JSON and exit code, for a right file and a wrong one', async () => {
  const validate = (text: string) =>
    told(() => validateAndTell(fileWith('v.bif', text), { layout: imtLayout, context: {}, isJson: true }));
  const right = await validate(good);
  expect(right.code).toBe(0);
  expect(JSON.parse(right.out)).toEqual({
    verdict: 'accepted',
    invoices: { accepted: 2, refused: 0 },
    totalCents: 25_700,
    faults: [],
  });
  const wrong = await validate(partly);
  expect(wrong.code).toBe(1);
  const { faults } = JSON.parse(wrong.out);
  expect(Object.keys(faults[0]).sort()).toEqual([
    'code',
    'field',
    'fileSpecId',
    'line',
    'message',
    'position',
    'scope',
    'value',
  ]);
  expect(faults[0]).toMatchObject({
    line: 3,
    field: 'CustomerName',
    fileSpecId: 60,
    position: 3,
    code: 'field-missing',
    scope: 'invoice',
  });
});

test('what a file holds cannot steer the terminal it is shown on', async () => {
  const text = good.replace('11/20/2026', '\u001b[2J');
  const { out } = await told(() =>
    validateAndTell(fileWith('e.bif', text), { layout: imtLayout, context: {}, isJson: false }),
  );
  expect(out).not.toContain('\u001b');
});

test('import on the database loads the file and says what came of it; again it tells the first result', async () => {
  const file = fileWith('nov.bif', good);
  const first = await told(() => importInProcess(at.deps, file, { bid: TEST_BID }));
  expect(first).toMatchObject({ code: 0, out: expect.stringContaining('nov.bif: loaded') });
  const again = await told(() => importInProcess(at.deps, file, { bid: TEST_BID }));
  expect(again.out).toContain('the same bytes were uploaded');
});

test('import through the API streams the file, waits for the job, and exits 1 where invoices were refused', async () => {
  const file = fileWith('partly.bif', partly.replace('128.50', '128.50'));
  const { code, out } = await told(() => importThroughApi(file, { url, token: 'x', bid: TEST_BID, isJson: true }));
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    name: 'partly.bif',
    state: 'partly',
    way: 'upload',
    invoices: { accepted: 1, refused: 1 },
  });
});

test('a refusal of the API is exit 3, nobody there is exit 4', async () => {
  const file = fileWith('refused.bif', good);
  expect((await told(() => importThroughApi(file, { url, token: 'x', bid: 77, isJson: false }))).code).toBe(3);
  expect(
    (await told(() => importThroughApi(file, { url: 'http://127.0.0.1:9', token: 'x', bid: TEST_BID, isJson: false })))
      .code,
  ).toBe(4);
});
