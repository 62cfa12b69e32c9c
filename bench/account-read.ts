// One account read over the API (routing, credential, input check, row-level security, one log line, problem handling)
// against bare node:http with one named statement on the same PostgreSQL. wrk, 50 connections, a different account in each
// request, variants in turn. Causeway may be above 1: reads that come at once share a statement (read-together.ts).
// Options: --rounds 5 --seconds 4
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { parseArgs } from 'node:util';
import { createBiller, createCredential, start, VERSION } from '@causeway/server/operator';
import pg from 'pg';
import { readConfig } from '../server/platform/config.ts';

const BID = 2984;
const ACCOUNTS = 20_000;
const AT_ONCE = 50;
const REACH = 0.7;
const ACCOUNTS_IN_TURN = `local n = 0
request = function()
  n = n % ${ACCOUNTS} + 1
  return wrk.format(nil, "/api/v1/billers/${BID}/accounts/" .. n)
end
`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    child: { type: 'string' },
    url: { type: 'string' },
    data: { type: 'string' },
  },
});
if (values.child === 'bare') await serveBare(values.url ?? '');
else if (values.child === 'causeway') await serveCauseway(values.data ?? '');
else await measure();

async function measure(): Promise<void> {
  if (spawnSync('wrk', ['-v']).error) throw new Error('this bench needs wrk (Debian: apt-get install wrk)');
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-bench-'));
  fs.chmodSync(data, 0o755);
  const causeway = await startChild(['--child', 'causeway', '--data', data]);
  const { url, token, databaseUrl } = causeway.ready as { url: string; token: string; databaseUrl: string };
  const bare = await startChild(['--child', 'bare', '--url', databaseUrl]);
  const script = path.join(data, 'accounts.lua');
  fs.writeFileSync(script, ACCOUNTS_IN_TURN);
  const variants = {
    'limit: node:http, one named statement': () => wrk(bare.ready.url ?? '', script),
    'Causeway: GET …/accounts/{accountNumber}': () => wrk(url, script, token),
  };
  const rounds: number[][] = [];
  for (const run of Object.values(variants)) run(); // warm-up
  for (let round = 0; round < Number(values.rounds); round++) rounds.push(Object.values(variants).map((run) => run()));
  Object.keys(variants).forEach((name, at) => {
    const ratios = rounds.map((round) => (round[at] ?? 0) / (round[0] ?? 1));
    console.log(
      `${name.padEnd(44)} ${Math.round(median(rounds.map((round) => round[at] ?? 0)))} requests/s   ratio ${median(ratios).toFixed(2)} [${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}]`,
    );
  });
  console.log(`reach: ${REACH}`);
  await bare.stop();
  await causeway.stop();
  fs.rmSync(data, { recursive: true, force: true });
}

/** Requests a second by wrk, one thread. An answer that is not 200 makes the figure worthless, so it throws. */
function wrk(url: string, script: string, token?: string): number {
  const args = [
    '-t1',
    '-s',
    script,
    `-c${AT_ONCE}`,
    `-d${values.seconds}s`,
    ...(token ? ['-H', `Authorization: Bearer ${token}`] : []),
    url,
  ];
  const told = spawnSync('wrk', args, { encoding: 'utf8' }).stdout;
  if (told.includes('Non-2xx')) throw new Error(told);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(told)?.[1]);
}

async function serveCauseway(data: string): Promise<void> {
  const config = readConfig(
    {
      CAUSEWAY_DATA: data,
      CAUSEWAY_PORT: '0',
      CAUSEWAY_ROLES: 'web',
      CAUSEWAY_MASTER_KEY: randomBytes(32).toString('base64'),
      CAUSEWAY_LOG_LEVEL: 'info',
    },
    'required',
  );
  const running = await start(config, { version: VERSION });
  const by = { kind: 'program', name: 'bench' } as const;
  await createBiller(running.deps, { bid: BID, name: 'Bench', by });
  const credential = await createCredential(running.deps, { bid: BID, scopes: ['accounts:read'], by });
  const client = await connectAsOwner(running.deps.database.url);
  await client.query(
    `insert into account (bid, account_number, customer_name) select ${BID}, n::text, 'JESSICA SMITH' from generate_series(1, ${ACCOUNTS}) n`,
  );
  await client.query(
    `insert into balance (bid, account_number, current_due_cents, as_of, attributes) select ${BID}, n::text, 12840, now(), '{}' from generate_series(1, ${ACCOUNTS}) n`,
  );
  await client.query('analyze account; analyze balance');
  await client.end();
  process.stderr.write(
    `${JSON.stringify({ url: running.url, token: credential.token, databaseUrl: running.deps.database.url })}\n`,
  );
  process.stdin.resume().on('end', () => void running.stop().then(() => process.exit(0)));
}

async function serveBare(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  const statement = {
    name: 'account',
    text: `select a.account_number, a.customer_name, a.address_1, a.address_2, a.city, a.state, a.zip, a.phone, a.email, a.block_ach, a.block_cc,
      b.current_due_cents, b.as_of, b.stale_since from account a left join balance b using (bid, account_number) where a.bid = $1 and a.account_number = $2`,
  };
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const found = await pool.query({ ...statement, values: [BID, request.url?.split('/').at(-1)] });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found.rows[0]));
  };
  const server = http.createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1', () =>
    process.stderr.write(`${JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`),
  );
  process.stdin.resume().on('end', () => process.exit(0));
}

async function connectAsOwner(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** A process of its own; it tells that it is ready by a line of JSON on stderr, and ends with its standard input. */
function startChild(args: readonly string[]): Promise<{ ready: Record<string, string>; stop: () => Promise<void> }> {
  const log = fs.openSync(os.devNull, 'w');
  const child = spawn(process.execPath, [import.meta.filename, ...args], { stdio: ['pipe', log, 'pipe'] });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    const lines = readline.createInterface({ input: child.stderr as NodeJS.ReadableStream });
    lines.on('line', (line) => {
      if (!line.startsWith('{')) return console.error(line);
      const stop = () => new Promise<void>((done) => child.once('exit', () => done()).stdin?.end());
      resolve({ ready: JSON.parse(line) as Record<string, string>, stop });
    });
  });
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
