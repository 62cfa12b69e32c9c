import type { PaymentPosting } from '../../features/billers/partner.ts';
import { decimalFromCents } from '../../platform/money.ts';

const APPROVAL_CODE_CHARS = 8;

/** The body of `POST payments/`, attribute by attribute as imt.md §1 lists them. Throws for amounts no payment can have. */
export function paymentBody(posting: PaymentPosting): string {
  const { accountNumber, amountCents, feeCents } = posting;
  if (feeCents < 0 || amountCents - feeCents <= 0) {
    throw new RangeError(`a payment of ${amountCents} cents cannot hold a fee of ${feeCents}`);
  }
  const { firstName, lastName } = splitName(posting.customerName);
  const attributes = {
    id: accountNumber,
    payment_method: posting.method,
    entity_identifier: accountNumber,
    site_fee: '0.00',
    bill_amount_paid: decimalFromCents(amountCents - feeCents),
    total_paid: decimalFromCents(amountCents),
    interest_paid: 0,
    approval_code: [...posting.paymentMessage].slice(0, APPROVAL_CODE_CHARS).join(''),
    transaction_id: posting.transactionId,
    first_name: firstName,
    last_name: lastName,
    address_1: posting.address1,
    address_2: posting.address2,
    city: posting.city,
    state: posting.state,
    zip_code: posting.zip,
    phone: posting.phone,
    email: posting.email,
    raw_payment: 0,
    sort: '',
  };
  return JSON.stringify({ data: { type: 'payments', id: accountNumber, attributes } });
}

/** The body of `PATCH settings/{AccountNumber}/` for paperless. */
export function paperlessBody(accountNumber: string, isOn: boolean): string {
  return settingsBody(accountNumber, { paperless: isOn });
}

/** …and for autopay: the partner calls it `bill_mode`. */
export function autopayBody(accountNumber: string, isOn: boolean): string {
  return settingsBody(accountNumber, { bill_mode: isOn ? 'autopay' : 'direct' });
}

/**
 * First word and all the rest. `LAST, FIRST` is turned round first; one word alone is the last name. Whitespace of any
 * kind counts as one space.
 */
export function splitName(customerName: string): { firstName: string; lastName: string } {
  const comma = customerName.indexOf(',');
  const straight =
    comma < 0 ? customerName : `${customerName.slice(comma + 1).replaceAll(',', ' ')} ${customerName.slice(0, comma)}`;
  const [first = '', ...rest] = straight.split(/\s+/u).filter((word) => word !== '');
  return rest.length === 0 ? { firstName: '', lastName: first } : { firstName: first, lastName: rest.join(' ') };
}

function settingsBody(accountNumber: string, change: { paperless: boolean } | { bill_mode: string }): string {
  const attributes = { id: accountNumber, ...change, policy: accountNumber, sort: '' };
  return JSON.stringify({ data: { type: 'policy-settings', id: accountNumber, attributes } });
}
