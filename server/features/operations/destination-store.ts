import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';

/** Every statement on the table `alert_destination`. */
const LISTED_MAX = 200;

export interface DestinationRow {
  readonly id: number;
  readonly bid: number | null;
  readonly kind: 'email' | 'webhook';
  readonly address: string;
  readonly name: string;
  readonly is_on: boolean;
  readonly off_reason: string | null;
  readonly secret: string | null;
  readonly secret_fingerprint: string | null;
  readonly secret_set_at: Temporal.Instant | null;
  readonly previous_secret: string | null;
  readonly previous_fingerprint: string | null;
  readonly previous_until: Temporal.Instant | null;
  readonly created_at: Temporal.Instant;
  readonly created_by: string;
  readonly version: number;
}

const columns = [
  'id',
  'bid',
  'kind',
  'address',
  'name',
  'is_on',
  'off_reason',
  'secret',
  'secret_fingerprint',
  'secret_set_at',
  'previous_secret',
  'previous_fingerprint',
  'previous_until',
  'created_at',
  'created_by',
  'version',
] as const;

/** Undefined when the same address is a destination already. */
export async function insertDestination(
  tx: Tx,
  from: {
    bid: number | null;
    kind: string;
    address: string;
    name: string;
    at: Temporal.Instant;
    by: string;
  },
): Promise<DestinationRow | undefined> {
  return tx
    .insertInto('alert_destination')
    .values({
      bid: from.bid,
      kind: from.kind,
      address: from.address,
      name: from.name,
      created_at: from.at,
      created_by: from.by,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(columns)
    .$castTo<DestinationRow>()
    .executeTakeFirst();
}

export async function changeDestination(
  tx: Tx,
  id: number,
  to: Partial<Omit<DestinationRow, 'id' | 'version' | 'bid' | 'kind' | 'created_at' | 'created_by'>>,
): Promise<DestinationRow> {
  return tx
    .updateTable('alert_destination')
    .set({ ...to, version: sql`version + 1` })
    .where('id', '=', id)
    .returning(columns)
    .$castTo<DestinationRow>()
    .executeTakeFirstOrThrow();
}

export async function lockDestination(tx: Tx, id: number): Promise<DestinationRow | undefined> {
  return tx
    .selectFrom('alert_destination')
    .select(columns)
    .where('id', '=', id)
    .forUpdate()
    .$castTo<DestinationRow>()
    .executeTakeFirst();
}

export async function findDestination(tx: Tx, id: number): Promise<DestinationRow | undefined> {
  return tx
    .selectFrom('alert_destination')
    .select(columns)
    .where('id', '=', id)
    .$castTo<DestinationRow>()
    .executeTakeFirst();
}

export async function deleteDestination(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom('alert_destination').where('id', '=', id).execute();
}

export async function countDestinations(tx: Tx): Promise<number> {
  const { count } = await tx
    .selectFrom('alert_destination')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export type ListedDestination = DestinationRow & {
  readonly waiting: number;
  readonly failed: number;
  readonly last_sent_at: Temporal.Instant | null;
};

/** All of them with how their messages fare; `failed` counts the last 7 days. */
export async function listDestinations(
  tx: Tx,
  from: { id?: number; failedSince: Temporal.Instant },
): Promise<readonly ListedDestination[]> {
  return tx
    .selectFrom('alert_destination as d')
    .leftJoinLateral(
      (lateral) =>
        lateral
          .selectFrom('alert_message as m')
          .select((select) => [
            select.fn.countAll<number>().filterWhere('m.state', '=', 'queued').as('waiting'),
            select.fn
              .countAll<number>()
              .filterWhere('m.state', '=', 'failed')
              .filterWhere('m.created_at', '>=', from.failedSince)
              .as('failed'),
            sql<Temporal.Instant | null>`max(m.finished_at) filter (where m.state = 'sent')`.as('last_sent_at'),
          ])
          .whereRef('m.destination_id', '=', 'd.id')
          .where('m.folded_into', 'is', null)
          .as('fate'),
      (join) => join.onTrue(),
    )
    .select([...columns.map((column) => `d.${column}` as const), 'fate.waiting', 'fate.failed', 'fate.last_sent_at'])
    .$if(from.id !== undefined, (query) => query.where('d.id', '=', from.id ?? 0))
    .orderBy('d.id')
    .limit(LISTED_MAX)
    .$castTo<ListedDestination>()
    .execute();
}
