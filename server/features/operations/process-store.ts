import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import type { EndpointState } from '../../platform/egress.ts';
import type { MinuteFigures } from '../../platform/endpoint-figures.ts';
import type { ProcessFigures } from '../../platform/process-figures.ts';

/** Every statement on the tables `running_process`, `endpoint_state` and `endpoint_minute`. */
const PROCESSES_MAX = 200;
const STATES_MAX = 5_000;
const MINUTE_ROWS_MAX = 200_000;
const PRUNED_AT_ONCE = 50_000;

export interface OpenSessions {
  readonly host: string;
  readonly bid: number;
  readonly count: number;
}

/** What a process writes of itself. */
export interface Beat {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly roles: readonly string[];
  readonly version: string;
  readonly nodeVersion: string;
  readonly uptimeMs: number;
  readonly figures: ProcessFigures & { readonly sessions: readonly OpenSessions[] };
}

/** One statement: the process's sign of life, how its endpoints stand, and the minutes that grew. */
export async function writeBeat(
  tx: Tx,
  from: { beat: Beat; states: readonly EndpointState[]; minutes: readonly MinuteFigures[] },
): Promise<void> {
  const { beat, states, minutes } = from;
  const stateRows = states.map((one) => ({
    endpoint: one.endpointKey,
    breaker: one.breaker,
    failures: one.failuresInARow,
    active: one.active,
    waiting: one.waiting,
    rest_ms: one.restMs,
  }));
  const minuteRows = minutes.map(({ minuteMs, ...one }) => ({ ...one, minute: new Date(minuteMs).toISOString() }));
  await sql`
    with beaten as (
      insert into running_process (id, host, pid, roles, version, node_version, started_at, figures)
      values (${beat.id}, ${beat.host}, ${beat.pid}, ${[...beat.roles]}::text[], ${beat.version}, ${beat.nodeVersion},
        now() - ${`${Math.round(beat.uptimeMs)} milliseconds`}::interval, ${JSON.stringify(beat.figures)}::jsonb)
      on conflict (id) do update set beat_at = now(), figures = excluded.figures
    ), stood as (
      insert into endpoint_state (process_id, endpoint, breaker, failures_in_a_row, active, waiting, rest_ms)
      select ${beat.id}::uuid, s.endpoint, s.breaker, s.failures, s.active, s.waiting, s.rest_ms
      from jsonb_to_recordset(${JSON.stringify(stateRows)}::jsonb)
        as s(endpoint text, breaker text, failures int, active int, waiting int, rest_ms bigint)
      on conflict (process_id, endpoint) do update set breaker = excluded.breaker,
        failures_in_a_row = excluded.failures_in_a_row, active = excluded.active, waiting = excluded.waiting,
        rest_ms = excluded.rest_ms
    ), gone as (
      delete from endpoint_state
      where process_id = ${beat.id} and endpoint <> all(${stateRows.map((one) => one.endpoint)}::text[])
    )
    insert into endpoint_minute (endpoint, minute, process_id, calls, failed, latency, outcomes)
    select m.endpoint, m.minute, ${beat.id}::uuid, m.calls, m.failed, m.latency, m.outcomes
    from jsonb_to_recordset(${JSON.stringify(minuteRows)}::jsonb)
      as m(endpoint text, minute timestamptz, calls int, failed int, latency int[], outcomes jsonb)
    on conflict (endpoint, minute, process_id) do update set calls = excluded.calls, failed = excluded.failed,
      latency = excluded.latency, outcomes = excluded.outcomes`.execute(tx);
}

export async function deleteProcess(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('running_process').where('id', '=', id).execute();
}

export interface ProcessRow {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly roles: string[];
  readonly version: string;
  readonly nodeVersion: string;
  readonly startedAt: Temporal.Instant;
  readonly beatAt: Temporal.Instant;
  /** By the database's clock, which is the one all processes share. */
  readonly ageMs: number;
  readonly figures: Beat['figures'];
  readonly replaces: string | null;
}

export async function readProcesses(tx: Tx): Promise<readonly ProcessRow[]> {
  const { rows } = await sql<ProcessRow>`
    select id, host, pid, roles, version, node_version as "nodeVersion", started_at as "startedAt", beat_at as "beatAt",
      greatest(0, extract(epoch from clock_timestamp() - beat_at) * 1000)::int as "ageMs", figures, replaces
    from running_process order by host, pid, id limit ${PROCESSES_MAX}`.execute(tx);
  return rows;
}

/** The process that took a vanished one's place; the vanished one is forgotten. */
export async function replaceProcess(tx: Tx, from: { vanished: string; by: string }): Promise<void> {
  await tx.updateTable('running_process').set({ replaces: from.vanished }).where('id', '=', from.by).execute();
  await deleteProcess(tx, from.vanished);
}

/** What a process that vanished told of endpoints says nothing any more. */
export async function deleteStatesOf(tx: Tx, processIds: readonly string[]): Promise<void> {
  if (processIds.length === 0) return;
  await tx.deleteFrom('endpoint_state').where('process_id', 'in', processIds).execute();
}

export interface StateRow {
  readonly processId: string;
  readonly endpoint: string;
  readonly breaker: 'closed' | 'half-open' | 'open';
  readonly failuresInARow: number;
  readonly active: number;
  readonly waiting: number;
  readonly restMs: number;
}

export async function readStates(tx: Tx): Promise<readonly StateRow[]> {
  const { rows } = await sql<StateRow>`
    select process_id as "processId", endpoint, breaker, failures_in_a_row as "failuresInARow", active, waiting,
      rest_ms as "restMs"
    from endpoint_state order by endpoint, process_id limit ${STATES_MAX}`.execute(tx);
  return rows;
}

export interface MinuteRow {
  readonly endpoint: string;
  readonly minute: Temporal.Instant;
  readonly calls: number;
  readonly failed: number;
  readonly latency: number[];
  readonly outcomes: Record<string, number>;
}

/** The minutes of every process since then, of one endpoint or all. */
export async function readMinutes(
  tx: Tx,
  from: { since: Temporal.Instant; endpoint?: string },
): Promise<readonly MinuteRow[]> {
  return tx
    .selectFrom('endpoint_minute')
    .select(['endpoint', 'minute', 'calls', 'failed', 'latency', 'outcomes'])
    .where('minute', '>=', from.since)
    .$if(from.endpoint !== undefined, (query) => query.where('endpoint', '=', from.endpoint ?? ''))
    .orderBy('minute')
    .limit(MINUTE_ROWS_MAX)
    .$castTo<MinuteRow>()
    .execute();
}

/** Forgets old minutes, so many at once. Returns how many. */
export async function pruneMinutes(tx: Tx, before: Temporal.Instant): Promise<number> {
  const { rows } = await sql`
    delete from endpoint_minute where ctid = any(array(
      select ctid from endpoint_minute where minute < ${before} limit ${PRUNED_AT_ONCE}))
    returning 1`.execute(tx);
  return rows.length;
}
