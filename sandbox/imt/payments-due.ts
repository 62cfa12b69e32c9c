import type { Policy } from './policy.ts';

/** `1675.00` of 167500. */
export function decimal(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** IMT writes its own changes in Central time with six places: `2024-11-18T11:05:28.339032-06:00`. */
export function centralTime(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO('America/Chicago')
    .toString({ timeZoneName: 'never', fractionalSecondDigits: 6 });
}

/** …and the date of a pending payment in UTC: `2024-11-06T15:45:23.333851Z`. */
export function utcTime(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ fractionalSecondDigits: 6 });
}

/** One entry of payments-due with the attributes of the supplied sample, in its order. */
export function dueEntry(policy: Policy): { type: string; id: string; attributes: Record<string, unknown> } {
  const attributes: Record<string, unknown> = {
    cc_fee: '0',
    transaction_fee: '0',
    partial_payment: policy.partialPayment,
    ...(policy.paymentTypes === null ? {} : { payment_types: policy.paymentTypes }),
    redirect_url: '',
    payment_vendor: 'invoicecloud',
    creation_time: policy.creationTime,
    pending_payment_amount: decimal(policy.pendingCents),
    pending_payment_date: policy.pendingDate,
    allow_pay_full: false,
    cc_fee_percent: '0',
    transaction_fee_percent: '0',
    redirect_id: policy.redirectId,
    last_update_time: policy.lastUpdateTime,
    policy_number: policy.policyNumber,
    current_due: decimal(policy.currentDueCents),
    total_unpaid: decimal(policy.totalUnpaidCents),
    last_name: policy.lastName,
    first_name: policy.firstName,
    first_name_2: '',
    last_name_2: '',
    first_name_3: '',
    last_name_3: '',
    zip_code: policy.zipCode,
    downpayment: false,
    bill_date: policy.billDate,
    due_date: policy.dueDate,
    company_name: policy.companyName,
    address_one: policy.addressOne,
    address_two: '',
    address_three: '',
    city: policy.city,
    state: policy.state,
    account_number: '',
    policy_type: 'CUSTOM FARM (RC 54)',
    policy_type_code: 'CU',
    policy_status: '',
    email: policy.email,
    agency: '001',
    agency_name: 'MCMURRAY INSURANCE AGENCY',
    transaction_type: 'New Business',
    notice_type: 'Premium',
    pay_plan: 'Annual',
    bill_mode: policy.billMode === 'autopay' ? 'Autopay' : 'Direct Bill',
    allow_payments: policy.allowPayments,
    ...policy.attributes,
  };
  for (const name of policy.omit) delete attributes[name];
  return { type: 'payments-due', id: policy.entryId, attributes };
}
