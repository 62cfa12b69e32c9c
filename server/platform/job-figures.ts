import { sql } from 'kysely';
import type { Tx } from './database.ts';

const QUEUES_MAX = 100;
const SCHEDULES_MAX = 100;
const ERROR_CHARS_MAX = 500;
/** Names of the queue's own housekeeping begin so. */
const OWN_PREFIX = '__pgboss__';

/** How a queue stands: what waits, and how the last ones ended. Counts are of jobs that are kept (a week). */
export interface QueueFigures {
  readonly name: string;
  readonly waiting: number;
  readonly active: number;
  /** Failed before, and tried again by itself. */
  readonly retrying: number;
  readonly failed: number;
  readonly oldestAt: Temporal.Instant | null;
  readonly lastEndedAt: Temporal.Instant | null;
  readonly isLastFailed: boolean;
  /** The most tries that a job still open has lost. */
  readonly lostTriesMax: number;
  readonly lastError: string | null;
}

/** A schedule (cron, UTC) and how its last job went. */
export interface ScheduleFigures {
  readonly name: string;
  readonly cron: string;
  readonly lastStartedAt: Temporal.Instant | null;
  readonly lastEndedAt: Temporal.Instant | null;
  readonly lastState: 'completed' | 'failed' | 'active' | 'retry' | null;
  readonly lastTookMs: number | null;
}

export interface FailedJob {
  readonly queue: string;
  readonly id: string;
  readonly createdAt: Temporal.Instant;
  readonly failedAt: Temporal.Instant | null;
  readonly tries: number;
  readonly error: string;
}

/** The queues of the program, in the order of their names. Needs a transaction across billers. */
export async function readQueues(tx: Tx): Promise<readonly QueueFigures[]> {
  const { rows } = await sql<Omit<QueueFigures, 'lastError'> & { lastOutput: unknown }>`
    select q.name,
      count(j.id) filter (where j.state = 'created') as waiting,
      count(j.id) filter (where j.state = 'active') as active,
      count(j.id) filter (where j.state = 'retry') as retrying,
      count(j.id) filter (where j.state = 'failed') as failed,
      min(j.created_on) filter (where j.state in ('created', 'retry') and j.start_after <= now()) as "oldestAt",
      max(last.completed_on) as "lastEndedAt",
      coalesce(bool_or(last.state = 'failed'), false) as "isLastFailed",
      coalesce(max(j.retry_count) filter (where j.state in ('created', 'retry', 'active')), 0) as "lostTriesMax",
      (array_agg(trouble.output))[1] as "lastOutput"
    from pgboss.queue q
      left join pgboss.job j on j.name = q.name
      left join lateral (
        select state, completed_on from pgboss.job where name = q.name and state in ('completed', 'failed')
          order by completed_on desc nulls last limit 1) last on true
      left join lateral (
        select output from pgboss.job where name = q.name and (state = 'failed' or (state in ('retry', 'active') and retry_count > 0))
          order by coalesce(completed_on, started_on) desc nulls last limit 1) trouble on true
    where not starts_with(q.name, ${OWN_PREFIX})
    group by q.name order by q.name limit ${QUEUES_MAX}`.execute(tx);
  return rows.map(({ lastOutput, ...row }) => ({
    ...row,
    lastError: lastOutput === null ? null : errorIn(lastOutput),
  }));
}

/** What runs by itself, and how it went the last time. */
export async function readSchedules(tx: Tx): Promise<readonly ScheduleFigures[]> {
  const { rows } = await sql<ScheduleFigures>`
    select s.name, s.cron, last.started_on as "lastStartedAt", last.completed_on as "lastEndedAt", last.state as "lastState",
      (extract(epoch from last.completed_on - last.started_on) * 1000)::int as "lastTookMs"
    from pgboss.schedule s
      left join lateral (
        select state, started_on, completed_on from pgboss.job where name = s.name and started_on is not null
          order by started_on desc limit 1) last on true
    order by s.name limit ${SCHEDULES_MAX}`.execute(tx);
  return rows;
}

/** Jobs given up after all their tries, newest first. What they were about is not told: it may be a payer's. */
export async function readFailedJobs(tx: Tx, limit: number): Promise<readonly FailedJob[]> {
  const { rows } = await sql<Omit<FailedJob, 'error'> & { output: unknown }>`
    select name as queue, id::text as id, created_on as "createdAt", completed_on as "failedAt", retry_count + 1 as tries, output
    from pgboss.job where state = 'failed' and not starts_with(name, ${OWN_PREFIX})
    order by completed_on desc nulls last limit ${limit}`.execute(tx);
  return rows.map(({ output, ...row }) => ({ ...row, error: errorIn(output) }));
}

/** Whether a job was given up; its row is locked, so that only one person lets it run again. */
export async function isFailedJob(tx: Tx, queue: string, id: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pgboss.job where name = ${queue} and id = ${id}::uuid and state = 'failed' for update`.execute(tx);
  return rows.length > 0;
}

/** The message of what a handler threw, as the queue keeps it. */
function errorIn(output: unknown): string {
  const message =
    typeof output === 'object' && output !== null && 'message' in output && typeof output.message === 'string'
      ? output.message
      : 'it gave no reason';
  return message.slice(0, ERROR_CHARS_MAX);
}
