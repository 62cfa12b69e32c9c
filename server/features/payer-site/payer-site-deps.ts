import type { Platform } from '../../platform/platform.ts';
import type { Billers } from '../billers/index.ts';
import type { Partners } from '../billers/partner.ts';
import type { Maintenance } from '../maintenance/index.ts';
import type { Processors } from '../payments/processor.ts';
import type { PayerPages } from './contract.ts';
import type { PayerSessions } from './payer-session.ts';

/** What the Virtual Site stands on: the features below it, the pages built from `web/payer`, and its own short sessions. */
export interface PayerSiteDeps extends Platform {
  readonly billers: Billers;
  readonly maintenance: Maintenance;
  readonly partners: Partners;
  readonly processors: Processors;
  readonly pages: PayerPages;
  readonly sessions: PayerSessions;
}
