import type { Log } from './log.ts';
import type { Timers } from './timers.ts';

/** How often the server's process is looked at, and every how many looks it is also asked to answer. */
const LOOK_MS = 250;
const LOOKS_PER_QUESTION = 8;
/** Unanswered questions in a row after which it counts as dead although its process seems to exist. */
const SILENT_MAX = 2;
/** A server that dies more often than this in the window is broken: it is left alone until the window has passed. */
const RESTARTS_MAX = 40;
const WINDOW_MS = 10 * 60_000;

/** The server as the watch sees it. */
export interface WatchedPostgres {
  /** The postmaster named by the data folder, if any. */
  pid(): number | undefined;
  /** Whether something answers there, be it only "starting up". */
  answers(): Promise<boolean>;
  /** Starts it again; resolves when it takes connections. Harmless when another process does the same. */
  start(): Promise<void>;
}

/**
 * Starts the embedded server again when it died while the program runs (killed for memory, by a person, by a test). Each
 * process that uses it watches: whoever started it may be the one that died with it. Ended by `stop`.
 */
export function keepPostgresRunning(
  postgres: WatchedPostgres,
  from: { timers: Timers; log: Log },
): { stop(): Promise<void> } {
  const restarts: number[] = [];
  let looks = 0;
  let silent = 0;
  let looking: Promise<void> | undefined;
  let isStopped = false;

  const isDead = async (): Promise<boolean> => {
    const pid = postgres.pid();
    if (pid !== undefined && !isAlive(pid)) return true;
    looks += 1;
    if (pid !== undefined && looks % LOOKS_PER_QUESTION !== 0) return false;
    silent = (await postgres.answers()) ? 0 : silent + 1;
    return silent >= SILENT_MAX;
  };
  const look = async (): Promise<void> => {
    if (!(await isDead()) || isStopped) return;
    const now = performance.now();
    while (restarts[0] !== undefined && now - restarts[0] > WINDOW_MS) restarts.shift();
    if (restarts.length >= RESTARTS_MAX) return;
    restarts.push(now);
    if (restarts.length === RESTARTS_MAX)
      from.log.error({ restarts: restarts.length }, 'the embedded database keeps dying; it is left alone for a while');
    from.log.error({ restarts: restarts.length }, 'the embedded database died and is started again');
    await postgres.start();
    silent = 0;
    from.log.warn('the embedded database runs again');
  };

  const ticking = from.timers.every(LOOK_MS, () => {
    if (looking || isStopped) return;
    looking = look()
      .catch((cause: unknown) => from.log.error({ err: cause }, 'the embedded database could not be started again'))
      .finally(() => {
        looking = undefined;
      });
  });
  return {
    stop: async () => {
      isStopped = true;
      ticking.cancel();
      await looking;
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM'; // there, under another user
  }
}
