import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BifInvoice } from './batch.ts';
import { renderCopyRows } from './copy-rows.ts';
import { type BifLayout, imtLayout } from './layout.ts';
import { printBif } from './print-bif.ts';
import { type BifContext, type BifSummary, readBif } from './read-bif.ts';
import { arbitraryInvoices, billerGuid, wideLayout } from './testing/arbitraries.ts';
import { readPlainly } from './testing/second-reader.ts';

const header = { billerGuid, creationDate: '2026-11-20', reference: 'nightly run' };
const layouts = [imtLayout, wideLayout];

describe('what is printed is read back', () => {
  for (const layout of layouts) {
    test(`the same invoices, in a layout of ${layout.invoiceHeader.length} header fields`, async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryInvoices(layout), fc.boolean(), fc.boolean(), async (invoices, isCrlf, isEndless) => {
          let text = printBif(header, invoices, layout);
          if (isEndless && invoices.at(-1)?.details.length !== 0) text = text.slice(0, -1);
          if (isCrlf) text = text.replaceAll('\n', '\r\n');
          const read = await readAll(Buffer.from(text, 'utf8'), layout);
          expect(read.summary.faults).toEqual([]);
          expect(read.summary.verdict).toBe('accepted');
          expect(read.invoices.map(withoutLine)).toEqual(invoices);
        }),
      );
    });
  }

  test('also from Windows-1252, and behind a byte order mark', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryInvoices(wideLayout, false), fc.boolean(), async (invoices, isMarked) => {
        const text = printBif(header, invoices, wideLayout);
        const bytes = isMarked ? Buffer.from(`\ufeff${text}`, 'utf8') : toWindows1252(text);
        // A name such as "é€" may by chance be UTF-8 too when written in Windows-1252; then the file is a mixture.
        fc.pre(isMarked || !text.split('\n').some((line) => /[^\0-\x7f]/.test(line) && isUtf8(toWindows1252(line))));
        const read = await readAll(bytes, wideLayout);
        expect(read.summary.faults).toEqual([]);
        expect(read.invoices.map(withoutLine)).toEqual(invoices);
      }),
    );
  });
});

test('however the bytes are cut into chunks, the answer is the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      mutatedFile(),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
      async (bytes, cuts) => {
        const chunks: Buffer[] = [];
        for (let at = 0, index = 0; at < bytes.length; index++) {
          const size = cuts[index % cuts.length] ?? 1;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(await readAll(chunks, imtLayout)).toEqual(await readAll(bytes, imtLayout));
      },
    ),
  );
});

test('invoices larger than a block, and blocks that end anywhere, change nothing', async () => {
  const details = Array.from({ length: 60_000 }, (_, index) => ({ description: `Line ${index} of a very long bill` }));
  const invoices = [1, 2, 3].map((number) => ({ ...sample(number), details }));
  const read = await readAll(Buffer.from(printBif(header, invoices, imtLayout)), imtLayout);
  expect(read.summary.verdict).toBe('accepted');
  expect(read.invoices.map(withoutLine)).toEqual(invoices);
  expect(read.invoices.map((invoice) => invoice.line)).toEqual([2, 60_004, 120_006]);
});

test('a changed byte never crashes the reader, and it accepts exactly what a second, plain reader accepts', async () => {
  await fc.assert(
    fc.asyncProperty(mutatedFile(), async (bytes) => {
      const { summary, invoices } = await readAll(bytes, imtLayout);
      // Encoding faults stop the reading or refuse the file, so there is nothing to compare.
      if (summary.faults.some((fault) => /encoding|nul/.test(fault.code))) return;
      const text =
        summary.encoding === 'windows-1252' ? windows1252Text(bytes) : bytes.toString('utf8').replace(/^\ufeff/, '');
      const withdrawn = new Set(summary.withdrawnLines);
      const kept = invoices.filter((invoice) => !withdrawn.has(invoice.line)).map(({ extras: _, ...rest }) => rest);
      expect(kept).toEqual(readPlainly(text));
      expect(summary.invoices.right).toBe(kept.length);
      if (summary.verdict === 'accepted') expect(summary.invoices.wrong).toBe(0);
    }),
    { numRuns: 1500 },
  );
});

describe('COPY rows', () => {
  for (const layout of layouts) {
    test(`hold what the invoices hold, in a layout of ${layout.invoiceHeader.length} header fields`, async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryInvoices(layout, false), fc.boolean(), async (invoices, isWindows) => {
          const text = printBif(header, invoices, layout);
          const read = await readAll(isWindows ? toWindows1252(text) : Buffer.from(text), layout);
          expect(read.rows.map(parseCopyRow)).toEqual(read.invoices);
        }),
      );
    });
  }
});

test('an invoice number that repeats in a file is refused each time, across blocks, and both lines are named', async () => {
  const many = Array.from({ length: 20_000 }, (_, index) => sample(index + 1));
  const text = printBif(header, [...many, sample(7), sample(20_000), sample(7)], imtLayout);
  const { summary } = await readAll(Buffer.from(text), imtLayout);
  expect(summary.verdict).toBe('partly');
  expect(summary.invoices).toEqual({ found: 20_003, right: 19_998, wrong: 5 });
  expect(summary.withdrawnLines).toEqual([20, 59_999]);
  const messages = summary.faults.map((fault) => fault.message);
  expect(messages).toContainEqual(
    expect.stringMatching(/^InvoiceNumber 7-2026-11-20 stands on line 20 and again on line 60002\./),
  );
  expect(messages).toContainEqual(
    expect.stringMatching(/^InvoiceNumber 20000-2026-11-20 stands on line 59999 and again on line 60005\./),
  );
  expect(summary.refusedLines).toEqual(Uint32Array.of(20, 59_999, 60_002, 60_005, 60_008));
});

function sample(account: number): Omit<BifInvoice, 'line'> {
  return {
    invoiceNumber: `${account}-2026-11-20`,
    accountNumber: String(account),
    customerName: 'Ada Alvarez',
    invoiceDate: '2026-11-20',
    dueDate: '2026-12-10',
    totalCents: 167_500,
    balanceForward: true,
    invoiceTypeId: '252',
    invoiceFormatGuid: billerGuid,
    details: [{ description: 'Insurance' }],
    extras: {},
  };
}

/** A sound file with a few bytes changed, cut out, doubled, or swapped for what breaks formats. */
function mutatedFile(): fc.Arbitrary<Buffer> {
  const piece = fc.constantFrom(
    '|',
    '\n',
    '\r',
    '\r\n',
    '"',
    '\0',
    '\t',
    '(',
    '$',
    ',',
    '-',
    ' ',
    '0',
    '9',
    'é',
    '\xe9',
    '\x81',
    '\xff',
    'IH|',
    'FH|x\n',
    'CR|',
    'ID|\n',
    'R',
    '',
  );
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.integer({ min: 0, max: 3 }),
    insert: piece,
  });
  return fc
    .tuple(arbitraryInvoices(imtLayout, false), fc.array(change, { maxLength: 3 }), fc.boolean())
    .map(([invoices, changes, isUtf8Text]) => {
      let text = printBif(header, invoices, imtLayout);
      // As Latin-1, each character is one byte, so that a change can also break an encoding.
      text = (isUtf8Text ? Buffer.from(text, 'utf8') : toWindows1252(text)).toString('latin1');
      for (const { at, remove, insert } of changes) {
        const place = Math.floor(at * text.length);
        text = text.slice(0, place) + insert + text.slice(place + remove);
      }
      return Buffer.from(text, 'latin1');
    });
}

type Read = { readonly invoices: BifInvoice[]; readonly rows: string[]; readonly summary: BifSummary };

async function readAll(bytes: Buffer | Buffer[], layout: BifLayout, context: BifContext = {}): Promise<Read> {
  const reading = readBif(Array.isArray(bytes) ? bytes : [bytes], layout, context);
  const invoices: BifInvoice[] = [];
  const rows: string[] = [];
  for await (const batch of reading.batches) {
    for (let index = 0; index < batch.count; index++) invoices.push(batch.invoice(index));
    rows.push(...renderCopyRows(batch).toString('utf8').split('\n').slice(0, -1));
  }
  return { invoices, rows, summary: reading.summary() };
}

function parseCopyRow(row: string): BifInvoice {
  const columns = row.split('\t').map((column) => column.replaceAll(/\\(.)/g, '$1'));
  const [
    line,
    invoiceNumber = '',
    accountNumber = '',
    customerName = '',
    invoiceDate = '',
    dueDate = '',
    cents,
    forward,
    ...rest
  ] = columns;
  const [invoiceTypeId = '', invoiceFormatGuid = '', extras = '', details = ''] = rest;
  return {
    line: Number(line),
    invoiceNumber,
    accountNumber,
    customerName,
    invoiceDate,
    dueDate,
    totalCents: Number(cents),
    balanceForward: forward === 't',
    invoiceTypeId,
    invoiceFormatGuid,
    extras: JSON.parse(extras) as BifInvoice['extras'],
    details: JSON.parse(details) as BifInvoice['details'],
  };
}

function withoutLine({ line: _, ...invoice }: BifInvoice): Omit<BifInvoice, 'line'> {
  return invoice;
}

const windows1252 = new Map(
  [...'€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'].map((char, index) => [char, 0x80 + index]),
);
const fromWindows1252 = new Map([...windows1252].map(([char, byte]) => [byte, char]));

function toWindows1252(text: string): Buffer {
  return Buffer.from([...text].map((char) => windows1252.get(char) ?? char.charCodeAt(0)));
}

function windows1252Text(bytes: Buffer): string {
  return [...bytes].map((byte) => fromWindows1252.get(byte) ?? String.fromCharCode(byte)).join('');
}

function isUtf8(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}
