import { expect, test } from 'vitest';
import { addresses, downloads } from './addresses.ts';

test('a number in an address can’t break out of it', () => {
  expect(addresses.account(11, '12/34?x#y')).toBe('/billers/11/accounts/12%2F34%3Fx%23y');
  expect(downloads.billPdf(11, '../../x')).toBe('/api/v1/billers/11/invoices/..%2F..%2Fx/pdf');
});
