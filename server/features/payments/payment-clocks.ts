import { isBankingDay, shiftBankingDays } from '@causeway/formats/bif';
import type { DeliverySummary } from '../deliveries/index.ts';
import { clockWords } from './clock-words.ts';
import { comeBackRules } from './come-back-rules.ts';
import type { Clocks } from './contract.ts';
import { methodOf } from './payment-row.ts';
import { isOpen, isReversed, type PaymentStatus, statusOf } from './payment-states.ts';
import type { PaymentRow } from './payment-store.ts';

type Words = (typeof clockWords)['en'] | (typeof clockWords)['es'];

/** The three clocks of a payment: taken, settled, posted. One answer for payer and staff, from the row and its delivery. */
export function clocksOf(row: PaymentRow, delivery: Pick<DeliverySummary, 'state' | 'postedAt'> | undefined): Clocks {
  const say = clockWords[row.locale === 'es' ? 'es' : 'en'];
  const status = statusOf(row.status);
  return {
    taken: takenClock(row, status, say),
    settled: settledClock(row, status, say),
    posted: postedClock(row, { delivery, say }),
  };
}

function takenClock(row: PaymentRow, status: PaymentStatus, say: Words): Clocks['taken'] {
  if (row.taken_at !== null) return { state: 'taken', at: row.taken_at.toString(), sentence: say.taken };
  if (status === 'declined') return { state: 'not-taken', at: null, sentence: say.declined };
  if (status === 'error') return { state: 'not-taken', at: null, sentence: say.notTaken };
  if (status === 'pending') return { state: 'not-yet', at: null, sentence: say.notYetTaken };
  return { state: 'in-doubt', at: null, sentence: say.inDoubt };
}

function settledClock(row: PaymentRow, status: PaymentStatus, say: Words): Clocks['settled'] {
  const none = { canComeBackUntil: null, disputableUntil: null };
  if (isReversed(status))
    return {
      state: 'came-back',
      at: row.reversed_at?.toString() ?? null,
      sentence: say.cameBack[status as keyof Words['cameBack']],
      ...none,
    };
  if (row.taken_at === null)
    return {
      state: isOpen(status) ? 'not-yet' : 'never',
      at: null,
      sentence: isOpen(status) ? say.notYetSettled : say.nothingToSettle,
      ...none,
    };
  const until = comeBackDates(row);
  const at = row.settled_at?.toString() ?? null;
  const sentence = at === null ? say.notYetSettled : say.settled(until.canComeBackUntil ?? until.disputableUntil ?? '');
  return { state: at === null ? 'not-yet' : 'settled', at, sentence, ...until };
}

function postedClock(
  row: PaymentRow,
  from: { delivery: Pick<DeliverySummary, 'state' | 'postedAt'> | undefined; say: Words },
): Clocks['posted'] {
  const { delivery, say } = from;
  if (!delivery)
    return { state: 'never', at: null, sentence: row.taken_at === null ? say.nothingToPost : say.beingPosted };
  switch (delivery.state) {
    case 'posted':
      return { state: 'posted', at: delivery.postedAt?.toString() ?? null, sentence: say.posted };
    case 'not_sent':
    case 'superseded':
      return { state: 'not-sent', at: null, sentence: say.notSent };
    case 'held':
      return { state: 'held', at: null, sentence: say.beingPosted };
    case 'queued':
    case 'sending':
    case 'waiting':
    case 'unknown':
      return { state: 'being-posted', at: null, sentence: say.beingPosted };
    default:
      return delivery.state satisfies never;
  }
}

/** Reckoned from the settlement, or from the day it is expected while it has not been heard. */
function comeBackDates(row: PaymentRow): { canComeBackUntil: string | null; disputableUntil: string | null } {
  if (row.taken_at === null) return { canComeBackUntil: null, disputableUntil: null };
  const rules = comeBackRules(methodOf(row), dayOf(row.taken_at));
  const settles = row.settled_at
    ? dayOf(row.settled_at)
    : shiftBankingDays(dayOf(row.taken_at), rules.settlesBankingDays, isBankingDay);
  return {
    canComeBackUntil:
      rules.usualBankingDays === undefined ? null : shiftBankingDays(settles, rules.usualBankingDays, isBankingDay),
    disputableUntil: Temporal.PlainDate.from(settles).add({ days: rules.disputeDays }).toString(),
  };
}

/** Banks reckon in the Federal Reserve's day. */
function dayOf(instant: Temporal.Instant): string {
  return instant.toZonedDateTimeISO('America/New_York').toPlainDate().toString();
}
