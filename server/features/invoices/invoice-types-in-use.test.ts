import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileOf, invoiceOf, TEST_BID, withInvoices } from '../../testing/invoices-rig.ts';
import { testPartners } from '../../testing/staff.ts';
import { type BillersDeps, createBiller, previewConfiguration, saveConfiguration } from '../billers/index.ts';
import { findInvoiceTypesInUse } from './invoice-types-in-use.ts';

let at: Awaited<ReturnType<typeof withInvoices>>;
beforeAll(async () => {
  at = await withInvoices();
});
afterAll(async () => await at.close());

const by = { kind: 'program', name: 'test' } as const;

test('an invoice type that invoices have can’t be taken out nor get another ID; one that none has can', async () => {
  await at.upload(fileOf([invoiceOf({ accountNumber: '0042' })]));
  const deps: BillersDeps = { ...at.platform, partners: testPartners(), findInvoiceTypesInUse };
  const { configuration } = await createBiller(deps, { bid: TEST_BID, name: 'Prairie Pine', by });
  const [used] = configuration.invoiceTypes;
  if (!used) throw new Error('a biller begins with one invoice type');
  const second = { ...used, id: '2', name: 'Farm' };
  const save = (expectedVersion: number, types: (typeof used)[]) =>
    saveConfiguration(deps, { bid: TEST_BID, expectedVersion, sections: { invoiceTypes: types }, reason: 'types', by });
  await save(1, [used, second]);
  const fault = {
    rule: 'invoice-type-in-use',
    at: 'invoiceTypes.1',
    message: expect.stringContaining('invoices of this biller are of that type'),
  };
  for (const types of [[second], [{ ...used, id: '9' }, second]]) {
    await expect(save(2, types)).rejects.toMatchObject({
      code: 'configuration-does-not-work',
      details: { faults: [fault] },
    });
    const { faults } = await previewConfiguration(deps, {
      bid: TEST_BID,
      expectedVersion: 2,
      sections: { invoiceTypes: types },
    });
    expect(faults).toMatchObject([{ rule: 'invoice-type-in-use', severity: 'error', at: 'invoiceTypes.1' }]);
  }
  expect((await save(2, [{ ...used, name: 'Home' }])).version).toBe(3);
});
