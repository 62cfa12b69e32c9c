// Prints what a browser loads before the staff application shows its first page, packed, against the limit in ux.md.
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const FIRST_LOAD_MAX_BYTES = 170 * 1000;
const DIST = path.join(import.meta.dirname, '..', 'web', 'dist', 'staff');

/** The page, and every script and style it names: what comes before the first line of ours runs. */
const page = fs.readFileSync(path.join(DIST, 'index.html'), 'utf8');
const named = [...page.matchAll(/(?:src|href)="\/staff\/(assets\/[^"]+)"/g)].map((found) => found[1] ?? '');
let total = 0;
for (const name of ['index.html', ...named]) {
  const bytes = gzipSync(fs.readFileSync(path.join(DIST, name)), { level: 9 }).length;
  total += bytes;
  process.stdout.write(`${String(bytes).padStart(8)}  ${name}\n`);
}
process.stdout.write(`${String(total).padStart(8)}  in all, of at most ${FIRST_LOAD_MAX_BYTES}\n`);
process.exitCode = total <= FIRST_LOAD_MAX_BYTES ? 0 : 1;
