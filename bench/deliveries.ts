// Payments posted to a partner that takes 10 ms a request, 50 at once: the delivery lane (outbox in PostgreSQL with fsync,
// baseline read, intent committed before the first byte, mark committed after) against a plain undici loop that makes the
// same two requests and keeps nothing. Rounds in turn, each variant in a process of its own; the ratio is the median of
// the rounds' ratios. Options: --rounds 3 --deliveries 12000
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import pg from 'pg';
import { Pool } from 'undici';
import {
  type Biller,
  createBiller,
  createBillers,
  defaultConfiguration,
  settingsFromTexts,
} from '../server/features/billers/index.ts';
import { recordDelivery, startLanes } from '../server/features/deliveries/index.ts';
import { createMaintenance } from '../server/features/maintenance/index.ts';
import { openPlatform } from '../server/open-platform.ts';
import { createPartners } from '../server/partners/registry.ts';
import { readConfig } from '../server/platform/config.ts';

const AT_ONCE = 50;
const LATENCY_MS = 10;
const BID = 2984;
const ACCOUNTS = 2_000;
const WARM_UP = 0.15;
const RECORD_BATCH = 500;
const REACH = 0.85;
const JSON_API = 'application/vnd.api+json';

const PAYMENT = {
  method: 'CC' as const,
  amountCents: 5_250,
  feeCents: 250,
  paymentMessage: 'APPROVED',
  customerName: 'ALEX EXAMPLE',
  address1: '1 Main Street',
  address2: '',
  city: 'Des Moines',
  state: 'IA',
  zip: '50265',
  phone: '',
  email: 'alex@example.com',
};

interface Measured {
  readonly perSecond: number;
  /** Of the sending process alone; PostgreSQL and the partner are others. */
  readonly cpuMsEach: number;
  readonly outOfOrder: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      deliveries: { type: 'string', default: '12000' },
      child: { type: 'string' },
      port: { type: 'string' },
    },
  });
  const count = Number(values.deliveries);
  if (values.child === 'receiver') return serveReceiver();
  if (values.child !== undefined) {
    const port = Number(values.port);
    const measured = values.child === 'lane' ? await measureLane(port, count) : await measureLoop(port, count);
    console.log(JSON.stringify(measured));
    return;
  }
  const rounds: { loop: Measured; lane: Measured }[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    rounds.push({ loop: await runChild('loop', count), lane: await runChild('lane', count) });
  }
  const ratios = rounds.map(({ loop, lane }) => lane.perSecond / loop.perSecond);
  const cpu = (name: 'loop' | 'lane') => median(rounds.map((round) => round[name].cpuMsEach)).toFixed(2);
  const rate = (name: 'loop' | 'lane') => median(rounds.map((round) => round[name].perSecond)).toFixed(0);
  console.log(
    `${AT_ONCE} at once, the partner takes ${LATENCY_MS} ms, ${count} payments of ${ACCOUNTS} accounts, ${rounds.length} rounds in turn`,
  );
  console.log(`plain undici loop, nothing kept   ${rate('loop').padStart(6)} payments/s   ${cpu('loop')} ms CPU each`);
  console.log(
    `delivery lane, fsync on           ${rate('lane').padStart(6)} payments/s   ${cpu('lane')} ms CPU each   ratio ${median(ratios).toFixed(2)} [${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}]   out of order ${rounds.reduce((sum, round) => sum + round.lane.outOfOrder, 0)}`,
  );
  console.log(`To reach: ${REACH} of the loop, none out of order within an account.`);
}

/** The partner: signs in, tells a balance, takes a payment and echoes it, each after 10 ms; remembers the order per policy. */
function serveReceiver(): void {
  const last = new Map<string, number>();
  let outOfOrder = 0;
  let posted = 0;
  const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    if (request.url === '/figures') {
      response.end(JSON.stringify({ posted, outOfOrder }));
      return;
    }
    if (request.url?.startsWith('/sessions'))
      return void response
        .writeHead(200, { 'set-cookie': 'sessionid=abcdef0123456789; Path=/', 'content-length': 0 })
        .end();
    if (request.method === 'GET') {
      send(response, 200, balanceBody(decodeURIComponent(request.url?.split('=')[1] ?? '')));
      return;
    }
    const { data } = JSON.parse(body) as {
      data: { id: string; attributes: { transaction_id: string; total_paid: string } };
    };
    const paymentId = Number(data.attributes.transaction_id.slice(String(BID).length));
    if ((last.get(data.id) ?? 0) > paymentId) outOfOrder += 1;
    last.set(data.id, paymentId);
    posted += 1;
    const { transaction_id, total_paid } = data.attributes;
    send(
      response,
      201,
      JSON.stringify({ data: { type: 'payments', id: data.id, attributes: { transaction_id, total_paid } } }),
    );
  };
  const server = createServer({ keepAliveTimeout: 75_000, noDelay: true }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () =>
      setTimeout(() => answer(request, response, Buffer.concat(chunks).toString('utf8')), LATENCY_MS),
    );
  });
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
  process.on('disconnect', () => process.exit(0));
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': JSON_API, 'content-length': Buffer.byteLength(body) }).end(body);
}

function balanceBody(policy: string): string {
  const attributes = {
    policy_number: policy,
    current_due: '5000.00',
    total_unpaid: '5000.00',
    pending_payment_amount: '0.00',
    pending_payment_date: null,
    last_update_time: '2026-11-18T11:05:28.339032-06:00',
    payment_types: ['CC', 'ACH'],
    due_date: '2026-12-23',
    bill_date: '2026-12-01',
  };
  return JSON.stringify({ data: [{ type: 'payments-due', id: policy, attributes }] });
}

async function measureLoop(port: number, count: number): Promise<Measured> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: AT_ONCE, pipelining: 1 });
  const headers = { 'content-type': JSON_API, accept: JSON_API, cookie: 'sessionid=abcdef0123456789' };
  let next = 0;
  let startMs = 0;
  let cpu = process.cpuUsage();
  const warm = Math.floor(count * WARM_UP);
  const loop = async (): Promise<void> => {
    while (next < count) {
      const at = next++;
      if (at === warm) {
        startMs = performance.now();
        cpu = process.cpuUsage();
      }
      const account = accountOf(at);
      const read = await pool.request({
        path: `/api/payments-due/?filter%5Bpolicy_number%5D=${account}`,
        method: 'GET',
        headers,
      });
      await read.body.json();
      const sent = await pool.request({
        path: '/api/payments/',
        method: 'POST',
        headers,
        body: JSON.stringify({ data: postingBody(account, at) }),
      });
      await sent.body.json();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));
  const perSecond = (count - warm) / ((performance.now() - startMs) / 1000);
  const cpuMsEach = cpuMsSince(cpu) / (count - warm);
  await pool.close();
  return { perSecond, cpuMsEach, outOfOrder: 0 };
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function postingBody(account: string, at: number): object {
  return {
    type: 'payments',
    id: account,
    attributes: {
      id: account,
      entity_identifier: account,
      payment_method: 'CC',
      site_fee: '0.00',
      bill_amount_paid: '50.00',
      total_paid: '52.50',
      interest_paid: 0,
      approval_code: 'APPROVED',
      transaction_id: `${BID}${10_000 + at}`,
      first_name: 'ALEX',
      last_name: 'EXAMPLE',
      address_1: '1 Main Street',
      address_2: '',
      city: 'Des Moines',
      state: 'IA',
      zip_code: '50265',
      phone: '',
      email: 'alex@example.com',
      raw_payment: 0,
      sort: '',
    },
  };
}

const accountOf = (at: number): string => String(30_000_000 + (at % ACCOUNTS));

/** The product: recorded in the outbox first, then drained by `startLanes` from a cold start. */
async function measureLane(port: number, count: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-bench-'));
  chmodSync(folder, 0o755); // PostgreSQL runs as another user where this runs as root
  const environment = {
    CAUSEWAY_DATA: folder,
    CAUSEWAY_MASTER_KEY: randomBytes(32).toString('base64'),
    CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS: '1',
    CAUSEWAY_LOG_LEVEL: 'error',
  };
  const { platform, close } = await openPlatform({ config: readConfig(environment, 'required'), queues: [] });
  const partners = createPartners(platform);
  const billers = createBillers(platform, partners);
  const maintenance = createMaintenance(platform);
  const deps = { ...platform, partners, billers, maintenance, takenPayments: async () => [] };
  try {
    const biller = await addBiller(deps, port);
    await recordAll(deps, { biller, count });
    const owner = new pg.Client({ connectionString: platform.database.url });
    await owner.connect();
    await owner.query('analyze delivery');
    await owner.end();
    const fsync = await platform.database.withSystem((tx) => sql<{ fsync: string }>`show fsync`.execute(tx));
    if (fsync.rows[0]?.fsync !== 'on') throw new Error('the bench needs fsync on');
    return await drainAll({ deps, port, count });
  } finally {
    await Promise.all([...partners.values()].map((partner) => partner.close()));
    await Promise.all([billers.close(), maintenance.close()]);
    await close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type BenchDeps = Parameters<typeof startLanes>[0] & Parameters<typeof createBiller>[0];

async function addBiller(deps: BenchDeps, port: number): Promise<Biller> {
  const base = defaultConfiguration({
    name: 'Bench',
    integrationPartner: 'IMT Computer Services',
    invoiceFormatGuid: deps.random.uuid(),
  });
  const url = `http://127.0.0.1:${port}/api/`;
  const settings = Object.fromEntries(
    [8, 11, 14, 17, 20].flatMap((number) => [
      [number, url],
      [number + 1, 'causeway'],
      [number + 2, 'x'],
    ]),
  );
  return createBiller(deps, {
    bid: BID,
    name: 'Bench',
    by: { kind: 'staff', name: 'bench' },
    configuration: {
      ...base,
      dataPump: {
        ...base.dataPump,
        payments: { ...base.dataPump.payments, 'Virtual Site': { CC: true, ACH: true } },
        maxConcurrentRequests: AT_ONCE,
      },
      advancedSettings: settingsFromTexts({ ...settings, 88: `http://127.0.0.1:${port}/sessions/` }),
    },
  });
}

async function recordAll(deps: BenchDeps, from: { biller: Biller; count: number }): Promise<void> {
  const { biller, count } = from;
  for (let first = 0; first < count; first += RECORD_BATCH) {
    await deps.database.withBiller(BID, async (tx) => {
      for (let at = first; at < Math.min(count, first + RECORD_BATCH); at += 1) {
        const payment = { ...PAYMENT, accountNumber: accountOf(at) };
        const paid = { kind: 'payment' as const, paymentId: 10_000 + at, payment, method: 'CC' as const };
        await recordDelivery(tx, deps, { biller, invoiceTypeId: '1', source: 'Virtual Site', ...paid });
      }
    });
  }
}

async function drainAll(from: { deps: BenchDeps; port: number; count: number }): Promise<Measured> {
  const { deps, port, count } = from;
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 1 });
  const figures = async () =>
    (await (await pool.request({ path: '/figures', method: 'GET' })).body.json()) as {
      posted: number;
      outOfOrder: number;
    };
  const lanes = startLanes(deps);
  const warm = Math.floor(count * WARM_UP);
  let start = { ms: 0, posted: 0, cpu: process.cpuUsage() };
  try {
    for (;;) {
      const now = await figures();
      if (start.ms === 0 && now.posted >= warm)
        start = { ms: performance.now(), posted: now.posted, cpu: process.cpuUsage() };
      if (now.posted >= count) {
        const perSecond = (count - start.posted) / ((performance.now() - start.ms) / 1000);
        const cpuMsEach = cpuMsSince(start.cpu) / (count - start.posted);
        await settled(deps, count);
        return { perSecond, cpuMsEach, outOfOrder: now.outOfOrder };
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    await lanes.stop();
    await pool.close();
  }
}

/** Every payment must also be marked: a partner that has them all is half of the work. */
async function settled(deps: BenchDeps, count: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = await deps.database.withSystem((tx) =>
      sql<{ posted: number }>`select count(*) as posted from delivery where state = 'posted'`.execute(tx),
    );
    if (Number(found.rows[0]?.posted) === count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the partner has every payment, yet not all are marked');
}

async function runChild(name: 'loop' | 'lane', count: number): Promise<Measured> {
  const receiver = await startReceiver();
  try {
    const args = [
      fileURLToPath(import.meta.url),
      '--child',
      name,
      '--port',
      String(receiver.port),
      '--deliveries',
      String(count),
    ];
    return JSON.parse(
      execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
    ) as Measured;
  } finally {
    receiver.process.kill();
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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

await main();
