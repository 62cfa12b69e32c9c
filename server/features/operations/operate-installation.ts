import type { z } from 'zod';
import { recordAudit } from '../../platform/audit.ts';
import { isFailedJob, readFailedJobs, readQueues, readSchedules } from '../../platform/job-figures.ts';
import { nextRun } from '../../platform/next-run.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Actor } from '../billers/index.ts';
import type { jobsSchema } from './contract.ts';
import { refuseOperation } from './problems.ts';
import { deleteProcess, readProcesses } from './process-store.ts';
import { isVanished } from './vanished.ts';

const FAILED_SHOWN_MAX = 100;

/** Queues, schedules with their next run, and the jobs that were given up. */
export async function readJobs(deps: Pick<Platform, 'clock' | 'database'>): Promise<z.infer<typeof jobsSchema>> {
  const now = deps.clock.now();
  return deps.database.withSystem(async (tx) => {
    const queues = await readQueues(tx);
    const schedules = await readSchedules(tx);
    const failed = await readFailedJobs(tx, FAILED_SHOWN_MAX);
    return {
      queues: queues.map(({ lostTriesMax: _lost, ...queue }) => ({
        ...queue,
        oldestAt: queue.oldestAt?.toString() ?? null,
        lastEndedAt: queue.lastEndedAt?.toString() ?? null,
      })),
      schedules: schedules.map((schedule) => ({
        ...schedule,
        lastStartedAt: schedule.lastStartedAt?.toString() ?? null,
        lastEndedAt: schedule.lastEndedAt?.toString() ?? null,
        nextAt: nextRun(schedule.cron, now)?.toString() ?? null,
      })),
      failed: failed.map((job) => ({
        ...job,
        createdAt: job.createdAt.toString(),
        failedAt: job.failedAt?.toString() ?? null,
      })),
    };
  });
}

/** Lets a job run again that was given up. Every job of this program is safe to repeat (platform/jobs.ts). */
export async function retryJob(
  deps: Pick<Platform, 'clock' | 'database' | 'jobs'>,
  from: { queue: string; id: string; reason: string; by: Actor },
): Promise<void> {
  await deps.database.withSystem(async (tx) => {
    if (!(await isFailedJob(tx, from.queue, from.id))) throw refuseOperation('job-not-failed');
    await deps.jobs.retry(tx, from.queue, from.id);
    await recordAudit(tx, {
      at: deps.clock.now(),
      bid: null,
      actorKind: from.by.kind,
      actor: from.by.name,
      act: 'job.retried',
      subject: `job/${from.queue}/${from.id}`,
      reason: from.reason,
    });
  });
}

/** Says that a process that vanished was meant to go: its alert is over at the next look. */
export async function forgetProcess(
  deps: Pick<Platform, 'clock' | 'database'>,
  from: { id: string; reason: string; by: Actor },
): Promise<void> {
  await deps.database.withSystem(async (tx) => {
    const one = (await readProcesses(tx)).find((process) => process.id === from.id);
    if (!one) throw refuseOperation('unknown-process');
    if (!isVanished(one)) throw refuseOperation('process-alive', { ageSeconds: Math.round(one.ageMs / 1000) });
    await deleteProcess(tx, from.id);
    await recordAudit(tx, {
      at: deps.clock.now(),
      bid: null,
      actorKind: from.by.kind,
      actor: from.by.name,
      act: 'process.forgotten',
      subject: `process/${one.host}/${one.pid}`,
      reason: from.reason,
    });
  });
}
