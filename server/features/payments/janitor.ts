import { askAboutCharge } from './apply-charge-state.ts';
import { nextAskAt } from './ask-schedule.ts';
import type { PaymentsDeps } from './deps.ts';
import { readPollCursor, savePollCursor } from './payment-event-store.ts';
import { leaseDueForAsking } from './payment-store.ts';
import { applyProcessorEvent } from './receive-processor-event.ts';

/** Payments asked about in one sweep; the next sweep is seconds later. */
const ASKED_MAX = 25;
/** Pages of events read in one poll. */
const PAGES_MAX = 20;

/**
 * Finds out what came of payments nobody has an answer for: a crash between charge and record, a payer who never came
 * back, a lost answer. Returns how many were asked about. Safe on several nodes at once.
 */
export async function askAboutDuePayments(deps: PaymentsDeps): Promise<number> {
  const now = deps.clock.now();
  const due = await deps.database.withSystem((tx) =>
    leaseDueForAsking(tx, { now, max: ASKED_MAX, next: (count) => nextAskAt(now, count) }),
  );
  for (const row of due) {
    try {
      await askAboutCharge(deps, row, 'janitor');
    } catch (cause) {
      // One payment's trouble must not keep the others from their answer; it comes due again by its schedule.
      deps.log.error({ err: cause, bid: row.bid, paymentId: row.payment_id }, 'asking about a payment failed');
    }
  }
  return due.length;
}

/**
 * Reads the processors' lists of events from where it stopped: what a webhook lost is found here. The cursor moves only
 * after a page's events are durable; a page read twice changes nothing. Returns how many events were read.
 */
export async function pollProcessorEvents(deps: PaymentsDeps): Promise<number> {
  let read = 0;
  for (const [name, processor] of deps.processors) {
    for (let page = 1; page <= PAGES_MAX; page++) {
      const before = await deps.database.withSystem((tx) => readPollCursor(tx, name));
      const answer = await processor.eventsAfter(before);
      if (answer.kind === 'unanswered') {
        deps.log.warn({ processor: name, reason: answer.reason }, 'the processor’s events could not be read');
        break;
      }
      for (const event of answer.events) await applyProcessorEvent(deps, name, event);
      await deps.database.withSystem((tx) =>
        savePollCursor(tx, { processor: name, cursor: answer.cursor, at: deps.clock.now() }),
      );
      read += answer.events.length;
      if (answer.cursor === before) break;
    }
  }
  return read;
}
