import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CopyRenderer, imtLayout, readBif, validateBif } from '@causeway/formats/bif';
import { benchBillerGuid, writeBenchBif } from './bif-file.ts';
import { readAsLimit } from './bif-read/limit.ts';
import { installPeers, peerNames, readWithPeer, writePadded } from './bif-read/peers.ts';

// Reads one file with the product's reader, with the least a reader could do (the limit), and, on demand, with CSV libraries.
// Each variant runs in a process of its own, the variants in turn; a ratio is the median of the rounds' ratios.

const CHUNK_BYTES = 1024 * 1024;
const ROUNDS = 5;
const VARIANT_MS_MAX = 120_000;
const context = { billerGuid: benchBillerGuid, invoiceTypeIds: new Set(['252']) };

type Outcome = { readonly invoices: number; readonly ms: number; readonly cpuMs: number; readonly rssMiB: number };

const variants: Record<string, (path: string) => Promise<number>> = {
  'limit: typed, unchecked': async (path) => (await readAsLimit(chunksOf(path), () => {})).invoices,
  'read: every check': (path) => readAll(path, {}),
  'read: every check, every column as strings': (path) => readAll(path, { isMaterialized: true }),
  'read: every check but repeats': (path) => readAll(path, { duplicates: 'leave' }),
  'read and render COPY rows': (path) => readAll(path, { duplicates: 'leave', isRendered: true }),
  validate: async (path) => {
    const { report } = await validateBif(() => chunksOf(path), imtLayout, context);
    if (report.verdict !== 'accepted') throw new Error('The bench file should be sound.');
    return report.invoices.accepted;
  },
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      invoices: { type: 'string', default: '1000000' },
      peers: { type: 'boolean', default: false },
      'no-gigabyte': { type: 'boolean', default: false },
      rounds: { type: 'string', default: String(ROUNDS) },
      child: { type: 'string' },
      file: { type: 'string' },
      modules: { type: 'string' },
    },
  });
  if (values.child !== undefined && values.file !== undefined) {
    return runChild(values.child, values.file, values.modules ?? '');
  }
  const folder = mkdtempSync(join(tmpdir(), 'bif-bench-'));
  try {
    const modules = values.peers ? installPeers(folder) : '';
    const names = [...Object.keys(variants), ...(modules === '' ? [] : peerNames)];
    if (modules === '')
      console.log('CSV libraries are not part of this run (--peers installs them into a temporary folder).');
    await compare(folder, Number(values.invoices), Number(values.rounds), names, modules);
    if (!values['no-gigabyte']) await measureGigabyte(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(folder: string, invoices: number, rounds: number, names: string[], modules: string) {
  const path = join(folder, 'bench.bif');
  const { bytes } = await writeBenchBif(path, invoices);
  console.log(`${invoices} invoices, ${(bytes / 1e6).toFixed(1)} MB, ${rounds} rounds, variants in turn`);
  if (modules !== '') await writePadded(path);
  const results = new Map<string, Outcome[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const outcome = runVariant(name, path, modules);
      if (outcome !== null) results.get(name)?.push(outcome);
    }
  }
  const limit = results.get('limit: typed, unchecked') ?? [];
  console.log(`${'variant'.padEnd(46)}${'MB/s'.padStart(7)}${'ratio'.padStart(7)}  [low-high]   of CPU  peak MiB`);
  for (const [name, outcomes] of results) {
    if (outcomes.length < rounds) {
      console.log(`${name.padEnd(46)}  did not finish`);
      continue;
    }
    const ratios = outcomes.map((outcome, round) => (limit[round]?.ms ?? 0) / outcome.ms).sort((a, b) => a - b);
    const cpuRatios = outcomes.map((outcome, round) => (limit[round]?.cpuMs ?? 0) / outcome.cpuMs);
    const speed = bytes / 1e3 / median(outcomes.map((outcome) => outcome.ms));
    const range = `[${ratios[0]?.toFixed(2)}-${ratios.at(-1)?.toFixed(2)}]`;
    const peak = Math.max(...outcomes.map((outcome) => outcome.rssMiB));
    console.log(
      `${name.padEnd(46)}${speed.toFixed(0).padStart(7)}${median(ratios).toFixed(2).padStart(7)}  ${range.padEnd(12)} ${median(cpuRatios).toFixed(2).padStart(6)} ${peak.toFixed(0).padStart(7)}`,
    );
  }
}

async function measureGigabyte(folder: string): Promise<void> {
  const path = join(folder, 'gigabyte.bif');
  const { bytes } = await writeBenchBif(path, 7_200_000);
  console.log(`\nPeak memory on ${(bytes / 1e9).toFixed(2)} GB:`);
  for (const name of ['validate', 'read and render COPY rows']) {
    const outcome = runVariant(name, path, '');
    if (outcome === null) continue;
    const { rssMiB, ms, invoices } = outcome;
    console.log(
      `${name.padEnd(46)}${rssMiB.toFixed(0).padStart(5)} MiB  (${invoices} invoices in ${(ms / 1000).toFixed(1)} s)`,
    );
  }
}

/** null where a library does not finish in time. */
function runVariant(name: string, path: string, modules: string): Outcome | null {
  const args = [fileURLToPath(import.meta.url), '--child', name, '--file', path, '--modules', modules];
  try {
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: VARIANT_MS_MAX })) as Outcome;
  } catch (error) {
    if (name.startsWith('peer:')) return null;
    throw error;
  }
}

async function runChild(name: string, path: string, modules: string): Promise<void> {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const run = variants[name];
  const invoices = run === undefined ? await readWithPeer(name, modules, path) : await run(path);
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1000;
  console.log(JSON.stringify({ invoices, ms, cpuMs, rssMiB: process.resourceUsage().maxRSS / 1024 }));
}

async function readAll(
  path: string,
  options: { duplicates?: 'find' | 'leave'; isMaterialized?: boolean; isRendered?: boolean },
): Promise<number> {
  const reading = readBif(chunksOf(path), imtLayout, { ...context, duplicates: options.duplicates });
  let checksum = 0;
  let renderer: CopyRenderer | null = null;
  for await (const batch of reading.batches) {
    if (options.isRendered) {
      renderer ??= new CopyRenderer(batch.plan);
      checksum += renderer.render(batch).length;
    }
    if (!options.isMaterialized) continue;
    for (let index = 0; index < batch.count; index++) {
      checksum += batch.invoiceNumberOf(index).length + batch.accountNumberOf(index).length;
      checksum += batch.customerNameOf(index).length + batch.invoiceTypeIdOf(index).length;
      checksum += batch.invoiceFormatGuidOf(index).length + batch.totalCentsOf(index);
      for (let line = 0; line < batch.detailCountOf(index); line++)
        checksum += batch.detailTextOf(index, line, 1).length;
    }
  }
  const summary = reading.summary();
  if (summary.verdict !== 'accepted' || Number.isNaN(checksum)) throw new Error('The bench file should be sound.');
  return summary.invoices.right;
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

await main();
