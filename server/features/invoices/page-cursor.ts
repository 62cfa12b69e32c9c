import { z } from 'zod';
import { refuse } from './problems.ts';

const partsSchema = z
  .array(
    z
      .string()
      .max(200)
      .regex(/^[^\0]*$/),
  )
  .max(4);

/** The place after a row in a list, as an opaque text. */
export function cursorAfter(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * The parts of a cursor of `count` parts; undefined where the list is begun. Refuses what is no cursor of ours; the forms
 * of parts that PostgreSQL casts (an instant, a day, an id) are told by `forms`, in their order.
 */
export function readCursor(
  cursor: string | undefined,
  count: number,
  forms: readonly z.ZodType[] = [],
): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parts = partsSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    for (const [at, form] of forms.entries()) form.parse(parts[at]);
    if (parts.length === count) return parts;
  } catch (cause) {
    throw refuse('bad-cursor', {}, cause);
  }
  throw refuse('bad-cursor');
}

/** Cuts one row more than `limit`, as the statement asked for, into a page. */
export function pageFrom<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => readonly string[],
): { items: readonly Row[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorAfter(keyOf(last)) : null };
}
