import type { Sheet } from './parse-worksheet.ts';
import { type NameReading, type Purpose, readHead, readName, type System } from './worksheet-names.ts';

const ENTRIES_MAX = 400;

/** One named value of a worksheet. */
export interface Entry {
  /** Where its value stands, as a spreadsheet says it: `B5`, or `Sheet1!B5` of a workbook. */
  readonly cell: string;
  readonly row: number;
  readonly name: string;
  readonly value: string;
  readonly reading: NameReading;
}

interface Columns {
  readonly name: number | undefined;
  readonly number: number | undefined;
  readonly values: readonly { at: number; system?: System; environment?: 1 | 2 }[];
}

interface Section {
  readonly purpose: Purpose | undefined;
  readonly system: System | undefined;
  readonly environment: 1 | 2 | undefined;
}

const noSection: Section = { purpose: undefined, system: undefined, environment: undefined };

/**
 * The named values of a worksheet, however it is laid out: a name and its value side by side, a table with heads (one
 * column for each system or environment), or blocks under a heading such as “DataPump Payments”. Pure.
 */
export function findEntries(sheets: readonly Sheet[], own: ReadonlySet<string>): readonly Entry[] {
  const entries: Entry[] = [];
  for (const sheet of sheets) {
    const ofTitle = readName(sheet.name, own);
    let section = isHeading(ofTitle) ? sectionOf(ofTitle, noSection) : noSection;
    let columns: Columns | undefined;
    sheet.rows.forEach((cells, at) => {
      const filled = cells.flatMap((cell, column) => (cell.trim() === '' ? [] : [column]));
      if (filled.length === 0 || entries.length >= ENTRIES_MAX) return;
      const heads = headsOf(cells, filled);
      if (heads) {
        columns = heads;
        return;
      }
      const only = filled.length === 1 ? (cells[filled[0] ?? 0] ?? '') : undefined;
      const heading = only === undefined ? undefined : readName(only, own);
      if (heading && isHeading(heading)) {
        section = sectionOf(heading, noSection);
        return;
      }
      const found = columns ? fromTable(cells, columns) : fromPair(cells, filled, own);
      for (const { name, column, value, system, environment } of found.slice(0, ENTRIES_MAX - entries.length)) {
        const reading = readName(name, own);
        entries.push({
          cell: `${sheet.name === '' ? '' : `${sheet.name}!`}${columnName(column)}${at + 1}`,
          row: at + 1,
          name,
          value,
          reading: {
            ...reading,
            purpose: reading.purpose ?? (reading.number === undefined ? section.purpose : undefined),
            system: reading.system ?? system ?? section.system,
            environment: reading.environment ?? environment ?? section.environment,
          },
        });
      }
    });
  }
  return entries;
}

interface Found {
  readonly name: string;
  readonly column: number;
  readonly value: string;
  readonly system?: System;
  readonly environment?: 1 | 2;
}

/** A row of heads: what names, what numbers, and each column of values. */
function headsOf(cells: readonly string[], filled: readonly number[]): Columns | undefined {
  if (filled.length < 2) return undefined;
  const heads = filled.map((at) => ({ at, head: readHead(cells[at] ?? '') }));
  const values = heads.flatMap(({ at, head }) =>
    head?.kind === 'value'
      ? [
          {
            at,
            ...(head.system && { system: head.system }),
            ...(head.environment && { environment: head.environment }),
          },
        ]
      : [],
  );
  const naming = heads.find(({ head }) => head?.kind === 'name')?.at;
  const number = heads.find(({ head }) => head?.kind === 'number')?.at;
  if (
    values.length === 0 ||
    heads.some(({ head, at }) => head === undefined && at <= Math.max(...values.map((one) => one.at)))
  )
    return undefined;
  const before = values[0]?.at ?? 0;
  // A first column without a head, as beside “UAT | Production”, holds the names.
  return { name: naming ?? (number === undefined && before > 0 ? before - 1 : undefined), number, values };
}

function fromTable(cells: readonly string[], columns: Columns): readonly Found[] {
  const ofName = columns.name === undefined ? '' : (cells[columns.name] ?? '').trim();
  const ofNumber = columns.number === undefined ? '' : (cells[columns.number] ?? '').trim();
  const name = [ofNumber, ofName].filter((text) => text !== '').join(' ');
  if (name === '') return [];
  return columns.values.flatMap(({ at, ...more }) => {
    const value = (cells[at] ?? '').trim();
    return value === '' ? [] : [{ name, column: at, value, ...more }];
  });
}

/** A name with its value beside it, in either order, or both in one cell with a colon between. */
function fromPair(cells: readonly string[], filled: readonly number[], own: ReadonlySet<string>): readonly Found[] {
  const [first = 0, second, third] = filled;
  const left = (cells[first] ?? '').trim();
  if (second === undefined) {
    const cut = /^([^:]{2,80}):\s+(\S.*)$/s.exec(left) ?? /^([^:]{2,80}):(?!\/\/)(\S.*)$/s.exec(left);
    const isNamed = cut?.[1] !== undefined && readName(cut[1], own).part !== undefined;
    return isNamed ? [{ name: cut[1]?.trim() ?? '', column: first, value: cut[2]?.trim() ?? '' }] : [];
  }
  const right = (cells[second] ?? '').trim();
  const isNumbered = /^\d{1,5}$/.test(left) && third !== undefined && readName(left, own).number !== undefined;
  if (isNumbered) return [{ name: `${left} ${right}`, column: third, value: (cells[third] ?? '').trim() }];
  const isSwapped = !isName(readName(left, own)) && isName(readName(right, own));
  return isSwapped ? [{ name: right, column: first, value: left }] : [{ name: left, column: second, value: right }];
}

function isName(reading: NameReading): boolean {
  return (reading.part !== undefined || reading.number !== undefined) && reading.unknownWords.length === 0;
}

/** Words that only say what the rows below are for. */
function isHeading(reading: NameReading): boolean {
  const { number, part, purpose, system, environment, unknownWords } = reading;
  const says = purpose !== undefined || system !== undefined || environment !== undefined;
  return says && number === undefined && part === undefined && unknownWords.length === 0;
}

function sectionOf(reading: NameReading, before: Section): Section {
  return {
    purpose: reading.purpose ?? before.purpose,
    system: reading.system ?? before.system,
    environment: reading.environment ?? before.environment,
  };
}

/** 0 is A, 26 is AA. */
function columnName(at: number): string {
  return at < 26 ? String.fromCharCode(65 + at) : `${columnName(Math.floor(at / 26) - 1)}${columnName(at % 26)}`;
}
