import type { Clock } from '../../../platform/clock.ts';
import type { CrashPointName, CrashPoints } from '../../../platform/crash-points.ts';
import type { Timers } from '../../../platform/timers.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Thrown where a crash point kills the process; nothing of it goes on, since its ports answer no more. */
export class WorkerDied extends Error {}

/** A worker as an operating system sees it: it can be killed, and stopped for a while without knowing. */
export interface WorkerProcess {
  readonly name: string;
  readonly isDead: boolean;
  readonly isStopped: boolean;
  kill(): void;
  stopFor(ms: number): void;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly crash: CrashPoints;
  /** Waits as this process would: for ever once dead, longer when stopped. */
  wait(ms: number): Promise<void>;
  /** Acts unless dead; when stopped, right after it goes on. */
  whenRunning(act: () => void): void;
}

export function workerProcess(
  time: VirtualTime,
  from: {
    name: string;
    clockErrorMs: number;
    crashAt: { name: CrashPointName; occurrence: number } | undefined;
    /** Stops there without knowing, its lock gone, and goes on later. */
    stopAt: { name: CrashPointName; ms: number } | undefined;
    onStop: () => void;
    onDeath: () => void;
  },
): WorkerProcess {
  let isDead = false;
  let stoppedUntilMs = 0;
  let passed = 0;
  let hasStopped = false;
  const whenRunning = (act: () => void): void => {
    if (isDead) return;
    if (time.nowMs < stoppedUntilMs) time.after(stoppedUntilMs - time.nowMs, () => whenRunning(act));
    else act();
  };
  const after = (ms: number, act: () => void) => time.after(ms, () => whenRunning(act));
  const nowMs = (): number => time.nowMs + from.clockErrorMs;
  const worker: WorkerProcess = {
    name: from.name,
    get isDead() {
      return isDead;
    },
    get isStopped() {
      return time.nowMs < stoppedUntilMs;
    },
    kill: () => {
      if (isDead) return;
      isDead = true;
      from.onDeath();
    },
    stopFor: (ms) => {
      stoppedUntilMs = time.nowMs + ms;
    },
    clock: { nowMs, now: () => Temporal.Instant.fromEpochMilliseconds(nowMs()), monotonicMs: () => time.nowMs },
    timers: timersOf(after),
    crash: {
      at: (name) => {
        if (isDead) throw new WorkerDied(name);
        if (name === from.stopAt?.name && !hasStopped) {
          hasStopped = true;
          worker.stopFor(from.stopAt.ms);
          from.onStop();
        }
        if (name !== from.crashAt?.name) return;
        passed += 1;
        if (passed < from.crashAt.occurrence) return;
        worker.kill();
        throw new WorkerDied(name);
      },
    },
    wait: (ms) => new Promise((resolve) => void after(ms, resolve)),
    whenRunning,
  };
  return worker;
}

function timersOf(after: Timers['after']): Timers {
  return {
    sleep: (ms) => new Promise((resolve) => void after(ms, resolve)),
    after,
    every: (ms, act) => {
      let isCancelled = false;
      const again = (): void => {
        after(ms, () => {
          if (isCancelled) return;
          act();
          again();
        });
      };
      again();
      return {
        cancel: () => {
          isCancelled = true;
        },
      };
    },
  };
}
