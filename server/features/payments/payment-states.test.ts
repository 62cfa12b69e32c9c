import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  FACT_KINDS,
  type Fact,
  isOpen,
  isReversed,
  mayAct,
  PAYMENT_STATUSES,
  stateFromFacts,
  TRANSITIONS,
} from './payment-states.ts';

const instant = (ms: number) => Temporal.Instant.fromEpochMilliseconds(1_800_000_000_000 + ms);
const aFact: fc.Arbitrary<Fact> = fc
  .record({
    kind: fc.constantFrom(...FACT_KINDS),
    ms: fc.nat(5),
    message: fc.constantFrom('APPROVED 1', 'APPROVED 2', 'DECLINED'),
  })
  .map(({ kind, ms, message }) => ({ kind, at: instant(ms), detail: { message } }));
const plain = (facts: readonly Fact[]) => JSON.stringify(stateFromFacts(facts));

test('events in any order, each any number of times, come to the same state', () => {
  const shuffled = fc
    .array(aFact, { minLength: 1, maxLength: 8 })
    .chain((facts) =>
      fc.tuple(
        fc.constant(facts),
        fc.shuffledSubarray([...facts, ...facts], { minLength: facts.length * 2, maxLength: facts.length * 2 }),
      ),
    );
  fc.assert(
    fc.property(shuffled, ([facts, other]) => {
      expect(plain(other)).toBe(plain(facts));
    }),
    { numRuns: 2_000 },
  );
});

test('hearing more only ever moves a payment along an edge of the table', () => {
  const edges = new Set(TRANSITIONS.map((edge) => `${edge.from} ${edge.to}`));
  fc.assert(
    fc.property(fc.array(aFact, { minLength: 2, maxLength: 8 }), (facts) => {
      for (let heard = 1; heard < facts.length; heard++) {
        const from = stateFromFacts(facts.slice(0, heard)).status;
        const to = stateFromFacts(facts.slice(0, heard + 1)).status;
        expect(from === to || edges.has(`${from} ${to}`)).toBe(true);
      }
    }),
  );
});

test('every edge names its cause, and no edge leads back', () => {
  for (const edge of TRANSITIONS) {
    expect(edge.cause.length).toBeGreaterThan(10);
    expect(TRANSITIONS.some((back) => back.from === edge.to && back.to === edge.from)).toBe(false);
  }
});

test('the paths of the specification are edges', () => {
  const has = (from: string, to: string) => TRANSITIONS.some((edge) => edge.from === from && edge.to === to);
  for (const [from, to] of [
    ['pending', 'approved'],
    ['pending', 'declined'],
    ['pending', 'error'],
    ['approved', 'settled'],
    ['settled', 'returned'],
    ['settled', 'charged_back'],
    ['approved', 'voided'],
    ['settled', 'refunded'],
  ] as const) {
    expect(has(from, to), `${from} → ${to}`).toBe(true);
  }
  expect(has('returned', 'approved')).toBe(false);
});

test('staff may void only what has not settled, refund only what has, and are told why otherwise', () => {
  for (const status of PAYMENT_STATUSES) {
    expect(mayAct(status, 'void').may).toBe(status === 'approved');
    expect(mayAct(status, 'refund').may).toBe(status === 'settled');
  }
  const refused = mayAct('settled', 'void');
  expect(refused.may ? '' : refused.why).toContain('refund');
  expect(PAYMENT_STATUSES.filter(isOpen)).toEqual(['submitting', 'unknown', 'pending']);
  expect(PAYMENT_STATUSES.filter(isReversed)).toEqual(['voided', 'refunded', 'returned', 'charged_back']);
});
