import { z } from 'zod';
import type { ActiveProcessorFault, ProcessorFault } from './faults.ts';
import { type ChargeAct, completeCheckout, moveCharge } from './move-money.ts';
import { commitPuts, currentCheckout, type ProcessorCore, type ProcessorRequest } from './processor-core.ts';
import type { Charge, Checkout, Method, ProcessorEvent } from './records.ts';
import { namedTestNumber } from './test-numbers.ts';
import type { WebhookSettings, WebhookTry } from './webhooks.ts';

export const webhookPatch = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .optional(),
  secret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,100}={0,2}$/, 'a secret is whsec_ and base64 of 24 bytes or more')
    .optional(),
  paused: z.boolean().optional(),
  duplicate: z.boolean().optional(),
  order: z.enum(['in-order', 'reverse']).optional(),
  delayMs: z.number().int().min(0).max(3_600_000).optional(),
  retryDelaysMs: z.array(z.number().int().min(0).max(86_400_000)).min(1).max(20).optional(),
});
export type WebhookPatch = Partial<WebhookSettings>;

/** Everything a test, a demo or the control API can do to the processor. */
export interface ProcessorControls {
  charges(): Charge[];
  checkouts(): Checkout[];
  methods(): Method[];
  events(): ProcessorEvent[];
  requests(): ProcessorRequest[];
  /** Does to a charge what the network or the processor's staff would. Throws with the reason when it cannot be. */
  act(chargeId: string, act: ChargeAct): Charge;
  /** Submits a checkout's page with a named test number, as a payer would who types it. For tests without a browser. */
  payCheckout(checkoutId: string, testNumber?: string): Checkout;
  /** Settles every approved charge. Says how many. */
  settleAll(): number;
  /** Returns and chargebacks that test numbers still have in store, on settled charges. Says how many. */
  returnAll(): number;
  faults: {
    add(fault: ProcessorFault): ActiveProcessorFault;
    clear(id?: string): number;
    list(): ActiveProcessorFault[];
  };
  webhook: {
    settings(): WebhookSettings;
    configure(patch: WebhookPatch): WebhookSettings;
    tries(): WebhookTry[];
    pending(): { eventId: string; attempt: number; dueAt: number }[];
    /** Sends these events again, now, in this order; a status for each, null without an answer. */
    send(eventIds: readonly string[]): Promise<(number | null)[]>;
  };
  /** Forgets everything and clears the faults. */
  reset(): void;
}

/** The controls of one processor. */
export function controlProcessor(core: ProcessorCore): ProcessorControls {
  const { book, faults, sender } = core;
  const act = (id: string, what: ChargeAct): Charge => {
    const outcome = moveCharge(book, { id, act: what }, Date.now());
    if (outcome.status >= 300) throw new Error((outcome.body as { error: { message: string } }).error.message);
    commitPuts(core, outcome.puts);
    return outcome.body as Charge;
  };
  return {
    charges: () => [...book.charges.values()],
    checkouts: () => [...book.checkouts.values()].map((checkout) => currentCheckout(core, checkout, Date.now())),
    methods: () => [...book.methods.values()],
    events: () => [...book.events],
    requests: () => [...core.requests],
    act,
    payCheckout: (id, testNumber) => payByControl(core, id, testNumber),
    settleAll: () => everyUnfinished(core, 'approved', (charge) => act(charge.id, { act: 'settle' })),
    returnAll: () => everyUnfinished(core, 'settled', (charge) => bringLater(charge, act)),
    faults: {
      add: (fault) => faults.add(fault),
      clear: (id) => faults.clear(id),
      list: () => faults.list(),
    },
    webhook: {
      settings: () => sender.settings,
      configure: (patch) => sender.configure(patch),
      tries: () => [...sender.tries],
      pending: () => sender.pending(),
      async send(eventIds) {
        const events = eventIds.map((id) => book.event(id));
        if (events.includes(undefined)) throw new Error('One of these events does not exist');
        const statuses: (number | null)[] = [];
        for (const event of events) if (event) statuses.push(await sender.send(event));
        return statuses;
      },
    },
    reset() {
      commitPuts(core, [{ kind: 'forget-all' }]);
      faults.clear();
      sender.forget();
      core.requests.length = 0;
    },
  };
}

/** Settles, and brings what is in store, where its time has come. Called by the clock when settlement is automatic. */
export function settleDue(core: ProcessorCore, controls: ProcessorControls, now: number): void {
  const { autoSettleMs } = core;
  if (autoSettleMs === null) return;
  for (const id of [...core.book.unfinished]) {
    const charge = core.book.charges.get(id);
    if (!charge) continue;
    const since = Date.parse(charge.settledAt ?? charge.createdAt);
    if (since + autoSettleMs > now) continue;
    if (charge.status === 'approved') controls.act(id, { act: 'settle' });
    else bringLater(charge, controls.act);
  }
}

function everyUnfinished(core: ProcessorCore, status: Charge['status'], act: (charge: Charge) => void): number {
  let count = 0;
  for (const id of [...core.book.unfinished]) {
    const charge = core.book.charges.get(id);
    if (charge?.status !== status) continue;
    act(charge);
    count += 1;
  }
  return count;
}

function bringLater(charge: Charge, act: ProcessorControls['act']): void {
  if (charge.later) act(charge.id, { act: charge.later.kind, code: charge.later.code });
}

function payByControl(core: ProcessorCore, id: string, testNumber: string | undefined): Checkout {
  const known = core.book.checkouts.get(id);
  if (!known) throw new Error(`There is no checkout ${id}`);
  const checkout = currentCheckout(core, known, Date.now());
  if (checkout.status !== 'open') throw new Error(`The checkout is ${checkout.status}`);
  const test = namedTestNumber(testNumber ?? (checkout.method === 'CC' ? 'visa' : 'bank'));
  if (test?.kind !== checkout.method) throw new Error(`"${testNumber ?? ''}" is no test number for ${checkout.method}`);
  const brands = { visa: 'Visa', mastercard: 'Mastercard', amex: 'American Express', discover: 'Discover' };
  const brand = test.kind === 'ACH' ? 'Checking' : (brands[test.name as keyof typeof brands] ?? 'Visa');
  const expiry = test.kind === 'ACH' ? null : '12/34';
  const typed = { kind: test.kind, brand, last4: test.number.slice(-4), expiry, holderName: 'Sandy Sample', test };
  commitPuts(core, completeCheckout(core.book, { checkout, typed, wantsSaving: true }, Date.now()));
  return core.book.checkouts.get(id) ?? checkout;
}
