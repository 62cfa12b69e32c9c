import { Buffer } from 'node:buffer';

const LF = 10;
const PIPE = 124;
const ZERO = 48;
const POINT = 46;

/** Columns of a block's invoices, as typed as the product's own. */
export type LimitColumns = {
  numbers: string[];
  accounts: string[];
  names: string[];
  dates: string[];
  dues: string[];
  types: string[];
  guids: string[];
  cents: number[];
  details: string[][];
};

/**
 * The limit the reader is measured against (`records-latin1`): 1 MiB blocks, one Latin-1 string a block, native
 * indexOf for every separator, amounts from bytes, typed columns, and not one check. It trusts the file entirely.
 */
export async function readAsLimit(
  chunks: AsyncIterable<Buffer>,
  onBlock: (columns: LimitColumns) => void,
): Promise<{ invoices: number; cents: number }> {
  let invoices = 0;
  let cents = 0;
  let rest: Buffer | null = null;
  for await (const chunk of chunks) {
    const block: Buffer = rest === null ? chunk : Buffer.concat([rest, chunk]);
    const cut = block.lastIndexOf('\nIH|') + 1;
    const columns = readBlock(block, cut);
    invoices += columns.cents.length;
    for (const amount of columns.cents) cents += amount;
    onBlock(columns);
    rest = Buffer.from(block.subarray(cut));
  }
  if (rest !== null) {
    const columns = readBlock(rest, rest.length);
    invoices += columns.cents.length;
    for (const amount of columns.cents) cents += amount;
    onBlock(columns);
  }
  return { invoices, cents };
}

function readBlock(block: Buffer, length: number): LimitColumns {
  const text = block.toString('latin1', 0, length);
  const columns: LimitColumns = {
    numbers: [],
    accounts: [],
    names: [],
    dates: [],
    dues: [],
    types: [],
    guids: [],
    cents: [],
    details: [],
  };
  let details: string[] = [];
  for (let at = 0; at < length; ) {
    const end = text.indexOf('\n', at);
    const type = block[at] as number;
    if (type === 73 && block[at + 1] === 72) at = readHeader(text, block, at, end, columns);
    else if (type === 67) {
      const bar = text.indexOf('|', at + 3);
      columns.accounts.push(text.slice(at + 3, bar));
      columns.names.push(text.slice(bar + 1, end));
      details = [];
      columns.details.push(details);
    } else if (type === 73) details.push(text.slice(at + 3, end));
    at = end + 1;
  }
  return columns;
}

function readHeader(text: string, block: Buffer, start: number, end: number, columns: LimitColumns): number {
  const guid = start + 5;
  const number = text.indexOf('|', guid) + 1;
  const date = text.indexOf('|', number) + 1;
  const due = text.indexOf('|', date) + 1;
  const amount = text.indexOf('|', due) + 1;
  const forward = text.indexOf('|', amount) + 1;
  const type = text.indexOf('|', forward) + 1;
  columns.guids.push(text.slice(guid, number - 1));
  columns.numbers.push(text.slice(number, date - 1));
  columns.dates.push(text.slice(date, due - 1));
  columns.dues.push(text.slice(due, amount - 1));
  columns.types.push(text.slice(type, end));
  let cents = 0;
  for (let at = amount; block[at] !== PIPE && block[at] !== LF; at++) {
    if (block[at] !== POINT) cents = cents * 10 + (block[at] as number) - ZERO;
  }
  columns.cents.push(cents);
  return end;
}
