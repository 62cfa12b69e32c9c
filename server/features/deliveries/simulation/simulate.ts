import { type CrashPointName, crashPointNames } from '../../../platform/crash-points.ts';
import { type Random, seededRandom } from '../../../platform/random.ts';
import type { PartnerConnection } from '../../billers/partner.ts';
import type { Destination, Family, OpenDelivery } from '../delivery.ts';
import { FINISHED_STATES } from '../delivery-states.ts';
import { drainLane } from '../drain-lane.ts';
import { INTENT_AGE_MS_MAX, type LaneDeps, type LanePartner, type LaneStore } from '../lane-ports.ts';
import { type DeliveryPolicy, nextStep, STANDARD_POLICY } from '../next-step.ts';
import { type MemoryTables, memoryTables } from './memory-store.ts';
import { type ModelPartner, modelPartner, type PartnerNature } from './model-partner.ts';
import { startStaff } from './staff.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';
import { WorkerDied, type WorkerProcess, workerProcess } from './worker-process.ts';

const START_MS = Date.UTC(2026, 0, 5, 15);
const SAFETY_MS = 8 * 3_600_000;
/** After the faults end everything must be finished within this: retries run to 72 hours, then a person replays. */
const LIVENESS_MS = 120 * 3_600_000;
const WORKERS = 2;
const RESPAWN_MS = 3_000;
const LOCK_LOST_MS = 1_000;

/** What a run may do differently from the product: nothing, except where a planted mistake says so. */
export interface Mistake {
  readonly name: string;
  /** What the mistake is, and what it would do to somebody's money. */
  readonly story: string;
  /** How it shows: the beginning of the fault that must be found. */
  readonly harm: 'doubled' | 'lost' | 'order';
  /** It must be seen within this many seeds. */
  readonly seedsMax: number;
  readonly policy?: Partial<DeliveryPolicy>;
  readonly nextStep?: LaneDeps['nextStep'];
  readonly intentAgeMsMax?: number;
  readonly fences?: { readonly version: boolean; readonly permit: boolean };
  readonly partner?: (real: LanePartner, random: Random) => LanePartner;
  readonly store?: (real: LaneStore) => LaneStore;
  /** Staff press without looking at the version or the evidence. */
  readonly areStaffCareless?: boolean;
}

export interface RunResult {
  readonly seed: number;
  /** Empty when nothing was lost, doubled, stuck or out of order. */
  readonly faults: readonly string[];
  readonly payments: number;
  readonly unknowns: number;
  readonly byEvidence: number;
  readonly eventHash: string;
  readonly events: number;
}

/** One run of drain-lane.ts itself: two workers, a partner and staff, all drawn from the seed. Same seed, same run. */
export async function simulate(seed: number, mistake?: Mistake): Promise<RunResult> {
  const world = makeWorld(seed, mistake);
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

interface World {
  readonly seed: number;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly tables: MemoryTables;
  readonly partner: ModelPartner;
  readonly policy: DeliveryPolicy;
  readonly lanes: ReadonlyMap<Family, SimulatedLane>;
  readonly wanted: Map<string, boolean>;
  readonly accounts: readonly string[];
  readonly faults: string[];
  readonly trace: { note(text: string): void; hash(): string };
  readonly mistake: Mistake | undefined;
  readonly counts: { unknowns: number; byEvidence: number; isTrusted: boolean };
  readonly workers: WorkerProcess[];
}

interface SimulatedLane {
  readonly family: Family;
  wanted: number;
  done: number;
  troubles: number;
  runAtMs: number;
  holder: { worker: WorkerProcess; lost: AbortController } | undefined;
  look: { atMs: number; timer: { cancel(): void } } | undefined;
}

function makeWorld(seed: number, mistake: Mistake | undefined): World {
  const random = seededRandom(seed);
  const time = virtualTime(START_MS);
  const trace = makeTrace(time);
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

/** The moment bytes leave: an earlier payment of the account must be finished, and this one's intent committed. */
function checkSend(world: World, transactionId: string): void {
  const row = [...world.tables.rows.values()].find(
    (one) => one.payload.kind === 'payment' && one.payload.posting.transactionId === transactionId,
  );
  if (!row) return;
  world.trace.note(`send ${row.id}`);
  for (const other of world.tables.rows.values()) {
    const isEarlier = other.kind === 'payment' && other.accountNumber === row.accountNumber && other.id < row.id;
    if (isEarlier && !FINISHED_STATES.includes(other.state))
      world.faults.push(`order: ${row.id} was sent while ${other.id} was ${other.state}`);
  }
}

/** Draws what will happen: payments and changes, deaths, stops, outages, other people's movements. */
function plan(world: World): void {
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
    time.after(at(random.fraction() < 0.5 ? 0.02 : 0.8), () => takePayment(world, n));
  const changeCount = Math.floor(random.fraction() * 4);
  for (let n = 0; n < changeCount; n++) time.after(at(0.1), () => changeSetting(world));
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

function takePayment(world: World, n: number): void {
  const { random } = world;
  const accountNumber = pick(random, world.accounts) ?? '001';
  // Few amounts, so that two payments of an account are often equal: the case that fools careless evidence.
  const amountCents = random.fraction() < 0.5 ? 5_000 : 10_000 + 5_000 * Math.floor(random.fraction() * 3);
  const transactionId = `2984${1000 + n}`;
  const posting = {
    accountNumber,
    method: 'CC' as const,
    amountCents: amountCents + 250,
    feeCents: 250,
    transactionId,
    paymentMessage: 'APPROVED',
    customerName: 'ALEX EXAMPLE',
    address1: '',
    address2: '',
    city: '',
    state: '',
    zip: '',
    phone: '',
    email: '',
  };
  insert(world, { kind: 'payment', accountNumber, amountCents, payload: { kind: 'payment', posting } });
}

function changeSetting(world: World): void {
  const { random, tables } = world;
  const accountNumber = pick(random, world.accounts) ?? '001';
  const kind = random.fraction() < 0.5 ? 'paperless' : 'autopay';
  const isOn = random.fraction() < 0.5;
  for (const row of tables.rows.values()) {
    const isOlder =
      row.kind === kind && row.accountNumber === accountNumber && ['queued', 'waiting', 'held'].includes(row.state);
    if (isOlder) tables.act({ id: row.id, version: row.version, change: { state: 'superseded', heldKind: null } });
  }
  world.wanted.set(`${accountNumber} ${kind}`, isOn);
  insert(world, { kind, accountNumber, amountCents: 0, payload: { kind, isOn } });
}

function insert(world: World, from: Pick<OpenDelivery, 'kind' | 'accountNumber' | 'amountCents' | 'payload'>): void {
  const family: Family = from.kind === 'payment' ? 'payments' : 'settings';
  const destination: Destination = {
    partner: 'model',
    environment: 1,
    operation: from.kind,
    url: 'https://model.test/',
    authUrl: null,
    username: 'u',
    settingsVersion: 1,
  };
  const id = world.tables.insert({
    ...from,
    laneId: family,
    destination,
    state: 'queued',
    heldKind: null,
    attempts: 0,
    retries: 0,
    retrySinceMs: null,
    nextAtMs: null,
    unknownSinceMs: null,
    readings: [],
    permit: 'first',
    hasNewer: false,
    baseline: null,
    sentAtMs: null,
    hasOtherPosting: false,
  });
  world.trace.note(`recorded ${id} ${from.kind}`);
  wake(world, family);
}

/** Someone else moves an account. At level 1 never by a payment's own amount at rest: no evidence could tell those apart. */
function moveAccount(world: World): void {
  const { random, partner, time } = world;
  const account = pick(random, world.accounts);
  if (account === undefined) return;
  const isEqual = random.fraction() < 0.5;
  const cents = isEqual ? -5_000 : -(1_007 + 1_000 * Math.floor(random.fraction() * 20));
  partner.adjust(account, cents);
  // Booked and taken back between two readings.
  if (isEqual && (world.counts.isTrusted || random.fraction() < 0.5))
    time.after(random.fraction() * 240_000, () => partner.adjust(account, -cents));
}

function spawn(world: World, name: string): void {
  const { random, time } = world;
  const willCrash = world.partner.areFaultsOn && random.fraction() < 0.25;
  const points = crashPointNames.slice(0, 10) as readonly CrashPointName[];
  const crashAt = willCrash
    ? { name: pick(random, points) ?? 'marked', occurrence: 1 + Math.floor(random.fraction() * 3) }
    : undefined;
  const worker = workerProcess(time, {
    name,
    clockErrorMs: Math.round((random.fraction() - 0.5) * 4_000),
    crashAt,
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
  if (lane.runAtMs > world.time.nowMs) return lookSoon(world, family, lane.runAtMs - world.time.nowMs);
  const worker = pick(
    world.random,
    world.workers.filter((one) => !one.isStopped),
  );
  if (!worker) return lookSoon(world, family, 1_000);
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

function judge(world: World): RunResult {
  const faults = [...world.faults, ...world.tables.breaches];
  const rows = [...world.tables.rows.values()];
  for (const row of rows) {
    if (!FINISHED_STATES.includes(row.state)) faults.push(`stuck: ${row.kind} ${row.id} is ${row.state}`);
    if (row.payload.kind !== 'payment') continue;
    const { transactionId } = row.payload.posting;
    const times = world.partner.ledger.filter((entry) => entry.transactionId === transactionId).length;
    if (times > 1) faults.push(`doubled: payment ${row.id} stands ${times} times in the partner’s ledger`);
    if (row.state === 'posted' && times === 0) faults.push(`lost: payment ${row.id} is posted here and not there`);
    if (row.state === 'not_sent' && times > 0) faults.push(`returned and posted: payment ${row.id}`);
  }
  for (const [name, isOn] of world.wanted) {
    const [account = '', kind] = name.split(' ');
    const there = world.partner.accounts.get(account)?.[kind === 'paperless' ? 'paperless' : 'autopay'];
    const newest = rows.findLast((row) => row.accountNumber === account && row.kind === kind);
    if (newest?.state === 'posted' && there !== isOn) faults.push(`lost: ${name} is ${String(there)} there`);
  }
  const { unknowns, byEvidence } = world.counts;
  const payments = rows.filter((row) => row.kind === 'payment').length;
  return {
    seed: world.seed,
    faults,
    payments,
    unknowns,
    byEvidence,
    eventHash: world.trace.hash(),
    events: world.time.eventCount,
  };
}

/** FNV-1a over everything that happened: two runs of a seed must agree on it. */
function makeTrace(time: VirtualTime): World['trace'] {
  let hash = 0x811c9dc5;
  return {
    note: (text) => {
      const line = `${time.nowMs} ${text}`;
      for (let at = 0; at < line.length; at++) hash = Math.imul(hash ^ line.charCodeAt(at), 0x01000193) >>> 0;
      if (process.env.SIMULATION_TRACE) process.stdout.write(`${new Date(time.nowMs).toISOString()} ${text}\n`);
    },
    hash: () => hash.toString(16).padStart(8, '0'),
  };
}

function pick<T>(random: Random, list: readonly T[]): T | undefined {
  return list[Math.floor(random.fraction() * list.length)];
}
