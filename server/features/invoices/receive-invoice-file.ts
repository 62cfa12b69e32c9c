import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type BifReport, readBif, validateBif } from '@causeway/formats/bif';
import { recordAudit } from '../../platform/audit.ts';
import type { Actor } from '../billers/index.ts';
import { areSingleInvoicesSynchronous, type InvoicesDeps, loadBiller, readingOf } from './biller-reading.ts';
import type { FaultView, FileWay, ReceivedFile } from './contract.ts';
import { importAtOnce } from './import-invoice-file.ts';
import { findInvoiceFile, insertInvoiceFile, listFaults } from './invoice-file-store.ts';
import { refuse } from './problems.ts';

/** Bytes of one file; as much as the store of files takes. */
export const FILE_BYTES_MAX = 2 * 1024 ** 3;
/** Larger files are no single invoice worth waiting for, whatever they hold (setting 105). */
const SINGLE_BYTES_MAX = 1024 ** 2;
const NAME_CHARS_MAX = 200;

export const IMPORT_QUEUE = 'import-invoice-file';

/**
 * UploadInvoiceFile: keeps the bytes, and has them loaded by a job that exists if and only if the upload is recorded.
 * The same bytes sent before answer that upload, as it stands now. Where setting 105 is on, a file of one invoice is
 * loaded before the answer. Refuses an empty or too large file; faults in it are found by the reading.
 */
export async function receiveInvoiceFile(
  deps: InvoicesDeps,
  from: { bid: number; name: string; way: FileWay; by: Actor; source: Buffer | AsyncIterable<Uint8Array> },
): Promise<ReceivedFile> {
  const { bid, by } = from;
  const biller = await loadBiller(deps, bid);
  const put = await deps.blobs.put(from.source, { maxBytes: FILE_BYTES_MAX });
  if (!put.ok) throw refuse('file-too-large', { maxBytes: FILE_BYTES_MAX });
  if (put.size === 0) throw refuse('file-empty');
  const at = deps.clock.now();
  const received = await deps.database.withBiller(bid, async (tx) => {
    const file = {
      bid,
      id: deps.random.uuid(),
      name: plainName(from.name),
      sha256: Buffer.from(put.sha256, 'hex'),
      sizeBytes: put.size,
      way: from.way,
      by: by.name,
      at,
    };
    const inserted = await insertInvoiceFile(tx, file);
    if (inserted.isRepeat) return inserted;
    await deps.jobs.send(tx, IMPORT_QUEUE, { bid, fileId: inserted.id });
    const detail = { name: file.name, sha256: put.sha256, sizeBytes: put.size, way: from.way };
    await recordAudit(tx, {
      at,
      bid,
      actorKind: by.kind,
      actor: by.name,
      act: 'invoice-file.received',
      subject: `invoice-file/${inserted.id}`,
      detail,
    });
    return inserted;
  });
  if (!received.isRepeat && areSingleInvoicesSynchronous(biller) && (await isSingleInvoice(deps, biller, put))) {
    await importAtOnce(deps, { bid, fileId: received.id });
  }
  return { ...(await readInvoiceFile(deps, bid, received.id)), isRepeat: received.isRepeat };
}

/** An upload as it stands now; refuses an unknown one. */
export async function readInvoiceFile(
  deps: Pick<InvoicesDeps, 'database'>,
  bid: number,
  id: string,
): Promise<Omit<ReceivedFile, 'isRepeat'>> {
  const file = await deps.database.withBiller(bid, (tx) => findInvoiceFile(tx, bid, id));
  if (!file) throw refuse('unknown-invoice-file');
  const { detail: _detail, attempts: _attempts, ...view } = file;
  return view;
}

/** The first stored faults of an upload. */
export async function faultsOfInvoiceFile(
  deps: Pick<InvoicesDeps, 'database'>,
  bid: number,
  id: string,
  limit: number,
): Promise<FaultView[]> {
  return (await deps.database.withBiller(bid, (tx) => listFaults(tx, bid, id, { limit }))).items;
}

/** `?validateOnly=true`: the report on the file, with every check of an import. Nothing of it stays here. */
export async function validateInvoiceFile(
  deps: InvoicesDeps,
  from: { bid: number; source: AsyncIterable<Uint8Array> },
): Promise<BifReport> {
  const { layout, context } = readingOf(await loadBiller(deps, from.bid), deps.random);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'causeway-validate-'));
  try {
    const file = path.join(folder, 'upload.bif');
    const size = await spool(from.source, file);
    if (size === 0) throw refuse('file-empty');
    // From a file, because repeated invoice numbers need a second look at its beginning.
    const { report } = await validateBif(() => createReadStream(file), layout, context);
    return report;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function spool(source: AsyncIterable<Uint8Array>, file: string): Promise<number> {
  const handle = await open(file, 'wx', 0o600);
  let size = 0;
  try {
    for await (const chunk of source) {
      size += chunk.byteLength;
      if (size > FILE_BYTES_MAX) throw refuse('file-too-large', { maxBytes: FILE_BYTES_MAX });
      await handle.writeFile(chunk);
    }
  } finally {
    await handle.close();
  }
  return size;
}

async function isSingleInvoice(
  deps: InvoicesDeps,
  biller: Parameters<typeof readingOf>[0],
  put: { sha256: string; size: number },
): Promise<boolean> {
  if (put.size > SINGLE_BYTES_MAX) return false;
  const { layout, context } = readingOf(biller, deps.random);
  const reading = readBif(await deps.blobs.openRead(put.sha256), layout, context);
  for await (const _batch of reading.batches);
  return reading.summary().invoices.found === 1;
}

/** A name is shown and kept, never used as a path. */
function plainName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? '';
  return (
    base
      .toWellFormed()
      .replaceAll(/\p{Cc}/gu, '')
      .slice(0, NAME_CHARS_MAX) || 'upload.bif'
  );
}
