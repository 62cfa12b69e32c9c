import { formatDollars } from '../../platform/money.ts';
import type { WorkItem } from '../../platform/work-items.ts';
import { explainReturn } from './ach-return-codes.ts';
import type { NewEvent } from './payment-event-store.ts';
import type { PaymentRow } from './payment-store.ts';

/** Items of staff about money that went back. While one is open the balance shown has the amount added again. */
export const REVERSAL_ITEM_KINDS = [
  'payment-returned',
  'payment-charged-back',
  'payment-voided',
  'payment-refunded',
] as const;

/**
 * The item for an event by which money goes back; undefined for every other event. The insurer's interface has no call
 * for it, so a person tells the insurer; closing the item says that it has been done.
 */
export function reversalItem(row: PaymentRow, event: NewEvent, now: Temporal.Instant): WorkItem | undefined {
  const said = wordsFor(event, now);
  if (said === undefined) return undefined;
  const bill = formatDollars(row.amount_cents - row.fee_cents);
  return {
    bid: row.bid,
    kind: said.kind,
    subject: String(row.payment_id),
    sentence: `Payment ${row.payment_id} of account ${row.account_number} (${bill} towards the bill) ${said.what}. The payer’s balance is shown with it again. If the payment was posted, take it back at the insurer, then close this item.`,
    detail: {
      paymentId: row.payment_id,
      accountNumber: row.account_number,
      amountCents: row.amount_cents,
      feeCents: row.fee_cents,
      code: event.detail?.code ?? null,
    },
    at: now,
  };
}

function wordsFor(
  event: NewEvent,
  now: Temporal.Instant,
): { kind: (typeof REVERSAL_ITEM_KINDS)[number]; what: string } | undefined {
  const code = event.detail?.code;
  switch (event.kind) {
    case 'returned': {
      const meaning =
        code === undefined ? undefined : explainReturn(code, now.toZonedDateTimeISO('UTC').toPlainDate().toString());
      const stops = meaning?.stopsAutopay ? ' No further debit of that bank account is allowed.' : '';
      return {
        kind: 'payment-returned',
        what: `was returned by the bank${code ? ` (${code}${meaning ? `: ${meaning.meaning}` : ''})` : ''}.${stops}`.replace(
          /\.$/,
          '',
        ),
      };
    }
    case 'charged_back':
      return { kind: 'payment-charged-back', what: `was charged back by the cardholder${code ? ` (${code})` : ''}` };
    case 'voided':
      return { kind: 'payment-voided', what: 'was voided before it settled' };
    case 'refunded':
      return { kind: 'payment-refunded', what: 'was refunded' };
    default:
      return undefined;
  }
}
