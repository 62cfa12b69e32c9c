import type { ImageRead } from './image-read.ts';

const CHUNKS_MAX = 200;
const KNOWN: ReadonlySet<string> = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ICCP', 'EXIF', 'XMP ']);
const HEADER_BYTES = 12;

/** Reads a WebP: its frame, every part to the file's end, and that the picture's own header agrees. Still pictures only. */
export function readWebp(bytes: Buffer): ImageRead {
  const isWebp = bytes.length >= HEADER_BYTES && bytes.subarray(8, 12).toString('latin1') === 'WEBP';
  if (!isWebp) return refused('This is no WebP image, though it begins like one.');
  if (bytes.readUInt32LE(4) + 8 !== bytes.length)
    return refused('The WebP is cut off, or there is something after its end. Save it again.');
  let canvas: Size | undefined;
  let picture: Size | undefined;
  let at = HEADER_BYTES;
  for (let count = 0; at < bytes.length; count++) {
    const length = at + 8 <= bytes.length ? bytes.readUInt32LE(at + 4) : Number.POSITIVE_INFINITY;
    const end = at + 8 + length + (length % 2);
    if (count >= CHUNKS_MAX || end > bytes.length) return refused('The WebP is damaged. Save it again.');
    const type = bytes.subarray(at, at + 4).toString('latin1');
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'ANIM' || type === 'ANMF') return refused('The WebP moves. A logo is a still picture.');
    if (!KNOWN.has(type)) return refused('The WebP holds a part that no browser knows. Save it again.');
    if (type === 'VP8X')
      canvas = data.length === 10 ? { width: 1 + data.readUIntLE(4, 3), height: 1 + data.readUIntLE(7, 3) } : undefined;
    if (type === 'VP8 ' || type === 'VP8L') {
      if (picture) return refused('The WebP holds two pictures. Save it again.');
      picture = type === 'VP8L' ? losslessSize(data) : lossySize(data);
      if (!picture) return refused('The WebP’s picture is damaged. Save it again.');
    }
    at = end;
  }
  if (!picture || (canvas && (canvas.width !== picture.width || canvas.height !== picture.height)))
    return refused('The WebP’s picture is missing or not of the size it says. Save it again.');
  return { kind: 'image', format: 'WebP', ...picture };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** RFC 6386, section 9.1: a key frame, its start code, then 14 bits each. */
function lossySize(data: Buffer): Size | undefined {
  if (data.length < 10 || ((data[0] ?? 1) & 1) !== 0 || data.readUIntBE(3, 3) !== 0x9d012a) return undefined;
  return sized(data.readUInt16LE(6) & 0x3fff, data.readUInt16LE(8) & 0x3fff);
}

/** RFC 9649, section 3.4: the signature, then width and height less one in 14 bits each, and version 0. */
function losslessSize(data: Buffer): Size | undefined {
  if (data.length < 6 || data[0] !== 0x2f || (data[4] ?? 0xff) >> 5 !== 0) return undefined;
  const bits = data.readUInt32LE(1);
  return sized(1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff));
}

function sized(width: number, height: number): Size | undefined {
  return width > 0 && height > 0 ? { width, height } : undefined;
}

function refused(why: string): ImageRead {
  return { kind: 'refused', why };
}
