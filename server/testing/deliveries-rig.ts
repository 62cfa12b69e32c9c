import { type Biller, defaultConfiguration } from '../features/billers/index.ts';
import { type DeliveriesDeps, deliveryOfPayment, recordDelivery } from '../features/deliveries/index.ts';
import { withSandboxBillers } from './sandbox-biller.ts';

const POLL_MS = 20;
const WAIT_MS = 60_000;
const PAYER = {
  method: 'CC' as const,
  feeCents: 250,
  paymentMessage: 'APPROVED 1',
  customerName: 'ALEX EXAMPLE',
  address1: '1 Main',
  address2: '',
  city: 'Des Moines',
  state: 'IA',
  zip: '50265',
  phone: '',
  email: 'a@example.com',
};

/** Billers that post everything to a partner's stand-in, payments taken without a processor, and what became of them. */
export async function withDeliveries() {
  const rig = await withSandboxBillers();
  const deps = { ...rig.deps, takenPayments: async () => [] } satisfies DeliveriesDeps;
  rig.sandbox.load(
    '3401',
    Array.from({ length: 60 }, (_, at) => ({ policyNumber: `P${100 + at}`, currentDueCents: 500_000 })),
  );
  let lastPayment = 5000;

  const stateOf = (bid: number, paymentId: number) =>
    deps.database.withBiller(bid, (tx) => deliveryOfPayment(tx, bid, paymentId));
  return {
    ...rig,
    deps,
    stateOf,
    addPostingBiller: (bid: number): Promise<Biller> => {
      const { dataPump } = defaultConfiguration({
        name: 'x',
        integrationPartner: 'IMT Computer Services',
        invoiceFormatGuid: rig.deps.random.uuid(),
      });
      const payments = { ...dataPump.payments, 'Virtual Site': { CC: true, ACH: true } };
      const nonPayment = { paperless: true, autopay: true };
      return rig.addBiller(bid, { configuration: { dataPump: { ...dataPump, payments, nonPayment } } });
    },
    /** Records a payment of this many cents without its fee of 2.50. */
    pay: async (biller: Biller, accountNumber: string, cents = 5_000, isRestored = false) => {
      lastPayment += 1;
      const paymentId = lastPayment;
      const payment = { ...PAYER, accountNumber, amountCents: cents + PAYER.feeCents };
      const of = { biller, invoiceTypeId: '1', source: 'Virtual Site' as const, method: 'CC' as const };
      const { deliveryId } = await deps.database.withBiller(biller.bid, (tx) =>
        recordDelivery(tx, deps, { ...of, kind: 'payment', paymentId, payment, isRestored }),
      );
      return { paymentId, deliveryId };
    },
    until: async (bid: number, paymentId: number, state: string) => {
      const endMs = Date.now() + WAIT_MS;
      for (;;) {
        const found = await stateOf(bid, paymentId);
        if (found?.state === state) return found;
        if (Date.now() > endMs) throw new Error(`still ${found?.state}, not ${state}: ${found?.reason}`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
  };
}
