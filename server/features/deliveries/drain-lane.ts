import type { Destination, OpenDelivery } from './delivery.ts';
import type { LaneDeps, Reached } from './lane-ports.ts';
import { type RequestSlots, requestSlots } from './request-slots.ts';
import { retryWaitMs } from './retry-schedule.ts';
import { type SendContext, type Worked, workDelivery } from './send-delivery.ts';
import { writeBatches } from './write-batches.ts';

/** Deliveries read at once, and how few may be left before more are read. */
const PAGE = 1_000;
const LOW_WATER = 500;
/** Accounts under way for each request slot: while one's intent is being committed, another uses the slot. */
const ACCOUNTS_PER_SLOT = 6;
/** Intents open for each request slot: one on its way, one being committed or next in line. */
const INTENTS_PER_SLOT = 2;
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

/** Everything one run knows. Rows come in id order; an account whose head must wait is left out for the rest of the run. */
function startStretch(deps: LaneDeps, run: LaneRun, sessions: Sessions, ring: () => void) {
  const writes = writeBatches(deps.store, deps.timers);
  const chains = new Map<string, OpenDelivery[]>();
  const ready: string[] = [];
  const blocked = new Set<string>();
  const trust = { isDropped: false };
  const startedMs = deps.clock.monotonicMs();
  let slots: RequestSlots | undefined;
  let intents: RequestSlots | undefined;
  let cursor = 0;
  let isAllRead = false;
  let active = 0;
  let worked = 0;
  let silent = 0;
  let trouble: string | undefined;
  let waitUntilMs: number | undefined;
  let nextAtMs: number | undefined;
  let failure: { cause: unknown } | undefined;

  const note = (atMs: number | null): void => {
    if (atMs !== null) nextAtMs = Math.min(nextAtMs ?? atMs, atMs);
  };
  const isOver = (): boolean =>
    failure !== undefined ||
    trouble !== undefined ||
    waitUntilMs !== undefined ||
    writes.isPaused ||
    run.signal.aborted ||
    run.isStopping() ||
    deps.clock.monotonicMs() - startedMs > RUN_MS_MAX;
  const onEndpoint: SendContext['onEndpoint'] = (news, sentence) => {
    if (news === 'answered') {
      silent = 0;
      slots?.widen();
    } else if (news === 'silent') {
      silent += 1;
      if (silent >= (run.troubles > 0 && worked === 0 ? 1 : SILENT_MAX)) trouble = sentence;
    } else {
      waitUntilMs = Math.max(waitUntilMs ?? 0, news.waitUntilMs);
    }
  };
  const load = async (): Promise<void> => {
    const rows = await deps.store.readOpen(cursor, PAGE);
    isAllRead = rows.length < PAGE;
    for (const row of rows) {
      cursor = row.id;
      if (blocked.has(row.accountNumber)) continue;
      const chain = chains.get(row.accountNumber);
      if (chain) chain.push(row);
      else {
        chains.set(row.accountNumber, [row]);
        ready.push(row.accountNumber);
      }
    }
  };
  const contextFor = async (row: OpenDelivery): Promise<SendContext> => {
    const reached = await sessions.reach(row.destination);
    const limit = reached.kind === 'open' ? reached.connection.maxConcurrent : SLOTS_MAX;
    slots ??= requestSlots({ start: run.troubles > 0 ? 1 : limit, limit });
    intents ??= requestSlots({ start: limit * INTENTS_PER_SLOT, limit: limit * INTENTS_PER_SLOT });
    return {
      deps,
      writes,
      slots,
      intents,
      trust,
      signal: run.signal,
      onEndpoint,
      reach: (one) => sessions.reach(one.destination),
    };
  };
  const workChain = async (account: string): Promise<void> => {
    const chain = chains.get(account) ?? [];
    while (chain.length > 0) {
      const [head] = chain;
      if (!head || isOver()) return;
      const done: Worked = await workDelivery(await contextFor(head), head);
      if (done.kind === 'blocked') {
        note(done.untilMs);
        blocked.add(account);
        break;
      }
      worked += 1;
      chain.shift();
    }
    chains.delete(account);
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
    await load();
    for (;;) {
      if (!isOver() && !isAllRead && ready.length < LOW_WATER) await load();
      while (!isOver() && ready.length > 0 && active < ACCOUNTS_PER_SLOT * (slots?.limit ?? 1)) {
        const account = ready.shift();
        if (account !== undefined) start(account);
      }
      const isDone = active === 0 && (isOver() || (ready.length === 0 && isAllRead));
      if (isDone) break;
      if (active === 0) continue;
      await bell.wait();
    }
    if (failure) throw failure.cause;
  };
  const rest = (): LaneRest => {
    const nowMs = deps.clock.nowMs();
    if (trouble !== undefined) return { nextAtMs: nowMs + restMs(deps, run.troubles + 1), trouble, worked };
    if (waitUntilMs !== undefined) return { nextAtMs: waitUntilMs, trouble: undefined, worked };
    // Ended by its time with work left: at once again, behind those that wait.
    if (ready.length > 0 || chains.size > 0 || !isAllRead) note(nowMs);
    return { nextAtMs, trouble: undefined, worked };
  };
  const lookAgain = (): void => {
    isAllRead = false;
    ring();
  };
  return { work, rest, lookAgain };
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
