import type { Actor } from './actor.ts';
import { readVersion } from './biller-store.ts';
import { type Configuration, SECTION_NAMES, type SectionName } from './configuration.ts';
import type { FtpRights } from './ftp/ftp-rights.ts';
import { refuseBiller } from './problems.ts';
import { type BillersDeps, type Saved, saveConfigurationIn } from './save-configuration.ts';

/**
 * Makes an earlier version's sections the newest version: whole, or the sections named. Sealed secrets come back with
 * the addresses they were sealed beside. Conflicts and rules stand as in any save.
 */
export async function restoreVersion(
  deps: BillersDeps,
  request: {
    bid: number;
    version: number;
    expectedVersion: number;
    sections?: readonly SectionName[];
    reason: string;
    by: Actor;
    ftp?: FtpRights;
  },
): Promise<Saved> {
  const saved = await deps.database.withBiller(request.bid, async (tx) => {
    const stored = await readVersion(tx, request.bid, request.version);
    if (!stored) throw refuseBiller('unknown-version', { version: request.version });
    return saveConfigurationIn(tx, deps, {
      bid: request.bid,
      expectedVersion: request.expectedVersion,
      sections: pickSections(stored.document, request.sections ?? SECTION_NAMES),
      reason: request.reason,
      by: request.by,
      ...(request.ftp && { ftp: request.ftp }),
      restoredFrom: request.version,
    });
  });
  deps.billers?.forget(request.bid);
  return saved;
}

/** The named sections of a document and no other. */
export function pickSections(document: Configuration, sections: readonly SectionName[]): Partial<Configuration> {
  return Object.fromEntries(sections.map((section) => [section, document[section]]));
}
