import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';

const BLOB_BYTES_MAX = 2 * 1024 * 1024 * 1024;

export type BlobPut = { ok: true; sha256: string; size: number } | { ok: false; why: 'too-large' };

/** Files by what is in them: a name is the SHA-256 of the bytes, so nothing from outside ever becomes a path. */
export interface Blobs {
  /**
   * Keeps the bytes; when it resolves with `ok` they survive a power cut. The same bytes twice are one file. A source
   * that fails rejects, and leaves nothing behind.
   */
  put(source: Buffer | AsyncIterable<Uint8Array>, limits: { maxBytes: number }): Promise<BlobPut>;
  /** A stream of the bytes; throws when there is no such blob. */
  openRead(sha256: string): Promise<Readable>;
  has(sha256: string): Promise<boolean>;
  /** Bytes, or null when there is no such blob. */
  size(sha256: string): Promise<number | null>;
}

export function createBlobs({ folder }: { folder: string }): Blobs {
  const root = path.resolve(folder);
  const incoming = path.join(root, 'incoming');
  const pathOf = (sha256: string): string => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new TypeError('a blob is named by 64 hex digits');
    return path.join(root, sha256.slice(0, 2), sha256);
  };
  const sizeOf = async (sha256: string): Promise<number | null> => {
    try {
      return (await stat(pathOf(sha256))).size;
    } catch (cause) {
      if (isMissing(cause)) return null;
      throw cause;
    }
  };

  return {
    async put(source, { maxBytes }) {
      await mkdir(incoming, { recursive: true });
      const temporary = path.join(incoming, randomBytes(16).toString('hex'));
      try {
        const written = await writeThrough(temporary, source, Math.min(maxBytes, BLOB_BYTES_MAX));
        if (written === null) return { ok: false, why: 'too-large' };
        const final = pathOf(written.sha256);
        if ((await sizeOf(written.sha256)) !== written.size) {
          await mkdir(path.dirname(final), { recursive: true });
          await rename(temporary, final);
          await syncFolder(path.dirname(final));
          await syncFolder(root);
        }
        return { ok: true, ...written };
      } finally {
        await rm(temporary, { force: true });
      }
    },
    async openRead(sha256) {
      const handle = await open(pathOf(sha256), 'r');
      return createReadStream('', { fd: handle, autoClose: true });
    },
    has: async (sha256) => (await sizeOf(sha256)) !== null,
    size: sizeOf,
  };
}

async function writeThrough(
  file: string,
  source: Buffer | AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ sha256: string; size: number } | null> {
  const hash = createHash('sha256');
  const handle = await open(file, 'wx', 0o600);
  let size = 0;
  try {
    for await (const chunk of Buffer.isBuffer(source) ? [source] : source) {
      size += chunk.byteLength;
      if (size > maxBytes) return null;
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest('hex'), size };
}

/** The new name itself must be on the disk before anyone is told of it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
