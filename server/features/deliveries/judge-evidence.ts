import type { BalanceFacts, Reading, Verdict } from './delivery.ts';

/** Clocks are compared with this much tolerance, after the measured skew. */
const CLOCK_TOLERANCE_MS = 120_000;

/**
 * What a later reading says about a payment whose send ended unknown (spec/payments.md, "UNKNOWN payments").
 * E1, applied: the pending amount rose by exactly the payment, or what is due fell by exactly it, after the send, and
 * nothing else moved. E0, not applied: nothing moved at all. EX: anything else, so a person decides.
 */
export function judgeEvidence(from: {
  baseline: BalanceFacts | null;
  now: BalanceFacts;
  amountCents: number;
  sentAtMs: number;
  /** Another payment of the account was posted near this one: a movement may be its, not this one's. */
  hasOtherPosting: boolean;
}): { verdict: Verdict; because: string } {
  const { baseline, now, amountCents } = from;
  if (!baseline)
    return { verdict: 'EX', because: 'the account was not read before the send, so there is nothing to compare with' };
  const due = now.currentDueCents - baseline.currentDueCents;
  const unpaid = moved(baseline.totalUnpaidCents, now.totalUnpaidCents);
  const pending = moved(baseline.pendingCents, now.pendingCents);
  if (unpaid === undefined || pending === undefined) {
    return { verdict: 'EX', because: 'the partner does not tell the same figures as before the send' };
  }
  const isStill = due === 0 && unpaid === 0 && pending === 0;
  const isTouched = baseline.lastUpdateTime !== now.lastUpdateTime || baseline.pendingDate !== now.pendingDate;
  if (isStill && !isTouched) {
    if (from.hasOtherPosting)
      return { verdict: 'EX', because: 'nothing moved, though another payment of the account was sent near this one' };
    return { verdict: 'E0', because: 'no figure of the account moved since before the send' };
  }
  if (isStill) return { verdict: 'EX', because: 'the partner changed the account, yet no amount of it' };
  const rose = pending === amountCents && due === 0 && unpaid === 0;
  const fell = pending === 0 && due === -amountCents && (unpaid === -amountCents || baseline.totalUnpaidCents === null);
  const both = pending === amountCents && due === -amountCents && (unpaid === 0 || unpaid === -amountCents);
  if (!rose && !fell && !both) return { verdict: 'EX', because: describe({ due, unpaid, pending, amountCents }) };
  if (from.hasOtherPosting) {
    return { verdict: 'EX', because: 'the amounts fit, yet another payment of the account was sent near this one' };
  }
  const late = isUpdatedAfter(from.sentAtMs, baseline, now);
  if (late !== undefined) return { verdict: 'EX', because: late };
  const how = rose ? 'the pending amount rose' : 'what is due fell';
  return { verdict: 'E1', because: `${how} by exactly the payment after the send, and nothing else moved` };
}

/** Whether two readings say the same, figure by figure. */
export function readingsAgree(one: Reading, other: Reading): boolean {
  return (
    one.verdict === other.verdict &&
    one.currentDueCents === other.currentDueCents &&
    one.totalUnpaidCents === other.totalUnpaidCents &&
    one.pendingCents === other.pendingCents &&
    one.lastUpdateTime === other.lastUpdateTime
  );
}

/** Undefined when a figure was told once and not the other time. */
function moved(before: number | null, after: number | null): number | undefined {
  if (before === null && after === null) return 0;
  return before === null || after === null ? undefined : after - before;
}

function isUpdatedAfter(sentAtMs: number, baseline: BalanceFacts, now: BalanceFacts): string | undefined {
  if (now.lastUpdateTime === null) return undefined;
  if (now.lastUpdateTime === baseline.lastUpdateTime)
    return 'the amounts moved, yet the partner dates no change after the send';
  const updatedMs = Date.parse(now.lastUpdateTime);
  // Without an offset the text names no instant: that it changed is all it says.
  if (Number.isNaN(updatedMs) || !/(?:Z|[+-]\d\d:?\d\d)$/.test(now.lastUpdateTime)) return undefined;
  const earliestMs = sentAtMs + (baseline.skewMs ?? 0) - CLOCK_TOLERANCE_MS;
  return updatedMs < earliestMs ? 'the partner dates the movement before the send' : undefined;
}

function describe(from: { due: number; unpaid: number; pending: number; amountCents: number }): string {
  const cents = (value: number) => `${value < 0 ? '-' : '+'}${(Math.abs(value) / 100).toFixed(2)}`;
  return `due ${cents(from.due)}, unpaid ${cents(from.unpaid)}, pending ${cents(from.pending)}: not what a payment of ${(from.amountCents / 100).toFixed(2)} does`;
}
