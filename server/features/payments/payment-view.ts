import type { Tx } from '../../platform/database.ts';
import { deliveryOfPayment } from '../deliveries/index.ts';
import { clockWords } from './clock-words.ts';
import { type PaymentView, payerSchema } from './contract.ts';
import { clocksOf } from './payment-clocks.ts';
import { eventsOf, factsOf } from './payment-event-store.ts';
import { methodOf } from './payment-row.ts';
import { mayAct, statusOf } from './payment-states.ts';
import type { PaymentRow } from './payment-store.ts';

/** A payment as payer and staff see it, with its three clocks; the posted one is read through the deliveries' door. */
export async function readPaymentView(tx: Tx, row: PaymentRow): Promise<PaymentView> {
  const delivery = row.taken_at === null ? undefined : await deliveryOfPayment(tx, row.bid, row.payment_id);
  const status = statusOf(row.status);
  const locale = row.locale === 'es' ? 'es' : 'en';
  return {
    paymentId: row.payment_id,
    publicId: row.public_id,
    bid: row.bid,
    accountNumber: row.account_number,
    invoiceTypeId: row.invoice_type_id,
    invoiceNumbers: row.invoice_numbers,
    method: methodOf(row),
    amountCents: row.amount_cents,
    feeCents: row.fee_cents,
    billAmountCents: row.amount_cents - row.fee_cents,
    source: row.source,
    status,
    statusSentence: clockWords[locale].status[status],
    declinedSentence: status === 'declined' ? await declinedSentenceOf(tx, row) : null,
    locale,
    processor: row.processor,
    processorReference: row.processor_reference,
    paymentMessage: row.payment_message,
    brand: row.brand,
    lastFour: row.last_four,
    expiry: row.expiry,
    payer: payerSchema.parse(row.payer),
    authorizationText: row.authorization_text,
    clocks: clocksOf(row, delivery),
    mayVoid: mayAct(status, 'void').may,
    mayRefund: mayAct(status, 'refund').may,
    createdAt: row.created_at.toString(),
    version: row.version,
  };
}

async function declinedSentenceOf(tx: Tx, row: PaymentRow): Promise<string | null> {
  const facts = factsOf(await eventsOf(tx, row.bid, row.payment_id));
  return facts.find((fact) => fact.kind === 'declined' && fact.detail.sentence)?.detail.sentence ?? null;
}
