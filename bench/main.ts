// `npm run bench [name]`: measurements against peers and limits. Ratios are medians of rounds run in turn; nothing is asserted.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const NAMES = fs
  .readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && !['main.ts', 'bif-file.ts', 'rounds.ts'].includes(name))
  .map((name) => name.slice(0, -3))
  .sort();

const [wanted, ...options] = process.argv.slice(2);
if (wanted !== undefined && !NAMES.includes(wanted)) {
  process.stderr.write(`There is no bench “${wanted}”. There are: ${NAMES.join(', ')}.\n`);
  process.exit(2);
}
let code = 0;
for (const name of wanted === undefined ? NAMES : [wanted]) {
  process.stdout.write(`\n== ${name}\n`);
  const run = spawnSync(process.execPath, [path.join(import.meta.dirname, `${name}.ts`), ...options], {
    stdio: 'inherit',
  });
  code ||= run.status ?? 1;
}
process.exit(code);
