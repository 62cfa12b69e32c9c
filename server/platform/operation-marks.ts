import type { JsonValue } from './audit-chain.ts';
import type { Tx } from './database.ts';

/** What the whole installation relies on being done now and then. */
export type MarkKind = 'backup-created' | 'audit-verified';

/** Keeps when something was last done, and how it went, for the Operations screen. Needs a transaction across billers. */
export async function writeMark(
  tx: Tx,
  mark: { kind: MarkKind; at: Temporal.Instant; detail: { readonly [name: string]: JsonValue } },
): Promise<void> {
  const values = { at: mark.at, detail: JSON.stringify(mark.detail) };
  await tx
    .insertInto('operation_mark')
    .values({ kind: mark.kind, ...values })
    .onConflict((conflict) => conflict.column('kind').doUpdateSet(values))
    .execute();
}

/** When something was last done; undefined when it never was. */
export async function readMark(
  tx: Tx,
  kind: MarkKind,
): Promise<{ at: Temporal.Instant; detail: Record<string, unknown> } | undefined> {
  const row = await tx
    .selectFrom('operation_mark')
    .select(['at', 'detail'])
    .where('kind', '=', kind)
    .executeTakeFirst();
  return row && { at: row.at, detail: row.detail as Record<string, unknown> };
}
