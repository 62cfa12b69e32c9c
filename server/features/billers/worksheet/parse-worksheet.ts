import { type Options, parse } from 'csv-parse/sync';
import { guardWorkbook, WorkbookRefused } from './guard-workbook.ts';

const SHEETS_MAX = 20;
const ROWS_MAX = 5_000;
const COLUMNS_MAX = 60;
const CELL_CHARS_MAX = 4_000;

/** The cells of one sheet as text; a CSV is one sheet without a name. */
export interface Sheet {
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
}

/** Reads a CSV or .xlsx. Throws `WorkbookRefused` with a sentence. Runs in a worker: see read-worksheet.ts. */
export async function parseWorksheet(bytes: Buffer): Promise<readonly Sheet[]> {
  if (bytes.length === 0) throw new WorkbookRefused('the file is empty');
  if (bytes.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0])))
    throw new WorkbookRefused('the file is an old .xls, or a workbook with a password; save it as .xlsx without one');
  const isZip = bytes.subarray(0, 2).equals(Buffer.from('PK'));
  const sheets = isZip
    ? await parseWorkbook(await guardWorkbook(bytes))
    : [{ name: '', rows: parseCsv(textOf(bytes)) }];
  return sheets.map(limited);
}

async function parseWorkbook(bytes: Buffer): Promise<readonly Sheet[]> {
  const { default: readXlsxFile } = await import('read-excel-file/node'); // a CSV does without it
  try {
    // Numbers stay as they are written: an id is no amount. Of a formula only its kept value is read; none is computed.
    const sheets = await readXlsxFile(bytes, { trim: false, parseNumber: (text) => text });
    return sheets.map((sheet) => ({
      name: sheet.sheet,
      rows: sheet.data.slice(0, ROWS_MAX + 1).map((row) => row.slice(0, COLUMNS_MAX + 1).map(cellText)),
    }));
  } catch (cause) {
    throw new WorkbookRefused('the .xlsx can’t be read as a workbook', { cause });
  }
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : cell.toISOString().slice(0, 10);
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE';
  return String(cell);
}

/** Excel writes UTF-8 with a mark, UTF-16 (“Unicode text”), or the Windows code page. */
function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.includes(0)) throw new WorkbookRefused('the file is neither a CSV nor an .xlsx');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function parseCsv(text: string): readonly (readonly string[])[] {
  const options: Options = {
    delimiter: delimiterOf(text),
    bom: true,
    relax_quotes: true,
    relax_column_count: true,
    max_record_size: CELL_CHARS_MAX * COLUMNS_MAX,
    to: ROWS_MAX + 1,
  };
  try {
    return parse(text, options) as unknown as string[][];
  } catch (cause) {
    // The parser's own sentence may quote the file.
    throw new WorkbookRefused('the file can’t be read as CSV; look for a quotation mark that is not closed', { cause });
  }
}

/** The sign that stands most often outside quotes in the first lines. `|` is none: values hold it. */
function delimiterOf(text: string): string {
  const seen = new Map([
    [',', 0],
    [';', 0],
    ['\t', 0],
  ]);
  let isQuoted = false;
  for (const sign of text.slice(0, 20_000)) {
    if (sign === '"') isQuoted = !isQuoted;
    const count = seen.get(sign);
    if (count !== undefined && !isQuoted) seen.set(sign, count + 1);
  }
  // A tab or a semicolon is rarely part of a value: where each line has one, it separates.
  const lines = text
    .slice(0, 20_000)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const everywhere = ['\t', ';', ','].find(
    (sign) => lines.filter((line) => line.includes(sign)).length > lines.length / 2,
  );
  return everywhere ?? [...seen].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? ',';
}

function limited(sheet: Sheet, at: number): Sheet {
  if (at >= SHEETS_MAX) throw new WorkbookRefused(`the workbook has more than ${SHEETS_MAX} sheets`);
  if (sheet.rows.length > ROWS_MAX) throw new WorkbookRefused(`a sheet has more than ${ROWS_MAX} rows`);
  for (const row of sheet.rows) {
    if (row.length > COLUMNS_MAX) throw new WorkbookRefused(`a row has more than ${COLUMNS_MAX} cells`);
    if (row.some((cell) => cell.length > CELL_CHARS_MAX))
      throw new WorkbookRefused(`a cell holds more than ${CELL_CHARS_MAX} characters`);
  }
  return sheet;
}
