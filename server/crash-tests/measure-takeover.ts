import { sql } from 'kysely';
import { pause } from './processes.ts';
import type { World } from './world.ts';

/** The promise (spec/payments.md), printed beside what was measured: a machine with other work to do proves nothing about it. */
const PROMISED_MS = 30_000;
const TAKEOVER_LIMIT_MS = 240_000;
const LOOK_MS = 20;

interface Row {
  lane: string;
  id: number;
  state: string;
  version: number;
}

/**
 * How long until the work that lay with a worker that has just died is taken over: in each lane with work that could go
 * on, something moves, and everything that was `sending` is no longer. Undefined when nothing lay there.
 */
export async function measureTakeover(world: World, diedAtMs: number): Promise<number | undefined> {
  const before = await readWork(world);
  const lanes = new Set(before.map((row) => row.lane));
  if (lanes.size === 0) return undefined;
  for (;;) {
    const now = new Map((await readVersions(world, before)).map((row) => [`${row.lane} ${row.id}`, row]));
    const moved = before.filter((row) => now.get(`${row.lane} ${row.id}`)?.version !== row.version);
    const areLanesTaken = [...lanes].every((lane) => moved.some((row) => row.lane === lane));
    const isAnySending = before.some((row) => row.state === 'sending' && !moved.includes(row));
    const tookMs = performance.now() - diedAtMs;
    if (areLanesTaken && !isAnySending) return tookMs;
    if (tookMs > TAKEOVER_LIMIT_MS) {
      const left = before.filter((row) => !moved.includes(row)).map((row) => `${row.lane}#${row.id} ${row.state}`);
      throw new Error(`not taken over within ${TAKEOVER_LIMIT_MS} ms: ${left.slice(0, 20).join(', ')}`);
    }
    await pause(LOOK_MS);
  }
}

/** What a live worker would work on now: not what waits for its time, nor behind a payment in doubt. */
function readWork(world: World): Promise<Row[]> {
  return world.deps.database.withSystem(async (tx) => {
    const { rows } = await sql<Row>`
      select d.lane_id as lane, d.id, d.state, d.version from delivery d
      where d.state in ('queued', 'sending') and not exists (
        select from delivery h where h.bid = d.bid and h.lane_id = d.lane_id and h.account_number = d.account_number
          and h.id < d.id and h.state in ('unknown', 'held', 'waiting'))
      order by d.lane_id, d.id`.execute(tx);
    return rows;
  });
}

function readVersions(world: World, rows: readonly Row[]): Promise<Row[]> {
  const ids = rows.map((row) => row.id);
  return world.deps.database.withSystem(async (tx) => {
    const found = await sql<Row>`
      select lane_id as lane, id, state, version from delivery where id = any(${ids}::bigint[])`.execute(tx);
    return found.rows;
  });
}

/** `p50` and `max` of takeover times, for people. */
export function describeTakeovers(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return `${sorted.length} takeovers measured, p50 ${at(0.5)} ms, max ${at(1)} ms (promised: ${PROMISED_MS} ms)`;
}
