// Balances asked of a partner that takes 5 ms, 50 at once: the partner's client with its shared session, and a whole
// refresh kept in PostgreSQL, against one plain GET by wrk (the limit). Rounds in turn, each variant in a process of its
// own; a ratio is the median of the rounds' ratios. Options: --rounds 5 --seconds 3 --no-database
import { type ChildProcess, execFileSync, fork, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createImtSandbox } from '@causeway/sandbox/imt';
import { Pool } from 'undici';
import { refreshBalance } from '../server/features/balances/index.ts';
import {
  createBiller,
  createBillers,
  defaultConfiguration,
  settingsFromTexts,
} from '../server/features/billers/index.ts';
import type { Partner, PartnerConnection } from '../server/features/billers/partner.ts';
import { openPlatform } from '../server/open-platform.ts';
import { createPartners } from '../server/partners/registry.ts';
import { systemClock } from '../server/platform/clock.ts';
import { readConfig } from '../server/platform/config.ts';
import { createEgress } from '../server/platform/egress.ts';
import { createLog } from '../server/platform/log.ts';
import { systemTimers } from '../server/platform/timers.ts';

const AT_ONCE = 50;
const LATENCY_MS = 5;
const WARM_UP_MS = 1_000;
const ACCOUNT = '20240903';
const ACCOUNTS = 2_000;
const BID = 2984;
const REACH = 0.8;

interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const LIMIT = 'limit: one GET, ' as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      'no-database': { type: 'boolean', default: false },
      child: { type: 'string' },
      port: { type: 'string' },
    },
  });
  const seconds = Number(values.seconds);
  if (values.child === 'receiver') return await serveReceiver();
  if (values.child !== undefined) {
    const measured = await runVariant(values.child, { port: Number(values.port), seconds });
    console.log(JSON.stringify(measured));
    return;
  }
  const hasWrk = spawnSync('wrk', ['-v']).error === undefined;
  const limit = `${LIMIT}${hasWrk ? 'wrk' : 'undici Pool (wrk is not installed)'}`;
  const variants = [
    'partner.balance, shared session',
    ...(values['no-database'] ? [] : ['refreshBalance, kept in PostgreSQL']),
  ];
  const receiver = await startReceiver();
  try {
    const rounds: Map<string, Measured>[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const of = new Map<string, Measured>();
      of.set(limit, hasWrk ? runWrk(receiver.port, seconds) : runChild(limit, { port: receiver.port, seconds }));
      for (const name of variants) of.set(name, runChild(name, { port: receiver.port, seconds }));
      rounds.push(of);
    }
    print(limit, [limit, ...variants], rounds);
  } finally {
    receiver.process.kill();
  }
}

function print(limit: string, names: readonly string[], rounds: readonly Map<string, Measured>[]): void {
  console.log(`${AT_ONCE} at once, the partner takes ${LATENCY_MS} ms, ${rounds.length} rounds in turn`);
  console.log(
    `${'variant'.padEnd(40)}${'per s'.padStart(8)}${'ratio'.padStart(7)}  [low-high]   ${'p50 ms'.padStart(7)}${'p99 ms'.padStart(8)}`,
  );
  for (const name of names) {
    const all = rounds.map((round) => round.get(name)).filter((found) => found !== undefined);
    const ratios = rounds.map((round) => (round.get(name)?.perSecond ?? 0) / (round.get(limit)?.perSecond ?? 1));
    const range = `[${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}]`;
    const of = (pick: (measured: Measured) => number): number => median(all.map(pick));
    console.log(
      `${name.padEnd(40)}${of((each) => each.perSecond)
        .toFixed(0)
        .padStart(8)}${median(ratios).toFixed(2).padStart(7)}  ${range.padEnd(12)} ${of((each) => each.p50Ms)
        .toFixed(1)
        .padStart(7)}${of((each) => each.p99Ms)
        .toFixed(1)
        .padStart(8)}`,
    );
  }
  console.log(`To reach by the shared session: ${REACH} of the limit.`);
}

/** The partner: signs in, answers one balance of 1.1 kB after 5 ms, and does nothing else. */
async function serveReceiver(): Promise<void> {
  const body = Buffer.from(await sampleBody());
  const head = { 'content-type': 'application/vnd.api+json', 'content-length': body.length };
  const server = createServer({ keepAliveTimeout: 75_000, noDelay: true }, (request, response) => {
    request.resume();
    setTimeout(() => {
      if (request.method === 'GET') return response.writeHead(200, head).end(bodyFor(request.url ?? '', body));
      return response.writeHead(200, { 'set-cookie': 'sessionid=abcdef0123456789; Path=/', 'content-length': 0 }).end();
    }, LATENCY_MS);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.send?.({ port: (server.address() as AddressInfo).port });
  process.on('disconnect', () => process.exit(0));
}

/** The answer names the policy asked for, which has as many digits as the sample's. */
function bodyFor(url: string, body: Buffer): Buffer {
  const asked = url.slice(-ACCOUNT.length);
  return asked === ACCOUNT ? body : Buffer.from(body.toString('latin1').replace(ACCOUNT, asked), 'latin1');
}

async function sampleBody(): Promise<string> {
  const sandbox = await createImtSandbox();
  try {
    const login = await fetch(sandbox.authUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.api+json' },
      body: JSON.stringify({
        data: { type: 'sessions', id: '1', attributes: { username: 'causeway', password: 'sandbox-password' } },
      }),
    });
    const cookie = login.headers
      .getSetCookie()
      .map((line) => line.split(';', 1)[0])
      .join('; ');
    return await (
      await fetch(`${sandbox.url}payments-due/?filter[policy_number]=${ACCOUNT}`, { headers: { cookie } })
    ).text();
  } finally {
    await sandbox.close();
  }
}

async function startReceiver(): Promise<{ process: ChildProcess; port: number }> {
  const child = fork(fileURLToPath(import.meta.url), ['--child', 'receiver'], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port));
    child.once('exit', () => reject(new Error('the receiver ended')));
  });
  return { process: child, port };
}

function runWrk(port: number, seconds: number): Measured {
  const url = `http://127.0.0.1:${port}/api/payments-due/?filter%5Bpolicy_number%5D=${ACCOUNT}`;
  const out = execFileSync('wrk', ['-t1', `-c${AT_ONCE}`, `-d${seconds}s`, '--latency', url], { encoding: 'utf8' });
  const ms = (name: string): number => {
    const [, value = '0', unit] = new RegExp(`${name}\\s+([\\d.]+)(us|ms|s)`).exec(out) ?? [];
    return Number(value) * (unit === 'us' ? 0.001 : unit === 's' ? 1000 : 1);
  };
  return { perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)?.[1] ?? 0), p50Ms: ms('50%'), p99Ms: ms('99%') };
}

function runChild(name: string, { port, seconds }: { port: number; seconds: number }): Measured {
  const args = [fileURLToPath(import.meta.url), '--child', name, '--port', String(port), '--seconds', String(seconds)];
  return JSON.parse(
    execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
  ) as Measured;
}

async function runVariant(name: string, { port, seconds }: { port: number; seconds: number }): Promise<Measured> {
  if (name.startsWith(LIMIT)) return await measurePool(port, seconds);
  return name.startsWith('partner.balance') ? await measurePartner(port, seconds) : await measureRefresh(port, seconds);
}

async function measurePool(port: number, seconds: number): Promise<Measured> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: AT_ONCE, pipelining: 1 });
  const measured = await measure(seconds, async () => {
    const { body } = await pool.request({
      path: `/api/payments-due/?filter%5Bpolicy_number%5D=${ACCOUNT}`,
      method: 'GET',
    });
    await body.arrayBuffer();
  });
  await pool.close();
  return measured;
}

function connectionTo(port: number): PartnerConnection {
  return {
    bid: BID,
    partner: 'IMT Computer Services',
    operation: 'balance',
    environment: 1,
    url: `http://127.0.0.1:${port}/api/`,
    authUrl: `http://127.0.0.1:${port}/sessions/`,
    username: 'causeway',
    credentials: { password: () => 'x', privateKey: () => undefined },
    maxConcurrent: AT_ONCE,
  };
}

async function measurePartner(port: number, seconds: number): Promise<Measured> {
  const log = createLog({ level: 'silent' });
  const egress = createEgress({ clock: systemClock, timers: systemTimers, allowPrivate: true, log });
  const partners = createPartners({ egress, clock: systemClock, timers: systemTimers, log });
  const [partner] = partners.values() as Iterator<Partner> & Iterable<Partner>;
  if (partner === undefined) throw new Error('there is no partner');
  const connection = connectionTo(port);
  const measured = await measure(seconds, async () => {
    const answer = await partner.balance(connection, ACCOUNT);
    if (answer.kind !== 'balance') throw new Error(JSON.stringify(answer));
  });
  await partner.close();
  await egress.close();
  return measured;
}

/** The whole use case: named read, partner, transaction of balance, flags and record, over 2,000 accounts in turn. */
async function measureRefresh(port: number, seconds: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-bench-'));
  chmodSync(folder, 0o755); // PostgreSQL runs as another user where this runs as root
  const environment = {
    CAUSEWAY_DATA: folder,
    CAUSEWAY_MASTER_KEY: randomBytes(32).toString('base64'),
    CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS: '1',
    CAUSEWAY_LOG_LEVEL: 'silent',
  };
  const { platform, close } = await openPlatform({ config: readConfig(environment, 'required'), queues: [] });
  const partners = createPartners(platform);
  const billers = createBillers(platform, partners);
  try {
    const base = defaultConfiguration({
      name: 'Bench',
      integrationPartner: 'IMT Computer Services',
      invoiceFormatGuid: platform.random.uuid(),
    });
    const { url, authUrl = '' } = connectionTo(port);
    const settings = Object.fromEntries(
      [8, 11, 14, 17, 20].flatMap((number) => [
        [number, url],
        [number + 1, 'causeway'],
        [number + 2, 'x'],
      ]),
    );
    await createBiller(
      { ...platform, partners, billers },
      {
        bid: BID,
        name: 'Bench',
        by: { kind: 'staff', name: 'bench' },
        configuration: {
          ...base,
          invoicing: { ...base.invoicing, realTimeDataRefresh: true },
          dataPump: { ...base.dataPump, maxConcurrentRequests: AT_ONCE },
          advancedSettings: settingsFromTexts({ ...settings, 88: authUrl }),
        },
      },
    );
    const numbers = Array.from({ length: ACCOUNTS }, (_, index) => String(30_000_000 + index));
    await platform.database.withBiller(BID, async (tx) => {
      await tx
        .insertInto('account')
        .values(numbers.map((number) => ({ bid: BID, account_number: number, customer_name: 'BENCH' })))
        .execute();
    });
    let next = 0;
    const deps = { ...platform, billers };
    // Once each, as accounts in use are: the first refresh of an account also brings who lives where.
    for (let from = 0; from < ACCOUNTS; from += AT_ONCE) {
      const some = numbers.slice(from, from + AT_ONCE);
      await Promise.all(some.map((accountNumber) => refreshBalance(deps, { bid: BID, accountNumber, cause: 'api' })));
    }
    return await measure(seconds, async () => {
      const accountNumber = numbers[next++ % ACCOUNTS] ?? ACCOUNT;
      const result = await refreshBalance(deps, { bid: BID, accountNumber, cause: 'api' });
      if (result.kind !== 'fresh') throw new Error(JSON.stringify(result));
    });
  } finally {
    await Promise.all([...partners.values()].map((partner) => partner.close()));
    await billers.close();
    await close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Fifty loops of `act`; what happens in the first second only warms up. */
async function measure(seconds: number, act: () => Promise<void>): Promise<Measured> {
  const fromMs = performance.now() + WARM_UP_MS;
  const untilMs = fromMs + seconds * 1000;
  const tookMs: number[] = [];
  const loop = async (): Promise<void> => {
    for (;;) {
      const startMs = performance.now();
      if (startMs >= untilMs) return;
      await act();
      const endMs = performance.now();
      if (endMs >= fromMs && endMs < untilMs) tookMs.push(endMs - startMs);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));
  tookMs.sort((one, other) => one - other);
  const at = (share: number): number => tookMs[Math.floor(tookMs.length * share)] ?? 0;
  return { perSecond: tookMs.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

await main();
