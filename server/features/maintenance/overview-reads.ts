import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';

/** Windows in force now, and those of them that end within the hour: then pages open and DataPump goes on. */
export async function countWindows(tx: Tx, now: Temporal.Instant): Promise<{ inForce: number; ending: number }> {
  const { rows } = await sql<{ inForce: number; ending: number }>`
    select count(*) as "inForce",
      count(*) filter (where ends_at <= ${now.add({ hours: 1 })}) as ending
    from maintenance_window where is_active and starts_at <= ${now} and ends_at > ${now}`.execute(tx);
  return rows[0] ?? { inForce: 0, ending: 0 };
}
