import { type CrashPointName, crashPointNames } from '../../../platform/crash-points.ts';
import { seededRandom } from '../../../platform/random.ts';
import type { PartnerConnection } from '../../billers/partner.ts';
import type { Family } from '../delivery.ts';
import { FINISHED_STATES } from '../delivery-states.ts';
import { drainLane } from '../drain-lane.ts';
import { INTENT_AGE_MS_MAX, type LanePartner, type LaneStore } from '../lane-ports.ts';
import { type DeliveryPolicy, nextStep, STANDARD_POLICY } from '../next-step.ts';
import { checkSend, judge } from './judge-run.ts';
import { memoryTables } from './memory-store.ts';
import { modelPartner, type PartnerNature } from './model-partner.ts';
import { changeSetting, moveAccount, takePayment } from './plan-run.ts';
import { startStaff } from './staff.ts';
import { virtualTime } from './virtual-time.ts';
import { WorkerDied, type WorkerProcess, workerProcess } from './worker-process.ts';
import { type Mistake, makeTrace, pick, type RunResult, type SimulatedLane, type World } from './world.ts';

const START_MS = Date.UTC(2026, 0, 5, 15);
const SAFETY_MS = 8 * 3_600_000;
/** After the faults end everything must be finished within this: retries run to 72 hours, then a person replays. */
const LIVENESS_MS = 120 * 3_600_000;
const WORKERS = 2;
const RESPAWN_MS = 3_000;
const LOCK_LOST_MS = 1_000;

/** One run of drain-lane.ts itself: two workers, a partner and staff, all drawn from the seed. Same seed, same run. */
export async function simulate(seed: number, mistake?: Mistake, tell?: (line: string) => void): Promise<RunResult> {
  const world = makeWorld({ seed, mistake, tell });
  plan(world);
  try {
    await live(world);
  } catch (cause) {
    world.faults.push(`endless: ${String(cause)}`);
  }
  return judge(world);
}

/** First the faults, then a quiet time in which everything must come to its end. */
async function live(world: World): Promise<void> {
  const isDone = (): boolean => false;
  await world.time.run({ untilMs: START_MS + SAFETY_MS, isDone });
  world.partner.areFaultsOn = false;
  const isFinished = (): boolean =>
    !world.partner.isDown && [...world.tables.rows.values()].every((row) => FINISHED_STATES.includes(row.state));
  await world.time.run({ untilMs: START_MS + SAFETY_MS + LIVENESS_MS, isDone: isFinished });
  // What still sleeps somewhere (a stopped worker, a request on its way) gets its chance to do harm.
  await world.time.run({ untilMs: world.time.nowMs + 3 * 3_600_000, isDone });
}

function makeWorld(from: {
  seed: number;
  mistake: Mistake | undefined;
  tell: ((line: string) => void) | undefined;
}): World {
  const { seed, mistake } = from;
  const random = seededRandom(seed);
  const time = virtualTime(START_MS);
  const trace = makeTrace(time, from.tell);
  const faults: string[] = [];
  const tables = memoryTables(mistake?.fences ?? { version: true, permit: true });
  const policy: DeliveryPolicy = {
    ...STANDARD_POLICY,
    trustLevel: random.fraction() < 0.5 ? 0 : 1,
    ...mistake?.policy,
  };
  const nature: PartnerNature = {
    effect: random.fraction() < 0.5 ? 'pending' : 'due',
    faultRate: random.fraction() < 0.3 ? 0 : random.fraction() * 0.6,
    delayRate: random.fraction() < 0.5 ? 0 : random.fraction(),
    delayMsMax: STANDARD_POLICY.settleMs - 60_000,
    clockSkewMs: Math.round((random.fraction() - 0.5) * 1_200_000),
  };
  const partner = modelPartner({ time, random, nature, onSend: (posting) => checkSend(world, posting.transactionId) });
  const lane = (family: Family): SimulatedLane => ({
    family,
    wanted: 0,
    done: 0,
    troubles: 0,
    runAtMs: 0,
    holder: undefined,
    look: undefined,
  });
  const world: World = {
    seed,
    time,
    random,
    tables,
    partner,
    policy,
    faults,
    trace,
    mistake,
    lanes: new Map([
      ['payments', lane('payments')],
      ['settings', lane('settings')],
    ]),
    wanted: new Map(),
    workers: [],
    counts: { unknowns: 0, byEvidence: 0, isTrusted: policy.trustLevel > 0 },
    accounts: Array.from({ length: 1 + Math.floor(random.fraction() * 3) }, (_, at) => `00${at + 1}`),
  };
  return world;
}

/** Draws what will happen: payments and changes, deaths, stops, outages, other people's movements. */
function plan(world: World): void {
  const waking = (family: Family): void => wake(world, family);
  const { random, time, partner } = world;
  const at = (share: number): number => random.fraction() * SAFETY_MS * share;
  for (const account of world.accounts) {
    partner.accounts.set(account, {
      dueCents: 500_000,
      pendingCents: 0,
      pendingAtMs: null,
      updatedAtMs: START_MS - 86_400_000,
      paperless: false,
      autopay: false,
    });
  }
  const paymentCount = 2 + Math.floor(random.fraction() * 5);
  for (let n = 1; n <= paymentCount; n++)
    time.after(at(random.fraction() < 0.5 ? 0.02 : 0.8), () => takePayment(world, n, waking));
  const changeCount = Math.floor(random.fraction() * 4);
  for (let n = 0; n < changeCount; n++) time.after(at(0.1), () => changeSetting(world, waking));
  for (let n = 0; n < WORKERS; n++) spawn(world, `w${n}`);
  if (random.fraction() < 0.3) time.after(at(0.3), () => stopSomeone(world));
  if (random.fraction() < 0.3) time.after(at(0.3), () => pick(random, world.workers)?.kill());
  if (random.fraction() < 0.2) {
    const lengthMs = random.fraction() < 0.04 ? 80 * 3_600_000 : at(0.5);
    time.after(at(0.3), () => {
      partner.isDown = true;
      time.after(lengthMs, () => {
        partner.isDown = false;
      });
    });
  }
  if (random.fraction() < 0.3) time.after(at(0.3), () => moveAccount(world));
  startStaff({
    ...world,
    isCareless: world.mistake?.areStaffCareless ?? false,
    onAct: (family) => wake(world, family),
  });
}

function spawn(world: World, name: string): void {
  const { random, time } = world;
  const willCrash = world.partner.areFaultsOn && random.fraction() < 0.25;
  const points = crashPointNames.slice(0, 10) as readonly CrashPointName[];
  const crashAt = willCrash
    ? { name: pick(random, points) ?? 'marked', occurrence: 1 + Math.floor(random.fraction() * 3) }
    : undefined;
  // Held up right after the intent is durable: the moment at which only the age of the intent protects the payer.
  const willStop = world.partner.areFaultsOn && random.fraction() < 0.1;
  const stopAt = willStop ? { name: 'intent-committed' as const, ms: random.fraction() * 4 * 3_600_000 } : undefined;
  const worker = workerProcess(time, {
    name,
    clockErrorMs: Math.round((random.fraction() - 0.5) * 4_000),
    crashAt,
    stopAt,
    onStop: () => {
      world.trace.note(`${name} stops after its intent`);
      dropLocks(world, worker);
    },
    onDeath: () => {
      world.trace.note(`${name} dies`);
      world.workers.splice(world.workers.indexOf(worker), 1);
      dropLocks(world, worker);
      time.after(RESPAWN_MS, () => spawn(world, `${name}'`));
    },
  });
  world.workers.push(worker);
  for (const family of world.lanes.keys()) lookSoon(world, family, 0);
}

function stopSomeone(world: World): void {
  const { random, time } = world;
  const holders = [...world.lanes.values()].flatMap((lane) => (lane.holder ? [lane.holder.worker] : []));
  const worker = pick(random, holders) ?? pick(random, world.workers);
  if (!worker) return;
  const lengthMs = random.fraction() < 0.5 ? random.fraction() * 60_000 : random.fraction() * 3 * 3_600_000;
  world.trace.note(`${worker.name} stops for ${Math.round(lengthMs)}`);
  worker.stopFor(lengthMs);
  dropLocks(world, worker);
  // Stopped between its intent and its send is the moment that matters: try again until it is met.
  if (holders.length === 0) time.after(random.fraction() * 3_600_000, () => stopSomeone(world));
}

/** The database notices a lost session, and another may claim. The loser hears of it only when it runs again. */
function dropLocks(world: World, worker: WorkerProcess): void {
  for (const lane of world.lanes.values()) {
    const { holder } = lane;
    if (holder?.worker !== worker) continue;
    world.time.after(LOCK_LOST_MS * world.random.fraction(), () => {
      if (lane.holder === holder) lane.holder = undefined;
      // A little after it goes on: what was pending in its loop comes first, as in a real process.
      worker.whenRunning(() => void worker.timers.after(5, () => holder.lost.abort()));
      look(world, lane.family);
    });
  }
}

function wake(world: World, family: Family): void {
  const lane = world.lanes.get(family);
  if (!lane) return;
  lane.wanted += 1;
  lane.runAtMs = 0;
  lookSoon(world, family, world.random.fraction() * 50);
}

/** One look is planned at a time: the earliest asked for. */
function lookSoon(world: World, family: Family, ms: number): void {
  const lane = world.lanes.get(family);
  if (!lane) return;
  const atMs = world.time.nowMs + ms;
  if (lane.look && lane.look.atMs <= atMs) return;
  lane.look?.timer.cancel();
  const timer = world.time.after(ms, () => {
    lane.look = undefined;
    look(world, family);
  });
  lane.look = { atMs, timer };
}

function look(world: World, family: Family): void {
  const lane = world.lanes.get(family);
  if (!lane || lane.holder || lane.wanted <= lane.done) return;
  const awake = world.workers.filter((one) => !one.isStopped);
  const worker = pick(world.random, awake);
  // Each process claims by its own clock, as it works by it.
  const untilDueMs = worker ? lane.runAtMs - worker.clock.nowMs() : 1_000;
  if (!worker || untilDueMs > 0) {
    lookSoon(world, family, untilDueMs);
    return;
  }
  const holder = { worker, lost: new AbortController() };
  lane.holder = holder;
  const seen = lane.wanted;
  const hasLock = (): boolean => lane.holder === holder;
  world.trace.note(`${worker.name} takes ${family}`);
  drain(world, { lane, worker, lost: holder.lost, hasLock }).then(
    (rest) => {
      if (!hasLock()) return;
      lane.holder = undefined;
      lane.done = Math.max(lane.done, seen);
      lane.troubles = rest.trouble === undefined ? 0 : lane.troubles + 1;
      if (rest.nextAtMs !== undefined && lane.wanted === seen) {
        lane.wanted = seen + 1;
        lane.runAtMs = rest.nextAtMs;
      }
      look(world, family);
    },
    (cause: unknown) => {
      if (!(cause instanceof WorkerDied) && !holder.lost.signal.aborted) world.faults.push(`bug: ${String(cause)}`);
      if (hasLock() && !worker.isDead) lane.holder = undefined;
      lookSoon(world, family, 1_000);
    },
  );
}

async function drain(
  world: World,
  from: { lane: SimulatedLane; worker: WorkerProcess; lost: AbortController; hasLock: () => boolean },
) {
  const { worker, lane, lost } = from;
  const { mistake, random } = world;
  worker.crash.at('lease-taken');
  const ports = portsOf(world, worker);
  const store = storeOf(world, { worker, lane });
  const partner = mistake?.partner?.(ports, random) ?? ports;
  const connection = {
    bid: 2984,
    partner: 'model',
    operation: 'payment',
    environment: 1,
    url: '',
    authUrl: undefined,
    username: 'u',
    credentials: { password: () => '', privateKey: () => undefined },
    maxConcurrent: 4,
  } satisfies PartnerConnection;
  return drainLane(
    {
      store: mistake?.store?.(store) ?? store,
      reach: async () => {
        const policy: DeliveryPolicy = {
          ...world.policy,
          trustLevel: world.counts.isTrusted ? world.policy.trustLevel : 0,
        };
        return { kind: 'open', partner, connection, balance: connection, policy };
      },
      nextStep: mistake?.nextStep ?? nextStep,
      clock: worker.clock,
      timers: worker.timers,
      random,
      crash: worker.crash,
      intentAgeMsMax: mistake?.intentAgeMsMax ?? INTENT_AGE_MS_MAX,
      onDecided: (delivery, decision) => {
        world.trace.note(`${delivery.id} ${decision.cause}`);
        if (decision.state === 'unknown' && delivery.state !== 'unknown') world.counts.unknowns += 1;
        if (decision.cause === 'applied-by-evidence') world.counts.byEvidence += 1;
        if (decision.dropsTrust) world.counts.isTrusted = false;
      },
    },
    { troubles: lane.troubles, signal: lost.signal, isStopping: () => false, onWake: () => undefined },
  );
}

function portsOf(world: World, worker: WorkerProcess): LanePartner {
  const { partner } = world;
  return {
    balance: (_connection, accountNumber) => partner.balance(accountNumber, worker.wait),
    postPayment: (_connection, posting, hooks) => partner.postPayment(posting, hooks, worker.wait),
    setPaperless: (_connection, accountNumber, isOn, hooks) =>
      partner.setSetting({ kind: 'paperless', accountNumber, isOn }, hooks, worker.wait),
    setAutoPay: (_connection, accountNumber, isOn, hooks) =>
      partner.setSetting({ kind: 'autopay', accountNumber, isOn }, hooks, worker.wait),
    holdSession: async () => ({ failure: undefined, release: async () => worker.wait(1) }),
  };
}

/** The database over a wire: a statement that left is done even if its sender dies; the answer may never be heard. */
function storeOf(world: World, from: { worker: WorkerProcess; lane: SimulatedLane }): LaneStore {
  const { worker } = from;
  const real = world.tables.lane(from.lane.family);
  const onWire = async <T>(act: () => Promise<T>): Promise<T> => {
    const done = new Promise<T>((resolve) => void world.time.after(1, () => resolve(act())));
    await worker.wait(2 + world.random.fraction() * 3);
    return done;
  };
  return {
    readOpen: (afterId, limit) => onWire(() => real.readOpen(afterId, limit)),
    write: (writes) => {
      if (writes.intents.length > 0) worker.crash.at('intent-before-commit');
      if (writes.marks.length > 0) worker.crash.at('mark-before-commit');
      return onWire(() => real.write(writes));
    },
  };
}
