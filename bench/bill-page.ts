// The payer's bill page under a steady 200 requests a second: how long the slowest hundredth waits. The whole product
// answers (session, live balance at a partner that takes 5 ms, quote, page), on its own PostgreSQL; requests start on a
// clock and not when the last one ends, so that waiting in line counts. Options: --seconds 20 --rate 200
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { parseArgs } from 'node:util';
import { imtLayout, printBif } from '@causeway/formats/bif';
import { createImtSandbox } from '@causeway/sandbox/imt';
import {
  createBiller,
  defaultConfiguration,
  importInvoiceFile,
  receiveInvoiceFile,
  settingsFromTexts,
  start,
  VERSION,
} from '@causeway/server/operator';
import { Pool } from 'undici';
import { readConfig } from '../server/platform/config.ts';

const BID = 2984;
const ACCOUNTS = 400;
const LATENCY_MS = 5;
const REACH_MS = 50;
const GUID = '6f1a9a52-3a0e-4a53-9d0c-7b1f5f1c2984';
const FORMAT = 'a7da43f3-9d20-45c9-8dc5-be5ae931a8a3';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '200' },
    child: { type: 'boolean', default: false },
    data: { type: 'string' },
  },
});
if (values.child) await serve(values.data ?? '');
else await measure();

async function measure(): Promise<void> {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-bench-'));
  fs.chmodSync(data, 0o755);
  const child = spawn(process.execPath, [import.meta.filename, '--child', '--data', data], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    readline
      .createInterface({ input: child.stderr })
      .on('line', (line) => (line.startsWith('http') ? resolve(line) : console.error(line)));
  });
  const pool = new Pool(url, { connections: 64 });
  const cookies: string[] = [];
  for (let at = 0; at < ACCOUNTS; at += 1) cookies.push(await openBill(pool, String(10_000_000 + at)));
  const rate = Number(values.rate);
  await drive(pool, cookies, { rate, seconds: 3 }); // warm-up
  const waited = await drive(pool, cookies, { rate, seconds: Number(values.seconds) });
  waited.sort((a, b) => a - b);
  const at = (share: number) =>
    (waited[Math.min(waited.length - 1, Math.floor(waited.length * share))] ?? 0).toFixed(1);
  console.log(
    `bill page, ${rate} requests/s for ${values.seconds} s, ${waited.length} answers: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms   (reach: p99 under ${REACH_MS} ms)`,
  );
  await pool.close();
  await new Promise<void>((done) => child.once('exit', () => done()).stdin.end());
  fs.rmSync(data, { recursive: true, force: true });
}

/** Finds a bill as a payer does; answers the session's cookie. */
async function openBill(pool: Pool, accountNumber: string): Promise<string> {
  const answer = await pool.request({
    method: 'POST',
    path: '/bench/find',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `accountNumber=${accountNumber}&proof=SMITH`,
  });
  await answer.body.dump();
  if (answer.statusCode !== 303) throw new Error(`finding ${accountNumber} answered ${answer.statusCode}`);
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}

async function drive(
  pool: Pool,
  cookies: readonly string[],
  from: { rate: number; seconds: number },
): Promise<number[]> {
  const waited: number[] = [];
  const under: Promise<void>[] = [];
  const startedMs = performance.now();
  for (let n = 0; n < from.rate * from.seconds; n += 1) {
    const dueMs = startedMs + (n * 1000) / from.rate;
    const early = dueMs - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    under.push(
      pool
        .request({ method: 'GET', path: '/bench/bill', headers: { cookie: cookies[n % cookies.length] ?? '' } })
        .then(async (answer) => {
          await answer.body.dump();
          if (answer.statusCode !== 200) throw new Error(`the page answered ${answer.statusCode}`);
          waited.push(performance.now() - dueMs);
        }),
    );
  }
  await Promise.all(under);
  return waited;
}

async function serve(data: string): Promise<void> {
  const imt = await createImtSandbox({ policies: [...policies()] });
  imt.faults.add({ operation: 'balance', effect: { kind: 'latency', ms: LATENCY_MS } });
  const key = randomBytes(32).toString('base64');
  const config = readConfig(
    {
      CAUSEWAY_DATA: data,
      CAUSEWAY_PORT: '0',
      CAUSEWAY_ROLES: 'web',
      CAUSEWAY_MASTER_KEY: key,
      CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS: '1',
      CAUSEWAY_LOG_LEVEL: 'info',
    },
    'required',
  );
  const running = await start(config, { version: VERSION });
  const base = defaultConfiguration({
    name: 'Bench',
    integrationPartner: 'IMT Computer Services',
    invoiceFormatGuid: FORMAT,
  });
  await createBiller(running.deps, {
    bid: BID,
    name: 'Bench',
    slug: 'bench',
    guid: GUID,
    by: { kind: 'program', name: 'bench' },
    configuration: {
      ...base,
      invoicing: { ...base.invoicing, realTimeDataRefresh: true },
      advancedSettings: settingsFromTexts({ 8: imt.url, 9: 'causeway', 10: 'sandbox-password', 88: imt.authUrl }),
    },
  });
  const received = await receiveInvoiceFile(running.deps, {
    bid: BID,
    name: 'bench.bif',
    way: 'upload',
    by: { kind: 'program', name: 'bench' },
    source: Buffer.from(bif()),
  });
  await importInvoiceFile(running.deps, { bid: BID, fileId: received.id });
  process.stderr.write(`${running.url}\n`);
  process.stdin.resume().on('end', () => void running.stop().then(() => process.exit(0)));
}

function* policies() {
  for (let at = 0; at < ACCOUNTS; at += 1)
    yield { policyNumber: String(10_000_000 + at), currentDueCents: 12_840, firstName: 'JESSICA', lastName: 'SMITH' };
}

function bif(): string {
  const invoices = [...policies()].map((policy) => ({
    invoiceFormatGuid: FORMAT,
    invoiceNumber: `${policy.policyNumber}-2026-11-01`,
    accountNumber: policy.policyNumber,
    customerName: 'JESSICA SMITH',
    invoiceDate: '2026-11-01',
    dueDate: '2026-12-01',
    totalCents: 12_840,
    balanceForward: true,
    invoiceTypeId: '1',
    details: [{ description: 'Insurance' }],
    extras: {},
  }));
  return printBif({ billerGuid: GUID, creationDate: '2026-11-01' }, invoices, imtLayout);
}
