import type { Platform } from '../../platform/platform.ts';
import { HISTORY_PAGE_MAX, readVersion, versions } from './biller-store.ts';
import { compareConfigurations, type Difference } from './compare-configurations.ts';
import type { Configuration } from './configuration.ts';
import { refuseBiller } from './problems.ts';

type ReadDeps = Pick<Platform, 'database'>;

/** One version as the history tells it: who, when, why, and what it changed against the version before. */
export interface HistoryEntry {
  readonly version: number;
  readonly changedBy: string;
  readonly changedAt: Temporal.Instant;
  readonly reason: string;
  readonly sections: readonly string[];
  readonly restoredFrom: number | null;
  readonly differences: readonly Difference[];
}

/** The versions of a biller's configuration, newest first, a page at a time; `before` is the last version of the page before. */
export async function readHistory(
  deps: ReadDeps,
  from: { bid: number; before?: number; limit?: number },
): Promise<{ readonly items: readonly HistoryEntry[]; readonly nextBefore: number | undefined }> {
  const limit = Math.min(Math.max(1, from.limit ?? 20), HISTORY_PAGE_MAX);
  const stored = await deps.database.withBiller(from.bid, (tx) =>
    versions(tx, from.bid, { ...(from.before !== undefined && { from: from.before - 1 }), limit: limit + 1 }),
  );
  const page = stored.slice(0, limit);
  const items = page.map((entry, n) => {
    const earlier = stored[n + 1];
    const { version, changedBy, changedAt, reason, sections, restoredFrom } = entry;
    return {
      version,
      changedBy,
      changedAt,
      reason,
      sections,
      restoredFrom,
      differences: earlier ? compareConfigurations(earlier.document, entry.document) : [],
    };
  });
  return { items, nextBefore: stored.length > limit ? page.at(-1)?.version : undefined };
}

/** What differs between any two versions. Secrets as fingerprints. */
export async function compareVersions(
  deps: ReadDeps,
  from: { bid: number; from: number; to: number },
): Promise<readonly Difference[]> {
  const [before, after] = await deps.database.withBiller(from.bid, async (tx) => [
    await readVersion(tx, from.bid, from.from),
    await readVersion(tx, from.bid, from.to),
  ]);
  if (!before) throw refuseBiller('unknown-version', { version: from.from });
  if (!after) throw refuseBiller('unknown-version', { version: from.to });
  return compareConfigurations(before.document, after.document);
}

/** The document of one version, with its secrets sealed. */
export async function readDocument(deps: ReadDeps, from: { bid: number; version: number }): Promise<Configuration> {
  const stored = await deps.database.withBiller(from.bid, (tx) => readVersion(tx, from.bid, from.version));
  if (!stored) throw refuseBiller('unknown-version', { version: from.version });
  return stored.document;
}
