import { type Billers, createBillers } from './features/billers/index.ts';
import type { Partners } from './features/billers/partner.ts';
import type { TakenPayments } from './features/deliveries/index.ts';
import { takenPayments } from './features/payments/index.ts';
import type { Processors } from './features/payments/processor.ts';
import { createPartners } from './partners/registry.ts';
import type { Platform } from './platform/platform.ts';
import { createProcessors } from './processors/registry.ts';

/** What features get besides the platform: the outside systems, introduced here and nowhere else. */
export interface FeatureDeps extends Platform {
  readonly partners: Partners;
  readonly processors: Processors;
  readonly billers: Billers;
  /** Reconciliation asks the payments above it through this. */
  readonly takenPayments: TakenPayments;
}

/** Introduces partners and processors to the features. `close` ends partner sessions and the configuration's listener. */
export function introduce(platform: Platform): { deps: FeatureDeps; close: () => Promise<void> } {
  const partners = createPartners(platform);
  const processors = createProcessors(platform);
  const billers = createBillers(platform, partners);
  return {
    deps: { ...platform, partners, processors, billers, takenPayments },
    close: async () => {
      await Promise.all([...partners.values()].map((partner) => partner.close()));
      await billers.close();
    },
  };
}
