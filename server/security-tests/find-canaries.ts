import fs from 'node:fs';
import path from 'node:path';
import type pg from 'pg';

const FILE_BYTES_MAX = 16 * 1024 ** 2;

/** A secret planted under a name; `bytes` is what must come out nowhere. */
export interface Canary {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Text that came out somewhere, and where. */
export interface Heard {
  readonly where: string;
  readonly text: string;
}

export const canaryOf = (name: string, secret: string | Buffer): Canary => ({ name, bytes: Buffer.from(secret) });

/** Each canary that is in a text, plain or as base64, base64url, hex or percent-encoded, at any alignment. */
export function findCanaries(canaries: readonly Canary[], heard: readonly Heard[]): string[] {
  const forms = canaries.flatMap(({ name, bytes }) => formsOf(bytes).map((form) => ({ name, ...form })));
  const found = new Set<string>();
  for (const { where, text } of heard) {
    const small = text.toLowerCase();
    for (const { name, kind, form } of forms) {
      const at = kind === 'hex' || kind === 'percent-encoded' ? small.indexOf(form) : text.indexOf(form);
      if (at >= 0) found.add(`${name} (${kind}) in ${where}: …${text.slice(Math.max(0, at - 60), at + 20)}…`);
    }
  }
  return [...found];
}

function formsOf(bytes: Buffer): { kind: string; form: string }[] {
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text).equals(bytes);
  const base64 = [0, 1, 2].map((shift) => {
    // The characters that the neighbours share are left off at both ends.
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return whole.slice(shift === 0 ? 0 : shift + 1, -4);
  });
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  return [
    ...(isText
      ? [
          { kind: 'plain', form: text },
          { kind: 'JSON', form: JSON.stringify(text).slice(1, -1) },
        ]
      : []),
    ...(isText ? [{ kind: 'URI', form: encodeURIComponent(text) }] : []),
    ...base64.map((form) => ({ kind: 'base64', form })),
    ...base64.map((form) => ({ kind: 'base64url', form: form.replaceAll('+', '-').replaceAll('/', '_') })),
    { kind: 'hex', form: bytes.toString('hex') },
    { kind: 'percent-encoded', form: percent },
  ];
}

/** Every row of every table of every schema as text; bytes both as hex and as they are. */
export async function dumpDatabase(owner: pg.Client): Promise<Heard[]> {
  const tables = await owner.query<{ schema: string; name: string; bytes: string[] }>(
    `select n.nspname as schema, c.relname as name,
       coalesce((select array_agg(a.attname::text) from pg_attribute a
         where a.attrelid = c.oid and a.atttypid = 'bytea'::regtype and not a.attisdropped), '{}') as bytes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
  );
  const heard: Heard[] = [];
  for (const { schema, name, bytes } of tables.rows) {
    const rows = await owner.query<{ row: string }>(`select t::text as row from "${schema}"."${name}" t`);
    heard.push(...rows.rows.map(({ row }) => ({ where: `table ${schema}.${name}`, text: row })));
    for (const column of bytes) {
      const cells = await owner.query<{ cell: Buffer | null }>(`select "${column}" as cell from "${schema}"."${name}"`);
      heard.push(...cells.rows.map(({ cell }) => ({ where: `bytes of ${name}.${column}`, text: String(cell) })));
    }
  }
  return heard;
}

/** Every file under a folder. */
export function readFolderTexts(folder: string): Heard[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => fs.statSync(file).size <= FILE_BYTES_MAX)
    .map((file) => ({ where: `file ${file}`, text: fs.readFileSync(file, 'latin1') }));
}
