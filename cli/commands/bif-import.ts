import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultView, InvoiceFileView, ReceivedFile } from '@causeway/server/contracts/invoices';
import { faultsOfInvoiceFile, importInvoiceFile, readInvoiceFile, receiveInvoiceFile } from '@causeway/server/operator';
import type { Command } from 'commander';
import type { Client } from 'openapi-fetch';
import type { paths } from '../../web/api/schema.d.ts';
import { answer, EXIT, type ExitCode, say, withOperator } from '../operator.ts';
import { withPartnerApi } from '../partner-api.ts';
import { counted, dollars, faultLines, unreadable, wholeNumber } from './bif-validate.ts';

const POLL_MS = 500;
/** Half an hour of polls: longer than any file takes. */
const POLLS_MAX = 3600;
const FAULTS_ASKED = 20;
const PROBLEM_CHARS_MAX = 2000;

/**
 * `causeway bif import FILE --bid N`: uploads the file and waits until it is loaded. On the database of the installation,
 * or, where CAUSEWAY_URL and CAUSEWAY_TOKEN are set, as a partner through the API.
 */
export function registerBifImport(bif: Command): void {
  bif
    .command('import')
    .description('load a Biller Invoice File for a biller, and say what came of it')
    .argument('<file>', 'the .bif file')
    .requiredOption('--bid <number>', 'the biller', wholeNumber)
    .option('--json', 'answer as JSON')
    .action(async (file: string, options: { bid: number; json?: boolean }) => {
      const fault = await unreadable(file);
      if (fault !== undefined) {
        say(fault);
        process.exitCode = EXIT.wrongUsage;
        return;
      }
      const { CAUSEWAY_URL: url, CAUSEWAY_TOKEN: token } = process.env;
      if (url && token)
        process.exitCode = await importThroughApi(file, { url, token, bid: options.bid, isJson: options.json });
      else await withOperator((deps) => importInProcess(deps, file, options));
    });
}

/** What receiving and loading a file stand on. */
type ImportDeps = Parameters<typeof receiveInvoiceFile>[0];

/** Uploads and loads on the database of the installation. */
export async function importInProcess(
  deps: ImportDeps,
  file: string,
  options: { bid: number; json?: boolean },
): Promise<ExitCode> {
  const { bid } = options;
  const source = createReadStream(file, { highWaterMark: 1024 * 1024 });
  const received = await receiveInvoiceFile(deps, {
    bid,
    name: path.basename(file),
    way: 'cli',
    by: { kind: 'operator', name: 'command line' },
    source,
  });
  await importInvoiceFile(deps, { bid, fileId: received.id });
  const loaded = await readInvoiceFile(deps, bid, received.id);
  const faults = await faultsOfInvoiceFile(deps, bid, received.id, FAULTS_ASKED);
  return tell({ ...loaded, isRepeat: received.isRepeat }, faults, options.json);
}

type Api = { readonly url: string; readonly token: string; readonly bid: number; readonly isJson: boolean | undefined };

/** Uploads as a partner does, and follows the upload to its end. */
export async function importThroughApi(file: string, api: Api): Promise<ExitCode> {
  try {
    return await withPartnerApi(api, (client) => uploadAndFollow(client, file, api));
  } catch (cause) {
    say(`${api.url} can't be reached: ${cause instanceof Error ? cause.message : String(cause)}`);
    return EXIT.unreachable;
  }
}

async function uploadAndFollow(client: Client<paths>, file: string, { bid, isJson }: Api): Promise<ExitCode> {
  const sent = answerOf<ReceivedFile>(
    await client.POST('/api/v1/billers/{bid}/invoice-files', {
      params: { path: { bid }, query: { name: path.basename(file) } },
      headers: { 'content-type': 'text/plain' },
      body: file,
      bodySerializer: () => Readable.toWeb(createReadStream(file)),
      duplex: 'half',
    }),
  );
  if (typeof sent === 'string') return refused(sent);
  const one = { params: { path: { bid, id: sent.id } } };
  let loaded: InvoiceFileView = sent;
  for (let poll = 0; poll < POLLS_MAX && isWaiting(loaded); poll++) {
    await sleep(POLL_MS);
    const now = answerOf<InvoiceFileView>(await client.GET('/api/v1/billers/{bid}/invoice-files/{id}', one));
    if (typeof now === 'string') return refused(now);
    loaded = now;
  }
  const page = answerOf<{ items: FaultView[] }>(
    await client.GET('/api/v1/billers/{bid}/invoice-files/{id}/faults', {
      params: { ...one.params, query: { limit: FAULTS_ASKED } },
    }),
  );
  return tell({ ...loaded, isRepeat: sent.isRepeat }, typeof page === 'string' ? [] : page.items, isJson);
}

/** The answer, or the sentence of its refusal. */
function answerOf<Answer>(told: { data?: unknown; error?: unknown; response: { status: number } }): Answer | string {
  if (told.data !== undefined) return told.data as Answer;
  const { error } = told;
  if (typeof error === 'object' && error !== null && 'title' in error) return String(error.title);
  return `The server answered ${told.response.status}: ${String(error).slice(0, PROBLEM_CHARS_MAX)}`;
}

function refused(sentence: string): ExitCode {
  say(sentence);
  return EXIT.refused;
}

function isWaiting(file: InvoiceFileView): boolean {
  return file.state === 'received' || file.state === 'reading';
}

function tell(file: ReceivedFile, faults: readonly FaultView[], isJson: boolean | undefined): ExitCode {
  const { accepted, refused: refusedCount, unchanged, kept } = file.invoices;
  const states = {
    received: 'waiting',
    reading: 'being read',
    loaded: 'loaded',
    partly: 'loaded in part',
    refused: 'refused',
    failed: 'failed',
  } as const;
  answer(isJson, file, () => [
    `${file.name}: ${states[file.state]}${file.isRepeat ? ` (the same bytes were uploaded at ${file.receivedAt}; this is what came of them)` : ''}`,
    `  ${counted(accepted, 'invoice')} accepted, ${dollars(file.totalCents)}${refusedCount > 0 ? `; ${refusedCount.toLocaleString('en-US')} refused` : ''}`,
    ...(unchanged > 0 ? [`  ${unchanged.toLocaleString('en-US')} of them stored just so before`] : []),
    ...(kept > 0 ? [`  ${kept.toLocaleString('en-US')} of them left as stored, which was made later`] : []),
    ...(file.failure === null ? [] : [`  ${file.failure}`]),
    ...faultLines([...faults], file.faultCount),
    `  upload ${file.id}`,
  ]);
  if (file.state === 'loaded') return EXIT.done;
  return file.state === 'partly' || file.state === 'refused' ? EXIT.problemsFound : EXIT.refused;
}
