import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';

// CSV libraries, which only cut strings: no types, no checks, no totals. They are no dependency of the project.
const packages = ['csv-parse@7.0.3', 'papaparse@5.7.1', 'udsv@0.7.3', 'fast-csv@5.0.8'];

export const peerNames = ['peer: udsv', 'peer: papaparse', 'peer: csv-parse', 'peer: fast-csv'];

type Row = readonly string[];
type PapaParse = {
  parse: (input: NodeJS.ReadableStream, config: Record<string, unknown>) => void;
};
type Udsv = {
  inferSchema: (text: string, options: Record<string, unknown>) => unknown;
  initParser: (schema: unknown) => {
    chunk: (text: string, parse: unknown, onRows: (rows: Row[]) => void) => void;
    end: () => void;
    stringArrs: unknown;
  };
};

/** Installs the libraries into a temporary folder; empty where the registry can't be reached. */
export function installPeers(folder: string): string {
  try {
    const args = ['install', '--no-save', '--no-audit', '--no-fund', '--silent', '--prefix', folder, ...packages];
    execFileSync('npm', args, { stdio: 'ignore' });
    return join(folder, 'node_modules');
  } catch {
    console.log('The CSV libraries could not be installed; they are left out.');
    return '';
  }
}

/** A copy in which every line has nine fields: udsv loops and csv-parse crawls on lines of different lengths. */
export async function writePadded(path: string): Promise<void> {
  const out = createWriteStream(`${path}.padded`);
  let text = '';
  for await (const line of createInterface({ input: createReadStream(path) })) {
    text += `${line}${'|'.repeat(9 - line.split('|').length)}\n`;
    if (text.length < 1024 * 1024) continue;
    if (!out.write(text)) await once(out, 'drain');
    text = '';
  }
  out.end(text);
  await finished(out);
}

/** Reads the file with one library and returns how many invoices it saw. */
export async function readWithPeer(name: string, modules: string, path: string): Promise<number> {
  const load = createRequire(join(modules, 'bench.cjs'));
  let invoices = 0;
  const take = (row: Row) => {
    if (row[0] === 'IH') invoices++;
  };
  const isPadded = name === 'peer: udsv' || name === 'peer: csv-parse';
  const input = createReadStream(isPadded ? `${path}.padded` : path, { highWaterMark: 1024 * 1024 });
  if (name === 'peer: papaparse') {
    const papa = load('papaparse') as PapaParse;
    await new Promise<void>((done, fail) => {
      const chunk = (result: { data: Row[] }) => result.data.forEach(take);
      papa.parse(input, { delimiter: '|', newline: '\n', quoteChar: '', chunk, complete: () => done(), error: fail });
    });
  } else if (name === 'peer: udsv') {
    const udsv = load('udsv') as Udsv;
    // It takes the number of columns from the first line it sees: give it the widest record.
    const schema = udsv.inferSchema('a|b|c|d|e|f|g|h|i\n1|2|3|4|5|6|7|8|9\n', { col: '|', row: '\n', encl: '' });
    const parser = udsv.initParser(schema);
    for await (const chunk of input.setEncoding('latin1')) {
      parser.chunk(String(chunk), parser.stringArrs, (rows) => rows.forEach(take));
    }
    parser.end();
  } else {
    const isCsvParse = name === 'peer: csv-parse';
    const stream = isCsvParse
      ? (load('csv-parse') as { parse: (options: unknown) => NodeJS.ReadWriteStream }).parse({
          delimiter: '|',
          quote: null,
        })
      : (load('fast-csv') as { parse: (options: unknown) => NodeJS.ReadWriteStream }).parse({
          delimiter: '|',
          quote: null,
        });
    for await (const row of input.pipe(stream)) take(row as unknown as Row);
  }
  return invoices;
}
