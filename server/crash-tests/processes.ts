import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import net from 'node:net';
import path from 'node:path';
import readline from 'node:readline';

const READY_LIMIT_MS = 300_000;
const WORDS_MAX = 6_000;
const ROOT = path.join(import.meta.dirname, '..', '..');
/** Shared by every start, so that a start is quick. */
const COMPILE_CACHE = path.join(ROOT, 'node_modules', '.cache', 'crash-tests');

/** Everything started here, so that nothing outlives the test, however that ends. */
const started = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

/** A program under test: it can be killed and started again as often as wanted. */
export interface Program {
  readonly name: string;
  /** Resolves with its first line when it is ready; rejects with its last words when it ends before. */
  start(extra?: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop; resolves with its exit code, or the signal that ended it, and how long it took. */
  stop(): Promise<{ code: number | string | null; tookMs: number }>;
  /** Resolves when the process that runs now has ended. */
  gone(): Promise<void>;
  isRunning(): boolean;
  isReady(): boolean;
  pid(): number | undefined;
  /** The end of what it wrote. */
  words(): string;
}

/** Describes a program; nothing runs until `start`. */
export function program(
  name: string,
  from: { script: string; args?: readonly string[]; environment?: Readonly<Record<string, string>> },
): Program {
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();
  let isReady = false;
  let words = '';
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const keep = (text: string) => {
    words = (words + text).slice(-WORDS_MAX);
  };
  const start: Program['start'] = async (extra = {}) => {
    if (isRunning()) throw new Error(`${name} runs already`);
    const script = path.join(ROOT, from.script);
    const made = spawn(process.execPath, [script, ...(from.args ?? [])], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...inherited(), NODE_COMPILE_CACHE: COMPILE_CACHE, ...from.environment, ...extra },
    });
    child = made;
    isReady = false;
    started.add(made);
    made.stdin.on('error', () => undefined);
    made.stderr.on('data', (chunk: Buffer) => keep(chunk.toString()));
    ended = new Promise((resolve) => {
      made.once('exit', () => {
        started.delete(made);
        isReady = false;
        resolve();
      });
    });
    const lines = readline.createInterface({ input: made.stdout });
    return new Promise((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`${name} was not ready in time:\n${words.slice(-2000)}`)),
        READY_LIMIT_MS,
      );
      const fail = () => {
        clearTimeout(limit);
        reject(
          new Error(`${name} ended before it was ready (${made.exitCode ?? made.signalCode}):\n${words.slice(-2000)}`),
        );
      };
      made.once('exit', fail);
      lines.on('line', (line) => {
        if (!line.includes('"isReady"') && !line.includes('"controlUrl"')) return keep(`${line}\n`);
        clearTimeout(limit);
        made.off('exit', fail);
        isReady = isRunning();
        resolve(JSON.parse(line) as Record<string, unknown>);
      });
    });
  };
  return {
    name,
    start,
    isRunning,
    isReady: () => isReady,
    pid: () => (isRunning() ? child?.pid : undefined),
    gone: () => ended,
    words: () => words,
    kill: async () => {
      child?.kill('SIGKILL');
      await ended;
    },
    stop: async () => {
      const startedMs = performance.now();
      child?.kill('SIGTERM');
      await ended;
      return { code: child?.exitCode ?? child?.signalCode ?? null, tookMs: performance.now() - startedMs };
    },
  };
}

/** Where programs are found and temporary files lie: there a program looks for the PostgreSQL that the test started. */
export function inherited(): Record<string, string> {
  const names = ['PATH', 'TMPDIR', 'TMP', 'TEMP', 'TZ'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** Below what systems give to outgoing connections, so that none sits on a killed program's port when it starts again. */
const PORTS = [20_000, 32_000] as const;
const PORT_TRIES_MAX = 200;
const given = new Set<number>();

/** A port that is free now, and that is given once. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORT_TRIES_MAX; tries++) {
    const port = randomInt(...PORTS);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`of ${PORT_TRIES_MAX} ports between ${PORTS.join(' and ')} none is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Waits until `holds` answers true; fails with `why` after `limitMs`. */
export async function until(
  holds: () => Promise<boolean> | boolean,
  from: { limitMs: number; why: () => Promise<string> | string; everyMs?: number },
): Promise<number> {
  const startedMs = performance.now();
  for (;;) {
    if (await holds()) return performance.now() - startedMs;
    if (performance.now() - startedMs > from.limitMs) throw new Error(await from.why());
    await pause(from.everyMs ?? 50);
  }
}
