import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { imtLayout, readBif } from '@causeway/formats/bif';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { type Biller, defaultConfiguration } from '../server/features/billers/index.ts';
import type { InvoicesDeps } from '../server/features/invoices/index.ts';
import { importInvoiceFile } from '../server/features/invoices/index.ts';
import { createBlobs } from '../server/platform/blobs.ts';
import { systemClock } from '../server/platform/clock.ts';
import { noCrashPoints } from '../server/platform/crash-points.ts';
import { openDatabase } from '../server/platform/database.ts';
import { startEmbeddedPostgres } from '../server/platform/embedded-postgres.ts';
import { createLog } from '../server/platform/log.ts';
import { migrate } from '../server/platform/migrate.ts';
import { systemRandom } from '../server/platform/random.ts';
import { systemTimers } from '../server/platform/timers.ts';
import { benchBillerGuid, writeBenchBif } from './bif-file.ts';

// Loads a file of invoices the product's way, the least way (COPY of rows already made, into the same keyed tables), and the
// ways others do it. PostgreSQL is the embedded one with default durability. Each variant runs in a process of its own, in
// turn; a ratio is the median of the rounds' ratios to the limit. Options: --invoices N --rounds N --no-peers.

const BID = 2984;
const BATCH_ROWS = 10_000;
const INSERT_ROWS = 1000;
/** Multi-row INSERT is slow enough that a tenth of the file tells. */
const SUBSET = 0.1;
const TABLES = 'account, invoice, invoice_version, invoice_file, invoice_file_fault';

type Place = { readonly url: string; readonly folder: string };
type Outcome = { readonly invoices: number; readonly ms: number; readonly rssMiB: number };

const variants: Record<string, (place: Place) => Promise<number>> = {
  'limit: raw COPY of prepared rows': copyPrepared,
  'product: read, check, load': (place) => importProduct(place, 'bench.bif'),
  'unnest + ON CONFLICT, 10k a batch': (place) => upsert(place, 'bench.bif', BATCH_ROWS, upsertUnnest),
  'multi-row INSERT ON CONFLICT, 1k a batch (a tenth of the file)': (place) =>
    upsert(place, 'subset.bif', INSERT_ROWS, upsertValues),
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      invoices: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '3' },
      'no-peers': { type: 'boolean', default: false },
      child: { type: 'string' },
      url: { type: 'string', default: '' },
      folder: { type: 'string', default: '' },
    },
  });
  if (values.child !== undefined) return await runChild(values.child, { url: values.url, folder: values.folder });
  await runAll({ invoices: Number(values.invoices), rounds: Number(values.rounds), hasPeers: !values['no-peers'] });
}

async function runAll(from: { invoices: number; rounds: number; hasPeers: boolean }): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'causeway-bench-'));
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ folder: path.join(folder, 'postgres'), timers: systemTimers });
  const place = { url: postgres.url, folder };
  try {
    await migrate(postgres.url);
    const { bytes } = await writeBenchBif(path.join(folder, 'bench.bif'), from.invoices);
    await writeBenchBif(path.join(folder, 'subset.bif'), Math.round(from.invoices * SUBSET));
    console.log(`${from.invoices} invoices, ${(bytes / 1e6).toFixed(1)} MB, ${from.rounds} rounds`);
    runVariant('product: read, check, load', place);
    await prepareRows(place);
    const names = Object.keys(variants).slice(0, from.hasPeers ? undefined : 2);
    await compare(place, names, from.rounds);
    await reimport(place);
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(place: Place, names: readonly string[], rounds: number): Promise<void> {
  const rates = new Map<string, number[]>(names.map((name) => [name, []]));
  const ratios = new Map<string, number[]>(names.map((name) => [name, []]));
  const facts = new Map<string, string>();
  for (let round = 0; round < rounds; round++) {
    let limit = 0;
    for (const name of names) {
      await run(place.url, `truncate ${TABLES}; checkpoint`);
      const before = await walBytes(place.url);
      const { invoices, ms, rssMiB } = runVariant(name, place);
      const rate = invoices / (ms / 1000);
      if (name.startsWith('limit')) limit = rate;
      rates.get(name)?.push(rate);
      ratios.get(name)?.push(rate / limit);
      facts.set(
        name,
        `WAL ${(((await walBytes(place.url)) - before) / 1e6).toFixed(0)} MB, peak ${rssMiB.toFixed(0)} MiB`,
      );
    }
  }
  for (const name of names) {
    const all = ratios.get(name) ?? [];
    const span = `[${Math.min(...all).toFixed(2)}-${Math.max(...all).toFixed(2)}]`;
    console.log(
      `${median(all).toFixed(2)} ${span}  ${(median(rates.get(name) ?? []) / 1000).toFixed(1)} k/s  ${facts.get(name)}  ${name}`,
    );
  }
}

/** The same invoices in a file of other bytes (its reference differs), onto what is loaded: nothing may be written. */
async function reimport(place: Place): Promise<void> {
  await run(place.url, `truncate ${TABLES}; checkpoint`);
  const first = runVariant('product: read, check, load', place);
  await run(place.url, 'truncate invoice_file; vacuum analyze; checkpoint');
  const before = await walBytes(place.url);
  const again = runVariant('product: read, check, load', place);
  const wal = (await walBytes(place.url)) - before;
  console.log(
    `again, unchanged: ${(first.ms / again.ms).toFixed(2)} times as fast as the first, WAL ${(wal / 1e6).toFixed(2)} MB, peak ${again.rssMiB.toFixed(0)} MiB`,
  );
}

function runVariant(name: string, place: Place): Outcome {
  const args = [fileURLToPath(import.meta.url), '--child', name, '--url', place.url, '--folder', place.folder];
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.status !== 0) throw new Error(`${name} failed`);
  return JSON.parse(child.stdout) as Outcome;
}

async function runChild(name: string, place: Place): Promise<void> {
  const act = variants[name];
  if (!act) throw new Error(`no variant ${name}`);
  const startMs = performance.now();
  const invoices = await act(place);
  const outcome: Outcome = { invoices, ms: performance.now() - startMs, rssMiB: process.resourceUsage().maxRSS / 1024 };
  console.log(JSON.stringify(outcome));
}

async function importProduct(place: Place, file: string): Promise<number> {
  const database = openDatabase({ url: place.url });
  const blobs = createBlobs({ folder: path.join(place.folder, 'blobs') });
  const configuration = defaultConfiguration({
    name: 'Bench',
    integrationPartner: 'IMT Computer Services',
    invoiceFormatGuid: systemRandom.uuid(),
  });
  const types = configuration.invoiceTypes.map((type) => ({ ...type, id: '252' }));
  const biller: Biller = {
    bid: BID,
    slug: 'bench',
    name: 'Bench',
    guid: benchBillerGuid,
    version: 1,
    configuration: { ...configuration, invoiceTypes: types },
  };
  const deps: InvoicesDeps = {
    database,
    blobs,
    clock: systemClock,
    random: systemRandom,
    crash: noCrashPoints,
    log: createLog({ level: 'warn' }),
    jobs: { send: async () => {}, retry: async () => {}, work: async () => {}, stop: async () => {} },
    billers: { load: async () => biller },
  };
  const put = await blobs.put(createReadStream(path.join(place.folder, file)), { maxBytes: 2 ** 31 });
  if (!put.ok) throw new Error('too large');
  const fileId = systemRandom.uuid();
  await run(
    place.url,
    `insert into invoice_file (bid, id, name, sha256, size_bytes, way, state, received_by, received_at)
    values (${BID}, '${fileId}', 'bench', '\\x${put.sha256}', ${put.size}, 'cli', 'received', 'bench', now())`,
  );
  await importInvoiceFile(deps, { bid: BID, fileId });
  const { rows } = await query<{ state: string; n: number }>(
    place.url,
    `select state, invoices_accepted as n from invoice_file where id = '${fileId}'`,
  );
  await database.close();
  if (rows[0]?.state !== 'loaded') throw new Error(`the file is ${rows[0]?.state}`);
  return Number(rows[0].n);
}

/** Keeps the loaded tables as COPY text: what the limit loads, row for row what the product makes. */
async function prepareRows(place: Place): Promise<void> {
  const client = await open(place.url);
  for (const table of ['account', 'invoice']) {
    await pipeline(
      client.query(copyTo(`copy ${table} to stdout`)),
      createWriteStream(path.join(place.folder, `${table}.copy`)),
    );
  }
  await client.end();
}

async function copyPrepared(place: Place): Promise<number> {
  const client = await open(place.url);
  await client.query('begin');
  let rows = 0;
  for (const table of ['account', 'invoice']) {
    const stream = client.query(copyFrom(`copy ${table} from stdin`));
    await pipeline(createReadStream(path.join(place.folder, `${table}.copy`), { highWaterMark: 1024 * 1024 }), stream);
    rows = stream.rowCount;
  }
  await client.query('commit');
  await client.end();
  return rows;
}

type Row = readonly [
  number: string,
  account: string,
  name: string,
  date: string,
  due: string,
  cents: number,
  forward: boolean,
  type: string,
  guid: string,
  details: string,
  extras: string,
];
type Upsert = (client: pg.Client, rows: readonly Row[]) => Promise<void>;

/** What most importers do: rows in batches, one transaction, ON CONFLICT DO UPDATE. */
async function upsert(place: Place, file: string, batchRows: number, send: Upsert): Promise<number> {
  const client = await open(place.url);
  await client.query('begin');
  const reading = readBif(createReadStream(path.join(place.folder, file)), imtLayout, { billerGuid: benchBillerGuid });
  let rows: Row[] = [];
  let count = 0;
  for await (const batch of reading.batches) {
    for (let index = 0; index < batch.count; index++) {
      const one = batch.invoice(index);
      rows.push([
        one.invoiceNumber,
        one.accountNumber,
        one.customerName,
        one.invoiceDate,
        one.dueDate,
        one.totalCents,
        one.balanceForward,
        one.invoiceTypeId,
        one.invoiceFormatGuid,
        JSON.stringify(one.details),
        JSON.stringify(one.extras),
      ]);
      if (rows.length < batchRows) continue;
      await send(client, rows);
      count += rows.length;
      rows = [];
    }
  }
  if (rows.length > 0) await send(client, rows);
  await client.query('commit');
  await client.end();
  return count + rows.length;
}

const conflicts = {
  account:
    'on conflict (bid, account_number) do update set customer_name = excluded.customer_name where account.customer_name <> excluded.customer_name',
  invoice: `on conflict (bid, invoice_number) do update set invoice_date = excluded.invoice_date, due_date = excluded.due_date,
    total_cents = excluded.total_cents, details = excluded.details where (invoice.invoice_date, invoice.due_date, invoice.total_cents, invoice.details)
    is distinct from (excluded.invoice_date, excluded.due_date, excluded.total_cents, excluded.details)`,
};
const invoiceColumns =
  'bid, invoice_number, account_number, invoice_date, due_date, total_cents, balance_forward, invoice_type_id, format_guid, details, extras, derived, made_on';

const accountsOf = (rows: readonly Row[]) => [...new Map(rows.map((row) => [row[1], row[2]]))];

async function upsertUnnest(client: pg.Client, rows: readonly Row[]): Promise<void> {
  const accounts = accountsOf(rows);
  await client.query({
    name: 'accounts',
    text: `insert into account (bid, account_number, customer_name) select ${BID}, * from unnest($1::text[], $2::text[]) ${conflicts.account}`,
    values: [accounts.map(([number]) => number), accounts.map(([, name]) => name)],
  });
  const column = (at: number) => rows.map((row) => row[at]);
  await client.query({
    name: 'invoices',
    text: `insert into invoice (${invoiceColumns}) select ${BID}, u.*, '{}', '2026-11-20' from unnest($1::text[], $2::text[], $3::date[], $4::date[], $5::bigint[],
      $6::boolean[], $7::text[], $8::uuid[], $9::jsonb[], $10::jsonb[]) u ${conflicts.invoice}`,
    values: [0, 1, 3, 4, 5, 6, 7, 8, 9, 10].map(column),
  });
}

async function upsertValues(client: pg.Client, rows: readonly Row[]): Promise<void> {
  const accounts = accountsOf(rows);
  const places = (count: number, width: number) =>
    Array.from(
      { length: count },
      (_, row) => `(${BID}, ${Array.from({ length: width }, (__, at) => `$${row * width + at + 1}`).join(', ')})`,
    );
  await client.query(
    `insert into account (bid, account_number, customer_name) values ${places(accounts.length, 2).join(', ')} ${conflicts.account}`,
    accounts.flat(),
  );
  const values = places(rows.length, 10).map((tuple) => `${tuple.slice(0, -1)}, '{}', '2026-11-20')`);
  await client.query(
    `insert into invoice (${invoiceColumns}) values ${values.join(', ')} ${conflicts.invoice}`,
    rows.flatMap(([number, account, , ...rest]) => [number, account, ...rest]),
  );
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

async function query<T extends pg.QueryResultRow>(url: string, text: string): Promise<pg.QueryResult<T>> {
  const client = await open(url);
  try {
    return await client.query<T>(text);
  } finally {
    await client.end();
  }
}

async function run(url: string, text: string): Promise<void> {
  const client = await open(url);
  try {
    for (const statement of text.split(';')) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function walBytes(url: string): Promise<number> {
  const { rows } = await query<{ at: string }>(url, `select pg_current_wal_insert_lsn() - '0/0' as at`);
  return Number(rows[0]?.at);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

await main();
