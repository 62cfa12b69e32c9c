import type { Tx } from '../../platform/database.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Billers } from '../billers/index.ts';
import type { Maintenance } from '../maintenance/index.ts';

/** A payment as reconciliation compares it: what was taken on a day, asked of the feature above through this port. */
export interface TakenPayment {
  readonly paymentId: number;
  /** Fee included, as the payer paid it. */
  readonly amountCents: number;
  readonly feeCents: number;
  readonly status: string;
  readonly takenAt: Temporal.Instant;
}

/** The payments a biller took on a day of its own time zone (`YYYY-MM-DD`). Given by app.ts: nothing here imports upwards. */
export type TakenPayments = (
  tx: Tx,
  bid: number,
  day: { readonly from: Temporal.Instant; readonly until: Temporal.Instant },
) => Promise<readonly TakenPayment[]>;

/** What the use cases of deliveries stand on. */
export interface DeliveriesDeps
  extends Pick<Platform, 'database' | 'clock' | 'timers' | 'random' | 'crash' | 'log' | 'metrics'> {
  readonly billers: Billers;
  readonly maintenance: Pick<Maintenance, 'pausingDataPump'>;
  readonly takenPayments: TakenPayments;
}
