import { z } from 'zod';
import { storableDay } from '../../platform/storable-time.ts';

const cents = z.int().describe('Whole US cents');
const instant = z.iso.datetime({ offset: true });
export const methodSchema = z.enum(['CC', 'ACH']);
export const sourceSchema = z.enum([
  'Virtual Site',
  'Customer Portal',
  'AutoPay',
  'Scheduled',
  'Recurring',
  'Pay by Text',
  'IVR',
  'OBD',
  'CSR',
]);
export const statusSchema = z.enum([
  'submitting',
  'unknown',
  'pending',
  'error',
  'declined',
  'approved',
  'settled',
  'voided',
  'refunded',
  'returned',
  'charged_back',
]);

/** A card number typed where it does not belong is refused, and so neither stored, posted nor printed (PCI DSS, SAQ A). */
const typed = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => !holdsCardNumber(text), 'must not hold a card number: it is asked for on the next page');

/** Who pays, as the payer gave it. There is no card or bank number in it: those are typed on the processor's page. */
export const payerSchema = z.strictObject({
  name: typed(120).min(1),
  address1: typed(120).default(''),
  address2: typed(120).default(''),
  city: typed(80).default(''),
  state: typed(40).default(''),
  zip: typed(20).default(''),
  phone: typed(40).default(''),
  email: z.union([z.email().max(254), z.literal('')]).default(''),
});
export type Payer = z.output<typeof payerSchema>;

/** One payer's submit. `idempotencyKey` is made with the form: pressing twice makes one payment. */
export const takePaymentSchema = z.strictObject({
  bid: z.int().positive(),
  accountNumber: z.string().min(1).max(50),
  /** Empty: all open invoices of the account. */
  invoiceNumbers: z.array(z.string().min(1).max(80)).max(50).default([]),
  method: methodSchema,
  /** What goes towards the bill, without the fee. */
  billAmountCents: z.int().min(1).max(99_999_999_99),
  /** The fee and the balance the payer was shown: a change is asked about, never charged silently. */
  feeSeenCents: z.int().min(0),
  balanceSeenCents: z.int(),
  /** Which text of a bank debit the payer agreed to (`markOfAuthorization`): no other is kept as theirs. */
  authorizationMark: z.string().max(64).optional(),
  source: sourceSchema,
  locale: z.enum(['en', 'es']),
  payer: payerSchema,
  idempotencyKey: z.string().min(8).max(200),
  confirmedDuplicate: z.boolean().default(false),
});
export type TakePayment = z.input<typeof takePaymentSchema>;

const clock = <State extends string>(states: readonly [State, ...State[]]) => ({
  state: z.enum(states),
  at: instant.nullable(),
  sentence: z.string().describe('For the reader, in the payment’s language'),
});

/** The three clocks of a payment, the same for payer and staff. */
export const clocksSchema = z.strictObject({
  taken: z.strictObject(clock(['taken', 'not-yet', 'in-doubt', 'not-taken'])),
  settled: z.strictObject({
    ...clock(['settled', 'not-yet', 'came-back', 'never']),
    canComeBackUntil: z.iso
      .date()
      .nullable()
      .describe('The last day on which the money can still come back for its most usual reasons'),
    disputableUntil: z.iso.date().nullable().describe('The last day on which the payer can still dispute it'),
  }),
  posted: z.strictObject({ ...clock(['posted', 'being-posted', 'held', 'not-sent', 'never']) }),
});
export type Clocks = z.infer<typeof clocksSchema>;

export const paymentSchema = z
  .strictObject({
    paymentId: z.int(),
    publicId: z.string(),
    bid: z.int(),
    accountNumber: z.string(),
    invoiceTypeId: z.string(),
    invoiceNumbers: z.array(z.string()),
    method: methodSchema,
    amountCents: cents.describe('Fee included'),
    feeCents: cents,
    billAmountCents: cents.describe('What goes towards the bill'),
    source: z.string(),
    status: statusSchema,
    statusSentence: z.string(),
    declinedSentence: z.string().nullable().describe('Why the card or bank said no, in the payer’s language'),
    locale: z.enum(['en', 'es']),
    processor: z.string(),
    processorReference: z.string().nullable(),
    paymentMessage: z.string().nullable(),
    brand: z.string().nullable(),
    lastFour: z.string().nullable(),
    expiry: z.string().nullable(),
    payer: payerSchema,
    authorizationText: z.string().nullable(),
    clocks: clocksSchema,
    mayVoid: z.boolean(),
    mayRefund: z.boolean(),
    createdAt: instant,
    version: z.int(),
  })
  .meta({ id: 'Payment' });
export type PaymentView = z.infer<typeof paymentSchema>;

export const paymentEventSchema = z.strictObject({
  seq: z.int(),
  kind: z.string(),
  at: instant,
  toldBy: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export const paymentWithEventsSchema = paymentSchema
  .extend({ events: z.array(paymentEventSchema) })
  .meta({ id: 'PaymentWithEvents' });
export type PaymentWithEvents = z.infer<typeof paymentWithEventsSchema>;

export const paymentsQuerySchema = z.strictObject({
  status: statusSchema.optional(),
  method: methodSchema.optional(),
  source: sourceSchema.optional(),
  accountNumber: z.string().max(50).optional(),
  from: storableDay.optional().describe('First day, UTC'),
  until: storableDay.optional().describe('Last day, UTC'),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type PaymentsQuery = z.infer<typeof paymentsQuerySchema>;
export const paymentsPageSchema = z.strictObject({ items: z.array(paymentSchema), nextCursor: z.string().nullable() });

export const byDayQuerySchema = z.strictObject({ days: z.coerce.number().int().min(1).max(366).default(30) });
export const byDaySchema = z.strictObject({
  items: z.array(
    z.strictObject({
      day: z.iso.date().describe('In the biller’s time zone'),
      method: methodSchema,
      count: z.int(),
      amountCents: cents,
      feeCents: cents,
    }),
  ),
});

export const staffActSchema = z.strictObject({
  reason: z.string().trim().min(3).max(500),
  expectedVersion: z.int().optional().describe('The version the person saw'),
});
export const eventReceivedSchema = z.strictObject({ received: z.literal(true) });

/** 13 to 19 digits, with single spaces or hyphens between them, that pass the check digit of cards (ISO/IEC 7812). */
function holdsCardNumber(text: string): boolean {
  for (const [run] of text.matchAll(/\d(?:[ -]?\d){12,18}/g)) {
    const digits = run.replaceAll(/\D/g, '');
    let sum = 0;
    for (let place = 0; place < digits.length; place++) {
      const digit = Number(digits[digits.length - 1 - place]);
      const doubled = place % 2 === 0 ? digit : digit * 2;
      sum += doubled > 9 ? doubled - 9 : doubled;
    }
    if (sum % 10 === 0) return true;
  }
  return false;
}
