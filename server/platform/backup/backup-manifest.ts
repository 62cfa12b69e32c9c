import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { z } from 'zod';

/** What a backup is made of: `manifest.json`, `files.jsonl` (a line a file), `postgres/`, `blobs/`. */
export const MANIFEST = 'manifest.json';
export const FILES = 'files.jsonl';
const MANIFEST_BYTES_MAX = 1024 * 1024;
const FORMAT = 1;

const manifestSchema = z.strictObject({
  causeway: z.literal('backup'),
  format: z.int(),
  version: z.string().describe('Of Causeway'),
  postgres: z.string().describe('The major version'),
  installation: z.string(),
  startedAt: z.string(),
  /** Everything committed before this moment is in it. */
  finishedAt: z.string(),
  startWal: z.string().regex(/^[0-9A-F]{24}$/),
  stopWal: z.string().regex(/^[0-9A-F]{24}$/),
  walSegmentBytes: z.int().min(1),
  migrations: z.array(z.string()),
  /** Which master keys its secrets need; the keys themselves are never in a backup. */
  masterKeyIds: z.array(z.string()),
  files: z.int(),
  bytes: z.int(),
  filesSha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Manifest = z.infer<typeof manifestSchema>;

const fileSchema = z.strictObject({
  path: z.string().max(400),
  size: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type BackedUpFile = z.infer<typeof fileSchema>;

/** A backup that can't be made, or must not be used; the message is for the operator. */
export class BackupFault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BackupFault';
  }
}

/** Reads a manifest; refuses what is none, and what a newer Causeway wrote. */
export function readManifest(folder: string): Manifest {
  const file = path.join(folder, MANIFEST);
  let read: unknown;
  try {
    if (fs.statSync(file).size > MANIFEST_BYTES_MAX) throw new Error('too large');
    read = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new BackupFault(`${folder} is no backup: it has no readable ${MANIFEST}.`, { cause });
  }
  const format = z.looseObject({ causeway: z.literal('backup'), format: z.int() }).safeParse(read);
  if (format.success && format.data.format > FORMAT)
    throw new BackupFault(`The backup in ${folder} was written by a newer Causeway. Use that version.`);
  const parsed = manifestSchema.safeParse(read);
  if (!parsed.success) throw new BackupFault(`The ${MANIFEST} in ${folder} is damaged. Use another backup.`);
  return parsed.data;
}

/** The files of a backup, in order. Refuses paths that would lead out of it. */
export async function* readFiles(folder: string): AsyncGenerator<BackedUpFile> {
  const input = fs.createReadStream(path.join(folder, FILES));
  for await (const line of readline.createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === '') continue;
    yield fileOf(line);
  }
}

function fileOf(line: string): BackedUpFile {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch (cause) {
    throw new BackupFault(`The list of files (${FILES}) is damaged. Use another backup.`, { cause });
  }
  const parsed = fileSchema.safeParse(read);
  const isInside =
    parsed.success &&
    /^(postgres|blobs)\/[^\0]+$/.test(parsed.data.path) &&
    !parsed.data.path.split('/').some((part) => part === '' || part === '.' || part === '..');
  if (!parsed.success || !isInside)
    throw new BackupFault(`The list of files (${FILES}) names something that belongs in no backup.`);
  return parsed.data;
}

/** SHA-256 of a file as it is on the disk. */
export async function sha256Of(file: string): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), size };
}

/** A new manifest's fixed parts. */
export function manifestOf(from: Omit<Manifest, 'causeway' | 'format'>): Manifest {
  return { causeway: 'backup', format: FORMAT, ...from };
}
