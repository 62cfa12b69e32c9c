import { createImtSandbox } from '@causeway/sandbox/imt';
import { createProcessorSandbox, type ProcessorSandbox } from '@causeway/sandbox/processor';
import {
  type ConfigurationDraft,
  createBiller,
  createBillers,
  defaultConfiguration,
  settingsFromTexts,
} from '../features/billers/index.ts';
import { createMaintenance } from '../features/maintenance/index.ts';
import type { PaymentView, TakePayment } from '../features/payments/contract.ts';
import type { PaymentsDeps } from '../features/payments/deps.ts';
import { findPayment } from '../features/payments/find-payment.ts';
import { quotePayment } from '../features/payments/quote-payment.ts';
import { takePayment } from '../features/payments/take-payment.ts';
import { createPartners } from '../partners/registry.ts';
import { fixedClock } from '../platform/clock.ts';
import type { CrashPointName, CrashPoints } from '../platform/crash-points.ts';
import type { Mail, Mailer } from '../platform/mail.ts';
import { createProcessors } from '../processors/registry.ts';
import { withTestPlatform } from './platform.ts';

export const RIG_BID = 2984;

/** The process died here: what the crash point of a test throws. */
export class Killed extends Error {}

/** Payments on a database of their own, with the real sandbox processor on a free port. For tests. */
export async function withPayments(
  from: { isConnected?: boolean; configuration?: (base: ConfigurationDraft) => Partial<ConfigurationDraft> } = {},
) {
  const processor: ProcessorSandbox = await createProcessorSandbox({ webhook: { paused: true } });
  const rig = { crashAt: undefined as CrashPointName | undefined, sent: [] as Mail[], isMailBroken: false };
  const crash: CrashPoints = {
    at(name) {
      if (rig.crashAt === name) throw new Killed(name);
    },
  };
  const mailer: Mailer = {
    async send(mail) {
      if (rig.isMailBroken) return { ok: false, permanent: true, why: '550 no such mailbox' };
      rig.sent.push(mail);
      return { ok: true, messageId: String(rig.sent.length) };
    },
    close: () => undefined,
  };
  // The processor has the machine's clock; ours starts there, so that signatures are young, and is then moved by the test.
  const clock = fixedClock(new Date().toISOString());
  const opened = await withTestPlatform({
    overrides: { clock, crash, mailer },
    environment: {
      CAUSEWAY_PROCESSOR_URL: processor.url,
      CAUSEWAY_PROCESSOR_SECRET: processor.secretKey,
      CAUSEWAY_PROCESSOR_WEBHOOK_SECRET: processor.webhookSecret,
    },
  });
  const partners = createPartners(opened.platform);
  const billers = createBillers(opened.platform, partners);
  const maintenance = createMaintenance(opened.platform);
  const processors = createProcessors(opened.platform);
  const deps: PaymentsDeps = { ...opened.platform, partners, billers, maintenance, processors };
  const base = defaultConfiguration({
    name: 'Prairie Mutual',
    integrationPartner: [...partners.keys()][0] ?? '',
    invoiceFormatGuid: crypto.randomUUID(),
  });
  // Every account's balance is asked of the partner's stand-in, and DataPump would post to it (no lane runs here).
  const imt = from.isConnected ? await createImtSandbox({ instances: { '3401': {} } }) : undefined;
  const connected: Partial<ConfigurationDraft> = imt
    ? {
        invoicing: { ...base.invoicing, realTimeDataRefresh: true, balanceMaxAgeSeconds: 0 },
        dataPump: {
          ...base.dataPump,
          payments: { ...base.dataPump.payments, 'Virtual Site': { CC: true, ACH: true } },
        },
        advancedSettings: settingsFromTexts({
          8: imt.url,
          9: 'causeway',
          10: 'sandbox-password',
          11: imt.url,
          12: 'causeway',
          13: 'sandbox-password',
          88: imt.authUrl,
        }),
      }
    : {};
  await createBiller(
    { ...deps },
    {
      bid: RIG_BID,
      name: 'Prairie Mutual',
      slug: 'prairie',
      configuration: { ...connected, ...from.configuration?.({ ...base, ...connected }) },
      by: { kind: 'program', name: 'test' },
    },
  );
  let accounts = 0;
  const at = {
    deps,
    database: opened.database,
    clock,
    processor,
    imt,
    rig,
    /** A new account with one open invoice; gives its number. */
    async account(
      invoice: { totalCents?: number; derived?: Record<string, unknown>; blockCc?: boolean; blockAch?: boolean } = {},
    ): Promise<string> {
      accounts += 1;
      const accountNumber = `POL${1000 + accounts}`;
      await opened.database.withBiller(RIG_BID, async (tx) => {
        await tx
          .insertInto('account')
          .values({
            bid: RIG_BID,
            account_number: accountNumber,
            customer_name: 'DOE, JANE',
            block_cc: invoice.blockCc ?? false,
            block_ach: invoice.blockAch ?? false,
          })
          .execute();
        await tx
          .insertInto('invoice')
          .values({
            bid: RIG_BID,
            invoice_number: `${accountNumber}-2026-12-20`,
            account_number: accountNumber,
            invoice_date: '2026-11-01',
            due_date: '2026-12-20',
            total_cents: invoice.totalCents ?? 12_840,
            balance_forward: true,
            invoice_type_id: '1',
            format_guid: crypto.randomUUID(),
            details: '[]',
            extras: '{}',
            derived: JSON.stringify(invoice.derived ?? {}),
            made_on: '2026-11-01',
            updated_at: clock.now(),
          })
          .execute();
      });
      return accountNumber;
    },
    quote: (accountNumber: string) =>
      quotePayment(deps, { bid: RIG_BID, accountNumber, source: 'Virtual Site', locale: 'en' }),
    wanted: (accountNumber: string, change: Partial<TakePayment> = {}): TakePayment => ({
      bid: RIG_BID,
      accountNumber,
      method: 'CC',
      billAmountCents: 12_840,
      feeSeenCents: 0,
      balanceSeenCents: 12_840,
      source: 'Virtual Site',
      locale: 'en',
      payer: { name: 'Jane Doe', email: 'jane@example.com' },
      idempotencyKey: crypto.randomUUID(),
      ...change,
    }),
    take: (accountNumber: string, change: Partial<TakePayment> = {}, by: PaymentsDeps = deps) =>
      takePayment(by, at.wanted(accountNumber, change)),
    /** What the payer does on the processor's page. */
    pay(publicId: string, testNumber = 'visa'): void {
      const checkout = processor.checkouts().find((one) => one.reference === publicId);
      if (!checkout) throw new Error('no checkout');
      processor.payCheckout(checkout.id, testNumber);
    },
    async payment(publicId: string): Promise<PaymentView> {
      const found = await findPayment(deps, { bid: RIG_BID, publicId });
      if (!found) throw new Error('no payment');
      return found;
    },
    rows: <T extends 'payment' | 'payment_event' | 'delivery' | 'notice' | 'work_item'>(table: T) =>
      opened.database.withBiller(RIG_BID, (tx) =>
        tx
          .selectFrom(table as 'payment')
          .selectAll()
          .execute(),
      ),
    async close(): Promise<void> {
      await Promise.all([...partners.values()].map((partner) => partner.close()));
      await billers.close();
      await maintenance.close();
      await opened.close();
      await processor.close();
      await imt?.close();
    },
  };
  return at;
}
