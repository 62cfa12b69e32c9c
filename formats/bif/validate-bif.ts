import { z } from 'zod';
import type { BifSource } from './cut-blocks.ts';
import { type BifFault, bifFaultCodes } from './faults.ts';
import type { BifLayout } from './layout.ts';
import { type BifContext, type BifSummary, readBif } from './read-bif.ts';

const faultSchema = z.strictObject({
  line: z.int().min(0),
  field: z.string().nullable(),
  fileSpecId: z.int().nullable(),
  position: z.int().min(1).nullable(),
  value: z.string(),
  code: z.enum(bifFaultCodes),
  message: z.string(),
  scope: z.enum(['file', 'invoice']),
});

/** What `causeway bif validate --json` and the faults of an upload answer (interfaces.md): this shape is a promise. */
export const bifReportSchema = z.strictObject({
  verdict: z.enum(['accepted', 'partly', 'refused']),
  invoices: z.strictObject({ accepted: z.int().min(0), refused: z.int().min(0) }),
  /** Integer cents of the accepted invoices; 0 where the file is refused. */
  totalCents: z.int(),
  faults: z.array(faultSchema),
});
export type BifReport = z.infer<typeof bifReportSchema>;

export type ValidatedBif = { readonly report: BifReport; readonly summary: BifSummary };

/**
 * Checks a whole file and stores nothing. `open` gives its bytes from the start; it is called a second time only where an
 * invoice number is repeated, for the amounts of the first of each. The summary has the exact counts where
 * the report's faults are capped.
 */
export async function validateBif(
  open: () => BifSource,
  layout: BifLayout,
  context: BifContext = {},
): Promise<ValidatedBif> {
  const reading = readBif(open(), layout, { ...context, duplicates: 'find' });
  for await (const _batch of reading.batches);
  const summary = reading.summary();
  const withdrawn = summary.withdrawnLines;
  const withdrawnCents = withdrawn.length === 0 ? 0n : await centsOfLines(open(), layout, context, withdrawn);
  return { summary, report: reportOf(summary, withdrawnCents) };
}

/** The report of a reading. `withdrawnCents`: the amounts of the invoices at `withdrawnLines`. */
export function reportOf(summary: BifSummary, withdrawnCents: bigint): BifReport {
  const { verdict, invoices } = summary;
  const isRefused = verdict === 'refused';
  return {
    verdict,
    invoices: { accepted: isRefused ? 0 : invoices.right, refused: isRefused ? invoices.found : invoices.wrong },
    totalCents: isRefused ? 0 : Number(summary.yieldedCents - withdrawnCents),
    faults: summary.faults.map((fault) => ({ ...fault })),
  };
}

/** The faults as CSV (RFC 4180, CRLF, a header row). Values that a spreadsheet would run as a formula get a leading `'`. */
export function faultsAsCsv(faults: readonly BifFault[]): string {
  const columns = ['line', 'position', 'fileSpecId', 'field', 'value', 'code', 'message', 'scope'] as const;
  const rows = faults.map((fault) => columns.map((column) => csvField(fault[column])).join(','));
  return `${[columns.join(','), ...rows].join('\r\n')}\r\n`;
}

function csvField(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  // What OWASP names as beginnings of a formula; the value comes from a stranger's file and is opened in Excel.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function centsOfLines(
  source: BifSource,
  layout: BifLayout,
  context: BifContext,
  lines: readonly number[],
): Promise<bigint> {
  const wanted = new Set(lines);
  const { onFault: _onFault, onProgress: _onProgress, ...quiet } = context;
  const reading = readBif(source, layout, { ...quiet, duplicates: 'leave' });
  let cents = 0n;
  for await (const batch of reading.batches) {
    for (let index = 0; index < batch.count; index++) {
      if (wanted.has(batch.lines[index] as number)) cents += BigInt(batch.totalCentsOf(index));
    }
  }
  return cents;
}
