// What a browser fetches before a page can be used, compressed: each payer page as rendered, and the staff application's
// entry (what its index.html names, and what those files import at once).
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadPayerPages } from '../server/features/payer-site/index.ts';

const STAFF = path.join(import.meta.dirname, '..', 'web', 'dist', 'staff');
const REACH = { payerKb: 25, staffKb: 170 };

const frame = {
  locale: 'en',
  base: '/prairie-pine',
  path: '/prairie-pine',
  biller: {
    name: 'Prairie Pine Mutual',
    accentColour: '#1f5a8c',
    logo: '',
    welcome: '',
    verbiage: '',
    footer: '',
    help: [],
    styleSheet: '',
  },
  timeZone: 'America/Chicago',
} as const;

const pages = await loadPayerPages();
const find = pages.find(frame, { accountNumber: '', proof: '', faults: [], waitMinutes: undefined });
console.log(`payer, first page         ${kilobytes(Buffer.from(find))} kB gzip   (reach: at most ${REACH.payerKb} kB)`);
console.log(`payer, script while awaited ${kilobytes(Buffer.from(pages.watchScript))} kB gzip`);

const html = fs.readFileSync(path.join(STAFF, 'index.html'), 'utf8');
const named = [...html.matchAll(/(?:src|href)="\/staff\/([^"]+\.(?:js|css))"/g)].map((found) => found[1] ?? '');
const entry = new Set<string>();
for (const name of named) addWithImports(name, entry);
let total = kilobytes(Buffer.from(html));
for (const name of [...entry].sort()) {
  const size = kilobytes(fs.readFileSync(path.join(STAFF, name)));
  total += size;
  console.log(`staff entry, ${name.padEnd(40)} ${size} kB gzip`);
}
console.log(`staff entry, all          ${total.toFixed(1)} kB gzip   (reach: at most ${REACH.staffKb} kB)`);

function addWithImports(name: string, seen: Set<string>): void {
  if (seen.has(name)) return;
  seen.add(name);
  if (!name.endsWith('.js')) return;
  const text = fs.readFileSync(path.join(STAFF, name), 'utf8');
  for (const found of text.matchAll(/(?:^|;|\})import(?:[^"'();]*from)?"\.\/([^"]+)"/g))
    addWithImports(path.posix.join(path.posix.dirname(name), found[1] ?? ''), seen);
}

function kilobytes(bytes: Buffer): number {
  return Math.round(gzipSync(bytes, { level: 9 }).length / 100) / 10;
}
