import { spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';

const READY_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 5_000;

/** What the sandbox prints when it is ready (`sandbox/main.ts --json`). */
interface SandboxReady {
  readonly imt: {
    readonly controlUrl: string;
    readonly instances: Readonly<Record<string, { url: string; authUrl: string }>>;
  };
  readonly processor: { readonly url: string; readonly controlUrl: string };
}

/**
 * Starts the sandbox partner and processor as a process of its own, which ends when this one does, however this one ends
 * (it watches its standard input). Rejects with the sandbox's own words when it can't start.
 */
export function runSandbox(from: {
  imtPort: number;
  processorPort: number;
  dataFolder: string;
  instances: readonly string[];
  webhookUrl: string;
  secretKey: string;
  webhookSecret: string;
}): Promise<{ ready: SandboxReady; pid: number; stop: () => Promise<void> }> {
  const main = path.join(import.meta.dirname, '..', '..', 'sandbox', 'main.ts');
  const args = [
    '--json',
    '--end-with-stdin',
    '--instances',
    from.instances.join(','),
    '--imt-port',
    from.imtPort,
    '--processor-port',
    from.processorPort,
    '--data',
    path.join(from.dataFolder, 'sandbox'),
    '--webhook-url',
    from.webhookUrl,
  ].map(String);
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, SANDBOX_PROCESSOR_SECRET: from.secretKey, SANDBOX_WEBHOOK_SECRET: from.webhookSecret },
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2000);
  });
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('The sandbox did not start within 30 seconds.')), READY_LIMIT_MS);
    child.once('exit', () => reject(new Error(`The sandbox did not start: ${words.trim()}`)));
    readline.createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(limit);
      resolve({ ready: JSON.parse(line) as SandboxReady, pid: child.pid ?? 0, stop: () => stop(child) });
    });
  });
}

function stop(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    child.once('exit', () => {
      clearTimeout(limit);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
