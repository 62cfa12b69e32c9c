import type { TypedMethod } from './move-money.ts';
import type { FieldName, FormState } from './pay-page.ts';
import type { FieldError } from './pay-page-words.ts';
import type { Checkout } from './records.ts';
import { cardBrand, findTestNumber, passesAba, passesLuhn } from './test-numbers.ts';

/** What the payer typed: a method with no number left in it, or the form again with what is wrong. */
export type ReadForm = { ok: true; typed: TypedMethod; wantsSaving: boolean } | { ok: false; form: FormState };

/** Reads and judges the form. The numbers live in this function and nowhere after it. */
export function readPayForm(checkout: Checkout, body: string, now: number): ReadForm {
  const fields = new URLSearchParams(body);
  const text = (name: string): string => (fields.get(name) ?? '').trim().slice(0, 100);
  const read = checkout.method === 'CC' ? readCard(checkout, text, now) : readBank(text);
  if ('typed' in read) return { ok: true, typed: read.typed, wantsSaving: fields.get('remember') === 'yes' };
  const values: FormState['values'] = { holder: text('holder') };
  if (checkout.method === 'CC') Object.assign(values, { expiry: text('expiry'), zip: text('zip') });
  else values.accountType = text('accountType');
  return { ok: false, form: { errors: read.errors, values, filled: null } };
}

type Errors = Partial<Record<FieldName, FieldError>>;
type Judged = { typed: TypedMethod } | { errors: Errors };

function readCard(checkout: Checkout, text: (name: string) => string, now: number): Judged {
  const errors: Errors = {};
  const holderName = text('holder');
  if (holderName === '') errors.holder = 'holder';
  const number = text('number').replaceAll(/[\s-]/g, '');
  const brand = cardBrand(number);
  const test = findTestNumber('CC', number);
  if (!passesLuhn(number)) errors.number = 'cardNumber';
  else if (!test || brand === null) errors.number = 'cardUnknown';
  else if (checkout.brands.length > 0 && !checkout.brands.some((taken) => sameBrand(taken, brand)))
    errors.number = 'cardBrand';
  const expiry = readExpiry(text('expiry'), now);
  if (typeof expiry === 'object') errors.expiry = expiry.error;
  if (!(brand === 'American Express' ? /^\d{4}$/ : /^\d{3}$/).test(text('code'))) errors.code = 'code';
  if (!/^\d{5}(-?\d{4})?$/.test(text('zip'))) errors.zip = 'zip';
  // A stored or charged card whose test number always fails cannot be kept for later.
  if (test?.decline && checkout.mode === 'setup') errors.number = 'declined';
  if (Object.keys(errors).length > 0 || !test || brand === null || typeof expiry === 'object') return { errors };
  return { typed: { kind: 'CC', brand, last4: number.slice(-4), expiry, holderName, test } };
}

/** `VISA`, `visa` and `Visa` are one brand; `AMEX` is American Express. */
function sameBrand(taken: string, brand: string): boolean {
  const plain = (name: string): string =>
    name
      .toLowerCase()
      .replaceAll(/[^a-z]/g, '')
      .replace(/^amex$/, 'americanexpress');
  return plain(taken) === plain(brand);
}

function readExpiry(typed: string, now: number): string | { error: FieldError } {
  const match = /^(0?[1-9]|1[0-2])\s*[/-]?\s*(?:20)?(\d{2})$/.exec(typed);
  if (!match) return { error: 'expiry' };
  const month = Number(match[1]);
  const year = 2000 + Number(match[2]);
  // A card is good until the end of its month.
  if (Date.UTC(year, month, 1) <= now) return { error: 'expiryPast' };
  return `${String(month).padStart(2, '0')}/${match[2]}`;
}

function readBank(text: (name: string) => string): Judged {
  const errors: Errors = {};
  const holderName = text('holder');
  if (holderName === '') errors.holder = 'holder';
  if (!passesAba(text('routing').replaceAll(/[\s-]/g, ''))) errors.routing = 'routing';
  const number = text('account').replaceAll(/[\s-]/g, '');
  const test = findTestNumber('ACH', number);
  if (!/^\d{4,17}$/.test(number)) errors.account = 'account';
  else if (!test) errors.account = 'accountUnknown';
  const type = text('accountType');
  if (type !== 'checking' && type !== 'savings') errors.accountType = 'accountType';
  if (Object.keys(errors).length > 0 || !test) return { errors };
  const brand = type === 'savings' ? 'Savings' : 'Checking';
  return { typed: { kind: 'ACH', brand, last4: number.slice(-4), expiry: null, holderName, test } };
}
