import { describe, expect, test } from 'vitest';
import { bifFeatureNames } from './customization-rules.ts';
import { bifRecords } from './fields.ts';
import { bifFieldCatalogue, bifLayoutSchema, imtLayout } from './layout.ts';
import { readBif } from './read-bif.ts';

test("IMT's layout is sound, survives JSON, and has the mapping sheet's FileSpecIDs in its order", () => {
  expect(bifLayoutSchema.parse(JSON.parse(JSON.stringify(imtLayout)))).toEqual(imtLayout);
  const ids = bifRecords.map((record) =>
    imtLayout[record].map((name) => bifFieldCatalogue[record].find((field) => field.name === name)?.fileSpecId),
  );
  expect(ids).toEqual([
    [1, 2, 3, 4, 5, 6],
    [7, 8, 9, 10, 11, 12, 13, 194, 252],
    [58, 59, 60],
    [70, 72],
  ]);
});

test('each of the 19 customizable features has a field to stand in', () => {
  const names = Object.values(bifFieldCatalogue).flatMap((fields) => fields.map((field) => field.name));
  expect(bifFeatureNames).toHaveLength(19);
  for (const feature of bifFeatureNames) expect(names).toContain(feature);
});

describe('a layout that can not be read is refused', () => {
  const header = imtLayout.invoiceHeader;
  const wrong: [string, object, RegExp][] = [
    ['an unknown field', { customerRecord: [...imtLayout.customerRecord, 'ShoeSize'] }, /no field ShoeSize/],
    ['a field of another record', { invoiceDetail: ['RowType', 'City'] }, /no field City/],
    ['a field twice', { invoiceHeader: [...header, 'InvoiceDate'] }, /stands twice/],
    [
      'a required field left out',
      { invoiceHeader: header.filter((name) => name !== 'TotalAmountDue') },
      /lacks TotalAmountDue/,
    ],
    [
      'a record that does not begin with RowType',
      { customerRecord: ['AccountNumber', 'RowType', 'CustomerName'] },
      /begin with RowType/,
    ],
    ['two records of one row type', { rowTypes: { ...imtLayout.rowTypes, invoiceDetail: 'CR' } }, /same row type/],
    ['a required field that stands nowhere', { alsoRequired: ['EmailAddress'] }, /stands in no record/],
    ['a row type with a separator', { rowTypes: { ...imtLayout.rowTypes, invoiceDetail: 'I|D' } }, /capital letters/],
  ];
  for (const [name, change, says] of wrong) {
    test(name, () => {
      const layout = { ...imtLayout, ...change };
      expect(bifLayoutSchema.safeParse(layout).error?.message).toMatch(says);
      if (!/separator/.test(name)) expect(() => readBif([], layout)).toThrow(says);
    });
  }
});
