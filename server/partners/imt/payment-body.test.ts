import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PaymentPosting } from '../../features/billers/partner.ts';
import { autopayBody, paperlessBody, paymentBody, splitName } from './payment-body.ts';

const posting: PaymentPosting = {
  accountNumber: '20240903',
  method: 'CC',
  amountCents: 167_745,
  feeCents: 245,
  transactionId: '29841007',
  paymentMessage: 'APPROVED-001234',
  customerName: 'SMITH, JESSICA M',
  address1: '4445 CORPORATE DRIVE',
  address2: '',
  city: 'WEST DES MOINES',
  state: 'IA',
  zip: '50265-0000',
  phone: '5155550100',
  email: 'jessica@example.com',
};

test('a payment carries exactly the attributes of the contract, in their forms', () => {
  expect(JSON.parse(paymentBody(posting))).toStrictEqual({
    data: {
      type: 'payments',
      id: '20240903',
      attributes: {
        id: '20240903',
        payment_method: 'CC',
        entity_identifier: '20240903',
        site_fee: '0.00',
        bill_amount_paid: '1675.00',
        total_paid: '1677.45',
        interest_paid: 0,
        approval_code: 'APPROVED',
        transaction_id: '29841007',
        first_name: 'JESSICA',
        last_name: 'M SMITH',
        address_1: '4445 CORPORATE DRIVE',
        address_2: '',
        city: 'WEST DES MOINES',
        state: 'IA',
        zip_code: '50265-0000',
        phone: '5155550100',
        email: 'jessica@example.com',
        raw_payment: 0,
        sort: '',
      },
    },
  });
});

test('bill_amount_paid and the fee add up to total_paid, to the cent, for every amount', () => {
  const cents = (text: unknown): bigint => BigInt(String(text).replace('.', ''));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999_999_999 }), fc.nat(1_000_000), (billCents, feeCents) => {
      const body = paymentBody({ ...posting, amountCents: billCents + feeCents, feeCents });
      const { attributes } = (JSON.parse(body) as { data: { attributes: Record<string, unknown> } }).data;
      expect(attributes.bill_amount_paid).toMatch(/^\d+\.\d{2}$/);
      expect(attributes.total_paid).toMatch(/^\d+\.\d{2}$/);
      expect(cents(attributes.bill_amount_paid) + BigInt(feeCents)).toBe(cents(attributes.total_paid));
      expect(attributes.site_fee).toBe('0.00');
    }),
  );
});

test('a payment that is all fee, or less than its fee, is refused', () => {
  expect(() => paymentBody({ ...posting, amountCents: 245 })).toThrow(RangeError);
  expect(() => paymentBody({ ...posting, feeCents: -1 })).toThrow(RangeError);
});

test('the approval code is the first eight characters, never half of one', () => {
  const code = (paymentMessage: string) =>
    (JSON.parse(paymentBody({ ...posting, paymentMessage })) as { data: { attributes: { approval_code: string } } })
      .data.attributes.approval_code;
  expect(code('A1')).toBe('A1');
  expect(code('1234567😀90')).toBe('1234567😀');
});

test.each([
  ['JESSICA SMITH', 'JESSICA', 'SMITH'],
  ['JESSICA ANN VAN DER SMITH', 'JESSICA', 'ANN VAN DER SMITH'],
  ['SMITH, JESSICA', 'JESSICA', 'SMITH'],
  ['SMITH,JESSICA ANN', 'JESSICA', 'ANN SMITH'],
  ['SMITH, JOHN, JR', 'JOHN', 'JR SMITH'],
  ['ACME', '', 'ACME'],
  ['ACME,', '', 'ACME'],
  ['  Jessica \t Smith ', 'Jessica', 'Smith'],
  ['', '', ''],
])('the name %j becomes first %j and last %j', (name, firstName, lastName) => {
  expect(splitName(name)).toStrictEqual({ firstName, lastName });
});

test('no name loses a word in the split', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[A-Za-z'-]{1,12}$/), { minLength: 1, maxLength: 6 }), (words) => {
      const { firstName, lastName } = splitName(words.join(' '));
      expect([firstName, lastName].filter(Boolean).join(' ')).toBe(words.join(' '));
    }),
  );
});

test('paperless and autopay are sent as absolute states', () => {
  expect(JSON.parse(paperlessBody('20240903', true))).toStrictEqual({
    data: {
      type: 'policy-settings',
      id: '20240903',
      attributes: { id: '20240903', paperless: true, policy: '20240903', sort: '' },
    },
  });
  expect(JSON.parse(autopayBody('20240903', false))).toStrictEqual({
    data: {
      type: 'policy-settings',
      id: '20240903',
      attributes: { id: '20240903', bill_mode: 'direct', policy: '20240903', sort: '' },
    },
  });
  expect(autopayBody('1', true)).toContain('"bill_mode":"autopay"');
});
