import type { Effect, Operation } from './faults.ts';
import type { PolicyInput } from './records.ts';

/** A reserved policy that always behaves the same way, in every instance, without any control. */
export interface Sentinel {
  policyNumber: string;
  /** One line for the README's table. */
  outcome: string;
  effects: { operation: Operation; effect: Effect }[];
  /** Undefined: the partner does not know the policy. */
  policy?: PolicyInput;
}

/** The policy of the supplied sample answer, to the letter. */
export const SAMPLE_POLICY: PolicyInput = {
  policyNumber: '20240903',
  currentDueCents: 167_500,
  pendingCents: 68_670,
  pendingDate: '2024-11-06T15:45:23.333851Z',
  firstName: 'JESSICA',
  lastName: 'SMITH',
  companyName: "JESSICA'S MUTUAL INSURANCE ASSOCIATION",
  addressOne: '4445 CORPORATE DRIVE',
  city: 'WEST DES MOINES',
  state: 'IA',
  zipCode: '50265-0000',
  billDate: '2024-09-01',
  dueDate: '2024-09-23',
  paymentTypes: ['CC'],
  creationTime: '2024-09-03T15:37:51-05:00',
  lastUpdateTime: '2024-11-18T11:05:28.339032-06:00',
  entryId: '41703',
  redirectId: '24a83e03-8e77-40ed-b4c8-89a6f4acdd70',
};

const BALANCE_CENTS = 12_840;

/** The reserved numbers `999000xx`. No generated policy lies among them. */
export const SENTINELS: readonly Sentinel[] = [
  fine('01', 'Everything works; $128.40 due'),
  onPayment('02', 'Payment refused: 422 with a JSON:API error', { kind: 'status', status: 422, commit: false }),
  onPayment('03', 'Payment booked, then 500', { kind: 'status', status: 500, commit: true }),
  onPayment('04', 'Payment booked, no answer ever (time-out)', { kind: 'timeout', commit: true }),
  onPayment('05', 'Payment not booked, no answer ever (time-out)', { kind: 'timeout', commit: false }),
  onPayment('06', 'Payment booked, then the connection is cut', { kind: 'cut-after-commit' }),
  onPayment('07', 'Payment not booked, the connection is cut', { kind: 'cut-before-commit' }),
  onPayment('08', 'Payment not booked, HTML with status 200', { kind: 'html', status: 200, commit: false }),
  onPayment('09', 'Payment not booked, 409', { kind: 'status', status: 409, commit: false }),
  onPayment('10', 'Payment booked, the answer names another transaction_id', {
    kind: 'wrong-echo',
    field: 'transaction_id',
  }),
  onPayment('11', '429 with Retry-After: 1 to the first send of each transaction_id, then fine', {
    kind: 'status',
    status: 429,
    retryAfter: '1',
    commit: false,
    oncePerTransaction: true,
  }),
  { ...fine('12', 'Every answer takes 5 s'), effects: [{ operation: 'any', effect: { kind: 'latency', ms: 5_000 } }] },
  onPayment('13', 'Payment not booked, 503 with Retry-After: 2', {
    kind: 'status',
    status: 503,
    retryAfter: '2',
    commit: false,
  }),
  onPayment('14', 'Payment not booked, 500', { kind: 'status', status: 500, commit: false }),
  onPayment('15', 'Payment booked, shows in payments-due 60 s later', { kind: 'delayed-ledger', ms: 60_000 }),
  onPayment('16', 'Payment booked as pending: the pending amount rises, what is due stays', { kind: 'as-pending' }),
  onPayment('17', 'Payment refused: 403 with a JSON:API error', { kind: 'status', status: 403, commit: false }),
  onPayment('18', 'Payment booked, the answer is malformed JSON', { kind: 'malformed-json', commit: true }),
  onPayment('19', 'Payment not booked, 307 to another path', {
    kind: 'redirect',
    status: 307,
    location: '/elsewhere/',
    commit: false,
  }),
  { policyNumber: number('20'), outcome: 'Unknown to the partner: no entry in payments-due', effects: [] },
  fine('21', 'Credit balance of -25.00', { currentDueCents: -2_500 }),
  fine('22', 'current_due with three decimals', { attributes: { current_due: '128.405' } }),
  fine('23', 'current_due is null', { attributes: { current_due: null } }),
  fine('24', 'current_due is text', { attributes: { current_due: 'see agent' } }),
  fine('25', 'CC blocked: payment_types ["ACH"]', { paymentTypes: ['ACH'] }),
  fine('26', 'ACH blocked: payment_types ["CC"]', { paymentTypes: ['CC'] }),
  fine('27', 'Both blocked: payment_types []', { paymentTypes: [] }),
  fine('28', 'payment_types left out', { paymentTypes: null }),
  fine('29', 'An unknown payment type: ["ACH","CC","BITCOIN"]', { paymentTypes: ['ACH', 'CC', 'BITCOIN'] }),
  onBalance('30', 'Two entries for the policy (100.00 and 28.40)', { kind: 'balance-rows', rows: 'two' }),
  onBalance('31', "Only another policy's entry", { kind: 'balance-rows', rows: 'other' }),
  fine('32', 'allow_payments is false', { allowPayments: false }),
  onBalance('33', 'Balance answers 500', { kind: 'status', status: 500, commit: false }),
  onBalance('34', 'Balance answers HTML with status 200', { kind: 'html', status: 200, commit: false }),
  onBalance('35', 'Balance never answers', { kind: 'timeout', commit: false }),
  fine('36', 'Nothing due: 0.00', { currentDueCents: 0 }),
  fine('37', 'current_due left out', { omit: ['current_due'] }),
  onBill('40', 'No PDF: 404', { kind: 'status', status: 404, commit: false }),
  onBill('41', 'HTML with status 200 in place of the PDF', { kind: 'html', status: 200, commit: false }),
  onBill('42', 'A PDF over 25 MB', { kind: 'big-pdf', bytes: 26 << 20 }),
  onBill('43', 'A PDF of no bytes', { kind: 'big-pdf', bytes: 0 }),
  onBill('44', 'The PDF as base64 in a JSON:API document', { kind: 'bill-format', format: 'base64' }),
  onBill('45', 'A JSON:API document with the URL of the PDF', { kind: 'bill-format', format: 'url' }),
  onBill('46', 'The PDF trickles: 64 bytes each 500 ms', { kind: 'slow-body', bytes: 64, everyMs: 500, commit: true }),
  onBill('47', 'HTML bytes under application/pdf', { kind: 'bill-format', format: 'html-as-pdf' }),
  on('50', 'paperless', 'Paperless refused: 422', { kind: 'status', status: 422, commit: false }),
  on('51', 'autopay', 'Autopay refused: 422', { kind: 'status', status: 422, commit: false }),
  {
    ...fine('52', 'Paperless and autopay answer 500'),
    effects: [
      { operation: 'paperless', effect: { kind: 'status', status: 500, commit: false } },
      { operation: 'autopay', effect: { kind: 'status', status: 500, commit: false } },
    ],
  },
];

const BY_NUMBER = new Map(SENTINELS.map((sentinel) => [sentinel.policyNumber, sentinel]));

/** The effects a reserved policy has on an operation; none for every other policy. */
export function sentinelEffects(policyNumber: string | null, operation: Operation): Effect[] {
  const sentinel = policyNumber?.startsWith('999000') ? BY_NUMBER.get(policyNumber) : undefined;
  if (!sentinel) return [];
  return sentinel.effects
    .filter((entry) => entry.operation === operation || entry.operation === 'any')
    .map((entry) => entry.effect);
}

function number(suffix: string): string {
  return `999000${suffix}`;
}

function fine(suffix: string, outcome: string, policy: Partial<PolicyInput> = {}): Sentinel {
  const base = {
    policyNumber: number(suffix),
    currentDueCents: BALANCE_CENTS,
    firstName: 'SANDY',
    lastName: 'SENTINEL',
  };
  return { policyNumber: number(suffix), outcome, effects: [], policy: { ...base, ...policy } };
}

function on(suffix: string, operation: Operation, outcome: string, effect: Effect): Sentinel {
  return { ...fine(suffix, outcome), effects: [{ operation, effect }] };
}

function onPayment(suffix: string, outcome: string, effect: Effect): Sentinel {
  return on(suffix, 'payment', outcome, effect);
}

function onBalance(suffix: string, outcome: string, effect: Effect): Sentinel {
  return on(suffix, 'balance', outcome, effect);
}

function onBill(suffix: string, outcome: string, effect: Effect): Sentinel {
  return on(suffix, 'pdf', outcome, effect);
}
