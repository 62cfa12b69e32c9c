import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Bytes read at once while replaying; a line may be longer than one chunk. */
const CHUNK_BYTES = 1 << 20;
/** A line longer than this is not ours: the file is refused instead of filling memory. */
const LINE_BYTES_MAX = 64 << 20;

/** An append-only file of JSON lines: what was appended survives a kill -9 of this process. */
export interface Journal<T> {
  /** Returns once the line is with the operating system (and on the disk, where `fsync` was asked for). */
  append(record: T): void;
  close(): void;
}

/**
 * Replays a journal through `apply`, then opens it for appending. Without a path nothing is kept.
 * A torn last line (the process died while writing it) was never answered for, so it is cut off.
 */
export function openJournal<T>(
  path: string | undefined,
  { apply, fsync = false }: { apply: (record: T) => void; fsync?: boolean },
): Journal<T> {
  if (path === undefined) return { append: () => {}, close: () => {} };
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) truncateSync(path, replay(path, apply));
  const descriptor = openSync(path, 'a');
  let isOpen = true;
  return {
    append(record) {
      if (!isOpen) throw new Error(`The journal ${path} is closed`);
      writeWhole(descriptor, Buffer.from(`${JSON.stringify(record)}\n`));
      if (fsync) fsyncSync(descriptor);
    },
    close() {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
    },
  };
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}

/** Applies every whole line and returns the number of bytes they take. */
function replay<T>(path: string, apply: (record: T) => void): number {
  const descriptor = openSync(path, 'r');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  let wholeBytes = 0;
  try {
    for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk)) {
      let pending = Buffer.concat([rest, chunk.subarray(0, read)]);
      for (let end = pending.indexOf(10); end >= 0; end = pending.indexOf(10)) {
        apply(JSON.parse(pending.toString('utf8', 0, end)) as T);
        wholeBytes += end + 1;
        pending = pending.subarray(end + 1);
      }
      if (pending.length > LINE_BYTES_MAX) throw new Error(`${path} holds a line over ${LINE_BYTES_MAX} bytes`);
      rest = pending;
    }
  } finally {
    closeSync(descriptor);
  }
  return wholeBytes;
}
