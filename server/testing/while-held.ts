import { sql } from 'kysely';
import type { Database, Tx } from '../platform/database.ts';

const LOOKS_MAX = 6_000;

/**
 * Begins `act` while a transaction holds what `hold` locks, and lets `happens` change it once `act` waits there (or has
 * come to its end without waiting). Answers what came of `act`, after that transaction.
 */
export async function whileHeld<T>(
  database: Database,
  from: { hold: (tx: Tx) => Promise<unknown>; act: () => Promise<T>; happens: (tx: Tx) => Promise<unknown> },
): Promise<T> {
  let acting: Promise<T> | undefined;
  await database.withSystem(async (tx) => {
    await from.hold(tx);
    let isOver = false;
    acting = from.act();
    const end = () => {
      isOver = true;
    };
    acting.then(end, end);
    for (let looks = 0; looks < LOOKS_MAX && !isOver && !(await isAwaited(tx)); looks += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await from.happens(tx);
  });
  if (acting === undefined) throw new Error('nothing was begun');
  return acting;
}

/** `pg_locks` is read anew by every statement, which the list of sessions within one transaction is not. */
async function isAwaited(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from pg_locks
    where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`.execute(tx);
  return Number(rows[0]?.count) > 0;
}
