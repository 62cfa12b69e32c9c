import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BalanceFacts, DeliveryFacts, Reading } from './delivery.ts';
import { judgeEvidence } from './judge-evidence.ts';
import { nextStep, STANDARD_POLICY } from './next-step.ts';
import { RETRY_FOR_MS, RETRY_WAITS_MS, retryWaitMs } from './retry-schedule.ts';

const transcript = { method: 'POST', url: 'x', tookMs: 1 };
const NOW = Date.UTC(2026, 10, 18, 15);
const at = { nowMs: NOW, fraction: 0.5 };
const sending: DeliveryFacts = {
  id: 1,
  kind: 'payment',
  state: 'sending',
  version: 2,
  accountNumber: 'A',
  amountCents: 5_000,
  heldKind: null,
  attempts: 1,
  retries: 0,
  retrySinceMs: null,
  nextAtMs: null,
  unknownSinceMs: null,
  readings: [],
  permit: 'first',
  withdrawn: null,
  sentAtMs: null,
};
const facts: BalanceFacts = {
  atMs: NOW,
  currentDueCents: 100_000,
  totalUnpaidCents: 100_000,
  pendingCents: 0,
  pendingDate: null,
  lastUpdateTime: '2026-11-01T10:00:00Z',
  skewMs: 0,
};

test('only POSTED, REJECTED, RATE_LIMITED and NOT_SENT leave an unknown outcome out; a payment’s UNKNOWN is never retried', () => {
  const unknown = nextStep(
    sending,
    { kind: 'sent', outcome: { class: 'UNKNOWN', reason: 'timeout', transcript } },
    STANDARD_POLICY,
    at,
  );
  expect(unknown).toMatchObject({ state: 'unknown', nextAtMs: NOW + 30 * 60_000, attempt: { possiblyApplied: true } });
  const died = nextStep(sending, { kind: 'found-sending' }, STANDARD_POLICY, at);
  expect(died).toMatchObject({ state: 'unknown', attempt: { possiblyApplied: true } });
  const setting = nextStep({ ...sending, kind: 'paperless' }, { kind: 'found-sending' }, STANDARD_POLICY, at);
  expect(setting).toMatchObject({ state: 'waiting' });
});

test('tries follow 0, 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h, then every 2 h, ±20 %, and end after 72 h in a person’s hands', () => {
  expect(RETRY_WAITS_MS).toEqual([5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 7_200_000]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (retries, fraction) => {
        const base = RETRY_WAITS_MS[retries - 1] ?? 7_200_000;
        const wait = retryWaitMs({ retries, sinceFirstMs: 0, fraction }) ?? 0;
        expect(wait).toBeGreaterThanOrEqual(base * 0.8 - 1);
        expect(wait).toBeLessThanOrEqual(base * 1.2 + 1);
      },
    ),
  );
  const late = { ...sending, retries: 45, retrySinceMs: NOW - RETRY_FOR_MS };
  const end = nextStep(
    late,
    { kind: 'sent', outcome: { class: 'NOT_SENT', reason: 'refused', transcript } },
    STANDARD_POLICY,
    at,
  );
  expect(end).toMatchObject({ state: 'held', heldKind: 'exhausted', alert: { kind: 'delivery-held' } });
});

const judged = (now: Partial<BalanceFacts>, hasOtherPosting = false) =>
  judgeEvidence({ baseline: facts, now: { ...facts, ...now }, amountCents: 5_000, sentAtMs: NOW, hasOtherPosting })
    .verdict;
const LATER = '2026-11-18T15:00:10Z';

test('the evidence is E1 only for exactly the payment after the send, E0 only when nothing moved, else EX', () => {
  expect(judged({})).toBe('E0');
  expect(judged({ pendingCents: 5_000, pendingDate: LATER, lastUpdateTime: LATER })).toBe('E1');
  expect(judged({ currentDueCents: 95_000, totalUnpaidCents: 95_000, lastUpdateTime: LATER })).toBe('E1');
  expect(judged({ currentDueCents: 95_000, totalUnpaidCents: 95_000, lastUpdateTime: LATER }, true)).toBe('EX');
  expect(judged({ currentDueCents: 95_001, totalUnpaidCents: 95_001, lastUpdateTime: LATER })).toBe('EX');
  expect(judged({ lastUpdateTime: LATER })).toBe('EX');
  expect(judged({ currentDueCents: 95_000, totalUnpaidCents: 95_000, lastUpdateTime: '2026-11-10T10:00:00Z' })).toBe(
    'EX',
  );
  expect(judged({ pendingCents: null, lastUpdateTime: LATER })).toBe('EX');
  expect(
    judgeEvidence({ baseline: null, now: facts, amountCents: 1, sentAtMs: NOW, hasOtherPosting: false }).verdict,
  ).toBe('EX');
});

test('any movement other than by exactly the payment is never E1', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -20_000, max: 20_000 }),
      fc.integer({ min: -20_000, max: 20_000 }),
      (due, pending) => {
        fc.pre(!(due === -5_000 && (pending === 0 || pending === 5_000)) && !(due === 0 && pending === 5_000));
        const now = {
          currentDueCents: 100_000 + due,
          totalUnpaidCents: 100_000 + due,
          pendingCents: pending,
          lastUpdateTime: LATER,
        };
        expect(judged(now)).not.toBe('E1');
      },
    ),
  );
});

test('evidence closes only at level 1, after two agreeing readings five minutes apart; a contradiction drops the trust', () => {
  const reading = (minutes: number, verdict: Reading['verdict']): Reading => ({
    ...facts,
    atMs: NOW + minutes * 60_000,
    verdict,
    because: 'x',
  });
  const unknown: DeliveryFacts = { ...sending, state: 'unknown', unknownSinceMs: NOW - 3_600_000 };
  const read = (before: readonly Reading[], now: Reading, trustLevel: 0 | 1) =>
    nextStep(
      { ...unknown, readings: before },
      { kind: 'read', reading: now },
      { ...STANDARD_POLICY, trustLevel },
      { ...at, nowMs: now.atMs },
    );
  expect(read([], reading(0, 'E1'), 1).state).toBe('unknown');
  expect(read([reading(0, 'E1')], reading(4, 'E1'), 1).state).toBe('unknown');
  expect(read([reading(0, 'E1')], reading(5, 'E1'), 1)).toMatchObject({ state: 'posted', label: 'by evidence' });
  expect(read([reading(0, 'E1')], reading(5, 'E1'), 0)).toMatchObject({ state: 'held', heldKind: 'unknown' });
  expect(read([reading(0, 'E0')], reading(5, 'E0'), 1)).toMatchObject({ state: 'held' });
  expect(read([reading(0, 'E1')], reading(5, 'E0'), 1)).toMatchObject({ state: 'held', dropsTrust: true });
  expect(read([reading(0, 'E0')], reading(5, 'E1'), 1)).toMatchObject({ state: 'held' });
  const late = { ...unknown, unknownSinceMs: NOW - 4 * 3_600_000 };
  expect(nextStep(late, { kind: 'unreadable', sentence: 'away' }, STANDARD_POLICY, at)).toMatchObject({
    state: 'held',
  });
});
