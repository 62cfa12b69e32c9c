import type { Tx } from '../../platform/database.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Billers } from '../billers/index.ts';
import type { Maintenance } from './load-windows.ts';

/** An email to a member of staff. */
export interface StaffEmail {
  readonly bid: number;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly at: Temporal.Instant;
}

/** What maintenance asks of the features above it. Given by introduce.ts: nothing here imports upwards. */
export interface MaintenancePorts {
  /** Open invoices that fall due from one day to another, both included, at most some thousands. */
  invoicesDue(tx: Tx, bid: number, days: { readonly from: string; readonly until: string }): Promise<number>;
  /** Lets every lane of the biller look again at once, when the transaction commits. */
  wakeLanes(tx: Tx, bid: number): Promise<void>;
  /** Sends an email if and only if the transaction commits. */
  queueEmail(tx: Tx, email: StaffEmail): Promise<void>;
}

/** What the use cases of maintenance stand on. `maintenance`: this process's cache, told to forget what was changed. */
export type MaintenanceDeps = Pick<Platform, 'database' | 'clock'> & {
  readonly billers: Pick<Billers, 'load'>;
  readonly maintenance: Pick<Maintenance, 'forget'>;
  readonly maintenancePorts: MaintenancePorts;
};
