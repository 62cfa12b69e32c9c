import type { Tx } from '../../platform/database.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Billers } from '../billers/index.ts';
import { type LaneFigures, readLaneFigures } from '../deliveries/index.ts';
import { type AlertRow, readOpenAlerts } from './alert-store.ts';
import { CONDITION_WORDS } from './conditions.ts';
import type { AlertView, HealthView, ProcessView } from './contract.ts';
import { readDatabaseFigures, readLongTransactions, readMarks, readMigrations } from './database-figures.ts';
import { figuresOf, mergeEndpoints } from './merge-endpoints.ts';
import { type ProcessRow, readMinutes, readProcesses, readStates } from './process-store.ts';
import { isVanished } from './vanished.ts';

const ENDPOINT_MINUTES = 15;
const HISTORY_MINUTES = 60;
const LANES_SHOWN_MAX = 300;
const ALERTS_SHOWN_MAX = 200;
/** Shown from this age on; told as an alert only much later. */
const LONG_TRANSACTION_SECONDS = 30;

export type ReadDeps = Pick<Platform, 'clock' | 'database'> & { readonly billers: Pick<Billers, 'list'> };

/** How the whole installation stands: what every process told within the last seconds, put together. */
export async function readHealth(deps: ReadDeps): Promise<HealthView> {
  const now = deps.clock.now();
  const names = await namesOf(deps);
  const beganMs = deps.clock.monotonicMs();
  return deps.database.withSystem(async (tx) => {
    const processes = await readProcesses(tx);
    const answeredInMs = Math.round(deps.clock.monotonicMs() - beganMs);
    const living = processes.filter((one) => !isVanished(one));
    const told = (await readOpenAlerts(tx)).filter((row) => row.told_at !== null);
    return {
      at: now.toString(),
      alerts: told.slice(0, ALERTS_SHOWN_MAX).map((row) => alertView(row, names)),
      processes: processes.map(processView),
      versions: [...new Set(living.map((one) => one.version))].toSorted(),
      endpoints: mergeEndpoints({
        processes: living,
        states: await readStates(tx),
        minutes: await readMinutes(tx, { since: now.subtract({ minutes: ENDPOINT_MINUTES }) }),
        nameOf: (bid) => names.get(bid),
      }),
      lanes: (await readLaneFigures(tx, LANES_SHOWN_MAX)).map((lane) => laneView(lane, names)),
      database: await readDatabase(tx, answeredInMs),
    };
  });
}

/** The last hour of one endpoint, minute by minute, also those without a call. */
export async function readEndpointHistory(
  deps: Pick<ReadDeps, 'clock' | 'database'>,
  endpoint: string,
): Promise<
  {
    at: string;
    calls: number;
    failed: number;
    medianMs: number;
    slowMs: number;
    outcomes: { outcome: string; count: number }[];
  }[]
> {
  const until = deps.clock.now().round({ smallestUnit: 'minute', roundingMode: 'floor' });
  const since = until.subtract({ minutes: HISTORY_MINUTES - 1 });
  const rows = await deps.database.withSystem((tx) => readMinutes(tx, { since, endpoint }));
  const byMinute = Map.groupBy(rows, (row) => row.minute.epochMilliseconds);
  return Array.from({ length: HISTORY_MINUTES }, (_, at) => {
    const minute = since.add({ minutes: at });
    return { at: minute.toString(), ...figuresOf(byMinute.get(minute.epochMilliseconds) ?? []) };
  });
}

export async function namesOf(deps: Pick<ReadDeps, 'billers'>): Promise<ReadonlyMap<number, string>> {
  return new Map((await deps.billers.list()).map(({ bid, name }) => [bid, name]));
}

async function readDatabase(tx: Tx, answeredInMs: number): Promise<HealthView['database']> {
  const figures = await readDatabaseFigures(tx);
  const long = await readLongTransactions(tx, LONG_TRANSACTION_SECONDS);
  return {
    ...figures,
    startedAt: figures.startedAt.toString(),
    answeredInMs,
    longTransactions: long.map((one) => ({ ...one, since: one.since.toString() })),
    migrations: (await readMigrations(tx)).map((one) => ({ ...one, appliedAt: one.appliedAt.toString() })),
    marks: (await readMarks(tx)).map((mark) => ({ ...mark, at: mark.at.toString() })),
  };
}

function processView(one: ProcessRow): ProcessView {
  const { figures } = one;
  return {
    id: one.id,
    host: one.host,
    pid: one.pid,
    roles: one.roles,
    version: one.version,
    nodeVersion: one.nodeVersion,
    startedAt: one.startedAt.toString(),
    ageMs: one.ageMs,
    isVanished: isVanished(one),
    memoryBytes: figures.memoryBytes,
    heapBytes: figures.heapBytes,
    loopLagMs: figures.loopLagMs,
    diskFreeBytes: figures.diskFreeBytes,
    diskBytes: figures.diskBytes,
    openSessions: figures.sessions.reduce((sum, session) => sum + session.count, 0),
  };
}

function laneView(lane: LaneFigures, names: ReadonlyMap<number, string>): HealthView['lanes'][number] {
  return {
    ...lane,
    billerName: names.get(lane.bid) ?? `biller ${lane.bid}`,
    oldestAt: lane.oldestAt?.toString() ?? null,
    pausedAt: lane.pausedAt?.toString() ?? null,
  };
}

export function alertView(row: AlertRow, names: ReadonlyMap<number, string>): AlertView {
  return {
    id: row.id,
    condition: row.condition,
    conditionName: CONDITION_WORDS[row.condition].name,
    subject: row.subject,
    bid: row.bid,
    billerName: row.bid === null ? null : (names.get(row.bid) ?? null),
    sentence: row.sentence,
    firstSeenAt: row.first_seen_at.toString(),
    toldAt: (row.told_at ?? row.first_seen_at).toString(),
    goneSince: row.gone_since?.toString() ?? null,
    recoveredAt: row.recovered_at?.toString() ?? null,
    recovery: row.recovery,
  };
}
