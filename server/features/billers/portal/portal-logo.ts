import type { ImageRead } from './image-read.ts';
import { readPng } from './read-png.ts';
import { readSvg } from './read-svg.ts';
import { readWebp } from './read-webp.ts';

/** As large as the document's field for it: a logo is on every page. */
const DATA_URL_CHARS_MAX = 200_000;
export const IMAGE_SIDE_MAX_PX = 2000;

/**
 * Reads the image of a data URL to its end: the bytes decide, not the name or the type it came with. PNG is unpacked,
 * WebP taken apart, SVG parsed and held to drawing (read-svg.ts). Pure; bounded; never throws.
 */
export function readImageUrl(url: string): ImageRead {
  if (url.length > DATA_URL_CHARS_MAX)
    return refused(
      `The image is larger than ${Math.floor((DATA_URL_CHARS_MAX * 3) / 4 / 1000)} kB. Save it smaller; a logo is shown 32 px high.`,
    );
  const found = /^data:image\/(png|webp|svg\+xml);base64,([A-Za-z0-9+/]+={0,2})$/.exec(url);
  const bytes = Buffer.from(found?.[2] ?? '', 'base64');
  if (!found || bytes.length === 0) return refused('A logo is a PNG, WebP or SVG image.');
  const read = readBytes(bytes);
  if (read.kind === 'refused') return read;
  const told = { png: 'PNG', webp: 'WebP', 'svg+xml': 'SVG' }[found[1] ?? ''];
  if (read.format !== told) return refused(`The file says it is ${told}, but it is ${read.format}. Choose it again.`);
  if (Math.max(read.width, read.height) > IMAGE_SIDE_MAX_PX)
    return refused(
      `The image is ${read.width} × ${read.height} pixels; at most ${IMAGE_SIDE_MAX_PX} a side are taken.`,
    );
  return read;
}

function readBytes(bytes: Buffer): ImageRead {
  if (bytes.subarray(1, 4).toString('latin1') === 'PNG') return readPng(bytes);
  if (bytes.subarray(0, 4).toString('latin1') === 'RIFF') return readWebp(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return refused('This is a JPEG. Save it as PNG or WebP.');
  if (bytes.subarray(0, 3).toString('latin1') === 'GIF') return refused('This is a GIF. Save it as PNG or WebP.');
  return readSvg(bytes);
}

function refused(why: string): ImageRead {
  return { kind: 'refused', why };
}
