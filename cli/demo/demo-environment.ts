import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { DEMO_ENVIRONMENT_FILE } from '@causeway/server/operator';

/** What one demo chose once and keeps: deliveries freeze their address, so the sandbox must come back on the same ports. */
export interface DemoEnvironment {
  readonly dataFolder: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly imtPort: number;
  readonly processorPort: number;
  readonly inboxPort: number;
  readonly adminPassword: string;
}

const PREFERRED = { imt: 4010, processor: 4020, inbox: 4025 } as const;

/** Reads what the demo in this data folder chose, or chooses and writes it (readable by this user alone). */
export async function demoEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<DemoEnvironment> {
  const dataFolder = path.resolve(environment.CAUSEWAY_DATA || '.causeway');
  fs.mkdirSync(dataFolder, { recursive: true });
  const file = path.join(dataFolder, DEMO_ENVIRONMENT_FILE);
  if (!fs.existsSync(file)) {
    const isScratch = environment.CAUSEWAY_PORT === '0';
    const ports = {
      imt: await freePort(isScratch ? 0 : PREFERRED.imt),
      processor: await freePort(isScratch ? 0 : PREFERRED.processor),
      inbox: await freePort(isScratch ? 0 : PREFERRED.inbox),
    };
    const variables = {
      CAUSEWAY_PORT: String(isScratch ? await freePort(0) : environment.CAUSEWAY_PORT || 8080),
      CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS: '1',
      CAUSEWAY_PROCESSOR_URL: `http://127.0.0.1:${ports.processor}`,
      CAUSEWAY_PROCESSOR_SECRET: `demo-secret-${randomBytes(18).toString('base64url')}`,
      CAUSEWAY_PROCESSOR_WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
      CAUSEWAY_SMTP_URL: `smtp://127.0.0.1:${ports.inbox}`,
      CAUSEWAY_DEMO_INBOX: '1',
    };
    const kept = {
      ...variables,
      DEMO_IMT_PORT: String(ports.imt),
      DEMO_ADMIN_PASSWORD: `try-it-${randomBytes(9).toString('base64url')}`,
    };
    const text = Object.entries(kept)
      .map(([name, value]) => `${name}="${value}"\n`)
      .join('');
    writeOnce(file, text);
  }
  const { DEMO_IMT_PORT, DEMO_ADMIN_PASSWORD, ...chosen } = parseEnv(fs.readFileSync(file, 'utf8'));
  const set = Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => !!entry[1] && entry[1] !== '0'),
  );
  // A first look at the demo needs no authenticator app; who wants to see it asked sets the variable.
  const variables = { CAUSEWAY_REQUIRE_SECOND_FACTOR: 'none', ...(chosen as Record<string, string>), ...set };
  return {
    dataFolder,
    variables: { ...variables, CAUSEWAY_LOG_LEVEL: set.CAUSEWAY_LOG_LEVEL ?? 'warn' },
    imtPort: Number(DEMO_IMT_PORT),
    processorPort: portOf(chosen.CAUSEWAY_PROCESSOR_URL),
    inboxPort: portOf(chosen.CAUSEWAY_SMTP_URL),
    adminPassword: DEMO_ADMIN_PASSWORD ?? '',
  };
}

/** Two demos may start at once on one folder: the first one's choice stands, whole, and the other reads it. */
function writeOnce(file: string, text: string): void {
  const mine = `${file}.${process.pid}`;
  fs.writeFileSync(mine, text, { mode: 0o600 });
  try {
    fs.linkSync(mine, file);
  } catch (cause) {
    if (!fs.existsSync(file)) throw cause;
  } finally {
    fs.rmSync(mine, { force: true });
  }
}

function portOf(url: string | undefined): number {
  return Number(new URL(url ?? '').port);
}

/** The wanted port where it is free, else any free one. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', () => {
      if (wanted === 0) reject(new Error('no free port'));
      else void freePort(0).then(resolve, reject);
    });
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : wanted));
    });
  });
}
