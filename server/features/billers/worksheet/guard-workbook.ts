import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';

/** What an .xlsx of a page of names and values never comes near to. */
const ENTRIES_MAX = 500;
const UNPACKED_BYTES_MAX = 16 * 1024 * 1024;
const RATIO_MAX = 200;
const RATIO_COUNTS_FROM_BYTES = 1024 * 1024;
const SYMLINK = 0o120000;
const FORMAT_BITS = 0o170000;

/** The parts of a workbook that hold cells. Macros, drawings, links to other files and what is embedded are not looked at. */
const WANTED =
  /^(\[Content_Types\]\.xml|_rels\/\.rels|xl\/(workbook|sharedStrings|styles)\.xml|xl\/_rels\/workbook\.xml\.rels|xl\/worksheets\/[A-Za-z0-9_-]+\.xml)$/i;

/** A workbook that is not read, in words for the person who sent it. Never holds anything of the file's cells. */
export class WorkbookRefused extends Error {}

/**
 * Checks an .xlsx before anything reads it, by its real bytes and not by what it says of itself, and packs the parts with
 * cells anew: what the reader gets is what was checked. Refuses bombs, encryption, links out and XML with entities.
 */
export async function guardWorkbook(bytes: Buffer): Promise<Buffer> {
  let zip: yauzl.ZipFile;
  try {
    zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true, validateEntrySizes: true, strictFileNames: true });
  } catch (cause) {
    throw new WorkbookRefused('the file is damaged: it begins as an .xlsx and can’t be opened as one', { cause });
  }
  if (zip.entryCount > ENTRIES_MAX) throw new WorkbookRefused(`the .xlsx has more than ${ENTRIES_MAX} parts`);
  const parts = new Map<string, Buffer>();
  let unpacked = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      refuseEntry(entry);
      if (!WANTED.test(entry.fileName)) continue;
      if (parts.has(entry.fileName)) throw new WorkbookRefused('the .xlsx holds a part twice');
      const part = await unpack(zip, entry, UNPACKED_BYTES_MAX - unpacked);
      unpacked += part.length;
      if (part.length > RATIO_COUNTS_FROM_BYTES && part.length / Math.max(1, entry.compressedSize) > RATIO_MAX)
        throw new WorkbookRefused('the .xlsx unpacks to far more than it should (a “zip bomb”)');
      refuseXml(part);
      parts.set(entry.fileName, part);
    }
  } catch (cause) {
    if (cause instanceof WorkbookRefused) throw cause;
    throw new WorkbookRefused('the .xlsx is damaged and can’t be unpacked', { cause });
  }
  if (!parts.has('xl/workbook.xml')) throw new WorkbookRefused('the file is a zip, and not an .xlsx workbook');
  return packed(parts);
}

function refuseEntry(entry: yauzl.Entry): void {
  if ((entry.generalPurposeBitFlag & 1) !== 0)
    throw new WorkbookRefused('the .xlsx is encrypted; save it without a password');
  if (((entry.externalFileAttributes >>> 16) & FORMAT_BITS) === SYMLINK)
    throw new WorkbookRefused('the .xlsx holds a link to another file');
  if (entry.uncompressedSize > UNPACKED_BYTES_MAX)
    throw new WorkbookRefused('the .xlsx unpacks to far more than a worksheet holds');
}

async function unpack(zip: yauzl.ZipFile, entry: yauzl.Entry, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const stream = await zip.openReadStreamPromise(entry);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytesMax) {
      stream.destroy();
      throw new WorkbookRefused('the .xlsx unpacks to far more than a worksheet holds');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A workbook has no document type: one that brings it wants an entity expanded or a file fetched (XXE). */
function refuseXml(part: Buffer): void {
  if (part.includes(0)) throw new WorkbookRefused('the .xlsx is not written in UTF-8');
  const text = part.toString('latin1');
  if (/<!(DOCTYPE|ENTITY)/i.test(text))
    throw new WorkbookRefused('the .xlsx declares XML entities, which no worksheet needs');
}

/** A zip without compression (PKZIP APPNOTE 4.3), of what was checked. */
function packed(parts: ReadonlyMap<string, Buffer>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, part] of parts) {
    const nameBytes = Buffer.from(name, 'utf8');
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0); // version needed
    facts.writeUInt16LE(0x0800, 2); // names in UTF-8
    facts.writeUInt16LE(0x21, 8); // the first of January 1980: a zip has no older day
    facts.writeUInt32LE(crc32(part), 10);
    facts.writeUInt32LE(part.length, 14);
    facts.writeUInt32LE(part.length, 18);
    facts.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), facts, nameBytes, part]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), facts, place, nameBytes]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.size, 8);
  end.writeUInt16LE(parts.size, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
