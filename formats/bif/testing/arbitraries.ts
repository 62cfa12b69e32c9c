import fc from 'fast-check';
import type { BifValue } from '../batch.ts';
import { isoDate } from '../dates.ts';
import { type BifLayout, fieldsOf, imtLayout } from '../layout.ts';
import type { BifPrintable } from '../print-bif.ts';

/** What the properties feed the reader with. */

export const billerGuid = '3F2504E0-4F89-41D3-9A0C-0305E82C3301';

/** A layout with fields of every kind in every record, some of them required by the biller. */
export const wideLayout: BifLayout = {
  ...imtLayout,
  invoiceHeader: [
    ...imtLayout.invoiceHeader,
    'MinimumAmountDue',
    'AllowPartialPayments',
    'FirstNotifyRequestedDate',
    'PaymentExpirationMessage',
  ],
  customerRecord: ['RowType', 'CustomerName', 'AccountNumber', 'EmailAddress', 'City'],
  invoiceDetail: ['RowType', 'Description', 'DetailAmount'],
};

export const arbitraryDate = fc
  .record({
    year: fc.integer({ min: 1900, max: 2199 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  })
  .map(({ year, month, day }) => isoDate(year * 10_000 + month * 100 + day));
export const arbitraryCents = fc.integer({ min: -99_999_999_999, max: 99_999_999_999 });
const arbitraryGuid = fc.uuid();
/** Text that stands in a BIF and in Windows-1252 alike, quotes and backslashes in plenty. */
export const arbitraryText = fc
  .array(fc.constantFrom(...'abcXYZ 019"\'\\,;=-{}éüß€™Žÿ'), { minLength: 1, maxLength: 20 })
  .map((chars) => chars.join(''))
  .filter((text) => !/^ *$/.test(text));
const anyText = fc
  .oneof(arbitraryText, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }))
  .filter((text) => !/[|\p{Cc}]|^ +$/u.test(text) && text.isWellFormed());

export function arbitraryInvoices(layout: BifLayout, isAnyText = true): fc.Arbitrary<BifPrintable[]> {
  const text = isAnyText ? anyText : arbitraryText;
  const extras = extrasOf(layout, ['invoiceHeader', 'customerRecord'], text);
  const details = fc.array(extrasOf(layout, ['invoiceDetail'], text), { maxLength: 4 });
  return fc.uniqueArray(arbitraryInvoice(text, extras, details), {
    maxLength: 8,
    selector: (invoice) => invoice.invoiceNumber,
  });
}

function arbitraryInvoice(
  text: fc.Arbitrary<string>,
  extras: fc.Arbitrary<Record<string, BifValue>>,
  details: fc.Arbitrary<Record<string, BifValue>[]>,
): fc.Arbitrary<BifPrintable> {
  const account = fc.stringMatching(/^[0-9]{1,12}$/);
  return fc.tuple(account, arbitraryDate).chain(([accountNumber, day]) =>
    fc.record({
      invoiceNumber: fc.constant(`${accountNumber}-${day}`),
      accountNumber: fc.constant(accountNumber),
      customerName: text,
      invoiceDate: arbitraryDate,
      dueDate: arbitraryDate,
      totalCents: arbitraryCents,
      balanceForward: fc.boolean(),
      invoiceTypeId: fc.constantFrom('252', '7', 'AUTO-1'),
      invoiceFormatGuid: arbitraryGuid,
      extras,
      details,
    }),
  );
}

function extrasOf(
  layout: BifLayout,
  records: readonly ('invoiceHeader' | 'customerRecord' | 'invoiceDetail')[],
  text: fc.Arbitrary<string>,
): fc.Arbitrary<Record<string, BifValue>> {
  const model: Record<string, fc.Arbitrary<BifValue>> = {};
  for (const record of records) {
    for (const { name, key, kind } of fieldsOf(layout, record)) {
      if (imtLayout[record].includes(name) && name !== 'Description') continue;
      if (kind === 'money') model[key] = arbitraryCents;
      else if (kind === 'date') model[key] = arbitraryDate;
      else if (kind === 'flag') model[key] = fc.boolean();
      else model[key] = text;
    }
  }
  return fc.record(model, { requiredKeys: [] }).map((values) => ({ ...values }) as Record<string, BifValue>);
}
