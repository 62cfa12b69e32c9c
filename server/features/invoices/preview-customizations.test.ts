import {
  type BifPrintable,
  type CustomizationRules,
  imtCustomizations,
  imtLayout,
  printBif,
} from '@causeway/formats/bif';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileOf, invoiceOf, TEST_GUID, withInvoices } from '../../testing/invoices-rig.ts';
import { JUST_PROVEN } from '../../testing/staff.ts';

let at: Awaited<ReturnType<typeof withInvoices>>;
beforeAll(async () => {
  at = await withInvoices();
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
});
afterAll(async () => await at.close());

const autoPay: CustomizationRules = {
  ...imtCustomizations,
  AutoPayCollectionDate: { kind: 'date', from: 'InvoiceDueDate', offset: -3, days: 'calendar' },
};
const many = (count: number): BifPrintable[] =>
  Array.from({ length: count }, (_, n) =>
    invoiceOf({ accountNumber: String(1000 + n), dueDate: n % 2 === 0 ? '2026-12-20' : '2027-01-10' }),
  );

/** The form a browser sends: the draft before the file. */
async function preview(file: string, draft?: unknown, count = 2) {
  const form = new FormData();
  if (draft !== undefined) form.set('draft', typeof draft === 'string' ? draft : JSON.stringify(draft));
  form.set('file', new File([file], 'bills.bif'));
  const sent = new Request('http://localhost/', { method: 'POST', body: form });
  const answer = await at.app.inject({
    method: 'POST',
    url: `${at.url}/customizations/preview?count=${count}`,
    headers: { 'x-csrf-token': 'x', 'content-type': sent.headers.get('content-type') ?? '' },
    payload: Buffer.from(await sent.arrayBuffer()),
  });
  return { status: answer.statusCode, body: answer.json() };
}

describe('a preview of rules on a dropped file', () => {
  test('shows the first invoices one by one and counts all of them; nothing is stored', async () => {
    const { status, body } = await preview(fileOf(many(501)), { customizations: autoPay });
    expect(status).toBe(200);
    expect(body).toMatchObject({ invoiceCount: 501, isWhole: true, faultCount: 0 });
    expect(body.invoices).toHaveLength(2);
    expect(body.invoices[1].changes).toEqual([
      { feature: 'AutoPayCollectionDate', before: null, after: '2027-01-07', rule: 'InvoiceDueDate - 3 days' },
    ]);
    const counts = Object.fromEntries(body.features.map((each: { feature: string }) => [each.feature, each]));
    expect(counts.AutoPayCollectionDate).toMatchObject({
      sent: 0,
      set: 501,
      changed: 501,
      least: '2026-12-17',
      most: '2027-01-07',
    });
    expect(counts.InvoiceDueDate).toMatchObject({
      sent: 501,
      set: 501,
      changed: 0,
      least: '2026-12-20',
      most: '2027-01-10',
    });
    expect(counts.LateFeeDate).toMatchObject({ rule: 'N/A', sent: 0, set: 0, changed: 0, least: null });
    const kept = await at.database.withSystem((tx) => tx.selectFrom('invoice_file').select('id').execute());
    expect(kept).toEqual([]);
  });

  test('reads the file by a layout that is not saved', async () => {
    const layout = { ...imtLayout, invoiceHeader: [...imtLayout.invoiceHeader, 'LateFeeDate'] };
    const late = invoiceOf({ accountNumber: '7', extras: { lateFeeDate: '2027-02-01' } });
    const text = printBif({ billerGuid: TEST_GUID, creationDate: '2026-11-18' }, [late], layout);
    const rules = { ...imtCustomizations, LateFeeDate: { kind: 'inBif' } };
    const { body } = await preview(text, { layout, customizations: rules });
    expect(body.features.find((each: { feature: string }) => each.feature === 'LateFeeDate')).toMatchObject({
      set: 1,
      changed: 0,
    });
    expect((await preview(text, { customizations: rules })).body).toMatchObject({ invoiceCount: 0, faultCount: 1 });
  });

  test('tells each fault of the draft at its field, and of the file at its line', async () => {
    const draft = { layout: { ...imtLayout, invoiceHeader: ['RowType', 'Nonsense'] } };
    const refused = await preview(fileOf(many(1)), draft);
    expect(refused.status).toBe(400);
    expect(refused.body.faults.map((fault: { at: string }) => fault.at)).toContain('layout.invoiceHeader.1');
    expect(await preview(fileOf(many(1)), '{')).toMatchObject({ status: 400, body: { code: 'not-json' } });
    const broken = await preview(fileOf(many(3)).replace('12/20/2026', '13/41/2026'));
    expect(broken.body).toMatchObject({ invoiceCount: 2, faultCount: 1, faults: [{ field: 'InvoiceDueDate' }] });
    expect((await preview('\u0000\u0001 no file of bills')).body).toMatchObject({ invoiceCount: 0, invoices: [] });
  });

  test('takes two at once and asks the third to wait', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => preview(fileOf(many(20_000)))));
    const codes = new Set(all.map(({ status }) => status));
    expect(codes.has(200)).toBe(true);
    expect([...codes].every((status) => status === 200 || status === 503)).toBe(true);
    expect((await preview(fileOf(many(1)))).status).toBe(200);
  });
});
