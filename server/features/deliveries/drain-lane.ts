import { type AccountChains, accountChains } from './account-chains.ts';
import type { Destination } from './delivery.ts';
import { type EndpointHealth, endpointHealth } from './endpoint-health.ts';
import type { LaneDeps, Reached } from './lane-ports.ts';
import { requestSlots } from './request-slots.ts';
import { retryWaitMs } from './retry-schedule.ts';
import { type SendContext, type Worked, workDelivery } from './send-delivery.ts';
import { writeBatches } from './write-batches.ts';

/** Accounts under way for each request slot: while one's intent is being committed, another uses the slot. */
const ACCOUNTS_PER_SLOT = 6;
/** Intents open for each request slot: one on its way, others being committed or next in line. */
const INTENTS_PER_SLOT = 3;
/** A run gives its lane back after this, so that others get their turn. */
const RUN_MS_MAX = 15_000;
/** The net under a lost wake-up while calls are under way. */
const LOOK_AGAIN_MS = 1_000;
/** Calls in a row that the endpoint left unanswered before the lane rests as a whole. */
const SILENT_MAX = 5;
/** The longest rest of a lane whose endpoint is down: then one delivery is tried. */
const REST_MS_MAX = 60_000;
/** Requests at once where the destination cannot be reached to ask for its own limit. */
const SLOTS_MAX = 100;

export interface LaneRun {
  /** Runs in a row that ended because the endpoint did not answer; above 0 the run starts with one request. */
  readonly troubles: number;
  /** Aborted when the lane's lock is lost or the program must stop at once: calls under way are cut. */
  readonly signal: AbortSignal;
  /** True once the program is stopping: nothing new is begun, what is under way ends. */
  readonly isStopping: () => boolean;
  /** Rung by a wake-up of this lane during the run. */
  readonly onWake: (ring: () => void) => void;
}

/** When the lane wants to run again (`undefined`: when woken), and what ails its endpoint. */
export interface LaneRest {
  readonly nextAtMs: number | undefined;
  readonly trouble: string | undefined;
  readonly worked: number;
}

/**
 * Drains one lane under its lock: reads ahead in the order of ids, keeps a chain per account (one delivery under way
 * each, in order), works many accounts at once up to the endpoint's limit, under one partner session.
 */
export async function drainLane(deps: LaneDeps, run: LaneRun): Promise<LaneRest> {
  const bell = makeBell();
  const sessions = holdDestinations(deps);
  const stretch = startStretch(deps, run, sessions, bell.ring);
  run.onWake(stretch.lookAgain);
  const ticking = deps.timers.every(LOOK_AGAIN_MS, stretch.lookAgain);
  try {
    await stretch.work(bell);
  } finally {
    ticking.cancel();
    deps.crash.at('session-before-close');
    await sessions.release();
  }
  return stretch.rest();
}

interface Bell {
  ring(): void;
  /** Resolves at the next ring, or at once if it rang since the last wait. */
  wait(): Promise<void>;
}

function makeBell(): Bell {
  let hasRung = false;
  let waiting: (() => void) | undefined;
  return {
    ring: () => {
      hasRung = true;
      waiting?.();
    },
    wait: () =>
      new Promise((resolve) => {
        const wake = () => {
          hasRung = false;
          waiting = undefined;
          resolve();
        };
        if (hasRung) wake();
        else waiting = wake;
      }),
  };
}

/** Everything one run knows: who is under way, what the endpoint says, and whether the run is over. */
function startStretch(deps: LaneDeps, run: LaneRun, sessions: Sessions, ring: () => void) {
  const writes = writeBatches(deps.store, deps.timers);
  const chains = accountChains(deps.store);
  const trust = { isDropped: false };
  const startedMs = deps.clock.monotonicMs();
  let lent: Pick<SendContext, 'slots' | 'intents'> | undefined;
  let active = 0;
  let nextAtMs: number | undefined;
  let failure: { cause: unknown } | undefined;
  const health = endpointHealth({
    silentMax: () => (run.troubles > 0 && chains.finished === 0 ? 1 : SILENT_MAX),
    onAnswered: () => lent?.slots.widen(),
  });

  const note = (atMs: number | null): void => {
    if (atMs !== null) nextAtMs = Math.min(nextAtMs ?? atMs, atMs);
  };
  const isOver = (): boolean =>
    failure !== undefined ||
    health.trouble !== undefined ||
    health.waitUntilMs !== undefined ||
    writes.isPaused ||
    run.signal.aborted ||
    run.isStopping() ||
    deps.clock.monotonicMs() - startedMs > RUN_MS_MAX;
  const reach: SendContext['reach'] = (one) => sessions.reach(one.destination);
  const workChain = async (account: string): Promise<void> => {
    for (let head = chains.head(account); head; head = chains.head(account)) {
      if (isOver()) return;
      lent ??= lendSlots(await reach(head), run.troubles);
      const context = { deps, writes, ...lent, trust, signal: run.signal, onEndpoint: health.hear, reach };
      const done: Worked = await workDelivery(context, head);
      if (done.kind === 'blocked') {
        note(done.untilMs);
        chains.block(account);
        return;
      }
      chains.finishHead(account);
    }
    chains.close(account);
  };
  const start = (account: string): void => {
    active += 1;
    workChain(account)
      .catch((cause: unknown) => {
        failure ??= { cause };
      })
      .finally(() => {
        active -= 1;
        ring();
      });
  };

  const work = async (bell: Bell): Promise<void> => {
    const under = { isOver, count: () => active, max: () => ACCOUNTS_PER_SLOT * (lent?.slots.limit ?? 1), start };
    await startReady(chains, under, bell);
    if (failure) throw failure.cause;
  };
  const rest = (): LaneRest => restAfter(deps, { run, health, chains, nextAtMs });
  const lookAgain = (): void => {
    chains.lookAgain();
    ring();
  };
  return { work, rest, lookAgain };
}

/** Reads ahead and starts accounts, as many at once as `under` says, until all is done or the run is over and idle. */
async function startReady(
  chains: AccountChains,
  under: { isOver: () => boolean; count: () => number; max: () => number; start: (account: string) => void },
  bell: Bell,
): Promise<void> {
  const { isOver } = under;
  await chains.read();
  for (;;) {
    if (!isOver() && chains.wantsMore) await chains.read();
    while (!isOver() && chains.hasReady && under.count() < under.max()) {
      const account = chains.takeReady();
      if (account !== undefined) under.start(account);
    }
    const isIdle = under.count() === 0;
    if (isIdle && (isOver() || (!chains.hasReady && chains.isAllRead))) return;
    if (!isIdle) await bell.wait();
  }
}

function lendSlots(reached: Reached, troubles: number): Pick<SendContext, 'slots' | 'intents'> {
  const limit = reached.kind === 'open' ? reached.connection.maxConcurrent : SLOTS_MAX;
  const intents = limit * INTENTS_PER_SLOT;
  return {
    slots: requestSlots({ start: troubles > 0 ? 1 : limit, limit }),
    intents: requestSlots({ start: intents, limit: intents }),
  };
}

function restAfter(
  deps: LaneDeps,
  from: { run: LaneRun; health: EndpointHealth; chains: AccountChains; nextAtMs: number | undefined },
): LaneRest {
  const { trouble, waitUntilMs } = from.health;
  const worked = from.chains.finished;
  const nowMs = deps.clock.nowMs();
  if (trouble !== undefined) return { nextAtMs: nowMs + restMs(deps, from.run.troubles + 1), trouble, worked };
  if (waitUntilMs !== undefined) return { nextAtMs: waitUntilMs, trouble: undefined, worked };
  // Ended by its time with work left: at once again, behind those that wait.
  const nextAtMs = from.chains.isUnfinished ? Math.min(from.nextAtMs ?? nowMs, nowMs) : from.nextAtMs;
  return { nextAtMs, trouble: undefined, worked };
}

function restMs(deps: LaneDeps, troubles: number): number {
  const wait = retryWaitMs({ retries: troubles, sinceFirstMs: 0, fraction: deps.random.fraction() });
  return Math.min(wait ?? REST_MS_MAX, REST_MS_MAX);
}

interface Sessions {
  reach(destination: Destination): Promise<Reached>;
  release(): Promise<void>;
}

/** Reaches each frozen destination once a run and holds its session until the run ends. */
function holdDestinations(deps: LaneDeps): Sessions {
  const known = new Map<string, Promise<Reached>>();
  const held: { release(): Promise<void> }[] = [];
  const open = async (destination: Destination): Promise<Reached> => {
    const reached = await deps.reach(destination);
    if (reached.kind === 'closed') return reached;
    // A login that fails here fails again in the call, which classifies it with the proof that nothing was sent.
    for (const connection of [reached.connection, reached.balance]) {
      if (!connection) continue;
      const session = await reached.partner.holdSession(connection).catch(() => undefined);
      if (session) held.push(session);
    }
    deps.crash.at('session-opened');
    return reached;
  };
  return {
    reach: (destination) => {
      const key = JSON.stringify(destination);
      const opening = known.get(key) ?? open(destination);
      known.set(key, opening);
      return opening;
    },
    release: async () => {
      await Promise.all(held.map((session) => session.release().catch(() => undefined)));
    },
  };
}
