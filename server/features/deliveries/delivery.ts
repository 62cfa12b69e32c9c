import type { PartnerOperation, PaymentPosting } from '../billers/partner.ts';

/** What a delivery is and what is known of it. Instants are milliseconds since 1970 UTC: the pure core compares them. */

export const KINDS = ['payment', 'paperless', 'autopay'] as const;
export type DeliveryKind = (typeof KINDS)[number];

export const STATES = ['queued', 'sending', 'waiting', 'unknown', 'held', 'posted', 'not_sent', 'superseded'] as const;
export type DeliveryState = (typeof STATES)[number];

/** Why a delivery needs a person. Only `exhausted`, `destination` and `rejected` may be replayed: nothing was applied. */
export const HELD_KINDS = ['rejected', 'exhausted', 'unknown', 'destination', 'restored'] as const;
export type HeldKind = (typeof HELD_KINDS)[number];

export type Family = 'payments' | 'settings';

/** Where a delivery goes, frozen when it was recorded. A conversion or a rollback never changes it. */
export interface Destination {
  readonly partner: string;
  readonly environment: number;
  readonly operation: PartnerOperation;
  readonly url: string;
  readonly authUrl: string | null;
  readonly username: string;
  /** Of the configuration it was made from: where the login of that time is found. */
  readonly settingsVersion: number;
}

/** What a delivery carries. A setting is absolute: sending it twice changes nothing. */
export type Payload =
  | { readonly kind: 'payment'; readonly posting: PaymentPosting }
  | { readonly kind: 'paperless' | 'autopay'; readonly isOn: boolean };

/** What the partner said of an account, reduced to what can be evidence. Money in cents; `null`: it did not say. */
export interface BalanceFacts {
  readonly atMs: number;
  readonly currentDueCents: number;
  readonly totalUnpaidCents: number | null;
  readonly pendingCents: number | null;
  readonly pendingDate: string | null;
  readonly lastUpdateTime: string | null;
  /** The partner's clock less ours, from its Date header; null when it sent none. */
  readonly skewMs: number | null;
}

/** E1 applied, E0 not applied, EX neither can be told. */
export type Verdict = 'E1' | 'E0' | 'EX';

export interface Reading extends BalanceFacts {
  readonly verdict: Verdict;
  /** Why, in words a person can check against the figures. */
  readonly because: string;
}

/** The facts of one delivery that decisions are made from. */
export interface DeliveryFacts {
  readonly id: number;
  readonly kind: DeliveryKind;
  readonly state: DeliveryState;
  readonly version: number;
  readonly accountNumber: string;
  readonly amountCents: number;
  readonly heldKind: HeldKind | null;
  readonly attempts: number;
  readonly retries: number;
  readonly retrySinceMs: number | null;
  readonly nextAtMs: number | null;
  readonly unknownSinceMs: number | null;
  readonly readings: readonly Reading[];
  readonly permit: string;
  /** Why nothing of it may be sent any more: the money went back to the payer. */
  readonly withdrawn: string | null;
  /** When the last send that may have been applied was intended; read where it matters (unknown or withdrawn), null elsewhere. */
  readonly sentAtMs: number | null;
}

/** A delivery as the lane reads it: the facts, what to send, where, and the last attempt that may have been applied. */
export interface OpenDelivery extends DeliveryFacts {
  readonly destination: Destination;
  readonly payload: Payload;
  /** A newer change of the same account and kind exists (settings only): this one need not be sent. */
  readonly hasNewer: boolean;
  /** What the partner said before the last send that may have been applied. */
  readonly baseline: BalanceFacts | null;
  /** Another payment of the account was sent near this one, so a movement cannot be attributed. */
  readonly hasOtherPosting: boolean;
}

export const familyOf = (kind: DeliveryKind): Family => (kind === 'payment' ? 'payments' : 'settings');

export const laneIdOf = (bid: number, family: Family, environment: number): string => `${bid}/${family}/${environment}`;
