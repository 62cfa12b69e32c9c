import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import { type Configuration, configurationSchema, type SectionName } from './configuration.ts';

const BILLERS_MAX = 10_000;
export const HISTORY_PAGE_MAX = 50;

/** A biller and its configuration in force. */
export interface Biller {
  readonly bid: number;
  readonly slug: string;
  readonly name: string;
  /** The BillerGuid, carried in every BIF. */
  readonly guid: string;
  /** The version of its configuration that is in force. */
  readonly version: number;
  readonly configuration: Configuration;
}

/** What it takes to name a biller. */
export interface BillerSummary {
  readonly bid: number;
  readonly slug: string;
  readonly name: string;
}

export interface StoredVersion {
  readonly version: number;
  readonly document: Configuration;
  readonly sections: readonly string[];
  readonly changedBy: string;
  readonly changedAt: Temporal.Instant;
  readonly reason: string;
  readonly restoredFrom: number | null;
}

/** The statements on `biller` and `biller_configuration`; nobody else names these tables. */
export async function readBiller(tx: Tx, bid: number): Promise<Biller | undefined> {
  const row = await tx
    .selectFrom('biller')
    .innerJoin('biller_configuration', (join) =>
      join
        .onRef('biller_configuration.bid', '=', 'biller.bid')
        .onRef('biller_configuration.version', '=', 'biller.version'),
    )
    .select([
      'biller.bid',
      'biller.slug',
      'biller.name',
      'biller.guid',
      'biller.version',
      'biller_configuration.document',
    ])
    .where('biller.bid', '=', bid)
    .executeTakeFirst();
  return (
    row && {
      bid: row.bid,
      slug: row.slug,
      name: row.name,
      guid: row.guid,
      version: row.version,
      configuration: configurationSchema.parse(row.document),
    }
  );
}

/** The same, with the biller locked until the transaction ends: the second of two saves waits, then sees the first. */
export async function lockBiller(tx: Tx, bid: number): Promise<Biller | undefined> {
  await tx.selectFrom('biller').select('bid').where('bid', '=', bid).forUpdate().execute();
  return readBiller(tx, bid);
}

/** The version in force alone, to see whether a cached document still holds. */
export async function readVersionNumber(tx: Tx, bid: number): Promise<number | undefined> {
  const row = await tx.selectFrom('biller').select('version').where('bid', '=', bid).executeTakeFirst();
  return row?.version;
}

export async function findBidOfSlug(tx: Tx, slug: string): Promise<number | undefined> {
  const row = await tx.selectFrom('biller').select('bid').where('slug', '=', slug).executeTakeFirst();
  return row?.bid;
}

/** Billers by BID, from `afterBid` on. Needs a transaction across billers. */
export async function listBillers(
  tx: Tx,
  from: { afterBid?: number; limit?: number } = {},
): Promise<readonly BillerSummary[]> {
  return tx
    .selectFrom('biller')
    .select(['bid', 'slug', 'name'])
    .where('bid', '>', from.afterBid ?? 0)
    .orderBy('bid')
    .limit(Math.min(from.limit ?? BILLERS_MAX, BILLERS_MAX))
    .execute();
}

export async function insertBiller(
  tx: Tx,
  biller: Omit<Biller, 'configuration' | 'version'> & { createdAt: Temporal.Instant },
): Promise<void> {
  await tx
    .insertInto('biller')
    .values({
      bid: biller.bid,
      slug: biller.slug,
      name: biller.name,
      guid: biller.guid,
      version: 1,
      created_at: biller.createdAt,
    })
    .execute();
}

export async function updateBillerNames(
  tx: Tx,
  bid: number,
  names: { name: string; slug: string; guid: string },
): Promise<void> {
  await tx.updateTable('biller').set(names).where('bid', '=', bid).execute();
}

/** Adds a version and puts it in force. The primary key keeps a version from being written twice. */
export async function insertVersion(
  tx: Tx,
  bid: number,
  version: Omit<StoredVersion, 'sections'> & { sections: readonly SectionName[] },
): Promise<void> {
  await tx
    .insertInto('biller_configuration')
    .values({
      bid,
      version: version.version,
      document: JSON.stringify(version.document),
      sections: [...version.sections],
      changed_by: version.changedBy,
      changed_at: version.changedAt,
      reason: version.reason,
      restored_from: version.restoredFrom,
    })
    .execute();
  await tx.updateTable('biller').set({ version: version.version }).where('bid', '=', bid).execute();
}

/** Told to every process when the transaction commits: cached documents of this biller are thrown away. */
export async function notifyChange(tx: Tx, bid: number): Promise<void> {
  await sql`select pg_notify('configuration', ${String(bid)})`.execute(tx);
}

export async function readVersion(tx: Tx, bid: number, version: number): Promise<StoredVersion | undefined> {
  const [found] = await versions(tx, bid, { from: version, limit: 1 });
  return found?.version === version ? found : undefined;
}

/** Versions, newest first, from `from` downwards. */
export async function versions(
  tx: Tx,
  bid: number,
  page: { from?: number; limit: number },
): Promise<readonly StoredVersion[]> {
  const rows = await tx
    .selectFrom('biller_configuration')
    .select(['version', 'document', 'sections', 'changed_by', 'changed_at', 'reason', 'restored_from'])
    .where('bid', '=', bid)
    .$if(page.from !== undefined, (query) => query.where('version', '<=', page.from ?? 0))
    .orderBy('version', 'desc')
    .limit(Math.min(page.limit, HISTORY_PAGE_MAX + 1))
    .execute();
  return rows.map((row) => ({
    version: row.version,
    document: configurationSchema.parse(row.document),
    sections: row.sections,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
    reason: row.reason,
    restoredFrom: row.restored_from,
  }));
}
