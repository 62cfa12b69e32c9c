import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';

/** The database about itself, by the functions of migration 0011, and the table `operation_mark`. */
export interface DatabaseFigures {
  readonly version: string;
  readonly startedAt: Temporal.Instant;
  readonly sizeBytes: number;
  readonly connections: number;
  readonly connectionsMax: number;
  readonly replicas: number;
  readonly replicaLagBytes: number | null;
  readonly isArchiving: boolean;
}

export async function readDatabaseFigures(tx: Tx): Promise<DatabaseFigures> {
  const { rows } = await sql<DatabaseFigures>`
    select version, started_at as "startedAt", size_bytes as "sizeBytes", connections, connections_max as "connectionsMax",
      replicas, replica_lag_bytes as "replicaLagBytes", is_archiving as "isArchiving" from database_figures()`.execute(
    tx,
  );
  const [row] = rows;
  if (!row) throw new Error('the database told nothing of itself');
  return row;
}

export interface LongTransaction {
  readonly pid: number;
  readonly application: string;
  readonly state: string;
  readonly since: Temporal.Instant;
  readonly seconds: number;
  readonly waitsFor: string | null;
}

/** Transactions open for longer than so many seconds, the oldest first. */
export async function readLongTransactions(tx: Tx, seconds: number): Promise<readonly LongTransaction[]> {
  const { rows } = await sql<LongTransaction>`
    select pid, application, coalesce(state, 'unknown') as state, since, seconds, waits_for as "waitsFor"
    from long_transactions(${seconds})`.execute(tx);
  return rows;
}

export async function readMigrations(tx: Tx): Promise<readonly { name: string; appliedAt: Temporal.Instant }[]> {
  const { rows } = await sql<{ name: string; appliedAt: Temporal.Instant }>`
    select name, applied_at as "appliedAt" from applied_migrations()`.execute(tx);
  return rows;
}

export interface OperationMark {
  readonly kind: string;
  readonly at: Temporal.Instant;
  readonly detail: Record<string, unknown>;
}

/** When the last backup was made, the audit last verified, and what else is marked. */
export async function readMarks(tx: Tx): Promise<readonly OperationMark[]> {
  return tx
    .selectFrom('operation_mark')
    .select(['kind', 'at', 'detail'])
    .orderBy('kind')
    .$castTo<OperationMark>()
    .execute();
}
