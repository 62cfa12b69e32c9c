import { askDatabase } from './ask-database.ts';

/** Longer than an unknown outcome settles (30 minutes) plus the gap between two readings (5). */
const JUMP_MS = 45 * 60_000;

/**
 * The half hour an unknown payment settles before its figures are read, without waiting for it: in the demo's own database
 * what happened to it so far is moved into the past, and its lane is woken.
 */
export async function letTimePass(dataFolder: string, accountNumber: string): Promise<void> {
  await askDatabase(
    dataFolder,
    `update delivery set next_at = now(),
       unknown_since = unknown_since - make_interval(secs => $2::float8 / 1000),
       readings = coalesce((
         select jsonb_agg(jsonb_set(reading, '{atMs}', to_jsonb((reading->>'atMs')::float8 - $2::float8)) order by nr)
         from jsonb_array_elements(readings) with ordinality each(reading, nr)), '[]')
     where account_number = $1 and state = 'unknown' and next_at > now()`,
    [accountNumber, JUMP_MS],
  );
  await askDatabase(
    dataFolder,
    `select wake_lane(bid, lane_id, 'payments', (destination->>'environment')::int) from delivery
     where account_number = $1 and state = 'unknown'`,
    [accountNumber],
  );
}
