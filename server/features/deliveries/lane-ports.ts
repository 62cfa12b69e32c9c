import type { Clock } from '../../platform/clock.ts';
import type { CrashPoints } from '../../platform/crash-points.ts';
import type { Random } from '../../platform/random.ts';
import type { Timers } from '../../platform/timers.ts';
import type { Partner, PartnerConnection, Transcript } from '../billers/partner.ts';
import type { BalanceFacts, Destination, OpenDelivery } from './delivery.ts';
import type { Decision, DeliveryPolicy, nextStep } from './next-step.ts';

/** The ports of the worker: given PostgreSQL, a real partner and real time by start-lanes.ts, and models by simulation/. */

/** A decision to write, fenced by the version it was made from: it fails if anyone changed the delivery since. */
export interface Mark {
  readonly id: number;
  readonly version: number;
  readonly decision: Decision;
  readonly atMs: number;
  /** The attempt it closes, if `decision.attempt` says how. */
  readonly attempt: {
    readonly n: number;
    readonly transcript: Transcript | null;
    readonly httpStatus: number | null;
  } | null;
  readonly partner: string;
}

/** What is committed before the first byte of a send leaves. */
export interface Intent {
  readonly id: number;
  readonly version: number;
  readonly n: number;
  readonly permit: string;
  /** True for payments until proven otherwise. A setting is absolute, so never. */
  readonly possiblyApplied: boolean;
  readonly payloadHash: string;
  readonly intentAtMs: number;
  readonly deadlineAtMs: number;
  readonly baseline: BalanceFacts | null;
}

export interface Written {
  readonly marked: ReadonlySet<number>;
  readonly intended: ReadonlySet<number>;
  /** Refused by the constraint: a send under that permit may have been applied. */
  readonly spent: ReadonlySet<number>;
  readonly isPaused: boolean;
}

/** One lane's rows. Both calls fail once the lane's lock is lost. */
export interface LaneStore {
  /** Open deliveries with a higher id, in the order of their ids. */
  readOpen(afterId: number, limit: number): Promise<readonly OpenDelivery[]>;
  /** All of it in one durable transaction, or nothing. */
  write(writes: { readonly marks: readonly Mark[]; readonly intents: readonly Intent[] }): Promise<Written>;
}

export type LanePartner = Pick<Partner, 'balance' | 'postPayment' | 'setPaperless' | 'setAutoPay' | 'holdSession'>;

/** Where a frozen destination is reached now, or why it cannot be. */
export type Reached =
  | {
      readonly kind: 'open';
      readonly partner: LanePartner;
      readonly connection: PartnerConnection;
      /** Where the account's balance is read; undefined for settings. */
      readonly balance: PartnerConnection | undefined;
      readonly policy: DeliveryPolicy;
    }
  | { readonly kind: 'closed'; readonly sentence: string; readonly policy: DeliveryPolicy };

export interface LaneDeps {
  readonly store: LaneStore;
  readonly reach: (destination: Destination) => Promise<Reached>;
  readonly nextStep: typeof nextStep;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Pick<Random, 'fraction'>;
  readonly crash: CrashPoints;
  /** An intent older than this is not acted upon: its worker may have been taken for dead. Monotonic milliseconds. */
  readonly intentAgeMsMax: number;
  /** Hears of every decision once it is durable. Never throws. */
  readonly onDecided: (delivery: OpenDelivery, decision: Decision) => void;
}

export const INTENT_AGE_MS_MAX = 20_000;
