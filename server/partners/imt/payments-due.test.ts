import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalFromCents } from '../../platform/money.ts';
import { readPaymentsDue } from './payments-due.ts';

const entry = (attributes: Record<string, unknown> = {}) => ({
  type: 'payments-due',
  id: '41703',
  attributes: {
    policy_number: '20240903',
    current_due: '1675.00',
    total_unpaid: '1675.00',
    pending_payment_amount: '686.70',
    payment_types: ['CC'],
    due_date: '2024-09-23',
    ...attributes,
  },
});
const read = (...entries: unknown[]) => readPaymentsDue({ data: entries }, '20240903', undefined);

test('the sample answer is read to the cent', () => {
  expect(read(entry({ last_update_time: '2024-11-18T11:05:28.339032-06:00', allow_payments: true }))).toMatchObject({
    kind: 'balance',
    balance: {
      currentDueCents: 167_500,
      totalUnpaidCents: 167_500,
      pendingPaymentCents: 68_670,
      dueDate: '2024-09-23',
      paymentTypes: ['CC'],
      unknownPaymentTypes: [],
      allowPayments: true,
      lastUpdateTime: '2024-11-18T11:05:28.339032-06:00',
    },
  });
});

test('every amount of cents survives the way through the decimal text, credits too, and several entries are summed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), { minLength: 1, maxLength: 5 }),
      (amounts) => {
        const reading = read(...amounts.map((cents) => entry({ current_due: decimalFromCents(cents) })));
        expect(reading.kind === 'balance' && reading.balance.currentDueCents).toBe(
          amounts.reduce((sum, cents) => sum + cents, 0),
        );
      },
    ),
  );
});

test.each([
  null,
  undefined,
  '',
  '128.405',
  'see agent',
  '1,675.00',
  '$5.00',
  '1e3',
  ' 5.00',
  '5.',
  'NaN',
  1675,
  true,
  {},
  [],
  '99999999999999.00',
])('current_due %j is an error of the account, not a guess', (value) => {
  expect(read(entry({ current_due: value })).kind).toBe('not-understood');
});

test('a pending amount that is no amount is an error; one that is missing is not', () => {
  expect(read(entry({ pending_payment_amount: '1.234' })).kind).toBe('not-understood');
  expect(read(entry({ pending_payment_amount: null }))).toMatchObject({
    kind: 'balance',
    balance: { pendingPaymentCents: undefined },
  });
});

test('no entry is an unknown account; an entry of another policy alone is not understood; beside ours it is ignored', () => {
  expect(read()).toStrictEqual({ kind: 'unknown-account' });
  expect(read(entry({ policy_number: '99900001' })).kind).toBe('not-understood');
  expect(read(entry({ policy_number: '99900001', current_due: '1.00' }), entry())).toMatchObject({
    balance: { currentDueCents: 167_500 },
  });
});

test('a renamed or mistyped policy number is a broken contract, not an unknown account', () => {
  expect(read(entry({ policy_number: undefined })).kind).toBe('not-understood');
  expect(read(entry({ policy_number: 20_240_903 })).kind).toBe('not-understood');
  expect(readPaymentsDue({ data: {} }, '20240903', undefined).kind).toBe('not-understood');
});

test.each([
  [[], [], []],
  [['ACH'], ['ACH'], []],
  [['ACH', 'CC'], ['CC', 'ACH'], []],
  [['ACH', 'CC', 'BITCOIN'], ['CC', 'ACH'], ['BITCOIN']],
  [['BITCOIN'], [], ['BITCOIN']],
  [undefined, undefined, []],
  [null, undefined, []],
  ['CC', undefined, ['(not a list)']],
])('payment_types %j allow %j and report %j', (types, known, unknown) => {
  const reading = read(entry({ payment_types: types }));
  expect(
    reading.kind === 'balance' && [reading.balance.paymentTypes, reading.balance.unknownPaymentTypes],
  ).toStrictEqual([known, unknown]);
});

test('several entries allow only what each of them allows', () => {
  expect(read(entry({ payment_types: ['ACH', 'CC'] }), entry({ payment_types: ['ACH'] }))).toMatchObject({
    balance: { paymentTypes: ['ACH'] },
  });
});

test('a day that does not exist is no due date', () => {
  expect(read(entry({ due_date: '2024-02-30' }))).toMatchObject({ balance: { dueDate: undefined } });
});

test('names and values that would do harm are not kept', () => {
  const hostile = JSON.parse('{"__proto__":{"isAdmin":true},"note":"a\\u0000b","deep":{"x":1}}') as Record<
    string,
    unknown
  >;
  const reading = read({ attributes: { ...entry().attributes, ...hostile } }, entry());
  const kept = reading.kind === 'balance' ? reading.balance.attributes : {};
  expect(Object.keys(kept)).not.toContain('__proto__');
  expect((kept as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  expect(kept.note).toBe('ab');
  expect(kept.deep).toBeUndefined();
});

test('no document makes the reader throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      readPaymentsDue({ data: value }, '20240903', undefined);
      read({ attributes: { policy_number: '20240903', current_due: value, payment_types: value, due_date: value } });
    }),
  );
});
