import { formatDollars } from '../../platform/money.ts';
import { askAboutCharge, endCheckout } from './apply-charge-state.ts';
import { isSubmitUnderWay } from './ask-schedule.ts';
import type { PaymentsDeps } from './deps.ts';
import { isOpen } from './payment-states.ts';
import type { PaymentRow } from './payment-store.ts';
import { refuse } from './problems.ts';

/**
 * Clears the way for a new payment of an account: closes the open page of the old one. If the old one was charged
 * meanwhile, that is applied and the new one refused; if nobody can say, the new one is refused and told what happens next.
 */
export async function replaceOpenPayment(deps: PaymentsDeps, row: PaymentRow): Promise<void> {
  const amount = formatDollars(row.amount_cents);
  if (isSubmitUnderWay(row, deps.clock.now()))
    throw refuse('payment-under-way', { publicId: row.public_id, retryAfterSeconds: 3 });
  const asked = row.status === 'pending' ? row : await askAboutCharge(deps, row, 'payer');
  const ended = isOpen(asked.status) ? await endCheckout(deps, asked, 'payer') : asked;
  if (isOpen(ended.status))
    throw refuse('payment-in-doubt', { amount, publicId: row.public_id, paymentId: row.payment_id });
  if (ended.taken_at !== null)
    throw refuse('already-paid', { amount, publicId: row.public_id, paymentId: row.payment_id });
}
