import { openWorkItem } from '../../platform/work-items.ts';
import { isLongInDoubt, isPageOver, isSubmitUnderWay } from './ask-schedule.ts';
import type { PaymentView } from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { openCheckout, processorOf } from './open-checkout.ts';
import type { NewEvent, ToldBy } from './payment-event-store.ts';
import { isOpen } from './payment-states.ts';
import { type PaymentRow, paymentById, paymentByPublicId } from './payment-store.ts';
import { readPaymentView } from './payment-view.ts';
import { refuse } from './problems.ts';
import type { ChargeAnswer, ChargeState } from './processor.ts';
import { recordFacts } from './record-facts.ts';

/**
 * Asks the processor what came of a payment and brings the payment up to it: on the payer's return, from the janitor, at
 * a reload. Harmless however often it is called and by how many at once. A payment whose outcome is known is not asked about.
 */
export async function applyChargeState(
  deps: PaymentsDeps,
  from: { publicId: string; toldBy: ToldBy },
): Promise<PaymentView> {
  return (await askHowItStands(deps, from)).payment;
}

/**
 * The same, with the processor's page where the payer can go on. Given only if the processor said in this very answer that
 * the page is open: a page remembered here may have been paid since, and then nobody may say that nothing was charged.
 */
export async function askHowItStands(
  deps: PaymentsDeps,
  from: { publicId: string; toldBy: ToldBy },
): Promise<{ payment: PaymentView; openPageUrl: string | undefined }> {
  const row = await deps.database.withSystem((tx) => paymentByPublicId(tx, from.publicId));
  if (!row) throw refuse('unknown-payment');
  const asked = await ask(deps, row, from.toldBy);
  const payment = await deps.database.withBiller(row.bid, (tx) => readPaymentView(tx, asked.row));
  return { payment, openPageUrl: asked.isPageOpen ? (asked.row.checkout_url ?? undefined) : undefined };
}

/** The same for a row at hand. Unanswered: the payment stays as it is and is asked about again by its schedule. */
export async function askAboutCharge(deps: PaymentsDeps, row: PaymentRow, toldBy: ToldBy): Promise<PaymentRow> {
  return (await ask(deps, row, toldBy)).row;
}

async function ask(
  deps: PaymentsDeps,
  row: PaymentRow,
  toldBy: ToldBy,
): Promise<{ row: PaymentRow; isPageOpen: boolean }> {
  const closed = (is: PaymentRow) => ({ row: is, isPageOpen: false });
  if (isKnown(row) || isSubmitUnderWay(row, deps.clock.now())) return closed(row);
  const answer = await processorOf(deps, row).findCharge(row.public_id);
  deps.crash.at('charge-answer-received');
  if (answer.kind === 'unanswered') return closed(await noteDoubt(deps, row));
  if (answer.state.kind === 'none' && row.status !== 'pending') return closed(await endCheckout(deps, row, toldBy));
  if (answer.state.kind === 'open') {
    if (isPageOver(row.created_at, deps.clock.now())) return closed(await endCheckout(deps, row, toldBy));
    const open = row.checkout_url === null ? await reopen(deps, row, toldBy) : row;
    return { row: open, isPageOpen: open.status === 'pending' };
  }
  return closed(await recordState(deps, row, { state: answer.state, toldBy }));
}

/**
 * Makes sure that no charge can come of an open payment any more; one that came already is applied. Afterwards the
 * payment is still open only if nobody can say.
 */
export async function endCheckout(deps: PaymentsDeps, row: PaymentRow, toldBy: ToldBy): Promise<PaymentRow> {
  const answer: ChargeAnswer = await processorOf(deps, row).cancelCheckout(row.public_id);
  deps.crash.at('charge-answer-received');
  if (answer.kind === 'unanswered') return noteDoubt(deps, row);
  return recordState(deps, row, { state: answer.state, toldBy });
}

/** What a charge's state says, as events. `open` and `processing` say nothing new. */
export function eventsOfState(state: ChargeState, told: { at: Temporal.Instant; toldBy: ToldBy }): NewEvent[] {
  switch (state.kind) {
    case 'approved': {
      const { processorReference, message, brand, lastFour, expiry } = state;
      return [
        {
          kind: 'approved',
          at: state.at,
          toldBy: told.toldBy,
          detail: { processorReference, message, brand, lastFour, ...(expiry !== undefined && { expiry }) },
        },
      ];
    }
    case 'declined':
      return [{ kind: 'declined', ...told, detail: { message: state.message, sentence: state.sentence } }];
    case 'none':
      return [{ kind: 'ended', ...told, detail: { reason: state.why } }];
    case 'open':
    case 'processing':
      return [];
    default:
      return state satisfies never;
  }
}

async function recordState(
  deps: PaymentsDeps,
  row: PaymentRow,
  from: { state: ChargeState; toldBy: ToldBy },
): Promise<PaymentRow> {
  const events = eventsOfState(from.state, { at: deps.clock.now(), toldBy: from.toldBy });
  if (events.length === 0) return noteDoubt(deps, row);
  return recordFacts(deps, { bid: row.bid, paymentId: row.payment_id, events });
}

/** The page exists, its address was lost with the process that asked for it: the same question gives it again. */
async function reopen(deps: PaymentsDeps, row: PaymentRow, toldBy: ToldBy): Promise<PaymentRow> {
  const biller = await deps.billers.load(row.bid);
  if (!biller) throw refuse('unknown-biller');
  return openCheckout(deps, { biller, row, toldBy });
}

/** Still nobody knows: after hours that is a person's matter too. Gives the row as it is now. */
async function noteDoubt(deps: PaymentsDeps, row: PaymentRow): Promise<PaymentRow> {
  const now = deps.clock.now();
  return deps.database.withBiller(row.bid, async (tx) => {
    const current = await paymentById(tx, row.bid, row.payment_id);
    if (!current) throw refuse('unknown-payment');
    if (isOpen(current.status) && isLongInDoubt(current.created_at, now)) {
      await openWorkItem(tx, {
        bid: row.bid,
        kind: 'payment-in-doubt',
        subject: String(row.payment_id),
        sentence: `Nobody knows whether payment ${row.payment_id} of account ${row.account_number} was charged: the processor has not said for hours. Look it up at the processor by the reference ${row.public_id}. The payer can’t pay this bill again until it is known.`,
        detail: { paymentId: row.payment_id, reference: row.public_id },
        at: now,
      });
    }
    return current;
  });
}

function isKnown(row: PaymentRow): boolean {
  return !isOpen(row.status) && (row.taken_at !== null || row.status === 'error' || row.status === 'declined');
}
