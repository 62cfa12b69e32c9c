import { type Billers, createBillers } from './features/billers/index.ts';
import type { Partners } from './features/billers/partner.ts';
import { type TakenPayments, wakeLanesOf } from './features/deliveries/index.ts';
import { countInvoicesDue, findInvoiceTypesInUse } from './features/invoices/index.ts';
import { createMaintenance, type Maintenance, type MaintenancePorts } from './features/maintenance/index.ts';
import { queueNotice } from './features/notices/index.ts';
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
  /** What is closed for maintenance now, at this process. */
  readonly maintenance: Maintenance;
  /** Maintenance asks the invoices, lanes and notices above it through these. */
  readonly maintenancePorts: MaintenancePorts;
  /** Billers ask the invoices above them through this, before an invoice type is taken out. */
  readonly findInvoiceTypesInUse: typeof findInvoiceTypesInUse;
  /** Reconciliation asks the payments above it through this. */
  readonly takenPayments: TakenPayments;
}

const maintenancePorts: MaintenancePorts = {
  invoicesDue: countInvoicesDue,
  wakeLanes: wakeLanesOf,
  queueEmail: (tx, email) =>
    queueNotice(tx, { ...email, kind: 'maintenance-reminder', accountNumber: null, paymentId: null, locale: 'en' }),
};

/** Introduces partners and processors to the features. `close` ends partner sessions and what listens for changes. */
export function introduce(platform: Platform): { deps: FeatureDeps; close: () => Promise<void> } {
  const partners = createPartners(platform);
  const processors = createProcessors(platform);
  const billers = createBillers(platform, partners);
  const maintenance = createMaintenance(platform);
  return {
    deps: {
      ...platform,
      partners,
      processors,
      billers,
      maintenance,
      maintenancePorts,
      findInvoiceTypesInUse,
      takenPayments,
    },
    close: async () => {
      await Promise.all([...partners.values()].map((partner) => partner.close()));
      await Promise.all([billers.close(), maintenance.close()]);
    },
  };
}
