import { z } from 'zod';

const amountCents = z.number().int().min(1).max(99_999_999_99);
/** Ours to echo, the caller's to choose: unguessable and unique. */
const reference = z.string().regex(/^[A-Za-z0-9._:-]{1,100}$/, 'a reference is 1 to 100 letters, digits, . _ : -');
const returnTo = z.url({ protocol: /^https?$/ }).max(2_000);

export const METHOD_KINDS = ['CC', 'ACH'] as const;
export type MethodKind = (typeof METHOD_KINDS)[number];

/** `POST /v1/checkouts`. One checkout is one try of one payment, or (`mode: "setup"`) one method stored without a charge. */
export const checkoutRequest = z
  .strictObject({
    mode: z.enum(['payment', 'setup']).default('payment'),
    amountCents: amountCents.optional(),
    currency: z.literal('USD').default('USD'),
    method: z.enum(METHOD_KINDS),
    reference,
    description: z.string().max(500).default(''),
    billerName: z.string().min(1).max(200),
    returnUrl: returnTo,
    cancelUrl: returnTo,
    locale: z.enum(['en', 'es']).default('en'),
    /** Card brands that are taken; empty takes all. */
    brands: z.array(z.string().max(40)).max(20).default([]),
    /** Whether a token for later charges comes out: never, if the payer ticks the box, always. A setup always stores. */
    saveMethod: z.enum(['never', 'ask', 'always']).default('never'),
    /** Shown above the button; for bank debits the authorization. */
    authorizationText: z.string().max(4_000).optional(),
    expiresInSeconds: z.number().int().min(1).max(86_400).default(1_800),
  })
  .refine(
    (body) => (body.mode === 'payment') === (body.amountCents !== undefined),
    'a payment has amountCents, a setup none',
  );
export type CheckoutRequest = z.output<typeof checkoutRequest>;

/** `POST /v1/charges`: a stored method, without the payer. */
export const chargeRequest = z.strictObject({
  token: z.string().min(1).max(100),
  amountCents,
  currency: z.literal('USD').default('USD'),
  reference,
  description: z.string().max(500).default(''),
});

export const refundRequest = z.strictObject({ amountCents: amountCents.optional() });
export const cancelRequest = z.strictObject({ reference });

/** What is kept of a card or a bank account. There is no number in it, and no way back to one. */
export interface Method {
  token: string;
  kind: MethodKind;
  /** `Visa`, `Mastercard`, `American Express`, `Discover`, `Checking`, `Savings`. */
  brand: string;
  last4: string;
  /** `MM/YY`; null for a bank account. */
  expiry: string | null;
  holderName: string;
  createdAt: string;
  /** Name of the test number behind it: decides how later charges go. */
  testNumber: string;
}

export type ChargeStatus = 'approved' | 'declined' | 'settled' | 'returned' | 'charged_back' | 'voided' | 'refunded';

/** One try to move money. Its id is the processor's reference. */
export interface Charge {
  id: string;
  reference: string;
  checkoutId: string | null;
  status: ChargeStatus;
  amountCents: number;
  currency: 'USD';
  method: MethodKind;
  /** The processor's words: `APPROVED 123456`, `DECLINED 51 INSUFFICIENT FUNDS`. */
  paymentMessage: string;
  /** A sentence for the payer when declined. */
  sentence: string | null;
  declineCode: string | null;
  brand: string;
  last4: string;
  expiry: string | null;
  token: string | null;
  createdAt: string;
  settledAt: string | null;
  /** R01 … of a return, the network's reason of a chargeback. */
  reasonCode: string | null;
  refundedCents: number;
  /** What its test number still has in store once it is settled. */
  later: { kind: 'return' | 'chargeback'; code: string } | null;
}

export type CheckoutStatus = 'open' | 'processing' | 'completed' | 'cancelled' | 'expired';

export interface Checkout extends Omit<CheckoutRequest, 'amountCents' | 'expiresInSeconds' | 'authorizationText'> {
  id: string;
  status: CheckoutStatus;
  amountCents: number | null;
  authorizationText: string | null;
  createdAt: string;
  expiresAt: string;
  chargeId: string | null;
  token: string | null;
}

export type EventType = `charge.${ChargeStatus}` | 'checkout.cancelled' | 'checkout.expired' | 'method.stored';

/** What happened, in the order it happened: `seq` rises by one. Sent as webhooks and listed for polls. */
export interface ProcessorEvent {
  id: string;
  seq: number;
  type: EventType;
  createdAt: string;
  reference: string;
  /** R01 …, or the reason of a chargeback. */
  code: string | null;
  charge: Charge | null;
  checkoutId: string | null;
  token: string | null;
}

/** The answer an idempotency key stands for. */
export interface KeptAnswer {
  key: string;
  bodyHash: string;
  status: number;
  body: unknown;
}

/** One change. Changes of one act are one line of the state file: all of them are kept, or none. */
export type Put =
  | { kind: 'checkout'; value: Checkout }
  | { kind: 'charge'; value: Charge }
  | { kind: 'method'; value: Method }
  | { kind: 'forget-method'; token: string }
  | { kind: 'event'; value: ProcessorEvent }
  | { kind: 'answer'; value: KeptAnswer }
  | { kind: 'blocked'; reference: string }
  | { kind: 'delivered'; eventId: string }
  | { kind: 'forget-all' };
