import type { AddressInfo } from 'node:net';
import { buildApp } from './app.ts';
import { startBeats, startStandIn } from './features/operations/index.ts';
import { type FeatureDeps, introduce } from './introduce.ts';
import { openPlatform, type PlatformOverrides } from './open-platform.ts';
import type { Config } from './platform/config.ts';
import type { Inbox } from './platform/mail.ts';
import { QUEUES, startWorker } from './worker.ts';

/** The time a graceful stop may take; then the process ends as it is, which the money path survives. */
const STOP_LIMIT_MS = 20_000;

/** A running Causeway process. */
export interface Running {
  /** Where it listens; undefined without the web role. */
  readonly url: string | undefined;
  readonly deps: FeatureDeps;
  /** Stops taking requests, drains what is under way, closes partner sessions and pools. */
  stop(): Promise<void>;
}

/** The port is taken, or may not be used. */
export class CannotListen extends Error {
  constructor(config: Config, cause: unknown) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    const isHost = code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
    const why =
      code === 'EADDRINUSE'
        ? 'another program listens there'
        : code === 'EACCES'
          ? 'this user may not'
          : isHost
            ? 'this machine has no such address'
            : code;
    const what = isHost ? 'CAUSEWAY_HOST to an address of this machine' : 'CAUSEWAY_PORT to a free port';
    super(`Can't listen on ${config.host}:${config.port}: ${why}. Set ${what}.`, { cause });
    this.name = 'CannotListen';
  }
}

/** Starts the roles of the configuration in this process. Throws a named error, and leaves nothing running, when it can't. */
export async function start(
  config: Config,
  from: { version: string; overrides?: PlatformOverrides; inbox?: Inbox },
): Promise<Running> {
  const opened = await openPlatform({ config, queues: QUEUES, ...(from.overrides && { overrides: from.overrides }) });
  const { platform } = opened;
  const introduced = introduce(platform);
  let isStopping = false;
  const closers: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    isStopping = true;
    for (const close of closers.toReversed()) {
      await close().catch((cause: unknown) => platform.log.warn({ err: cause }, 'stopping'));
    }
  };
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= closeAll();
    return stopped;
  };
  closers.push(opened.close, introduced.close);
  try {
    let url: string | undefined;
    if (config.roles.includes('web')) {
      const app = await buildApp(introduced.deps, {
        version: from.version,
        isStopping: () => isStopping,
        ...(from.inbox && { inbox: from.inbox }),
      });
      closers.push(async () => {
        await app.close();
      });
      await app.listen({ host: config.host, port: config.port }).catch((cause: unknown) => {
        throw new CannotListen(config, cause);
      });
      const address = app.server.address() as AddressInfo;
      url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${address.port}`;
    }
    if (config.roles.includes('worker')) {
      const lanes = await startWorker(introduced.deps);
      closers.push(() => lanes.stop());
    } else {
      const standIn = startStandIn(introduced.deps);
      closers.push(async () => standIn.cancel());
    }
    const beats = await startBeats(introduced.deps, { version: from.version });
    closers.push(() => beats.stop());
    platform.log.info({ url, roles: config.roles }, 'started');
    return { url, deps: introduced.deps, stop: () => withinLimit(stop, platform.timers) };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function withinLimit(
  stop: () => Promise<void>,
  timers: { sleep(ms: number, signal?: AbortSignal): Promise<void> },
): Promise<void> {
  const done = new AbortController();
  await Promise.race([
    stop().finally(() => done.abort()),
    timers.sleep(STOP_LIMIT_MS, done.signal).catch(() => undefined),
  ]);
}

/** A wish to stop, heard from the moment this was made: also while the program still starts. */
export interface StopWish {
  readonly told: Promise<void>;
}

/** Hears SIGTERM and SIGINT from now on. A second signal ends the process at once. */
export function hearStop(): StopWish {
  const told = new Promise<void>((resolve) => {
    let asked = 0;
    const ask = () => {
      asked += 1;
      if (asked > 1) process.exit(130);
      resolve();
    };
    process.on('SIGTERM', ask);
    process.on('SIGINT', ask);
  });
  return { told };
}

/** Runs until told to stop (a wish that came during the start included), then stops gracefully. Resolves with the exit code. */
export async function runUntilStopped(running: Pick<Running, 'stop'>, wish: StopWish): Promise<number> {
  await wish.told;
  return running.stop().then(
    () => 0,
    () => 1,
  );
}
