import type { Log } from './log.ts';
import type { Timers } from './timers.ts';

/**
 * Acts every `everyMs` in this process, one act at a time, beside a job's cron (which is once a minute at best). A failed
 * act is logged and tried at the next tick. It ends by itself once the database pools are closed, or by `cancel`.
 */
export function repeatQuickly(
  deps: { timers: Timers; log: Log },
  from: { name: string; everyMs: number; act: () => Promise<void> },
): { cancel(): void } {
  let isUnderWay = false;
  const timer = deps.timers.every(from.everyMs, () => {
    if (isUnderWay) return;
    isUnderWay = true;
    from.act().then(
      () => {
        isUnderWay = false;
      },
      (cause: unknown) => {
        isUnderWay = false;
        if (isClosed(cause)) timer.cancel();
        else deps.log.warn({ err: cause, task: from.name }, 'a repeated task failed and will run again');
      },
    );
  });
  return timer;
}

function isClosed(cause: unknown): boolean {
  return cause instanceof Error && /driver has already been destroyed|pool after calling end/.test(cause.message);
}
