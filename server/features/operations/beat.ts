import type { EndpointState } from '../../platform/egress.ts';
import type { Platform } from '../../platform/platform.ts';
import { thisProcess, watchProcess } from '../../platform/process-figures.ts';
import { repeatQuickly } from '../../platform/repeat-quickly.ts';
import type { Partners } from '../billers/index.ts';
import { deleteProcess, type OpenSessions, writeBeat } from './process-store.ts';

const BEAT_MS = 5_000;
/** Endpoints a process tells of; those in trouble or in use come first. */
const STATES_MAX = 500;
const SESSIONS_MAX = 200;
/** The outbox's own calls are shown with the alerts. */
const OWN_PREFIX = 'alerts/';

export type BeatDeps = Pick<
  Platform,
  'clock' | 'config' | 'database' | 'egress' | 'endpointFigures' | 'log' | 'random' | 'timers'
> & { readonly partners: Partners };

export interface Beats {
  readonly processId: string;
  /** Writes now; the timer does it every 5 s. */
  beat(): Promise<void>;
  /** Says goodbye: a process that stops has not vanished. */
  stop(): Promise<void>;
}

/**
 * Tells the other processes, by one statement every 5 s, that this one lives and how its endpoints stand. It must not
 * keep the program from starting: a beat that fails is logged and tried again.
 */
export async function startBeats(deps: BeatDeps, from: { version: string }): Promise<Beats> {
  const processId = deps.random.uuid();
  const startedMs = deps.clock.monotonicMs();
  const watch = watchProcess(deps.config.dataFolder);
  let isStopping = false;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const minutes = deps.endpointFigures.unwritten().filter((one) => !one.endpoint.startsWith(OWN_PREFIX));
    const beat = {
      id: processId,
      ...thisProcess,
      // The SFTP server comes with a later version: a process that is allowed that role does nothing of it yet.
      roles: deps.config.roles.filter((role) => role !== 'sftp'),
      version: from.version,
      uptimeMs: deps.clock.monotonicMs() - startedMs,
      figures: { ...(await watch.read()), sessions: sessionsOf(deps.partners) },
    };
    const states = statesOf(deps.egress.endpoints());
    await deps.database.withSystem((tx) => writeBeat(tx, { beat, states, minutes }));
    deps.endpointFigures.written(minutes);
  };
  /** One after the other, so that the goodbye is the last that is written. */
  const beat = (): Promise<void> => {
    if (isStopping) return writing;
    writing = writing.then(write, write);
    return writing;
  };
  await beat().catch((cause: unknown) => deps.log.warn({ err: cause }, 'a sign of life was not written'));
  const timer = repeatQuickly(deps, { name: 'beat', everyMs: BEAT_MS, act: beat });
  return {
    processId,
    beat,
    stop: async () => {
      isStopping = true;
      timer.cancel();
      watch.stop();
      await writing.catch(() => undefined);
      await deps.database.withSystem((tx) => deleteProcess(tx, processId));
    },
  };
}

function statesOf(endpoints: readonly EndpointState[]): readonly EndpointState[] {
  const weightOf = (one: EndpointState): number =>
    (one.breaker === 'closed' ? 0 : 4) + (one.failuresInARow > 0 ? 2 : 0) + (one.active + one.waiting > 0 ? 1 : 0);
  return endpoints
    .filter((one) => !one.endpointKey.startsWith(OWN_PREFIX))
    .toSorted((a, b) => weightOf(b) - weightOf(a))
    .slice(0, STATES_MAX);
}

/** How many sessions this process holds open, by biller and host of the sign-in. */
function sessionsOf(partners: Partners): readonly OpenSessions[] {
  const counts = new Map<string, { bid: number; host: string; count: number }>();
  for (const partner of partners.values()) {
    for (const { bid, authUrl } of partner.sessions()) {
      const host = URL.parse(authUrl)?.host ?? authUrl;
      const known = counts.get(`${bid} ${host}`) ?? { bid, host, count: 0 };
      known.count += 1;
      counts.set(`${bid} ${host}`, known);
    }
  }
  return [...counts.values()].slice(0, SESSIONS_MAX);
}
