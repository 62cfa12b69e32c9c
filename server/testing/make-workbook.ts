import { crc32, deflateRawSync } from 'node:zlib';

/** One part of a zip made by a test; what it says of itself may be a lie. */
export interface ZipPart {
  readonly name: string;
  readonly bytes: Buffer | string;
  readonly isEncrypted?: boolean;
  /** Instead of the real one. */
  readonly saidSize?: number;
  readonly attributes?: number;
}

/** A zip, as a test wants it. */
export function zipOf(parts: readonly ZipPart[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const name = Buffer.from(part.name);
    const raw = Buffer.from(part.bytes);
    const data = deflateRawSync(raw);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(part.isEncrypted ? 1 : 0, 2);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(crc32(raw), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(part.saidSize ?? raw.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(part.attributes ?? 0, 6);
    place.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 3]), facts, place, name]));
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), facts, name, data]);
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** A workbook of sheets of texts, as spreadsheet programs write it (inline strings); `more` are further parts. */
export function workbookOf(
  sheets: Readonly<Record<string, readonly (readonly (string | { formula: string; kept: string })[])[]>>,
  more: readonly ZipPart[] = [],
): Buffer {
  const names = Object.keys(sheets);
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const packages = 'http://schemas.openxmlformats.org/package/2006';
  const cell = (value: string | { formula: string; kept: string }, at: string) =>
    typeof value === 'string'
      ? `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`
      : `<c r="${at}" t="str"><f>${escaped(value.formula)}</f><v>${escaped(value.kept)}</v></c>`;
  return zipOf([
    {
      name: '[Content_Types].xml',
      bytes: `${head}<Types xmlns="${packages}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    },
    {
      name: '_rels/.rels',
      bytes: `${head}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      bytes: `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${names.map((name, n) => `<sheet name="${escaped(name)}" sheetId="${n + 1}" r:id="rId${n + 1}"/>`).join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      bytes: `${head}<Relationships xmlns="${packages}/relationships">${names.map((_, n) => `<Relationship Id="rId${n + 1}" Type="${office}/worksheet" Target="worksheets/sheet${n + 1}.xml"/>`).join('')}</Relationships>`,
    },
    ...Object.values(sheets).map((rows, n) => ({
      name: `xl/worksheets/sheet${n + 1}.xml`,
      bytes: `${head}<worksheet xmlns="${main}"><sheetData>${rows
        .map(
          (cells, row) =>
            `<row r="${row + 1}">${cells.map((value, column) => cell(value, `${String.fromCharCode(65 + column)}${row + 1}`)).join('')}</row>`,
        )
        .join('')}</sheetData></worksheet>`,
    })),
    ...more,
  ]);
}
