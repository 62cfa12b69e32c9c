import type { DeliveryState } from './delivery.ts';

/**
 * Every way a delivery may move, each edge with its cause. The decision (next-step.ts), the acts of staff and their
 * buttons read this one table; a move that is not here is a bug and throws.
 */
const EDGES = {
  // what the worker does
  'intent-committed': { from: ['queued', 'waiting'], to: 'sending' },
  'newer-exists': { from: ['queued', 'waiting', 'held'], to: 'superseded' },
  'baseline-unread': { from: ['queued', 'waiting'], to: 'waiting' },
  'baseline-refused': { from: ['queued', 'waiting'], to: 'held' },
  'destination-closed': { from: ['queued', 'waiting'], to: 'held' },
  'permit-spent': { from: ['queued', 'waiting'], to: 'held' },
  posted: { from: ['sending'], to: 'posted' },
  'not-sent': { from: ['sending'], to: 'waiting' },
  'rate-limited': { from: ['sending'], to: 'waiting' },
  'try-failed': { from: ['sending'], to: 'waiting' },
  exhausted: { from: ['sending', 'queued', 'waiting'], to: 'held' },
  rejected: { from: ['sending'], to: 'held' },
  'outcome-unknown': { from: ['sending'], to: 'unknown' },
  'worker-died': { from: ['sending'], to: 'unknown' },
  'worker-died-setting': { from: ['sending'], to: 'waiting' },
  // what the evidence says
  read: { from: ['unknown'], to: 'unknown' },
  'applied-by-evidence': { from: ['unknown'], to: 'posted' },
  'needs-a-person': { from: ['unknown'], to: 'held' },
  // what a person decides
  'check-again': { from: ['held'], to: 'unknown' },
  'confirmed-posted': { from: ['held'], to: 'posted' },
  'allowed-again': { from: ['held'], to: 'queued' },
  returned: { from: ['held'], to: 'not_sent' },
  replayed: { from: ['held', 'waiting'], to: 'queued' },
  'found-missing': { from: ['posted'], to: 'held' },
  /** The money went back before anything was sent. */
  withdrawn: { from: ['queued', 'waiting', 'held'], to: 'not_sent' },
  'withdrawn-in-doubt': { from: ['queued', 'waiting'], to: 'held' },
  restored: { from: ['queued', 'sending', 'waiting', 'unknown'], to: 'held' },
} as const satisfies Record<string, { from: readonly DeliveryState[]; to: DeliveryState }>;

export type Cause = keyof typeof EDGES;

/** The state an edge leads to. Throws when the edge does not leave `from`: the lane stops rather than guesses. */
export function follow(cause: Cause, from: DeliveryState): DeliveryState {
  if (!mayFollow(cause, from)) throw new Error(`a delivery that is ${from} cannot move by ${cause}`);
  return EDGES[cause].to;
}

export function mayFollow(cause: Cause, from: DeliveryState): boolean {
  const starts: readonly DeliveryState[] = EDGES[cause].from;
  return starts.includes(from);
}

/** For documents and screens: every edge with its cause. */
export const deliveryEdges: readonly { cause: Cause; from: readonly DeliveryState[]; to: DeliveryState }[] =
  Object.entries(EDGES).map(([cause, edge]) => ({ cause: cause as Cause, ...edge }));

/** States in which the partner has not been told yet, or may not have been: the balance shown subtracts these. */
export const UNPOSTED_STATES = ['queued', 'sending', 'waiting', 'unknown', 'held'] as const;

/** States that let the next payment of the account go. */
export const FINISHED_STATES: readonly DeliveryState[] = ['posted', 'not_sent', 'superseded'];
