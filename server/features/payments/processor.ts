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
  /** Of a bank debit: what the payer agrees to, shown again above the processor's button. */
  readonly authorizationText: string | undefined;
  /** After this no charge can come of it. */
  readonly expiresInSeconds: number;
}

/** What the processor knows of a charge. `none`: no charge was made and none will be under this checkout. */
export type ChargeState =
  | {
      readonly kind: 'approved';
      readonly processorReference: string;
      readonly message: string;
      readonly brand: string;
      readonly lastFour: string;
      readonly expiry: string | undefined;
      readonly at: Temporal.Instant;
    }
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

export type ChargeAnswer =
  | { readonly kind: 'told'; readonly state: ChargeState }
  | { readonly kind: 'unanswered'; readonly reason: string };

/** What came of a void or a refund. `refused`: it was not done, and why. `unanswered`: it may have been. */
export type ChargeMoved =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'unanswered'; readonly reason: string };

/** An event of the processor, verified, in its own order or not. `externalId` makes a repeat harmless. */
export interface ProcessorEvent {
  readonly externalId: string;
  readonly reference: string;
  readonly at: Temporal.Instant;
  /** `ended`: the page was cancelled or ran out; no charge was made and none will be. */
  readonly kind: 'approved' | 'declined' | 'ended' | 'settled' | 'returned' | 'charged_back' | 'voided' | 'refunded';
  /** R01, R03, R10 … of a return; the reason of a chargeback. */
  readonly code: string | undefined;
  readonly state: ChargeState | undefined;
}

/** `other`: genuine, but of a kind that changes no payment. `refused`: not the processor's, altered, or too old. */
export type EventReading =
  | { readonly kind: 'event'; readonly event: ProcessorEvent }
  | { readonly kind: 'other' }
  | { readonly kind: 'refused'; readonly why: 'signature' | 'clock' | 'not-understood' };

export interface Processor {
  readonly name: string;
  /** Asked again with the same request it gives the same checkout: the reference is its idempotency key. */
  createCheckout(request: CheckoutRequest): Promise<CheckoutAnswer>;
  /** Asks by our reference: heals a lost answer, a crash, a payer who never came back. */
  findCharge(reference: string): Promise<ChargeAnswer>;
  /** Makes sure that no charge can come of this checkout any more; tells what came of it if it was too late. */
  cancelCheckout(reference: string): Promise<ChargeAnswer>;
  voidCharge(reference: string): Promise<ChargeMoved>;
  refundCharge(reference: string): Promise<ChargeMoved>;
  /** Verifies the signature over the bytes as they came, then reads the event. */
  readEvent(headers: Readonly<Record<string, string | undefined>>, rawBody: Buffer): EventReading;
  /** Events after a cursor, for the poll that catches what a webhook lost. */
  eventsAfter(
    cursor: string | undefined,
  ): Promise<
    | { readonly kind: 'events'; readonly events: readonly ProcessorEvent[]; readonly cursor: string | undefined }
    | { readonly kind: 'unanswered'; readonly reason: string }
  >;
}

/** The processors this installation knows, by name. */
export type Processors = ReadonlyMap<string, Processor>;
