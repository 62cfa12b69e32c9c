import { crc32, deflateSync } from 'node:zlib';

/** One part of a PNG, with its length and checksum. */
export function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A grey PNG of a size; `pixels` and `more` plant what does not belong. */
export function png(
  width: number,
  height: number,
  plant: { pixels?: Buffer; more?: Buffer; tail?: Buffer } = {},
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    plant.more ?? Buffer.alloc(0),
    chunk('IDAT', deflateSync(plant.pixels ?? Buffer.alloc((width + 1) * height))),
    chunk('IEND', Buffer.alloc(0)),
    plant.tail ?? Buffer.alloc(0),
  ]);
}

/** A lossless WebP's frame of a size, with an empty picture. */
export function webp(width = 1, height = 1): Buffer {
  const picture = Buffer.alloc(10);
  picture[0] = 0x2f;
  picture.writeUInt32LE((width - 1) | ((height - 1) << 14), 1);
  const frame = Buffer.alloc(20);
  frame.write('RIFF', 0, 'latin1');
  frame.writeUInt32LE(12 + picture.length, 4);
  frame.write('WEBPVP8L', 8, 'latin1');
  frame.writeUInt32LE(picture.length, 16);
  return Buffer.concat([frame, picture]);
}

/** A grey PNG as a data URL. */
export const pngUrl = (width: number, height: number): string =>
  `data:image/png;base64,${png(width, height).toString('base64')}`;
