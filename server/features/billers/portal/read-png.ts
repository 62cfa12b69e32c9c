import { crc32, inflateSync } from 'node:zlib';
import type { ImageRead } from './image-read.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const CHUNKS_MAX = 2000;
/** Read before it is unpacked: a picture of 2000 × 2000 in 16-bit colour and opacity is 32 MB, and that is the end. */
const SIDE_MAX_PX = 2000;
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** Adam7: first column and row of each pass, and its steps. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/**
 * Reads a PNG to its end: every chunk with its checksum, the pixels unpacked to exactly the size the header promises,
 * nothing after the end. So nothing else can ride in it, and no small file unpacks into a huge one.
 */
export function readPng(bytes: Buffer): ImageRead {
  try {
    return read(bytes);
  } catch (cause) {
    if (cause instanceof NoPng) return { kind: 'refused', why: cause.message };
    throw cause;
  }
}

function read(bytes: Buffer): ImageRead {
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) throw new NoPng('The PNG is damaged at its beginning. Save it again.');
  const data: Buffer[] = [];
  let header: Header | undefined;
  let hasPalette = false;
  let at = SIGNATURE.length;
  for (let count = 0; count < CHUNKS_MAX; count++) {
    const chunk = chunkAt(bytes, at);
    at = chunk.end;
    if (!header) {
      header = headerOf(chunk);
    } else if (chunk.type === 'IDAT') data.push(chunk.data);
    else if (chunk.type === 'PLTE') hasPalette = chunk.data.length % 3 === 0 && chunk.data.length >= 3;
    else if (chunk.type === 'acTL') throw new NoPng('The PNG moves. A logo is a still picture.');
    else if (chunk.type === 'IEND') {
      if (at !== bytes.length) throw new NoPng('There is something after the end of the PNG. Save it again.');
      if (header.colour === 3 && !hasPalette) throw new NoPng('The PNG lacks its colours. Save it again.');
      unpack(Buffer.concat(data), header);
      return { kind: 'image', format: 'PNG', width: header.width, height: header.height };
    } else if (/^[A-Z]/.test(chunk.type)) throw new NoPng('The PNG holds a part that no browser knows. Save it again.');
  }
  throw new NoPng('The PNG has too many parts. Save it again.');
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  readonly end: number;
}

function chunkAt(bytes: Buffer, at: number): Chunk {
  const isCut = at + 12 > bytes.length;
  const length = isCut ? 0 : bytes.readUInt32BE(at);
  const end = at + 12 + length;
  if (isCut || end > bytes.length) throw new NoPng('The PNG is cut off. Choose the whole file.');
  const checked = bytes.subarray(at + 4, end - 4);
  if (crc32(checked) !== bytes.readUInt32BE(end - 4))
    throw new NoPng('The PNG is damaged (a checksum does not fit). Save it again.');
  return { type: checked.subarray(0, 4).toString('latin1'), data: checked.subarray(4), end };
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly isInterlaced: boolean;
}

function headerOf({ type, data }: Chunk): Header {
  if (type !== 'IHDR' || data.length !== 13) throw new NoPng('The PNG does not begin with its size. Save it again.');
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
  const [depth = 0, colour = 0, packing, filter, interlace = 0] = data.subarray(8);
  if (width === 0 || height === 0) throw new NoPng('The PNG has no pixels.');
  if (Math.max(width, height) > SIDE_MAX_PX)
    throw new NoPng(`The image is ${width} × ${height} pixels; at most ${SIDE_MAX_PX} a side are taken.`);
  if (!DEPTHS[colour]?.includes(depth) || packing !== 0 || filter !== 0 || interlace > 1)
    throw new NoPng('The PNG is of a form that does not exist. Save it again.');
  return { width, height, depth, colour, isInterlaced: interlace === 1 };
}

function unpack(packed: Buffer, header: Header): void {
  const passes = header.isInterlaced ? PASSES : ([[0, 0, 1, 1]] as const);
  const size = passes.reduce((sum, [column, row, across, down]) => {
    const width = Math.ceil(Math.max(header.width - column, 0) / across);
    const height = Math.ceil(Math.max(header.height - row, 0) / down);
    const bits = width * header.depth * (SAMPLES[header.colour] ?? 4);
    return sum + (width === 0 ? 0 : height * (1 + Math.ceil(bits / 8)));
  }, 0);
  let pixels: Buffer;
  try {
    pixels = inflateSync(packed, { maxOutputLength: size + 1 });
  } catch (cause) {
    throw new NoPng('The PNG’s pixels can’t be unpacked. Save it again.', { cause });
  }
  if (pixels.length !== size) throw new NoPng('The PNG holds more or fewer pixels than it says. Save it again.');
}

class NoPng extends Error {}
