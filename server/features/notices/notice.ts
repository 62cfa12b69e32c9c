/** An email to send, written out in full: what the payer gets does not change with a later edit of a template. */
export interface NewNotice {
  readonly bid: number;
  /** `receipt` …; one of each kind for a payment. */
  readonly kind: string;
  readonly accountNumber: string | null;
  readonly paymentId: number | null;
  readonly to: string;
  readonly locale: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** When it is to leave; at once unless told. */
  readonly at?: Temporal.Instant;
}
