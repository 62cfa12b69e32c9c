import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Blobs, createBlobs } from './blobs.ts';

let folder = '';
let blobs: Blobs;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'causeway-blobs-'));
  blobs = createBlobs({ folder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const filesIn = async (where: string): Promise<string[]> =>
  (await readdir(where, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

test('bytes come back as they were, named by their SHA-256, from a buffer or a stream', async () => {
  const bytes = Buffer.from('%PDF-1.7 bill');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect(await blobs.put(bytes, { maxBytes: 100 })).toEqual({ ok: true, sha256, size: 13 });
  expect(await blobs.put(Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]), { maxBytes: 100 })).toEqual({
    ok: true,
    sha256,
    size: 13,
  });
  expect((await buffer(await blobs.openRead(sha256))).equals(bytes)).toBe(true);
  expect(await blobs.has(sha256)).toBe(true);
  expect(await blobs.size(sha256)).toBe(13);
  expect((await filesIn(folder)).filter((name) => name === sha256)).toHaveLength(1);
});

test('the same bytes put many times at once are one file', async () => {
  const bytes = Buffer.alloc(100_000, 'x');
  const puts = await Promise.all(Array.from({ length: 20 }, () => blobs.put(bytes, { maxBytes: 1_000_000 })));
  expect(new Set(puts.map((put) => put.ok && put.sha256)).size).toBe(1);
  expect(await filesIn(path.join(folder, 'incoming'))).toEqual([]);
});

test('too many bytes, or a source that fails in the middle, leave nothing behind', async () => {
  const before = (await filesIn(folder)).length;
  expect(await blobs.put(Buffer.alloc(101), { maxBytes: 100 })).toEqual({ ok: false, why: 'too-large' });
  async function* failing(): AsyncGenerator<Buffer> {
    yield Buffer.from('half');
    throw new Error('connection lost');
  }
  await expect(blobs.put(failing(), { maxBytes: 100 })).rejects.toThrow('connection lost');
  expect(await filesIn(folder)).toHaveLength(before);
});

test('no name from outside becomes a path', async () => {
  for (const name of [
    '../../etc/passwd',
    '',
    'a'.repeat(63),
    `${'a'.repeat(64)}/..`,
    'A'.repeat(64),
    `${'a'.repeat(62)}\0\0`,
  ]) {
    await expect(blobs.openRead(name)).rejects.toThrow(TypeError);
    await expect(blobs.has(name)).rejects.toThrow(TypeError);
  }
  const unknown = 'a'.repeat(64);
  expect(await blobs.has(unknown)).toBe(false);
  expect(await blobs.size(unknown)).toBeNull();
  await expect(blobs.openRead(unknown)).rejects.toMatchObject({ code: 'ENOENT' });
});
