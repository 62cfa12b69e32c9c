import type { Principal } from '../../platform/access.ts';
import type { Database, Tx } from '../../platform/database.ts';
import { refuse } from '../../platform/problems.ts';

/** Whose rows a question is about: one biller's, or (`undefined`) all of them. */
export type Reach = number | undefined;

/** Narrows a question to what the reader may see: a biller's own staff see their biller, whatever they ask. */
export function reachOf(principal: Principal | undefined, asked: number | undefined): Reach {
  if (!principal) throw refuse('not-signed-in');
  if (principal.bid === null) return asked;
  if (asked !== undefined && asked !== principal.bid) throw refuse('not-found');
  return principal.bid;
}

/** A transaction that sees the rows of the reach: under row-level security of one biller, or across all. */
export function within<T>(database: Database, reach: Reach, act: (tx: Tx) => Promise<T>): Promise<T> {
  return reach === undefined ? database.withSystem(act) : database.withBiller(reach, act);
}
