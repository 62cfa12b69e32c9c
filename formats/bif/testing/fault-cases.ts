import { Buffer } from 'node:buffer';
import type { BifFaultCode } from '../faults.ts';
import { type BifLayout, imtLayout } from '../layout.ts';
import type { BifContext } from '../read-bif.ts';
import { billerGuid } from './arbitraries.ts';

/** One sound file, and every way to spoil it. */

const guid = 'A7DA43F3-9D20-45C9-8DC5-BE5AE931A8A3';
export const fh = `FH|${billerGuid}||11/20/2026|2|1,675.50`;
export const ih1 = `IH|R|${guid}|0012345-2026-11-20|11/20/2026|12/10/2026|1675.00|1|252`;
export const cr1 = 'CR|0012345|Ada Alvarez';
const ih2 = `IH|R|${guid}|77-2026-11-20|11/20/2026|12/10/2026|$0.50||252`;
const cr2 = 'CR|77|Bruno Becker';
const id = 'ID|Insurance';
export const sound = [fh, ih1, cr1, id, ih2, cr2, id, id];
export const context: BifContext = { billerGuid, invoiceTypeIds: new Set(['252']) };

type Case = {
  readonly name: string;
  readonly lines?: string[];
  readonly bytes?: Buffer;
  readonly context?: BifContext;
  readonly layout?: BifLayout;
  readonly code: BifFaultCode;
  /** line, position, FileSpecID, scope, value */
  readonly at: [number, number | null, number | null, 'file' | 'invoice', string?];
  readonly says: RegExp;
};

const change = (index: number, text: string) => sound.with(index, text);
export const field = (index: number, place: number, value: string) =>
  change(index, (sound[index] ?? '').split('|').with(place, value).join('|'));
export const bytesOf = (lines: string[]) => Buffer.from(`${lines.join('\n')}\n`, 'utf8');

export const cases: Case[] = [
  { name: 'an empty file', bytes: Buffer.alloc(0), code: 'file-empty', at: [0, null, null, 'file'], says: /empty/ },
  {
    name: 'a file of empty lines',
    bytes: Buffer.from('\r\n\n\n'),
    code: 'file-empty',
    at: [0, null, null, 'file'],
    says: /empty/,
  },
  {
    name: 'no file header',
    lines: sound.slice(1),
    code: 'header-missing',
    at: [1, null, null, 'file'],
    says: /begin with its file header \(FH\)/,
  },
  {
    name: 'a second file header',
    lines: [...sound, fh],
    code: 'header-repeated',
    at: [9, null, null, 'file', fh],
    says: /two files joined/,
  },
  {
    name: 'another biller',
    lines: field(0, 1, guid),
    code: 'biller-guid-mismatch',
    at: [1, 2, 2, 'file', guid],
    says: /not that of the biller/,
  },
  {
    name: 'a wrong count',
    lines: field(0, 4, '3'),
    code: 'invoice-count-mismatch',
    at: [1, 5, 5, 'file', '3'],
    says: /says 3, but the file holds 2/,
  },
  {
    name: 'a count in words',
    lines: field(0, 4, 'two'),
    code: 'not-a-count',
    at: [1, 5, 5, 'file', 'two'],
    says: /whole number/,
  },
  {
    name: 'a wrong total',
    lines: field(0, 5, '1675.51'),
    code: 'total-amount-mismatch',
    at: [1, 6, 6, 'file', '1,675.51'],
    says: /add up to 1,675\.50 \(off by 0\.01\)/,
  },
  {
    name: 'a bad header date',
    lines: field(0, 3, '2026'),
    code: 'not-a-date',
    at: [1, 4, 4, 'file', '2026'],
    says: /mm\/dd\/yyyy/,
  },
  {
    name: 'an unknown row type',
    lines: change(3, 'XX|1'),
    code: 'row-type-unknown',
    at: [4, 1, null, 'file', 'XX'],
    says: /none of the row types FH, IH, CR, ID/,
  },
  {
    name: 'a CR without IH',
    lines: sound.toSpliced(1, 1),
    code: 'row-order',
    at: [2, null, null, 'file', cr1],
    says: /CR line without an IH/,
  },
  {
    name: 'an ID before its CR',
    lines: sound.with(2, id).with(3, cr1),
    code: 'row-order',
    at: [3, null, null, 'file', id],
    says: /ID before the CR/,
  },
  {
    name: 'an IH without CR',
    lines: sound.toSpliced(2, 2),
    code: 'row-order',
    at: [2, null, null, 'file', ih1.slice(0, 100)],
    says: /IH has no CR/,
  },
  {
    name: 'two CRs',
    lines: sound.toSpliced(3, 0, cr1),
    code: 'row-order',
    at: [4, null, null, 'file', cr1],
    says: /second CR/,
  },
  {
    name: 'an empty line inside',
    lines: sound.toSpliced(3, 0, ''),
    code: 'line-empty',
    at: [4, null, null, 'file'],
    says: /empty/,
  },
  {
    name: 'a row type alone',
    lines: change(3, 'IH'),
    code: 'too-few-fields',
    at: [4, null, null, 'file', 'IH'],
    says: /nothing but its row type/,
  },
  {
    name: 'a file cut in a field list',
    bytes: bytesOf(sound).subarray(0, -41),
    code: 'file-cut-off',
    at: [6, null, null, 'file', 'CR|7'],
    says: /cut off/,
  },
  {
    name: 'a file cut in a row type',
    bytes: bytesOf(sound).subarray(0, -12),
    code: 'file-cut-off',
    at: [8, null, null, 'file', 'I'],
    says: /cut off/,
  },
  {
    name: 'a file cut in a customer name',
    bytes: bytesOf(sound).subarray(0, -29),
    code: 'file-cut-off',
    at: [6, null, null, 'file', 'Bruno Beck'],
    says: /cut off/,
  },
  {
    name: 'a file cut after an IH',
    bytes: bytesOf(sound.slice(0, 5)),
    code: 'file-cut-off',
    at: [5, null, null, 'file', ih2.slice(0, 100)],
    says: /ends before the CR/,
  },
  {
    name: 'a line of 70 kB',
    lines: change(3, `ID|${'x'.repeat(70_000)}`),
    code: 'line-too-long',
    at: [4, null, null, 'file', `ID|${'x'.repeat(97)}`],
    says: /65536 bytes/,
  },
  {
    name: 'a line of 9 MB',
    lines: change(3, `ID|${'x'.repeat(9_000_000)}`),
    code: 'invoice-too-large',
    at: [2, null, null, 'file', ih1.concat('\n', cr1).slice(0, 100)],
    says: /8 MiB/,
  },
  {
    name: 'a file that is one line',
    bytes: Buffer.alloc(9_000_000, 120),
    code: 'line-too-long',
    at: [1, null, null, 'file', 'x'.repeat(100)],
    says: /8 MiB/,
  },
  {
    name: 'UTF-16',
    bytes: Buffer.from(`\ufeff${sound.join('\n')}`, 'utf16le'),
    code: 'file-encoding',
    at: [1, null, null, 'file'],
    says: /UTF-16/,
  },
  {
    name: 'UTF-16 without a mark',
    bytes: Buffer.from(sound.join('\n'), 'utf16le'),
    code: 'file-encoding',
    at: [1, null, null, 'file'],
    says: /UTF-16/,
  },
  { name: 'a NUL byte', lines: change(3, 'ID|a\0b'), code: 'file-nul-byte', at: [4, null, null, 'file'], says: /NUL/ },
  {
    name: 'two encodings',
    bytes: Buffer.concat([bytesOf(change(2, 'CR|0012345|Zoë')), Buffer.from('ID|Caf\xe9\n', 'latin1')]),
    code: 'file-mixed-encoding',
    at: [9, null, null, 'file'],
    says: /UTF-8 by line 3, but line 9/,
  },
  {
    name: 'a | in a value',
    lines: change(3, 'ID|Home|Auto'),
    code: 'too-many-fields',
    at: [4, 3, null, 'invoice', 'Auto'],
    says: /can't stand inside a value/,
  },
  {
    name: 'too few fields',
    lines: change(2, 'CR|0012345'),
    code: 'too-few-fields',
    at: [3, 3, 60, 'invoice'],
    says: /From CustomerName on/,
  },
  {
    name: 'a field left empty',
    lines: field(1, 4, ''),
    code: 'field-missing',
    at: [2, 5, 11, 'invoice'],
    says: /InvoiceDate is empty/,
  },
  {
    name: 'a name of spaces',
    lines: field(2, 2, '  '),
    code: 'field-missing',
    at: [3, 3, 60, 'invoice', '  '],
    says: /CustomerName is empty/,
  },
  {
    name: 'another RecordType',
    lines: field(1, 1, 'X'),
    code: 'field-not-constant',
    at: [2, 2, 8, 'invoice', 'X'],
    says: /not "R"/,
  },
  {
    name: '30 February',
    lines: field(1, 5, '02/30/2026'),
    code: 'not-a-date',
    at: [2, 6, 12, 'invoice', '02/30/2026'],
    says: /real date/,
  },
  {
    name: 'a date dd/mm',
    lines: field(1, 5, '20/11/2026'),
    code: 'not-a-date',
    at: [2, 6, 12, 'invoice', '20/11/2026'],
    says: /mm\/dd\/yyyy/,
  },
  {
    name: 'the year 24',
    lines: field(1, 5, '11/20/0024'),
    code: 'not-a-date',
    at: [2, 6, 12, 'invoice', '11/20/0024'],
    says: /1900 to 2199/,
  },
  {
    name: 'three places',
    lines: field(1, 6, '16.755'),
    code: 'not-money',
    at: [2, 7, 13, 'invoice', '16.755'],
    says: /at most 2 places/,
  },
  { name: '1e9', lines: field(1, 6, '1e9'), code: 'not-money', at: [2, 7, 13, 'invoice', '1e9'], says: /amount/ },
  {
    name: '20 digits',
    lines: field(1, 6, '12345678901234567890'),
    code: 'not-money',
    at: [2, 7, 13, 'invoice', '12345678901234567890'],
    says: /at most 999,999,999\.99/,
  },
  { name: 'a flag of 2', lines: field(1, 7, '2'), code: 'not-a-flag', at: [2, 8, 194, 'invoice', '2'], says: /0 or 1/ },
  {
    name: 'an unknown invoice type',
    lines: field(1, 8, '253'),
    code: 'invoice-type-unknown',
    at: [2, 9, 252, 'invoice', '253'],
    says: /no invoice type of this biller/,
  },
  {
    name: 'an invoice type with a slash',
    lines: field(1, 8, '2/5'),
    code: 'forbidden-character',
    at: [2, 9, 252, 'invoice', '2/5'],
    says: /letters, digits and hyphens/,
  },
  {
    name: 'no GUID',
    lines: field(1, 2, 'A7DA43F3'),
    code: 'not-a-guid',
    at: [2, 3, 9, 'invoice', 'A7DA43F3'],
    says: /GUID/,
  },
  {
    name: 'letters in AccountNumber',
    lines: field(2, 1, '0012A45'),
    code: 'not-digits',
    at: [3, 2, 59, 'invoice', '0012A45'],
    says: /digits only/,
  },
  {
    name: 'a path in an account of text',
    layout: { ...imtLayout, accountNumbers: 'text' },
    lines: field(2, 1, '12/../45'),
    code: 'forbidden-character',
    at: [3, 2, 59, 'invoice', '12/../45'],
    says: /letters, digits and - _ \./,
  },
  {
    name: 'an account of 41 digits',
    lines: field(2, 1, '1'.repeat(41)),
    code: 'value-too-long',
    at: [3, 2, 59, 'invoice', '1'.repeat(41)],
    says: /41 characters; at most 40/,
  },
  {
    name: 'another account in InvoiceNumber',
    lines: field(1, 3, '9-2026-11-20'),
    code: 'invoice-number-mismatch',
    at: [2, 4, 10, 'invoice', '9-2026-11-20'],
    says: /0012345-YYYY-MM-DD/,
  },
  {
    name: 'an InvoiceNumber without a date',
    lines: field(1, 3, '0012345-2026-13-01'),
    code: 'invoice-number-mismatch',
    at: [2, 4, 10, 'invoice', '0012345-2026-13-01'],
    says: /real date/,
  },
  {
    name: 'a tab',
    lines: field(2, 2, 'Ada\tAlvarez'),
    code: 'control-character',
    at: [3, 3, 60, 'invoice', 'Ada\tAlvarez'],
    says: /U\+0009/,
  },
  {
    name: 'a lone CR',
    lines: field(2, 2, 'Ada\rAlvarez'),
    code: 'control-character',
    at: [3, 3, 60, 'invoice', 'Ada\rAlvarez'],
    says: /lone carriage return/,
  },
  {
    name: 'a control character of UTF-8',
    lines: field(2, 2, 'Ada\u0085'),
    code: 'control-character',
    at: [3, 3, 60, 'invoice', 'Ada\u0085'],
    says: /U\+0085/,
  },
  {
    name: 'the same number twice',
    lines: [...sound.with(0, fh.replace('2|1,675.50', '3|1676')), ih2, cr2, id],
    code: 'invoice-number-repeated',
    at: [9, 4, 10, 'invoice', '77-2026-11-20'],
    says: /on line 5 and again on line 9/,
  },
  {
    name: 'due before its date, where the biller refuses that',
    context: { refuseDueBeforeInvoiceDate: true },
    lines: field(1, 5, '11/19/2026'),
    code: 'due-before-invoice-date',
    at: [2, 6, 12, 'invoice', '11/19/2026'],
    says: /before the InvoiceDate 11\/20\/2026/,
  },
];
