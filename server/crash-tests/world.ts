import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connectImtControls } from '@causeway/sandbox/imt';
import { type FeatureDeps, introduce } from '../introduce.ts';
import { openPlatform } from '../open-platform.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { createLog } from '../platform/log.ts';
import { systemTimers } from '../platform/timers.ts';
import { QUEUES } from '../worker.ts';
import { freePort, type Program, program, until } from './processes.ts';

/** A whole installation of real processes around one real PostgreSQL with real durability, on this machine only. */
export interface World {
  readonly folder: string;
  readonly postgres: EmbeddedPostgres;
  readonly webs: readonly (Program & { readonly url: string })[];
  readonly workers: readonly Program[];
  /** Use cases in the test's own process, on the same database: to set up, to pay directly, to look. */
  readonly deps: FeatureDeps;
  readonly imt: ReturnType<typeof connectImtControls>;
  /** Where the partner listens: `http://127.0.0.1:4010`. */
  readonly imtOrigin: string;
  readonly processor: ProcessorControls;
  readonly environment: Readonly<Record<string, string>>;
  /** Puts the wall clock of every process forward, this one's too. */
  advance(minutes: number): void;
  close(): Promise<void>;
}

/** What the tests ask of the sandbox processor. */
export interface ProcessorControls {
  /** Pays as a payer on the page would; gives our reference of the checkout. */
  pay(checkoutId: string, testNumber: string): Promise<string>;
  /** Holds its events back, as if every webhook were lost, or sends them all. */
  pauseEvents(isPaused: boolean): Promise<void>;
  charges(): Promise<readonly { reference: string; status: string; amountCents: number }[]>;
}

/**
 * Starts PostgreSQL and the sandboxes, and describes the webs and workers; these are started by the test. `onDisk` hears of
 * the empty data folder before anything is written to it, and gives what undoes it at the end.
 */
export async function openWorld(from: {
  webs: number;
  workers: number;
  onDisk?: (dataFolder: string) => () => void;
}): Promise<World> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-crash-'));
  fs.chmodSync(folder, 0o755);
  const closers: (() => Promise<void>)[] = [async () => fs.rmSync(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const end of closers.toReversed()) await end().catch((cause: unknown) => console.error('closing:', cause));
  };
  try {
    if (from.onDisk) {
      fs.mkdirSync(path.join(folder, 'data'));
      const undo = from.onDisk(path.join(folder, 'data'));
      closers.push(async () => undo());
    }
    const postgres = await openPostgres(folder, closers);
    const ports = await Promise.all(Array.from({ length: from.webs }, freePort));
    const publicUrl = `http://127.0.0.1:${ports[0] ?? (await freePort())}`;
    const secrets = {
      key: `sk_${randomBytes(18).toString('hex')}`,
      webhook: `whsec_${randomBytes(32).toString('base64')}`,
    };
    const sandbox = await openSandbox({ folder, publicUrl, secrets });
    closers.push(() => sandbox.program.kill());
    const clockFile = path.join(folder, 'clock-ahead-ms');
    fs.writeFileSync(clockFile, '0');
    const environment: Record<string, string> = {
      CAUSEWAY_DATA: path.join(folder, 'data'),
      CAUSEWAY_PUBLIC_URL: publicUrl,
      CAUSEWAY_MASTER_KEY: randomBytes(32).toString('base64'),
      CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS: '1',
      CAUSEWAY_PROCESSOR_URL: sandbox.processorUrl,
      CAUSEWAY_PROCESSOR_SECRET: secrets.key,
      CAUSEWAY_PROCESSOR_WEBHOOK_SECRET: secrets.webhook,
      CAUSEWAY_LOG_LEVEL: 'warn',
    };
    const causeway = (name: string, role: string, port: number) =>
      program(name, {
        script: 'server/crash-tests/crashing-main.ts',
        environment: { ...environment, CAUSEWAY_ROLES: role, CAUSEWAY_PORT: String(port), CRASH_CLOCK_FILE: clockFile },
      });
    const webs = ports.map((port, n) => ({
      ...causeway(`web ${n + 1}`, 'web', port),
      url: `http://127.0.0.1:${port}`,
    }));
    const workers = Array.from({ length: from.workers }, (_, n) => causeway(`worker ${n + 1}`, 'worker', 0));
    closers.push(async () => void (await Promise.all([...webs, ...workers].map((each) => each.kill()))));
    let aheadMs = 0;
    const clock: Clock = {
      now: () => systemClock.now().add({ milliseconds: aheadMs }),
      nowMs: () => systemClock.nowMs() + aheadMs,
      monotonicMs: systemClock.monotonicMs,
    };
    const opened = await openHere({ environment, url: postgres.url, clock });
    closers.push(opened.close);
    return {
      folder,
      postgres,
      webs,
      workers,
      deps: opened.deps,
      imt: connectImtControls(sandbox.imtControlUrl),
      imtOrigin: new URL(sandbox.imtControlUrl).origin,
      processor: sandbox.processor,
      environment,
      advance: (minutes) => {
        aheadMs += minutes * 60_000;
        // Renamed into place: a process that reads at this moment sees the old figure or the new one.
        fs.writeFileSync(`${clockFile}.new`, String(aheadMs));
        fs.renameSync(`${clockFile}.new`, clockFile);
      },
      close,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function openPostgres(folder: string, closers: (() => Promise<void>)[]): Promise<EmbeddedPostgres> {
  const data = path.join(folder, 'data', 'postgres');
  fs.mkdirSync(path.dirname(data), { recursive: true });
  const postgres = await startEmbeddedPostgres({ folder: data, timers: systemTimers });
  const end = () => {
    const pid = postgres.pid();
    if (pid === undefined) return;
    try {
      process.kill(pid, 'SIGQUIT');
    } catch {
      // it is gone already
    }
  };
  process.on('exit', end);
  closers.push(async () => {
    process.off('exit', end);
    const pid = postgres.pid();
    end();
    // Until it is gone it still writes into the folder that is about to be removed.
    if (pid !== undefined) await until(() => !isAlive(pid), { limitMs: 60_000, why: () => 'PostgreSQL does not end' });
  });
  return postgres;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function openSandbox(from: {
  folder: string;
  publicUrl: string;
  secrets: { key: string; webhook: string };
}): Promise<{ program: Program; imtControlUrl: string; processorUrl: string; processor: ProcessorControls }> {
  const options = {
    '--instances': '3401,3402,3403',
    '--imt-port': String(await freePort()),
    '--processor-port': String(await freePort()),
    '--data': path.join(from.folder, 'sandbox'),
    '--settle-ms': '0',
    '--webhook-url': `${from.publicUrl}/api/v1/processor-events/sandbox`,
  };
  const sandbox = program('sandbox', {
    script: 'sandbox/main.ts',
    args: ['--json', '--end-with-stdin', ...Object.entries(options).flat()],
    environment: { SANDBOX_PROCESSOR_SECRET: from.secrets.key, SANDBOX_WEBHOOK_SECRET: from.secrets.webhook },
  });
  const ready = (await sandbox.start()) as {
    imt: { controlUrl: string };
    processor: { url: string; controlUrl: string };
  };
  const { controlUrl } = ready.processor;
  const ask = async <T>(at: string, body?: unknown, method = 'POST'): Promise<T> => {
    const response = await fetch(`${controlUrl}${at}`, {
      ...(body !== undefined && {
        method,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
    if (!response.ok) throw new Error(`the processor's control answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    program: sandbox,
    imtControlUrl: ready.imt.controlUrl,
    processorUrl: ready.processor.url,
    processor: {
      pay: async (id, testNumber) =>
        (await ask<{ checkout: { reference: string } }>(`checkouts/${id}/pay`, { testNumber })).checkout.reference,
      pauseEvents: async (paused) => void (await ask('webhook', { paused }, 'PATCH')),
      charges: async () =>
        (await ask<{ charges: Awaited<ReturnType<ProcessorControls['charges']>> }>('charges')).charges,
    },
  };
}

/** The test's own door: no roles, the database by its address, so that nothing here restarts or stops the server. */
export async function openHere(from: { environment: Readonly<Record<string, string>>; url: string; clock: Clock }) {
  const config = readConfig({ ...from.environment, DATABASE_URL: from.url }, 'required');
  const { platform, close } = await openPlatform({
    config: { ...config, roles: [] },
    queues: QUEUES,
    overrides: { log: createLog({ level: 'silent' }), clock: from.clock },
  });
  const introduced = introduce(platform);
  return {
    deps: introduced.deps,
    close: async () => {
      await introduced.close();
      await close();
    },
  };
}
