import { access, constants, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { type BifContext, type BifLayout, type BifReport, imtLayout, validateBif } from '@causeway/formats/bif';
import { type Command, InvalidArgumentError } from 'commander';
import { answer, EXIT, type ExitCode, say } from '../answer.ts';

/** Faults printed for a person; `--json` has all that are kept. */
const FAULTS_PRINTED_MAX = 20;
const PIECE_BYTES = 256 * 1024;

/** `causeway bif validate FILE [--bid N]`: every check of an import; without `--bid` no server and no database. */
export function registerBifValidate(bif: Command): void {
  bif
    .command('validate')
    .description('check a Biller Invoice File and say everything that is wrong with it; nothing is stored')
    .argument('<file>', 'the .bif file')
    .option(
      '--bid <number>',
      'check against this biller’s layout, GUID and invoice types (needs the database)',
      wholeNumber,
    )
    .option('--json', 'answer as JSON')
    .action(async (file: string, options: { bid?: number; json?: boolean }) => {
      const fault = await unreadable(file);
      if (fault !== undefined) {
        say(fault);
        process.exitCode = EXIT.wrongUsage;
        return;
      }
      const { bid } = options;
      if (bid === undefined) {
        process.exitCode = await validateAndTell(file, { layout: imtLayout, context: {}, isJson: options.json });
        return;
      }
      // Imported where it is needed: without a biller this command goes without the server's modules (see main.ts).
      const [{ billerReading }, { withOperator }] = await Promise.all([
        import('@causeway/server/operator'),
        import('../operator.ts'),
      ]);
      await withOperator(async (deps) => {
        const { layout, context } = await billerReading(deps, bid);
        return await validateAndTell(file, { layout, context, isJson: options.json });
      });
    });
}

/** Prints the report; exit 0 where the file would be accepted, 1 where it would be partly or not. */
export async function validateAndTell(
  file: string,
  from: { layout: BifLayout; context: BifContext; isJson: boolean | undefined },
): Promise<ExitCode> {
  const { report, summary } = await validateBif(() => piecesOf(file), from.layout, from.context);
  const faultCount = summary.faultCounts.file + summary.faultCounts.invoice;
  answer(from.isJson, report, () => linesOf(path.basename(file), report, faultCount));
  return report.verdict === 'accepted' ? EXIT.done : EXIT.problemsFound;
}

/** One buffer for the whole file, because the reader keeps no piece: a stream's own would be garbage of 100 MB at times. */
async function* piecesOf(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file, 'r');
  const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, PIECE_BYTES, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

function linesOf(name: string, report: BifReport, faultCount: number): string[] {
  const { accepted, refused } = report.invoices;
  const verdicts = { accepted: 'accepted', partly: 'accepted in part', refused: 'refused' } as const;
  return [
    `${name}: ${verdicts[report.verdict]}`,
    `  ${counted(accepted, 'invoice')} accepted, ${dollars(report.totalCents)}${refused > 0 ? `; ${refused.toLocaleString('en-US')} refused` : ''}`,
    ...faultLines(report.faults, faultCount),
  ];
}

/** The first faults as lines for a person, and how many more there are. */
export function faultLines(faults: BifReport['faults'], faultCount: number): string[] {
  const printed = faults.slice(0, FAULTS_PRINTED_MAX).map((fault) => {
    const field = fault.field === null ? '' : `, field ${fault.position ?? '?'} ${fault.field}`;
    return `  ${fault.line === 0 ? 'file' : `line ${fault.line}`}${field}: ${plain(fault.message)} [${fault.code}]`;
  });
  const more = faultCount - printed.length;
  return more > 0 ? [...printed, `  … and ${counted(more, 'more fault')}; --json lists up to 10,000.`] : printed;
}

/** A file's text must not steer the terminal it is shown on. */
function plain(text: string): string {
  return text.replaceAll(/\p{C}/gu, '\u00b7');
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

export function dollars(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}$${Number(digits.slice(0, -2)).toLocaleString('en-US')}.${digits.slice(-2)}`;
}

/** Why a file can't be read, or undefined. */
export async function unreadable(file: string): Promise<string | undefined> {
  try {
    await access(file, constants.R_OK);
    return (await stat(file)).isFile() ? undefined : `${file} is no file.`;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    return code === 'ENOENT' ? `There is no file ${file}.` : `${file} can't be read (${code}).`;
  }
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('a biller id is a whole number');
  return Number(text);
}
