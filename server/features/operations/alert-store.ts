import { type SqlBool, sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import { CONDITION_WORDS, CONDITIONS, type Condition, type ConditionRule } from './conditions.ts';
import type { Observation } from './observation.ts';

/** Every statement on the tables `alert` and `alert_settings`. */
const OPEN_MAX = 5_000;
const PRUNED_AT_ONCE = 10_000;

export interface AlertRow {
  readonly id: number;
  readonly bid: number | null;
  readonly condition: Condition;
  readonly subject: string;
  readonly sentence: string;
  readonly first_seen_at: Temporal.Instant;
  readonly told_at: Temporal.Instant | null;
  readonly gone_since: Temporal.Instant | null;
  readonly recovered_at: Temporal.Instant | null;
  readonly recovery: string | null;
}

const columns = [
  'id',
  'bid',
  'condition',
  'subject',
  'sentence',
  'first_seen_at',
  'told_at',
  'gone_since',
  'recovered_at',
  'recovery',
] as const;

/** What holds now, told or not yet. */
export async function readOpenAlerts(tx: Tx): Promise<readonly AlertRow[]> {
  return tx
    .selectFrom('alert')
    .select(columns)
    .where('recovered_at', 'is', null)
    .orderBy('id', 'desc')
    .limit(OPEN_MAX)
    .$castTo<AlertRow>()
    .execute();
}

/** Told alerts, newest first; one more than `limit`. */
export async function readAlerts(
  tx: Tx,
  from: { state?: 'open' | 'recovered' | undefined; before?: string | undefined; limit: number },
): Promise<readonly AlertRow[]> {
  return tx
    .selectFrom('alert')
    .select(columns)
    .where('told_at', 'is not', null)
    .$if(from.state === 'open', (query) => query.where('recovered_at', 'is', null))
    .$if(from.state === 'recovered', (query) => query.where('recovered_at', 'is not', null))
    .$if(from.before !== undefined, (query) => query.where(sql<SqlBool>`id < ${Number(from.before)}`))
    .orderBy('id', 'desc')
    .limit(from.limit + 1)
    .$castTo<AlertRow>()
    .execute();
}

/** Keeps what was seen for the first time. Undefined when another worker was first. */
export async function insertAlert(
  tx: Tx,
  from: { seen: Observation; at: Temporal.Instant; toldAt: Temporal.Instant | null },
): Promise<AlertRow | undefined> {
  const { seen, at, toldAt } = from;
  return tx
    .insertInto('alert')
    .values({
      bid: seen.bid,
      condition: seen.condition,
      subject: seen.subject,
      sentence: seen.sentence,
      first_seen_at: at,
      told_at: toldAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(columns)
    .$castTo<AlertRow>()
    .executeTakeFirst();
}

export async function changeAlert(
  tx: Tx,
  id: number,
  to: Partial<Pick<AlertRow, 'sentence' | 'told_at' | 'gone_since' | 'recovered_at' | 'recovery'>>,
): Promise<void> {
  await tx.updateTable('alert').set(to).where('id', '=', id).execute();
}

export async function deleteAlert(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom('alert').where('id', '=', id).execute();
}

/** Forgets alerts that were over before then, with their messages. Returns how many. */
export async function pruneAlerts(tx: Tx, before: Temporal.Instant): Promise<number> {
  const { rows } = await sql`
    delete from alert where id = any(array(
      select id from alert where recovered_at < ${before} order by id limit ${PRUNED_AT_ONCE}))
    returning 1`.execute(tx);
  return rows.length;
}

export interface AlertSettings {
  readonly version: number;
  readonly changedBy: string | null;
  readonly rules: ReadonlyMap<Condition, ConditionRule>;
}

/** The rules in force: what the operator set, and the standard for what they did not, or what is newer. */
export async function readSettings(tx: Tx, options: { isLocked?: boolean } = {}): Promise<AlertSettings> {
  const row = await tx
    .selectFrom('alert_settings')
    .select(['conditions', 'version', 'changed_by'])
    .$if(options.isLocked === true, (query) => query.forUpdate())
    .executeTakeFirst();
  const kept = (row?.conditions ?? {}) as Partial<Record<Condition, ConditionRule>>;
  return {
    version: row?.version ?? 0,
    changedBy: row?.changed_by ?? null,
    rules: new Map(CONDITIONS.map((condition) => [condition, kept[condition] ?? CONDITION_WORDS[condition].standard])),
  };
}

/** False when somebody else changed them since `expectedVersion`. */
export async function writeSettings(
  tx: Tx,
  from: { rules: ReadonlyMap<Condition, ConditionRule>; expectedVersion: number; by: string; at: Temporal.Instant },
): Promise<boolean> {
  const values = {
    conditions: JSON.stringify(Object.fromEntries(from.rules)),
    version: from.expectedVersion + 1,
    changed_at: from.at,
    changed_by: from.by,
  };
  const written =
    from.expectedVersion === 0
      ? await tx
          .insertInto('alert_settings')
          .values(values)
          .onConflict((conflict) => conflict.doNothing())
          .returning('version')
          .executeTakeFirst()
      : await tx
          .updateTable('alert_settings')
          .set(values)
          .where('version', '=', from.expectedVersion)
          .returning('version')
          .executeTakeFirst();
  return written !== undefined;
}
