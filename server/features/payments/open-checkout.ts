import type { Biller } from '../billers/index.ts';
import { CHECKOUT_SECONDS } from './ask-schedule.ts';
import type { PaymentsDeps } from './deps.ts';
import type { NewEvent, ToldBy } from './payment-event-store.ts';
import { cancelPath, methodOf, returnPath } from './payment-row.ts';
import type { PaymentRow } from './payment-store.ts';
import { refuse } from './problems.ts';
import type { CheckoutAnswer, Processor } from './processor.ts';
import { recordFacts } from './record-facts.ts';

/**
 * Asks the processor for the page of a payment, outside any transaction, and records what it said. The payment's public
 * id is the reference and the idempotency key: asked again after a crash or a lost answer it gives the same page.
 */
export async function openCheckout(
  deps: PaymentsDeps,
  from: { biller: Biller; row: PaymentRow; toldBy: ToldBy },
): Promise<PaymentRow> {
  const { biller, row } = from;
  const { brand } = biller.configuration.profile;
  const answer = await processorOf(deps, row).createCheckout({
    amountCents: row.amount_cents,
    method: methodOf(row),
    reference: row.public_id,
    description: row.locale === 'es' ? `Cuenta ${row.account_number}` : `Account ${row.account_number}`,
    billerName: brand.displayName,
    returnUrl: `${deps.publicUrl}${returnPath(biller.slug, row.public_id)}`,
    cancelUrl: `${deps.publicUrl}${cancelPath(biller.slug, row.public_id)}`,
    locale: row.locale === 'es' ? 'es' : 'en',
    brands: biller.configuration.cards.brands,
    authorizationText: row.authorization_text ?? undefined,
    expiresInSeconds: CHECKOUT_SECONDS,
  });
  deps.crash.at('checkout-created');
  const event = eventOf(answer, { at: deps.clock.now(), toldBy: from.toldBy });
  return recordFacts(deps, { bid: row.bid, paymentId: row.payment_id, events: [event] });
}

/** The processor a payment was made with, whatever is configured now. */
export function processorOf(deps: Pick<PaymentsDeps, 'processors'>, row: Pick<PaymentRow, 'processor'>): Processor {
  const processor = deps.processors.get(row.processor);
  if (!processor) throw refuse('no-processor');
  return processor;
}

function eventOf(answer: CheckoutAnswer, told: { at: Temporal.Instant; toldBy: ToldBy }): NewEvent {
  switch (answer.kind) {
    case 'made':
      return { kind: 'checkout-made', ...told, detail: { checkoutId: answer.checkoutId, checkoutUrl: answer.url } };
    case 'refused':
      return { kind: 'checkout-refused', ...told, detail: { sentence: answer.sentence } };
    case 'not-sent':
      return { kind: 'checkout-refused', ...told, detail: { reason: answer.reason } };
    case 'unknown':
      return { kind: 'checkout-unknown', ...told, detail: { reason: answer.reason } };
    default:
      return answer satisfies never;
  }
}
