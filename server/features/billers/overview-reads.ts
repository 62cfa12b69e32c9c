import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';

/** Billers one transaction may see and a figure is made of. */
const BILLERS_MAX = 10_000;

/** What somebody looks for, as each feature's search takes it. */
export interface Wanted {
  /** As typed, without what people paste around it. */
  readonly text: string;
  /** Escaped for `like`, with the open end. */
  readonly start: string;
  readonly number: number | undefined;
  readonly uuid: string | undefined;
  /** What one kind may add to an answer. */
  readonly limit: number;
}

/** A thing found, without the name of its biller. */
export interface Found {
  readonly bid: number;
  /** As it stands in the address of its page. */
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly isExact: boolean;
}

/** The billers this transaction may see: one under row-level security, or all; with the zone their days are of. */
export async function readBillerZones(tx: Tx): Promise<{ bid: number; name: string; timeZone: string }[]> {
  const { rows } = await sql<{ bid: number; name: string; timeZone: string }>`
    select b.bid, b.name, coalesce(c.document->'profile'->>'timeZone', 'UTC') as "timeZone"
    from biller b join biller_configuration c on c.bid = b.bid and c.version = b.version
    order by b.bid limit ${BILLERS_MAX}`.execute(tx);
  return rows;
}

/** Billers by number, address, id or part of the name. */
export async function findBillers(tx: Tx, { text, start, number, uuid, limit }: Wanted): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select bid, bid::text as id, name as title, 'Biller ' || bid || ' · /' || slug as detail,
      (bid = ${number ?? null}::bigint or slug = lower(${text}) or lower(name) = lower(${text})) is true as "isExact"
    from biller
    where bid = ${number ?? null}::bigint or slug like lower(${start}) or name ilike ${`%${start}`}
      or guid = ${uuid ?? null}::uuid
    order by "isExact" desc, name limit ${limit}`.execute(tx);
  return rows;
}
