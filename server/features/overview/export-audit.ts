import { type AuditFilter, type AuditPlace, readAudit, readAuditAcross } from '../../platform/audit.ts';
import type { AuditEvent } from '../../platform/audit-chain.ts';
import type { Database } from '../../platform/database.ts';

const PAGE = 500;
const ROWS_MAX = 5_000_000;
const COLUMNS = ['chain', 'seq', 'at', 'actorKind', 'actor', 'act', 'subject', 'reason', 'detail', 'hash'] as const;

/** Whose events: a biller's, those of no biller (null), or all. */
export type AuditReach = { readonly bid: number | null } | 'all';

/**
 * The events that fit, newest first, as CSV or JSON Lines, a page in memory at a time and each in a short transaction of
 * its own. The hashes are in it, so that an export can be checked by itself.
 */
export async function* exportAudit(
  database: Database,
  from: { reach: AuditReach; filter: AuditFilter; format: 'csv' | 'jsonl' },
): AsyncGenerator<string> {
  if (from.format === 'csv') yield `${COLUMNS.join(',')}\r\n`;
  let before: AuditPlace | undefined;
  for (let rows = 0; rows < ROWS_MAX; rows += PAGE) {
    const page = await readPage(database, from, before);
    if (page.length > 0) yield page.map(from.format === 'csv' ? csvLine : jsonLine).join('');
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    before = last;
  }
}

function readPage(
  database: Database,
  { reach, filter }: { reach: AuditReach; filter: AuditFilter },
  before: AuditPlace | undefined,
): Promise<AuditEvent[]> {
  if (reach === 'all') return database.withSystem((tx) => readAuditAcross(tx, { filter, before, limit: PAGE }));
  const { bid } = reach;
  const question = { bid, filter, limit: PAGE, ...(before && { beforeSeq: before.seq }) };
  return bid === null
    ? database.withSystem((tx) => readAudit(tx, question))
    : database.withBiller(bid, (tx) => readAudit(tx, question));
}

function jsonLine(event: AuditEvent): string {
  const { previousHash, hash, ...facts } = event;
  return `${JSON.stringify({ ...facts, previousHash: previousHash.toString('hex'), hash: hash.toString('hex') })}\n`;
}

function csvLine(event: AuditEvent): string {
  const cells = COLUMNS.map((column) => {
    if (column === 'detail') return cell(JSON.stringify(event.detail));
    return column === 'hash' ? event.hash.toString('hex') : cell(event[column]);
  });
  return `${cells.join(',')}\r\n`;
}

/** What OWASP names as beginnings of a formula gets a `'`: names, reasons and details come from anybody. */
function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
