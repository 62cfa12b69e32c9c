import type { SendOutcome } from '../billers/partner.ts';
import type { DeliveryFacts, DeliveryState, HeldKind, Reading } from './delivery.ts';
import { type Cause, follow } from './delivery-states.ts';
import { readingsAgree } from './judge-evidence.ts';
import { obeyedWaitMs, retryWaitMs } from './retry-schedule.ts';

/** The latest reading is compared with this many before it; older ones are dropped from the row. */
const READINGS_KEPT = 12;

/** How far a partner's answers are trusted: 0 hold, 1 confirm by evidence. 2 and 3 are refused until unlocked (trust.ts). */
export type TrustLevel = 0 | 1;

export interface DeliveryPolicy {
  /** How long an unknown outcome settles before it is looked at. */
  readonly settleMs: number;
  readonly readingGapMs: number;
  readonly readingsNeeded: number;
  /** Unknown for longer than this: held, and someone is told. */
  readonly unresolvedMs: number;
  readonly trustLevel: TrustLevel;
}

export const STANDARD_POLICY: DeliveryPolicy = {
  settleMs: 30 * 60_000,
  readingGapMs: 5 * 60_000,
  readingsNeeded: 2,
  unresolvedMs: 4 * 3_600_000,
  trustLevel: 0,
};

/** How a delivery says that it ended without a send because the money went back; it stands in `label`. */
export const WITHDRAWN_LABEL = 'withdrawn';

/** What happened to a delivery, as the lane saw it. */
export type DeliveryEvent =
  | { readonly kind: 'newer-exists' }
  /** The money went back to the payer while it waited to be sent, or to be sent again. */
  | { readonly kind: 'withdrawn'; readonly why: string }
  /** The balance before the send could not be read: nothing was sent. */
  | { readonly kind: 'baseline-unread'; readonly sentence: string; readonly retryAfterMs?: number }
  | { readonly kind: 'baseline-refused'; readonly sentence: string }
  | { readonly kind: 'destination-closed'; readonly sentence: string }
  /** The database refused the intent: a send under this permit may have been applied already. */
  | { readonly kind: 'permit-spent' }
  | { readonly kind: 'sent'; readonly outcome: SendOutcome }
  /** The intent grew old before the first byte, so nothing was written. */
  | { readonly kind: 'intent-stale' }
  /** Found `sending` by a worker that did not send it. */
  | { readonly kind: 'found-sending' }
  | { readonly kind: 'read'; readonly reading: Reading }
  | { readonly kind: 'unreadable'; readonly sentence: string };

/** What to write, and whom to tell. `attempt` closes the attempt under way. */
export interface Decision {
  readonly cause: Cause;
  readonly state: DeliveryState;
  readonly label: string | null;
  readonly reason: string | null;
  readonly heldKind: HeldKind | null;
  readonly nextAtMs: number | null;
  readonly retries: number;
  readonly retrySinceMs: number | null;
  readonly unknownSinceMs: number | null;
  readonly readings: readonly Reading[];
  readonly attempt: { readonly class: SendOutcome['class']; readonly possiblyApplied: boolean } | null;
  readonly alert: { readonly kind: 'delivery-held' | 'partner-contradicts'; readonly sentence: string } | null;
  /** The partner contradicted itself: its trust level drops to hold. */
  readonly dropsTrust: boolean;
}

type Moment = { readonly nowMs: number; readonly fraction: number };

/**
 * Given this delivery and this event, what next? Pure: the worker and the simulation that tests it share it, and
 * nothing else decides. `fraction` in [0, 1) is the jitter. Times of the wall clock, in milliseconds.
 */
export function nextStep(delivery: DeliveryFacts, event: DeliveryEvent, policy: DeliveryPolicy, at: Moment): Decision {
  const is = decider(delivery);
  switch (event.kind) {
    case 'newer-exists':
      return is('newer-exists', { reason: 'a newer change of the account is sent instead' });
    case 'withdrawn':
      if (delivery.sentAtMs === null)
        return is('withdrawn', { label: WITHDRAWN_LABEL, reason: `not posted: ${event.why}` });
      return is(
        'withdrawn-in-doubt',
        held('unknown', `not posted again: ${event.why}; an earlier send of it may have been applied`),
      );
    case 'baseline-unread':
      return retry(delivery, at, { cause: 'baseline-unread', reason: event.sentence, toldMs: event.retryAfterMs });
    case 'baseline-refused':
      return is('baseline-refused', held('rejected', event.sentence));
    case 'destination-closed':
      return is('destination-closed', held('destination', event.sentence));
    case 'permit-spent':
      return is('permit-spent', held('unknown', 'an earlier send of it may have been applied; another needs a person'));
    case 'sent':
      return afterSend(delivery, event.outcome, policy, at);
    case 'intent-stale':
      return {
        ...is('not-sent', { reason: 'the worker was held up before the first byte', nextAtMs: at.nowMs }),
        attempt: proven('NOT_SENT'),
      };
    case 'found-sending':
      if (delivery.kind !== 'payment')
        return is('worker-died-setting', { reason: 'the worker stopped while sending', nextAtMs: at.nowMs });
      return {
        ...unknown(delivery, 'worker-died', 'the worker stopped while sending', policy, at),
        attempt: possible(),
      };
    case 'read':
      return afterReading(delivery, event.reading, policy, at);
    case 'unreadable':
      return afterUnreadable(delivery, event.sentence, policy, at);
    default: {
      const never: never = event;
      throw new Error(`unknown event ${JSON.stringify(never)}`);
    }
  }
}

function afterSend(delivery: DeliveryFacts, outcome: SendOutcome, policy: DeliveryPolicy, at: Moment): Decision {
  const is = decider(delivery);
  const words = outcome.class === 'REJECTED' ? outcome.sentence : 'reason' in outcome ? outcome.reason : null;
  switch (outcome.class) {
    case 'POSTED':
      return { ...is('posted', {}), attempt: { class: 'POSTED', possiblyApplied: true } };
    case 'NOT_SENT':
      return {
        ...retry(delivery, at, { cause: 'not-sent', reason: outcome.reason, toldMs: outcome.retryAfterMs }),
        attempt: proven('NOT_SENT'),
      };
    case 'RATE_LIMITED':
      return {
        ...is('rate-limited', {
          reason: 'the partner asked to wait',
          nextAtMs: at.nowMs + obeyedWaitMs(outcome.retryAfterMs),
        }),
        attempt: proven('RATE_LIMITED'),
      };
    case 'REJECTED':
      return { ...is('rejected', held('rejected', outcome.sentence)), attempt: proven('REJECTED') };
    case 'UNKNOWN':
      if (delivery.kind === 'payment') {
        return { ...unknown(delivery, 'outcome-unknown', words, policy, at), attempt: possible() };
      }
      // A setting is absolute: sending it again changes nothing, so it needs no evidence.
      return { ...retry(delivery, at, { cause: 'try-failed', reason: outcome.reason }), attempt: proven('UNKNOWN') };
    default: {
      const never: never = outcome;
      throw new Error(`unknown outcome ${JSON.stringify(never)}`);
    }
  }
}

/** Waits by the schedule; after 72 hours of it the delivery is held and someone is told. Never given up silently. */
function retry(
  delivery: DeliveryFacts,
  at: Moment,
  from: { cause: Cause; reason: string; toldMs?: number | undefined },
): Decision {
  const retries = delivery.retries + 1;
  const retrySinceMs = delivery.retrySinceMs ?? at.nowMs;
  const waitMs = retryWaitMs({ retries, sinceFirstMs: at.nowMs - retrySinceMs, fraction: at.fraction });
  const is = decider(delivery);
  if (waitMs === undefined) {
    return {
      ...is('exhausted', held('exhausted', `not sent in 72 hours of tries; the last: ${from.reason}`)),
      retries,
      retrySinceMs,
    };
  }
  const told = from.toldMs === undefined ? 0 : obeyedWaitMs(from.toldMs);
  return {
    ...is(from.cause, { reason: from.reason, nextAtMs: at.nowMs + Math.max(waitMs, told) }),
    retries,
    retrySinceMs,
  };
}

function unknown(
  delivery: DeliveryFacts,
  cause: Cause,
  reason: string | null,
  policy: DeliveryPolicy,
  at: Moment,
): Decision {
  const settled = { reason, nextAtMs: at.nowMs + policy.settleMs, unknownSinceMs: at.nowMs, readings: [] };
  return decider(delivery)(cause, settled);
}

function afterReading(delivery: DeliveryFacts, reading: Reading, policy: DeliveryPolicy, at: Moment): Decision {
  const is = decider(delivery);
  const readings = [...delivery.readings, reading].slice(-READINGS_KEPT);
  const before = delivery.readings.at(-1);
  // What showed as applied and is gone again: the partner's figures prove nothing any more.
  if (before?.verdict === 'E1' && reading.verdict === 'E0') {
    const sentence = 'the partner showed the payment as applied, then as not applied';
    const decision = is('needs-a-person', { ...held('unknown', sentence), readings });
    return { ...decision, dropsTrust: true, alert: { kind: 'partner-contradicts', sentence } };
  }
  // After the settling nothing was there, and now it is: late beyond what was allowed for, or someone else's movement.
  if (reading.verdict === 'E1' && delivery.readings.some((one) => one.verdict === 'E0')) {
    return is('needs-a-person', {
      ...held(
        'unknown',
        'nothing had moved at first, then the payment’s amount did: too late to be sure it is this one',
      ),
      readings,
    });
  }
  const agreeing = readings.slice(-policy.readingsNeeded);
  const latest = agreeing[0];
  const isAgreed =
    latest !== undefined &&
    agreeing.length >= policy.readingsNeeded &&
    agreeing.every((one) => readingsAgree(one, latest)) &&
    reading.atMs - latest.atMs >= (policy.readingsNeeded - 1) * policy.readingGapMs;
  if (!isAgreed) {
    if (isOverdue(delivery, policy, at))
      return is('needs-a-person', {
        ...held('unknown', 'unresolved after 4 hours: the readings do not agree'),
        readings,
      });
    return is('read', {
      reason: delivery.readings.length === 0 ? 'read once' : 'the readings do not agree yet',
      nextAtMs: at.nowMs + policy.readingGapMs,
      readings,
    });
  }
  if (reading.verdict === 'E1' && policy.trustLevel >= 1) {
    return is('applied-by-evidence', { label: 'by evidence', reason: reading.because, readings });
  }
  return is('needs-a-person', { ...held('unknown', heldSentence(reading)), readings });
}

function heldSentence(reading: Reading): string {
  switch (reading.verdict) {
    case 'E1':
      return `evidence says applied (${reading.because}); this partner is not trusted to close it without a person`;
    case 'E0':
      return `evidence says not applied (${reading.because}); it is not sent again without a person`;
    case 'EX':
      return `the evidence proves nothing: ${reading.because}`;
    default: {
      const never: never = reading.verdict;
      throw new Error(`unknown verdict ${String(never)}`);
    }
  }
}

function afterUnreadable(delivery: DeliveryFacts, sentence: string, policy: DeliveryPolicy, at: Moment): Decision {
  const is = decider(delivery);
  if (isOverdue(delivery, policy, at))
    return is('needs-a-person', held('unknown', `unresolved after 4 hours: ${sentence}`));
  return is('read', { reason: `not readable yet: ${sentence}`, nextAtMs: at.nowMs + policy.readingGapMs });
}

const isOverdue = (delivery: DeliveryFacts, policy: DeliveryPolicy, at: Moment): boolean =>
  delivery.unknownSinceMs !== null && at.nowMs - delivery.unknownSinceMs >= policy.unresolvedMs;

const proven = (found: SendOutcome['class']) => ({ class: found, possiblyApplied: false });
const possible = () => ({ class: 'UNKNOWN' as const, possiblyApplied: true });

function held(heldKind: HeldKind, sentence: string): Partial<Decision> {
  return { heldKind, reason: sentence, alert: { kind: 'delivery-held', sentence } };
}

/** A decision along one edge; what is not said stays as it was (counts, readings) or empties (label, reason, time). */
function decider(delivery: DeliveryFacts): (cause: Cause, change: Partial<Decision>) => Decision {
  return (cause, change) => ({
    cause,
    state: follow(cause, delivery.state),
    label: null,
    reason: null,
    heldKind: null,
    nextAtMs: null,
    retries: delivery.retries,
    retrySinceMs: delivery.retrySinceMs,
    unknownSinceMs: delivery.unknownSinceMs,
    readings: delivery.readings,
    attempt: null,
    alert: null,
    dropsTrust: false,
    ...change,
  });
}
