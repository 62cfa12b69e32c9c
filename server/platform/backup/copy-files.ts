import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { BackedUpFile } from './backup-manifest.ts';

const CHUNK_BYTES = 1024 * 1024;
const COPIES_AT_ONCE = 4;
const DEPTH_MAX = 12;

/** Every plain file below a folder, as paths with `/`; `skip` is asked about each folder and file. */
export async function* filesBelow(
  root: string,
  skip: (relative: string) => boolean,
  at = '',
  depth = 0,
): AsyncGenerator<string> {
  if (depth > DEPTH_MAX) throw new Error(`${root} is nested deeper than ${DEPTH_MAX} folders`);
  const entries = await fs.readdir(path.join(root, at), { withFileTypes: true }).catch(gone);
  for (const entry of (entries ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const relative = at === '' ? entry.name : `${at}/${entry.name}`;
    if (skip(relative)) continue;
    if (entry.isDirectory()) yield* filesBelow(root, skip, relative, depth + 1);
    else if (entry.isFile()) yield relative;
  }
}

/** Every folder below a folder, the parents first. */
export async function foldersBelow(root: string): Promise<readonly string[]> {
  const entries = await fs.readdir(root, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * Copies one file for this user alone, to the disk; answers its size and hash as written, or undefined when it is gone (a
 * running database drops files). What grows meanwhile is copied as far as it was at the start.
 */
export async function copyFile(
  from: string,
  to: string,
  owner?: { uid: number; gid: number },
): Promise<{ size: number; sha256: string } | undefined> {
  const source = await fs.open(from, 'r').catch(gone);
  if (!source) return undefined;
  try {
    const target = await fs.open(to, 'wx', 0o600);
    try {
      const hash = createHash('sha256');
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      const { size: wanted } = await source.stat();
      let size = 0;
      while (size < wanted) {
        const { bytesRead } = await source.read(buffer, 0, Math.min(CHUNK_BYTES, wanted - size), size);
        if (bytesRead === 0) break; // it was cut meanwhile: the log brings what belongs there
        const part = buffer.subarray(0, bytesRead);
        hash.update(part);
        await target.writeFile(part);
        size += bytesRead;
      }
      if (owner) await target.chown(owner.uid, owner.gid);
      await target.sync();
      return { size, sha256: hash.digest('hex') };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Does something with each, a few at a time, in any order. */
export async function each<T>(items: AsyncIterable<T>, act: (item: T) => Promise<void>): Promise<void> {
  const source = items[Symbol.asyncIterator]();
  const worker = async (): Promise<void> => {
    for (;;) {
      const next = await source.next();
      if (next.done) return;
      await act(next.value);
    }
  };
  await Promise.all(Array.from({ length: COPIES_AT_ONCE }, worker));
}

/** Makes what was written in a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A file's line in the list. */
export function lineOf(file: BackedUpFile): string {
  return `${JSON.stringify(file)}\n`;
}

function gone(cause: unknown): undefined {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
  throw cause;
}
