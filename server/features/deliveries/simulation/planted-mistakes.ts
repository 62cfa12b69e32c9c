import type { SendOutcome } from '../../billers/partner.ts';
import type { LanePartner, LaneStore } from '../lane-ports.ts';
import { type Decision, nextStep } from '../next-step.ts';
import type { Mistake } from './world.ts';

/**
 * Mistakes that people have made with payments, planted through the simulation's ports, never in the product. The test
 * asserts that each is caught within its number of seeds: a simulation that finds nothing must be able to find these.
 */
export const plantedMistakes: readonly Mistake[] = [
  {
    name: 'resend-on-timeout',
    harm: 'doubled',
    seedsMax: 400,
    story: 'a time-out is taken for "not sent" and retried',
    partner: reclassify('timeout', notSent),
  },
  {
    name: 'resend-on-reset',
    harm: 'doubled',
    seedsMax: 400,
    story: 'a cut connection is taken for "not sent" and retried',
    partner: reclassify('connection reset', notSent),
  },
  {
    name: 'resend-on-500',
    harm: 'doubled',
    seedsMax: 400,
    story: 'any 5xx is retried',
    partner: reclassify('status 500', notSent),
  },
  {
    name: 'resend-on-conflict',
    harm: 'doubled',
    seedsMax: 400,
    story: '409 is taken for a refusal and replayed',
    partner: reclassify('status 409', rejected),
  },
  {
    name: 'conflict-is-done',
    harm: 'lost',
    seedsMax: 400,
    story: '409 is taken for "already posted"',
    partner: reclassify('status 409', posted),
  },
  {
    name: 'html-is-done',
    harm: 'lost',
    seedsMax: 400,
    story: 'a page with status 200 is taken for success',
    partner: reclassify('HTML', posted),
  },
  {
    name: 'echo-unread',
    harm: 'lost',
    seedsMax: 400,
    story: 'the echo of another transaction is taken for ours',
    partner: reclassify('echoes', posted),
  },
  {
    name: 'takeover-resends',
    harm: 'doubled',
    seedsMax: 800,
    story: 'what a dead worker was sending is queued again',
    nextStep: (delivery, event, policy, at) => {
      const decision = nextStep(delivery, event, policy, at);
      return event.kind === 'found-sending'
        ? { ...decision, state: 'queued', nextAtMs: at.nowMs, attempt: { class: 'NOT_SENT', possiblyApplied: false } }
        : decision;
    },
  },
  {
    name: 'intent-after-send',
    harm: 'doubled',
    seedsMax: 2_000,
    story: 'the intent is not durable when the first byte leaves',
    store: lateIntents,
  },
  {
    name: 'no-settling',
    harm: 'doubled',
    seedsMax: 2_000,
    story: 'an unknown outcome is looked at at once',
    policy: { settleMs: 0, readingGapMs: 60_000 },
  },
  {
    name: 'trusts-nothing-moved',
    harm: 'doubled',
    seedsMax: 800,
    story: 'what did not move after a minute is sent again without a person',
    nextStep: resendOnNothingMoved,
    policy: { settleMs: 60_000, readingGapMs: 1_000 },
    fences: { version: true, permit: false },
  },
  {
    name: 'one-reading',
    harm: 'lost',
    seedsMax: 6_000,
    story: 'one reading is enough to close by evidence',
    policy: { readingsNeeded: 1, trustLevel: 1 },
  },
  {
    name: 'equal-payments',
    harm: 'lost',
    seedsMax: 8_000,
    story: 'the movement of an earlier, equal payment is taken for this one’s',
    policy: { trustLevel: 1 },
    store: blindToOthers,
  },
  {
    name: 'about-the-amount',
    harm: 'lost',
    seedsMax: 4_000,
    story: 'any fall of what is due is taken for the payment',
    policy: { trustLevel: 1 },
    nextStep: anyMovementCounts,
  },
  {
    name: 'account-does-not-wait',
    harm: 'order',
    seedsMax: 400,
    story: 'later payments of an account go while an earlier one is unknown or held',
    store: hidesWaiting,
  },
  {
    name: 'stale-intent',
    harm: 'doubled',
    seedsMax: 1_000,
    story: 'a worker stopped between intent and send goes on when it wakes',
    intentAgeMsMax: Number.POSITIVE_INFINITY,
  },
  {
    name: 'no-fences',
    harm: 'doubled',
    seedsMax: 1_000,
    story: 'neither version nor permit is checked by the database',
    fences: { version: false, permit: false },
  },
  {
    name: 'gives-up',
    harm: 'lost',
    seedsMax: 4_000,
    story: 'after the last retry the delivery is dropped without a word',
    nextStep: givesUp,
  },
  {
    name: 'careless-staff',
    harm: 'doubled',
    seedsMax: 400,
    story: 'post again is allowed whatever the evidence and the version',
    areStaffCareless: true,
  },
];

function reclassify(word: string, as: (outcome: SendOutcome) => SendOutcome): NonNullable<Mistake['partner']> {
  return (real: LanePartner) => ({
    ...real,
    postPayment: async (connection, posting, hooks) => {
      const outcome = await real.postPayment(connection, posting, hooks);
      return outcome.class === 'UNKNOWN' && outcome.reason.includes(word) ? as(outcome) : outcome;
    },
  });
}

function notSent({ transcript }: SendOutcome): SendOutcome {
  return { class: 'NOT_SENT', reason: 'taken for not sent', transcript };
}
function rejected({ transcript }: SendOutcome): SendOutcome {
  return { class: 'REJECTED', status: 409, sentence: 'taken for a refusal', transcript };
}
function posted({ transcript }: SendOutcome): SendOutcome {
  return { class: 'POSTED', status: 200, echoed: false, transcript };
}

/** Says "committed" at once and writes later, if it lives. */
function lateIntents(real: LaneStore): LaneStore {
  const held: Parameters<LaneStore['write']>[0]['intents'][number][] = [];
  return {
    readOpen: real.readOpen,
    write: async (writes) => {
      // The intents of before go with the marks that follow them.
      if (writes.marks.length > 0 && held.length > 0) await real.write({ marks: [], intents: held.splice(0) });
      held.push(...writes.intents);
      const written = await real.write({ marks: writes.marks, intents: [] });
      return { ...written, intended: new Set(writes.intents.map((one) => one.id)) };
    },
  };
}

function resendOnNothingMoved(...[delivery, event, policy, at]: Parameters<typeof nextStep>): Decision {
  const decision = nextStep(delivery, event, policy, at);
  const isStill = event.kind === 'read' && event.reading.verdict === 'E0' && decision.state === 'held';
  return isStill
    ? { ...decision, state: 'queued', heldKind: null, nextAtMs: at.nowMs, alert: null, attempt: null }
    : decision;
}

function anyMovementCounts(...[delivery, event, policy, at]: Parameters<typeof nextStep>): Decision {
  if (event.kind !== 'read' || event.reading.verdict !== 'EX') return nextStep(delivery, event, policy, at);
  return nextStep(delivery, { kind: 'read', reading: { ...event.reading, verdict: 'E1' } }, policy, at);
}

function blindToOthers(real: LaneStore): LaneStore {
  return {
    ...real,
    readOpen: async (afterId, limit) =>
      (await real.readOpen(afterId, limit)).map((row) => ({ ...row, hasOtherPosting: false })),
  };
}

function hidesWaiting(real: LaneStore): LaneStore {
  return {
    ...real,
    readOpen: async (afterId, limit) =>
      (await real.readOpen(afterId, limit)).filter((row) => row.state !== 'unknown' && row.state !== 'held'),
  };
}

function givesUp(...[delivery, event, policy, at]: Parameters<typeof nextStep>): Decision {
  const decision = nextStep(delivery, event, policy, at);
  return decision.cause === 'exhausted' ? { ...decision, state: 'posted', heldKind: null, alert: null } : decision;
}
