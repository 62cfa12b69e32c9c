import { createHash } from 'node:crypto';
import type { SendHooks, SendOutcome } from '../billers/partner.ts';
import { balanceFacts } from './balance-facts.ts';
import type { BalanceFacts, OpenDelivery } from './delivery.ts';
import { FINISHED_STATES, mayFollow } from './delivery-states.ts';
import { judgeEvidence } from './judge-evidence.ts';
import type { LaneDeps, Mark, Reached } from './lane-ports.ts';
import type { DeliveryEvent, DeliveryPolicy } from './next-step.ts';
import type { RequestSlots } from './request-slots.ts';
import { obeyedWaitMs } from './retry-schedule.ts';
import type { IntentAnswer, WriteBatches } from './write-batches.ts';

/** The partner's own deadline of a send (spec/imt.md §4), kept with the intent for people. */
const SEND_DEADLINE_MS = 30_000;

/** What the run lends to each delivery. */
export interface SendContext {
  readonly deps: LaneDeps;
  readonly writes: WriteBatches;
  readonly slots: RequestSlots;
  /** Intents that may be open at once: few enough that none grows old waiting for its slot. */
  readonly intents: RequestSlots;
  readonly reach: (delivery: OpenDelivery) => Promise<Reached>;
  /** The endpoint answered, did not answer, or asked everyone to wait. */
  readonly onEndpoint: (news: 'answered' | 'silent' | { waitUntilMs: number }, sentence: string) => void;
  readonly signal: AbortSignal;
  /** Set once the partner contradicts itself: nothing more of this run is closed by evidence. */
  readonly trust: { isDropped: boolean };
}

/** What became of the head of an account's chain: the next may go, or the account waits (until when, if known). */
export type Worked = { readonly kind: 'finished' } | { readonly kind: 'blocked'; readonly untilMs: number | null };

const FINISHED: Worked = { kind: 'finished' };

/** Brings one delivery as far as it goes now. Only the head of an account's chain comes here, one at a time. */
export async function workDelivery(context: SendContext, delivery: OpenDelivery): Promise<Worked> {
  const { clock } = context.deps;
  if (delivery.hasNewer && mayFollow('newer-exists', delivery.state))
    return decide(context, delivery, { kind: 'newer-exists' });
  // Only while it waits to be sent, so only what came back from a send that was under way when the money went back.
  if (delivery.withdrawn !== null && mayFollow('withdrawn-in-doubt', delivery.state))
    return decide(context, delivery, { kind: 'withdrawn', why: delivery.withdrawn });
  const isDue = delivery.nextAtMs === null || delivery.nextAtMs <= clock.nowMs();
  switch (delivery.state) {
    case 'sending':
      return decide(context, delivery, { kind: 'found-sending' });
    case 'unknown':
      return isDue ? readEvidence(context, delivery) : { kind: 'blocked', untilMs: delivery.nextAtMs };
    case 'queued':
    case 'waiting':
      return isDue ? send(context, delivery) : { kind: 'blocked', untilMs: delivery.nextAtMs };
    case 'held':
      return { kind: 'blocked', untilMs: null };
    case 'posted':
    case 'not_sent':
    case 'superseded':
      return FINISHED;
    default: {
      const never: never = delivery.state;
      throw new Error(`unknown state ${String(never)}`);
    }
  }
}

async function send(context: SendContext, delivery: OpenDelivery): Promise<Worked> {
  const reached = await context.reach(delivery);
  if (reached.kind === 'closed')
    return decide(context, delivery, { kind: 'destination-closed', sentence: reached.sentence });
  const before = await readBaseline(context, delivery, reached);
  if (before.kind === 'event') return decide(context, delivery, before.event);
  return sendIntended(context, delivery, { reached, baseline: before.facts });
}

/** The intent is durable before the first byte, and what came of the send after the last. */
async function sendIntended(
  context: SendContext,
  delivery: OpenDelivery,
  from: { reached: Reached & { kind: 'open' }; baseline: BalanceFacts | null },
): Promise<Worked> {
  const { deps } = context;
  const n = delivery.attempts + 1;
  const sending: OpenDelivery = { ...delivery, state: 'sending', version: delivery.version + 1, attempts: n };
  let event: DeliveryEvent;
  await context.intents.take('send');
  try {
    // Taken before the commit begins: however long that lasts, it counts as age.
    const intentAtMonotonicMs = deps.clock.monotonicMs();
    const answer = await intend(context, delivery, { n, baseline: from.baseline });
    if (answer === 'lost') return { kind: 'blocked', untilMs: null };
    if (answer === 'spent') return decide(context, delivery, { kind: 'permit-spent' });
    deps.crash.at('intent-committed');
    await context.slots.take('send');
    try {
      // A worker that was stopped and taken for dead wakes up here: what it intended is no longer its own.
      const mayStillSend = (): boolean =>
        deps.clock.monotonicMs() - intentAtMonotonicMs <= deps.intentAgeMsMax && !context.signal.aborted;
      event = mayStillSend()
        ? { kind: 'sent', outcome: await call(context, sending, { reached: from.reached, mayStillSend }) }
        : { kind: 'intent-stale' };
    } finally {
      context.slots.give();
    }
  } finally {
    // Not held until the mark: it is the account alone that waits for that.
    context.intents.give();
  }
  if (event.kind === 'sent') {
    deps.crash.at('answer-received');
    tellEndpoint(context, event.outcome);
  }
  return decide(context, sending, event);
}

function intend(
  { deps, writes }: SendContext,
  delivery: OpenDelivery,
  from: { n: number; baseline: BalanceFacts | null },
): Promise<IntentAnswer> {
  const nowMs = deps.clock.nowMs();
  return writes.intend({
    id: delivery.id,
    version: delivery.version,
    n: from.n,
    permit: delivery.permit,
    possiblyApplied: delivery.kind === 'payment',
    payloadHash: hashPayload(delivery),
    intentAtMs: nowMs,
    deadlineAtMs: nowMs + SEND_DEADLINE_MS,
    baseline: from.baseline,
  });
}

type Before =
  | { readonly kind: 'read'; readonly facts: BalanceFacts | null }
  | { readonly kind: 'event'; readonly event: DeliveryEvent };

/** No baseline, no send: without what was due before, an unknown outcome could never be told from the figures. */
async function readBaseline(
  context: SendContext,
  delivery: OpenDelivery,
  reached: Reached & { kind: 'open' },
): Promise<Before> {
  if (delivery.kind !== 'payment' || !reached.balance) return { kind: 'read', facts: null };
  const read = await readBalance(context, delivery, reached);
  if (read.kind === 'balance') {
    context.deps.crash.at('baseline-read');
    return { kind: 'read', facts: read.facts };
  }
  if (read.kind === 'unknown-account') {
    return { kind: 'event', event: { kind: 'baseline-refused', sentence: 'the partner does not know this account' } };
  }
  const told = read.retryAfterMs === undefined ? {} : { retryAfterMs: read.retryAfterMs };
  return {
    kind: 'event',
    event: {
      kind: 'baseline-unread',
      sentence: `the account could not be read before the send: ${read.sentence}`,
      ...told,
    },
  };
}

type Read =
  | { readonly kind: 'balance'; readonly facts: BalanceFacts }
  | { readonly kind: 'unknown-account' }
  | { readonly kind: 'failed'; readonly sentence: string; readonly retryAfterMs?: number | undefined };

async function readBalance(
  context: SendContext,
  delivery: OpenDelivery,
  reached: Reached & { kind: 'open' },
): Promise<Read> {
  const { deps, slots } = context;
  if (!reached.balance) return { kind: 'failed', sentence: 'there is no endpoint to read balances from' };
  await slots.take('read');
  try {
    const answer = await reached.partner.balance(reached.balance, delivery.accountNumber);
    if (answer.kind === 'balance') {
      context.onEndpoint('answered', '');
      return { kind: 'balance', facts: balanceFacts(answer.balance, deps.clock.nowMs()) };
    }
    if (answer.kind === 'unknown-account') {
      context.onEndpoint('answered', '');
      return { kind: 'unknown-account' };
    }
    const wait = answer.reason === 'rate-limited' && answer.retryAfterMs !== undefined;
    if (wait)
      context.onEndpoint({ waitUntilMs: deps.clock.nowMs() + obeyedWaitMs(answer.retryAfterMs ?? 0) }, answer.sentence);
    else context.onEndpoint('silent', answer.sentence);
    return { kind: 'failed', sentence: answer.sentence, retryAfterMs: answer.retryAfterMs };
  } finally {
    slots.give();
  }
}

async function call(
  context: SendContext,
  delivery: OpenDelivery,
  from: { reached: Reached & { kind: 'open' }; mayStillSend: () => boolean },
): Promise<SendOutcome> {
  const { partner, connection } = from.reached;
  const { payload } = delivery;
  const { crash } = context.deps;
  const hooks: SendHooks = {
    mayStillSend: from.mayStillSend,
    onHalfSent: () => crash.at('request-half-written'),
    onSent: () => crash.at('request-sent'),
    signal: context.signal,
  };
  switch (payload.kind) {
    case 'payment':
      return partner.postPayment(connection, payload.posting, hooks);
    case 'paperless':
      return partner.setPaperless(connection, delivery.accountNumber, payload.isOn, hooks);
    case 'autopay':
      return partner.setAutoPay(connection, delivery.accountNumber, payload.isOn, hooks);
    default: {
      const never: never = payload;
      throw new Error(`unknown payload ${JSON.stringify(never)}`);
    }
  }
}

/** An unknown outcome tells nothing of the endpoint: something answered, or something cut it. */
function tellEndpoint({ onEndpoint, deps }: SendContext, outcome: SendOutcome): void {
  const { class: found } = outcome;
  if (found === 'POSTED' || found === 'REJECTED') onEndpoint('answered', '');
  if (found === 'NOT_SENT') onEndpoint('silent', outcome.reason);
  if (found === 'RATE_LIMITED') {
    onEndpoint({ waitUntilMs: deps.clock.nowMs() + obeyedWaitMs(outcome.retryAfterMs) }, 'the partner asked to wait');
  }
}

async function readEvidence(context: SendContext, delivery: OpenDelivery): Promise<Worked> {
  const reached = await context.reach(delivery);
  if (reached.kind === 'closed') return decide(context, delivery, { kind: 'unreadable', sentence: reached.sentence });
  const read = await readBalance(context, delivery, reached);
  if (read.kind !== 'balance') {
    const sentence = read.kind === 'failed' ? read.sentence : 'the partner does not know this account';
    return decide(context, delivery, { kind: 'unreadable', sentence });
  }
  const judged = judgeEvidence({
    baseline: delivery.baseline,
    now: read.facts,
    amountCents: delivery.amountCents,
    sentAtMs: delivery.sentAtMs ?? read.facts.atMs,
    hasOtherPosting: delivery.hasOtherPosting,
  });
  return decide(context, delivery, { kind: 'read', reading: { ...read.facts, ...judged } });
}

/** The one place that turns an event into a durable decision. A lost fence ends this account's turn, nothing more. */
async function decide(context: SendContext, delivery: OpenDelivery, event: DeliveryEvent): Promise<Worked> {
  const { deps, writes } = context;
  const policy = await policyOf(context, delivery);
  const atMs = deps.clock.nowMs();
  const decision = deps.nextStep(delivery, event, policy, { nowMs: atMs, fraction: deps.random.fraction() });
  const outcome = event.kind === 'sent' ? event.outcome : undefined;
  const mark: Mark = {
    id: delivery.id,
    version: delivery.version,
    decision,
    atMs,
    attempt: decision.attempt && {
      n: delivery.attempts,
      transcript: outcome?.transcript ?? null,
      httpStatus: outcome && 'status' in outcome ? (outcome.status ?? null) : null,
    },
    partner: delivery.destination.partner,
  };
  const isMarked = await writes.mark(mark);
  if (!isMarked) return { kind: 'blocked', untilMs: null };
  deps.crash.at('marked');
  if (decision.dropsTrust) context.trust.isDropped = true;
  deps.onDecided(delivery, decision);
  return FINISHED_STATES.includes(decision.state) ? FINISHED : { kind: 'blocked', untilMs: decision.nextAtMs };
}

async function policyOf(context: SendContext, delivery: OpenDelivery): Promise<DeliveryPolicy> {
  const { policy } = await context.reach(delivery);
  return context.trust.isDropped ? { ...policy, trustLevel: 0 } : policy;
}

function hashPayload(delivery: OpenDelivery): string {
  return createHash('sha256').update(JSON.stringify(delivery.payload)).digest('hex');
}
