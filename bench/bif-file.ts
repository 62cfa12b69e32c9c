import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

const BLOCK_CHARS = 1024 * 1024;
export const benchBillerGuid = '3F2504E0-4F89-41D3-9A0C-0305E82C3301';
const formatGuid = 'A7DA43F3-9D20-45C9-8DC5-BE5AE931A8A3';
const givenNames = ['Ada', 'Bruno', 'Carla', 'Dmitri', 'Elena', 'Farid', 'Grace', 'Hiro', 'Ines', 'Jonas'];
const familyNames = ['Alvarez', 'Becker', 'Castellano', 'Doyle', 'Eriksen', 'Fontaine', 'Garrity', 'Hofstadter'];
const lineTexts = ['Insurance', 'Homeowners policy premium', 'Installment fee', 'Auto policy premium'];

/**
 * Writes a sound BIF of IMT's layout, the same bytes for the same `invoices` each time: 3.5 lines and about 155 bytes an
 * invoice. Streams, so that a file of 1 GB needs no memory. Returns its size and SHA-256.
 */
export async function writeBenchBif(
  path: string,
  invoices: number,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  const out = createWriteStream(path);
  let bytes = 0;
  const write = async (text: string) => {
    const block = Buffer.from(text, 'latin1');
    bytes += block.length;
    hash.update(block);
    if (!out.write(block)) await once(out, 'drain');
  };
  let totalCents = 0;
  for (let index = 0; index < invoices; index++) totalCents += centsOf(index);
  await write(`FH|${benchBillerGuid}|bench|11/20/2026|${invoices}|${money(totalCents)}\n`);
  let text = '';
  for (let index = 0; index < invoices; index++) {
    text += invoiceText(index);
    if (text.length < BLOCK_CHARS) continue;
    await write(text);
    text = '';
  }
  await write(text);
  out.end();
  await finished(out);
  return { bytes, sha256: hash.digest('hex') };
}

function invoiceText(index: number): string {
  const mixed = mix(index);
  // Four invoices in five have an account of their own; no two have the same number.
  const account = String(40_000_000 + Math.floor(index * 0.8));
  const day = String((index % 28) + 1).padStart(2, '0');
  const month = String((index % 12) + 1).padStart(2, '0');
  const name = `${givenNames[mixed % 10]} ${familyNames[(mixed >>> 8) % 8]}`;
  const details = (mixed >>> 16) % 2 === 0 ? 1 : 2;
  let text = `IH|R|${formatGuid}|${account}-${2026 + (index % 5)}-${month}-${day}|${month}/${day}/2026|${month}/28/2026|${money(centsOf(index))}|${index % 3 === 0 ? '1' : ''}|252\nCR|${account}|${name}\n`;
  for (let line = 0; line < details; line++) text += `ID|${lineTexts[(mixed + line) % 4]}\n`;
  return text;
}

function centsOf(index: number): number {
  return (mix(index ^ 0x5bd1e995) % 500_000) + 100;
}

function money(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

function mix(seed: number): number {
  let mixed = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
