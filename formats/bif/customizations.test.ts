import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { federalReserveHolidays, isBankingDay, shiftBankingDays } from './banking-days.ts';
import {
  bifCustomizationsSchema,
  bifFeatureNames,
  type CustomizationRule,
  imtCustomizations,
} from './customization-rules.ts';
import { applyCustomizations, type CustomizableInvoice } from './customizations.ts';
import { parseCustomizationRule, printCustomizationRule } from './write-rule.ts';

const invoice: CustomizableInvoice = {
  invoiceNumber: '0012345-2026-11-20',
  accountNumber: '0012345',
  customerName: 'Ada Alvarez',
  invoiceDate: '2026-11-20',
  dueDate: '2026-11-30',
  totalCents: 167_550,
  balanceForward: true,
  invoiceTypeId: '252',
  invoiceFormatGuid: 'A7DA43F3-9D20-45C9-8DC5-BE5AE931A8A3',
  extras: { lateFeeDate: '2026-12-15', minimumAmountDueCents: 5000 },
};
const calendar = { bankingDay: isBankingDay };

test('the rules in text are read, printed, and read back to the same rule', () => {
  const forms: [string, CustomizationRule][] = [
    ['N/A', { kind: 'ignored' }],
    ['in BIF', { kind: 'inBif' }],
    ['InvoiceDueDate', { kind: 'date', from: 'InvoiceDueDate', offset: 0, days: 'calendar' }],
    ['InvoiceDueDate - 3 days', { kind: 'date', from: 'InvoiceDueDate', offset: -3, days: 'calendar' }],
    ['InvoiceDueDate - 3 banking days', { kind: 'date', from: 'InvoiceDueDate', offset: -3, days: 'banking' }],
    ['InvoiceDate + 1 day', { kind: 'date', from: 'InvoiceDate', offset: 1, days: 'calendar' }],
    ['InvoiceDueDate + 0 banking days', { kind: 'date', from: 'InvoiceDueDate', offset: 0, days: 'banking' }],
    ['Call us about {AccountNumber}.', { kind: 'text', template: 'Call us about {AccountNumber}.' }],
    ['2.50', { kind: 'constant', value: '2.50' }],
    ['"N/A"', { kind: 'constant', value: 'N/A' }],
  ];
  for (const [text, rule] of forms) {
    expect(parseCustomizationRule(text)).toEqual(rule);
    expect(printCustomizationRule(rule)).toBe(text);
  }
  expect(parseCustomizationRule('invoiceduedate-3days')).toEqual({ kind: 'constant', value: 'invoiceduedate-3days' });
  expect(parseCustomizationRule(' in bif ')).toEqual({ kind: 'inBif' });
  expect(parseCustomizationRule('')).toBeNull();
});

test('any rule survives being printed and typed again', () => {
  const text = fc.oneof(
    fc.string({ minLength: 1, maxLength: 30 }),
    fc.constantFrom('N/A', 'in bif', '"', '""', ' x ', 'InvoiceDate', 'InvoiceDate - 1 day', '"N/A"'),
  );
  const rule = fc.oneof(
    fc.constant<CustomizationRule>({ kind: 'ignored' }),
    fc.record({
      kind: fc.constant('date' as const),
      from: fc.constantFrom(...bifFeatureNames),
      offset: fc.integer({ min: -366, max: 366 }),
      days: fc.constantFrom('calendar' as const, 'banking' as const),
    }),
    text.filter((value) => !/\{[^{}]*\}/.test(value)).map((value): CustomizationRule => ({ kind: 'constant', value })),
    text.map((value): CustomizationRule => ({ kind: 'text', template: `${value}{AccountNumber}` })),
  );
  fc.assert(
    fc.property(rule, (each) => {
      expect(parseCustomizationRule(printCustomizationRule(each))).toEqual(each);
    }),
    { numRuns: 2000 },
  );
});

describe('rules that can give no value are refused at their feature', () => {
  const wrong: [keyof typeof imtCustomizations, string, RegExp][] = [
    ['InvoiceDueDate', 'N/A', /no invoice can be without it/],
    ['AchServiceFee', 'much', /no money/],
    ['AchServiceFee', '-1.00', /no money/],
    ['AllowPartialPayments', 'yes', /no flag/],
    ['AutoPayCollectionDate', '2026-02-30', /no date/],
    ['MinimumAmountDue', 'InvoiceDate - 1 day', /holds no date/],
    ['AutoPayCollectionDate', 'MinimumAmountDue - 1 day', /no date to reckon from/],
    ['AutoPayCollectionDate', 'Pay {AccountNumber}', /holds no text/],
    ['PaymentExpirationMessage', 'Call {Phone}', /no field \{Phone\}/],
    ['InvoiceFormatGuid', 'A7DA', /no guid/],
    ['LateFeeDate', 'LateFeeDate + 1 day', /from itself/],
  ];
  for (const [feature, text, says] of wrong) {
    test(`${feature} = ${text}`, () => {
      const issue = bifCustomizationsSchema.safeParse({ ...imtCustomizations, [feature]: parseCustomizationRule(text) })
        .error?.issues[0];
      expect(issue?.path).toEqual([feature]);
      expect(issue?.message).toMatch(says);
    });
  }

  test('two dates that wait for each other', () => {
    const circle = {
      LateFeeDate: parseCustomizationRule('PaymentExpirationDate + 1 day'),
      PaymentExpirationDate: parseCustomizationRule('LateFeeDate - 1 day'),
    };
    expect(bifCustomizationsSchema.safeParse({ ...imtCustomizations, ...circle }).error?.issues).toHaveLength(2);
  });
});

test("IMT's defaults are sound, and take from the file only what IMT sends", () => {
  expect(bifCustomizationsSchema.parse(JSON.parse(JSON.stringify(imtCustomizations)))).toEqual(imtCustomizations);
  const { fields } = applyCustomizations(invoice, imtCustomizations, calendar);
  expect(fields).toMatchObject({
    invoiceDate: '2026-11-20',
    dueDate: '2026-11-30',
    invoiceTypeId: '252',
    balanceForward: true,
    lateFeeDate: null,
    minimumAmountDueCents: null,
  });
});

test("a biller's questionnaire makes dates, amounts and words, and the preview says by which rule", () => {
  const rules = bifCustomizationsSchema.parse({
    ...imtCustomizations,
    AllowPartialPayments: parseCustomizationRule('0'),
    AchServiceFee: parseCustomizationRule('$1.50'),
    AutoPayCollectionDate: parseCustomizationRule('InvoiceDueDate - 3 banking days'),
    FirstNotifyRequestedDate: parseCustomizationRule('AutoPayCollectionDate - 10 days'),
    MinimumAmountDue: parseCustomizationRule('in BIF'),
    LateFeeDate: parseCustomizationRule('01/02/2027'),
    BalanceForward: parseCustomizationRule('N/A'),
    PaymentExpirationDate: parseCustomizationRule('ThirdNotifyRequestedDate + 1 day'),
    PaymentExpirationMessage: parseCustomizationRule(
      '{CustomerName}: {TotalAmountDue} was due {InvoiceDueDate}. {LocationReference}',
    ),
    InvoiceFormatGuid: parseCustomizationRule('3F2504E0-4F89-41D3-9A0C-0305E82C3301'),
  });
  const { fields, effects } = applyCustomizations(invoice, rules, calendar);
  expect(fields).toEqual({
    achServiceFeeCents: 150,
    allowPartialPayments: false,
    autoPayCollectionDate: '2026-11-24', // 30 November is a Monday: 27, 25, 24, for Thanksgiving is the 26th
    balanceForward: false,
    creditCardServiceFeeCents: null,
    firstNotifyRequestedDate: '2026-11-14',
    secondNotifyRequestedDate: null,
    thirdNotifyRequestedDate: null,
    invoiceDate: '2026-11-20',
    dueDate: '2026-11-30',
    invoiceFormatGuid: '3F2504E0-4F89-41D3-9A0C-0305E82C3301',
    invoiceTypeId: '252',
    lateFeeDate: '2027-01-02',
    locationReference: null,
    minimumAmountDueCents: 5000,
    paymentExpirationDate: null,
    paymentExpirationMessage: 'Ada Alvarez: $1,675.50 was due 11/30/2026. ',
    promptPayExpirationDate: null,
    registrationValue: null,
  });
  expect(effects).toContainEqual({
    feature: 'LateFeeDate',
    rule: '01/02/2027',
    sent: '2026-12-15',
    value: '2027-01-02',
  });
});

describe('banking days', () => {
  test("are those of the Federal Reserve's published schedules", () => {
    const days = (year: number) => federalReserveHolidays(year).map((holiday) => holiday.date.slice(5));
    expect(days(2024)).toEqual([
      '01-01',
      '01-15',
      '02-19',
      '05-27',
      '06-19',
      '07-04',
      '09-02',
      '10-14',
      '11-11',
      '11-28',
      '12-25',
    ]);
    expect(days(2025)).toEqual([
      '01-01',
      '01-20',
      '02-17',
      '05-26',
      '06-19',
      '07-04',
      '09-01',
      '10-13',
      '11-11',
      '11-27',
      '12-25',
    ]);
    // 4 July 2026 is a Saturday: the banks are open on the 3rd.
    expect(days(2026)).toEqual([
      '01-01',
      '01-19',
      '02-16',
      '05-25',
      '06-19',
      '09-07',
      '10-12',
      '11-11',
      '11-26',
      '12-25',
    ]);
    // Juneteenth (Saturday) and Christmas (Saturday) of 2027 are not kept; Independence Day is a Sunday, kept on Monday.
    expect(days(2027)).toEqual(['01-01', '01-18', '02-15', '05-31', '07-05', '09-06', '10-11', '11-11', '11-25']);
    expect(days(2021)).not.toContain('06-18');
  });

  test('a shift lands on a banking day, and as many of them away as asked', () => {
    const date = fc
      .date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true })
      .map((day) => day.toISOString().slice(0, 10));
    fc.assert(
      fc.property(date, fc.integer({ min: -20, max: 20 }), (from, days) => {
        const to = shiftBankingDays(from, days, isBankingDay);
        expect(isBankingDay(to)).toBe(true);
        if (isBankingDay(from)) expect(shiftBankingDays(to, -days, isBankingDay)).toBe(from);
        if (days < 0) expect(to < from).toBe(true);
        if (days > 0) expect(to > from).toBe(true);
      }),
    );
  });
});
