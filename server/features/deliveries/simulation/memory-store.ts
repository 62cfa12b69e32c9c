import type { ActChange } from '../act-on-held.ts';
import type { OpenDelivery } from '../delivery.ts';
import { FINISHED_STATES } from '../delivery-states.ts';
import type { Intent, LaneStore, Mark, Written } from '../lane-ports.ts';

const NEAR_MS = 30 * 60_000;

interface Attempt {
  readonly n: number;
  readonly permit: string;
  readonly intentAtMs: number;
  readonly baseline: OpenDelivery['baseline'];
  possiblyApplied: boolean;
}

/** A row of `delivery` with its attempts; `payload` and `destination` never change. */
export interface MemoryRow extends OpenDelivery {
  readonly laneId: string;
  readonly attemptRows: Attempt[];
}

/** Which of the database's fences stand. All of them, except where a planted mistake takes one away. */
export interface Fences {
  readonly version: boolean;
  readonly permit: boolean;
}

/** The tables of deliveries in memory, with the constraints of the SQL: versions, permits, order of ids. */
export interface MemoryTables {
  readonly rows: Map<number, MemoryRow>;
  insert(row: Omit<MemoryRow, 'id' | 'version' | 'attemptRows'>): number;
  lane(laneId: string): LaneStore;
  /** An act of staff, at the version the person saw. */
  act(from: { id: number; version: number; change: ActChange }): boolean;
  /** What broke a promise of the database: a finished delivery that changed. */
  readonly breaches: string[];
}

export function memoryTables(fences: Fences): MemoryTables {
  const rows = new Map<number, MemoryRow>();
  const breaches: string[] = [];
  let lastId = 0;

  const put = (row: MemoryRow, change: Partial<MemoryRow>): void => {
    if (FINISHED_STATES.includes(row.state) && change.state !== undefined && change.state !== row.state) {
      breaches.push(`delivery ${row.id} was ${row.state} and became ${change.state}`);
    }
    rows.set(row.id, { ...row, ...change, version: row.version + 1 });
  };
  const mark = (one: Mark, written: { marked: Set<number> }): void => {
    const row = rows.get(one.id);
    if (!row || (fences.version && row.version !== one.version)) return;
    const { decision } = one;
    const attempt = row.attemptRows.find((made) => made.n === one.attempt?.n);
    if (attempt && decision.attempt) attempt.possiblyApplied = decision.attempt.possiblyApplied;
    const { state, heldKind, nextAtMs, retries, retrySinceMs, unknownSinceMs, readings } = decision;
    put(row, { state, heldKind, nextAtMs, retries, retrySinceMs, unknownSinceMs, readings });
    written.marked.add(one.id);
  };
  const intend = (one: Intent, written: { intended: Set<number>; spent: Set<number> }): void => {
    const row = rows.get(one.id);
    if (!row) return;
    if (fences.version && (row.version !== one.version || (row.state !== 'queued' && row.state !== 'waiting'))) return;
    const isSpent = row.attemptRows.some((made) => made.possiblyApplied && made.permit === one.permit);
    if (fences.permit && one.possiblyApplied && isSpent) {
      written.spent.add(one.id);
      return;
    }
    const { n, permit, intentAtMs, baseline, possiblyApplied } = one;
    row.attemptRows.push({ n, permit, intentAtMs, baseline, possiblyApplied });
    put(row, { state: 'sending', attempts: n, nextAtMs: null });
    written.intended.add(one.id);
  };
  return {
    rows,
    breaches,
    insert: (row) => {
      lastId += 1;
      rows.set(lastId, { ...row, id: lastId, version: 1, attemptRows: [] });
      return lastId;
    },
    act: ({ id, version, change }) => {
      const row = rows.get(id);
      if (!row || row.version !== version) return false;
      put(row, actedOn(row, change));
      return true;
    },
    lane: (laneId) => ({
      readOpen: async (afterId, limit) =>
        [...rows.values()]
          .filter((row) => row.laneId === laneId && row.id > afterId && !FINISHED_STATES.includes(row.state))
          .slice(0, limit)
          .map((row) => asRead(row, rows)),
      write: async (writes) => {
        const written = {
          marked: new Set<number>(),
          intended: new Set<number>(),
          spent: new Set<number>(),
          isPaused: false,
        };
        for (const one of writes.marks) mark(one, written);
        for (const one of writes.intents) intend(one, written);
        return written satisfies Written;
      },
    }),
  };
}

function actedOn(row: MemoryRow, change: ActChange): Partial<MemoryRow> {
  const fresh = change.isReset
    ? { retries: 0, retrySinceMs: null, readings: [], nextAtMs: null, unknownSinceMs: null }
    : {};
  const { state = row.state, heldKind = row.heldKind, permit = row.permit } = change;
  const times = {
    ...(change.nextAtMs !== undefined && { nextAtMs: change.nextAtMs }),
    ...(change.unknownSinceMs !== undefined && { unknownSinceMs: change.unknownSinceMs }),
  };
  return { ...fresh, ...times, state, heldKind, permit };
}

/** What the SQL of lane-store.ts adds when it reads: the last send that may have been applied, and what is near it. */
function asRead(row: MemoryRow, rows: ReadonlyMap<number, MemoryRow>): OpenDelivery {
  const last = row.state === 'unknown' ? row.attemptRows.findLast((made) => made.possiblyApplied) : undefined;
  const others = [...rows.values()].filter((other) => other.accountNumber === row.accountNumber && other.id !== row.id);
  return {
    ...row,
    hasNewer:
      row.kind !== 'payment' &&
      others.some((other) => other.kind === row.kind && other.id > row.id && other.state !== 'not_sent'),
    baseline: last?.baseline ?? null,
    sentAtMs: last?.intentAtMs ?? null,
    hasOtherPosting:
      last !== undefined &&
      others.some(
        (other) =>
          other.kind === 'payment' &&
          other.attemptRows.some((made) => made.possiblyApplied && made.intentAtMs > last.intentAtMs - NEAR_MS),
      ),
  };
}
