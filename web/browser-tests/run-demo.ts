import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..', '..');
const READY_LIMIT_MS = 300_000;
/** The demo's own graceful stop takes up to 20 s; a busy machine needs longer for the rest. */
const STOP_LIMIT_MS = 60_000;
const ENV_PASSED = ['PATH', 'HOME', 'TMPDIR', 'TMP', 'TEMP', 'TZ'] as const;

/** A demo of one's own: the real command, on free ports, with its data in a temporary folder. */
export interface RunningDemo {
  readonly url: string;
  readonly imtControlUrl: string;
  readonly processorControlUrl: string;
  readonly admin: { readonly email: string; readonly second: string; readonly password: string };
  /** The example bill the demo prints for each biller: slug → number and last name. */
  readonly examples: Readonly<Record<string, { accountNumber: string; lastName: string }>>;
  readonly dataFolder: string;
  /** What the program printed, both streams. */
  output(): string;
  stop(): Promise<number | null>;
}

/** Starts `causeway demo` as its user would, and waits until it says that it is ready. */
export async function startDemo(environment: Readonly<Record<string, string>> = {}): Promise<RunningDemo> {
  const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-demo-'));
  fs.chmodSync(dataFolder, 0o755);
  const child = spawn(process.execPath, ['cli/main.ts', 'demo'], {
    cwd: ROOT,
    env: {
      ...Object.fromEntries(ENV_PASSED.map((name) => [name, process.env[name]])),
      CAUSEWAY_DATA: path.join(dataFolder, 'data'),
      CAUSEWAY_PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  await untilReady(child, () => output);
  const found = (pattern: RegExp) => pattern.exec(output)?.[1] ?? '';
  const url = new URL(found(/Pay a bill\s+(http\S+)/)).origin;
  const env = fs.readFileSync(path.join(dataFolder, 'data', 'demo.env'), 'utf8');
  const examples = [...output.matchAll(/Pay a bill\s+http:\/\/[^/]+\/(\S+)\s+\(.*number (\S+), last name (\S+)\)/g)];
  return {
    url,
    imtControlUrl: found(/The partner\s+(http\S+)/),
    processorControlUrl: `${/CAUSEWAY_PROCESSOR_URL="([^"]+)"/.exec(env)?.[1]}/__control/`,
    admin: { email: 'admin@demo.example', second: 'second@demo.example', password: found(/password: (\S+)\)/) },
    examples: Object.fromEntries(examples.map((at) => [at[1], { accountNumber: at[2] ?? '', lastName: at[3] ?? '' }])),
    dataFolder: path.join(dataFolder, 'data'),
    output: () => output,
    stop: async () => {
      const code = await stopChild(child);
      endPostgres(path.join(dataFolder, 'data', 'postgres'));
      // What is ending still writes into the folder for a moment.
      fs.rmSync(dataFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
      return code;
    },
  };
}

function untilReady(child: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`the demo was not ready in time:\n${output()}`)), READY_LIMIT_MS);
    const poll = setInterval(() => {
      if (!output().includes('Causeway is ready.') || !output().includes('Ctrl-C stops')) return;
      clearTimeout(limit);
      clearInterval(poll);
      resolve();
    }, 100);
    child.once('exit', (code) => {
      clearTimeout(limit);
      clearInterval(poll);
      reject(new Error(`the demo ended with ${code}:\n${output()}`));
    });
  });
}

function stopChild(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode);
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    child.once('exit', (code) => {
      clearTimeout(limit);
      resolve(code);
    });
    child.kill('SIGTERM');
  });
}

/** A demo that had to be killed leaves its database running, which would outlive the test. */
function endPostgres(folder: string): void {
  try {
    process.kill(Number(fs.readFileSync(path.join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGQUIT');
  } catch {
    // it is gone, as it should be
  }
}
