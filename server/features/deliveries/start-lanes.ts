import { type LaneLease, type LaneOutcome, type LaneRunner, runLanes } from '../../platform/lanes.ts';
import type { OpenDelivery } from './delivery.ts';
import type { DeliveriesDeps } from './deps.ts';
import { drainLane } from './drain-lane.ts';
import { INTENT_AGE_MS_MAX, type LaneDeps } from './lane-ports.ts';
import { LANE_CONNECTION_SETTINGS, laneStore, pausedUntil } from './lane-store.ts';
import { type Decision, nextStep, STANDARD_POLICY } from './next-step.ts';
import { reachDestination } from './reach-destination.ts';
import { watchLanes } from './watch-lanes.ts';

const WATCH_MS = 30_000;

/** Drains every due lane this process can claim, and watches all of them for alerts, until stopped. */
export function startLanes(deps: DeliveriesDeps): LaneRunner {
  const runner = runLanes(deps, LANE_CONNECTION_SETTINGS, (lease) => drainLease(deps, lease));
  let watching: Promise<void> = Promise.resolve();
  const watch = deps.timers.every(WATCH_MS, () => {
    watching = watching
      .then(() => watchLanes(deps))
      .catch((cause: unknown) => deps.log.warn({ err: cause }, 'lanes could not be watched'));
  });
  return {
    stop: async () => {
      watch.cancel();
      await runner.stop();
      await watching;
    },
  };
}

/** One run of one lane under its lock. */
export async function drainLease(deps: DeliveriesDeps, lease: LaneLease): Promise<LaneOutcome> {
  const { bid } = lease;
  const until = await pausedUntil(lease.connection, { bid, now: deps.clock.now() });
  // Ended early, the lane is woken by the change itself; extended, it comes here again and rests on.
  if (until) return { nextAtMs: until.epochMilliseconds, trouble: undefined };
  const biller = await deps.billers.load(bid);
  const settleMinutes = biller?.configuration.dataPump.settleMinutes ?? STANDARD_POLICY.settleMs / 60_000;
  const store = laneStore({
    connection: lease.connection,
    bid,
    laneId: lease.id,
    settleMinutes,
    crash: deps.crash,
    clock: deps.clock,
  });
  const decided = deps.metrics.counter('causeway_delivery_decisions_total', 'Decisions about deliveries, by cause', [
    'bid',
    'kind',
    'cause',
  ]);
  const laneDeps: LaneDeps = {
    store,
    reach: (destination) => reachDestination(deps, { bid, destination }),
    nextStep,
    clock: deps.clock,
    timers: deps.timers,
    random: deps.random,
    crash: deps.crash,
    intentAgeMsMax: INTENT_AGE_MS_MAX,
    onDecided: (delivery, decision) => {
      decided.add({ bid, kind: delivery.kind, cause: decision.cause });
      tellLog(deps, { laneId: lease.id, delivery, decision });
    },
  };
  const rest = await drainLane(laneDeps, {
    troubles: lease.troubles,
    signal: lease.signal,
    isStopping: lease.isStopping,
    onWake: lease.onWake,
  });
  return { nextAtMs: rest.nextAtMs, trouble: rest.trouble };
}

function tellLog(deps: DeliveriesDeps, from: { laneId: string; delivery: OpenDelivery; decision: Decision }): void {
  const { delivery, decision } = from;
  const fields = {
    lane: from.laneId,
    delivery: delivery.id,
    cause: decision.cause,
    state: decision.state,
    reason: decision.reason,
  };
  if (decision.alert) deps.log.error(fields, decision.alert.sentence);
  else if (decision.state === 'unknown') deps.log.warn(fields, 'the outcome of a send is unknown');
  else deps.log.debug(fields, 'delivery decided');
}
