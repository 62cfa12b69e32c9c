/**
 * The processor port. Card and bank numbers are typed on the processor's own page, on its own origin: Causeway sends the
 * payer there and hears what came of it, and never sees a number (PCI SAQ A).
 */

export interface CheckoutRequest {
  readonly amountCents: number;
  readonly method: 'CC' | 'ACH';
  /** Our payment, unguessable and unique; also the idempotency key of the charge. */
  readonly reference: string;
  readonly description: string;
  readonly billerName: string;
  readonly returnUrl: string;
  readonly cancelUrl: string;
  readonly locale: 'en' | 'es';
  /** Card brands the biller takes. */
  readonly brands: readonly string[];
}

/** What the processor knows of a charge. `none`: no charge was made and none will be under this checkout. */
export type ChargeState =
  | { readonly kind: 'approved'; readonly processorReference: string; readonly message: string; readonly brand: string; readonly lastFour: string; readonly expiry: string | undefined; readonly at: Temporal.Instant }
  | { readonly kind: 'declined'; readonly message: string; readonly sentence: string }
  /** The payer has not finished; the page is still open until `expiresAt`. */
  | { readonly kind: 'open'; readonly expiresAt: Temporal.Instant | undefined }
  /** Sent to the network, no answer yet. */
  | { readonly kind: 'processing' }
  | { readonly kind: 'none'; readonly why: 'expired' | 'cancelled' | 'never-made' };

export type CheckoutAnswer =
  | { readonly kind: 'made'; readonly checkoutId: string; readonly url: string }
  | { readonly kind: 'refused'; readonly sentence: string }
  /** No byte left: nothing exists there. */
  | { readonly kind: 'not-sent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type ChargeAnswer = { readonly kind: 'told'; readonly state: ChargeState } | { readonly kind: 'unanswered'; readonly reason: string };

/** An event of the processor, verified, in its own order or not. `externalId` makes a repeat harmless. */
export interface ProcessorEvent {
  readonly externalId: string;
  readonly reference: string;
  readonly at: Temporal.Instant;
  readonly kind: 'approved' | 'declined' | 'settled' | 'returned' | 'charged_back' | 'voided' | 'refunded';
  /** R01, R03, R10 … of a return; the reason of a chargeback. */
  readonly code: string | undefined;
  readonly state: ChargeState | undefined;
}

export interface Processor {
  readonly name: string;
  createCheckout(request: CheckoutRequest): Promise<CheckoutAnswer>;
  /** Asks by our reference: heals a lost answer, a crash, a payer who never came back. */
  findCharge(reference: string): Promise<ChargeAnswer>;
  /** Makes sure that no charge can come of this checkout any more; tells what came of it if it was too late. */
  cancelCheckout(reference: string): Promise<ChargeAnswer>;
  voidCharge(reference: string): Promise<ChargeAnswer>;
  refundCharge(reference: string): Promise<ChargeAnswer>;
  /** Verifies the signature and reads the event; undefined when the signature is not the processor's. */
  readEvent(headers: Readonly<Record<string, string | undefined>>, rawBody: Buffer): ProcessorEvent | undefined;
  /** Events after a cursor, for the poll that catches what a webhook lost. */
  eventsAfter(cursor: string | undefined): Promise<{ readonly kind: 'events'; readonly events: readonly ProcessorEvent[]; readonly cursor: string | undefined } | { readonly kind: 'unanswered'; readonly reason: string }>;
}

/** The processors this installation knows, by name. */
export type Processors = ReadonlyMap<string, Processor>;
