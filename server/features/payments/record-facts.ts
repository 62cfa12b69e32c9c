import type { Tx } from '../../platform/database.ts';
import { closeWorkItem, openWorkItem } from '../../platform/work-items.ts';
import type { Biller } from '../billers/index.ts';
import { recordDelivery, withdrawDelivery } from '../deliveries/index.ts';
import { queueNotice, receiptNotice } from '../notices/index.ts';
import { nextAskAt } from './ask-schedule.ts';
import { type Payer, payerSchema, sourceSchema } from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { appendEvent, eventsOf, factsOf, type NewEvent } from './payment-event-store.ts';
import { methodOf, paymentUrl } from './payment-row.ts';
import { isOpen, isReversed, type PaymentState, stateFromFacts, statusOf } from './payment-states.ts';
import { changePayment, lockPayment, otherTakenSince, type PaymentChange, type PaymentRow } from './payment-store.ts';
import { refuse } from './problems.ts';
import { reversalItem } from './reversal-items.ts';

/**
 * The one place where a payment changes: appends what was heard, reckons the state from everything heard so far, and in
 * the same transaction does what follows from it, once: the delivery to the partner and the receipt when the money is
 * taken, an item for staff when it goes back. Safe to call with the same facts by whoever, as often as they like.
 */
export async function recordFacts(
  deps: PaymentsDeps,
  from: { bid: number; paymentId: number; events: readonly NewEvent[] },
): Promise<PaymentRow> {
  const biller = await deps.billers.load(from.bid);
  if (!biller) throw refuse('unknown-biller');
  // Warms the biller's key: the transaction below must not wait for a second connection of the same pool.
  await deps.billers.connectionFor(biller, 'payment', { environment: 1 });
  const done = await deps.database.withBiller(from.bid, async (tx) => {
    const before = await lockPayment(tx, from.bid, from.paymentId);
    if (!before) throw refuse('unknown-payment');
    const appended = await appendNew(tx, before, from.events);
    const state = stateFromFacts(factsOf(await eventsOf(tx, from.bid, from.paymentId)));
    const change = changeFor(before, state, deps.clock.now());
    const after = Object.keys(change).length > 0 ? await changePayment(tx, before, change) : before;
    const isNewlyTaken = before.taken_at === null && after.taken_at !== null;
    if (isNewlyTaken) await followTaking(tx, deps, { biller, before, after });
    if (after.taken_at !== null && isReversed(after.status) && (isNewlyTaken || !isReversed(before.status))) {
      const why = `the payment was ${after.status.replace('_', ' ')}`;
      await withdrawDelivery(tx, { bid: from.bid, paymentId: from.paymentId, why, at: deps.clock.now() });
    }
    for (const event of appended) {
      const item = reversalItem(after, event, deps.clock.now());
      if (item) await openWorkItem(tx, item);
    }
    if (isOpen(before.status) && !isOpen(after.status)) {
      await closeWorkItem(tx, {
        bid: from.bid,
        kind: 'payment-in-doubt',
        subject: String(from.paymentId),
        by: 'the processor’s answer',
        at: deps.clock.now(),
      });
    }
    if (isNewlyTaken) deps.crash.at('payment-approved-before-commit');
    return { after, isNewlyTaken };
  });
  if (done.isNewlyTaken) {
    deps.crash.at('payment-approved');
    deps.metrics
      .counter('causeway_payments_taken_total', 'Payments taken', ['method'])
      .add({ method: done.after.method });
  }
  return done.after;
}

/** Keeps every telling of the processor's, and gives those that said something new. */
async function appendNew(tx: Tx, row: PaymentRow, events: readonly NewEvent[]): Promise<NewEvent[]> {
  const known = new Set((await eventsOf(tx, row.bid, row.payment_id)).map((event) => event.kind));
  const appended: NewEvent[] = [];
  for (const event of events) {
    if (event.externalId === undefined && known.has(event.kind)) continue;
    if (!(await appendEvent(tx, { bid: row.bid, paymentId: row.payment_id, event }))) continue;
    if (!known.has(event.kind)) appended.push(event);
    known.add(event.kind);
  }
  return appended;
}

function changeFor(row: PaymentRow, state: PaymentState, now: Temporal.Instant): PaymentChange {
  const wanted: Required<Omit<PaymentChange, 'ask_again_at'>> = {
    status: state.status,
    checkout_id: state.checkoutId ?? null,
    checkout_url: state.checkoutUrl ?? null,
    processor_reference: state.processorReference ?? null,
    payment_message: state.message ?? null,
    brand: state.brand ?? null,
    last_four: state.lastFour ?? null,
    expiry: state.expiry ?? null,
    taken_at: state.takenAt ?? null,
    settled_at: state.settledAt ?? null,
    reversed_at: state.reversedAt ?? null,
  };
  const change: PaymentChange = Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => String(value) !== String(row[name as keyof typeof wanted])),
  );
  if (isOpen(state.status))
    return row.ask_again_at ? change : { ...change, ask_again_at: nextAskAt(now, row.asked_count) };
  // Settled or reversed, but the approval itself was never heard: what it said is needed for the posting.
  const isApprovalMissing = state.takenAt === undefined && !['error', 'declined'].includes(state.status);
  if (isApprovalMissing) return row.ask_again_at ? change : { ...change, ask_again_at: now };
  return row.ask_again_at ? { ...change, ask_again_at: null } : change;
}

/** What taking money causes, in its own transaction: the delivery, the receipt, and an alarm when it came too late. */
async function followTaking(
  tx: Tx,
  deps: PaymentsDeps,
  from: { biller: Biller; before: PaymentRow; after: PaymentRow },
): Promise<void> {
  const { biller, before, after } = from;
  const payer = payerSchema.parse(after.payer);
  await recordDelivery(tx, deps, {
    biller,
    kind: 'payment',
    payment: {
      accountNumber: after.account_number,
      method: methodOf(after),
      amountCents: after.amount_cents,
      feeCents: after.fee_cents,
      paymentMessage: after.payment_message ?? '',
      customerName: payer.name,
      address1: payer.address1,
      address2: payer.address2,
      city: payer.city,
      state: payer.state,
      zip: payer.zip,
      phone: payer.phone,
      email: payer.email,
    },
    paymentId: after.payment_id,
    isRestored: after.is_restored,
    invoiceTypeId: after.invoice_type_id,
    source: sourceSchema.parse(after.source),
    method: methodOf(after),
  });
  await queueReceipt(tx, deps, { biller, row: after, payer });
  const wasGivenUp = ['error', 'declined'].includes(statusOf(before.status));
  if (wasGivenUp && (await otherTakenSince(tx, after))) {
    await openWorkItem(tx, {
      bid: after.bid,
      kind: 'payment-approved-late',
      subject: String(after.payment_id),
      sentence: `Payment ${after.payment_id} of account ${after.account_number} was approved after it had been given up, and another payment of the account was begun since. Both may have been taken: look at them, and refund one if the payer paid twice.`,
      at: deps.clock.now(),
    });
  }
}

async function queueReceipt(
  tx: Tx,
  deps: PaymentsDeps,
  from: { biller: Biller; row: PaymentRow; payer: Payer },
): Promise<void> {
  const { biller, row, payer } = from;
  if (payer.email === '' || row.taken_at === null) return;
  const locale = row.locale === 'es' ? 'es' : 'en';
  const letter = receiptNotice({
    locale,
    billerName: biller.configuration.profile.brand.displayName,
    timeZone: biller.configuration.profile.timeZone,
    confirmationNumber: String(row.payment_id),
    accountNumber: row.account_number,
    invoiceNumbers: row.invoice_numbers,
    payerName: payer.name,
    amountCents: row.amount_cents,
    feeCents: row.fee_cents,
    method: methodOf(row),
    brand: row.brand ?? undefined,
    lastFour: row.last_four ?? undefined,
    takenAt: row.taken_at,
    url: paymentUrl(deps, biller, row.public_id),
    authorizationText: row.authorization_text ?? undefined,
  });
  await queueNotice(tx, {
    bid: row.bid,
    kind: 'receipt',
    accountNumber: row.account_number,
    paymentId: row.payment_id,
    to: payer.email,
    locale,
    ...letter,
    at: deps.clock.now(),
  });
}
