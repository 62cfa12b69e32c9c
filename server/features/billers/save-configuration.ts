import { recordAudit } from '../../platform/audit.ts';
import type { Tx } from '../../platform/database.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Actor } from './actor.ts';
import { type Biller, insertVersion, lockBiller, notifyChange, readVersion } from './biller-store.ts';
import { clearSecretsOfChangedHosts } from './clear-secrets.ts';
import { changedSections, compareConfigurations, type Difference } from './compare-configurations.ts';
import {
  type Configuration,
  type ConfigurationDraft,
  configurationSchema,
  SECTION_NAMES,
  type SectionName,
} from './configuration.ts';
import { type FtpRights, refuseFtpChange } from './ftp/ftp-rights.ts';
import { keepFtpUsers, tryFtpUsers } from './ftp/ftp-users.ts';
import { type FindInvoiceTypesInUse, removedTypesInUse } from './invoice-types-in-use.ts';
import type { Billers } from './load-biller.ts';
import { mergeSections } from './merge-sections.ts';
import type { Partners } from './partner.ts';
import { refuseBiller } from './problems.ts';
import { broughtPlaces, resolveSecrets } from './resolve-secrets.ts';
import type { RuleFault } from './rules/rule.ts';
import { checkConfiguration } from './rules/rules.ts';
import { dataKeyOf } from './sealed-keys.ts';

/** Differences written into the audit event; the versions hold them all. */
const AUDITED_DIFFERENCES_MAX = 200;

/** What saving stands on. `billers`: this process's cache, told to forget what was saved. */
export type BillersDeps = Pick<Platform, 'database' | 'clock' | 'random' | 'keyring'> & {
  readonly partners: Partners;
  readonly billers?: Pick<Billers, 'forget'>;
  /** Asks the invoices which types they carry; without it an invoice type can always be taken out. */
  readonly findInvoiceTypesInUse?: FindInvoiceTypesInUse;
};

export interface SaveRequest {
  readonly bid: number;
  /** The version the caller began at. Others' changes since then are kept, or told as a conflict. */
  readonly expectedVersion: number;
  /** Whole sections, any number of them. */
  readonly sections: Partial<ConfigurationDraft>;
  readonly reason: string;
  readonly by: Actor;
  /** False where who saves may not write secrets: then even a first address takes no stored secret along. */
  readonly mayWriteSecrets?: boolean;
  /** What who saves may change of FTP Management. A member of staff of whom nothing is said may change nothing of it. */
  readonly ftp?: FtpRights;
  /** True: only on the version named, whatever section another change was in. */
  readonly isExact?: boolean;
  /** A version these sections are taken from: its addresses and secrets belong together, so none is cleared. */
  readonly restoredFrom?: number;
}

export interface Saved {
  readonly version: number;
  /** False when everything was so already: no version was made. */
  readonly isChanged: boolean;
  readonly differences: readonly Difference[];
  /** Settings whose secret was taken away because its endpoint now leads to another host. */
  readonly clearedSecrets: readonly number[];
  readonly warnings: readonly RuleFault[];
}

/**
 * Saves sections of a biller's configuration as a new version, in one transaction with its audit event. Refuses a
 * conflict with both values, and what can't work with each fault at its field (spec/configuration.md).
 */
export async function saveConfiguration(deps: BillersDeps, request: SaveRequest): Promise<Saved> {
  const saved = await deps.database.withBiller(request.bid, (tx) => saveConfigurationIn(tx, deps, request));
  deps.billers?.forget(request.bid);
  return saved;
}

/** The same inside the caller's transaction of that biller; the audit chain is locked until it ends. */
export async function saveConfigurationIn(tx: Tx, deps: BillersDeps, request: SaveRequest): Promise<Saved> {
  const prepared = await prepare(tx, deps, request);
  const { biller, next, clearedSecrets, differences } = prepared;
  const isFtpChanged = differences.some((difference) => difference.section === 'ftp');
  if (isFtpChanged) refuseFtpChange(request, biller.configuration.ftp, next.ftp);
  refuseErrors(prepared.faults, clearedSecrets);
  if (isFtpChanged) refuseErrors(await keepFtpUsers(tx, request.bid, next.ftp));
  const warnings = prepared.faults.filter((fault) => fault.severity === 'warning');
  if (differences.length === 0)
    return { version: biller.version, isChanged: false, differences, clearedSecrets, warnings };

  const version = biller.version + 1;
  const sections = changedSections(biller.configuration, next);
  await insertVersion(tx, request.bid, {
    version,
    document: next,
    sections,
    changedBy: request.by.name,
    changedAt: deps.clock.now(),
    reason: request.reason,
    restoredFrom: request.restoredFrom ?? null,
  });
  await notifyChange(tx, request.bid);
  await recordAudit(tx, {
    at: deps.clock.now(),
    bid: request.bid,
    actorKind: request.by.kind,
    actor: request.by.name,
    act: request.restoredFrom === undefined ? 'configuration.changed' : 'configuration.restored',
    subject: `configuration/${version}`,
    reason: request.reason,
    detail: {
      version,
      sections,
      clearedSecrets,
      ...(request.restoredFrom !== undefined && { restoredFrom: request.restoredFrom }),
      differences: differences
        .slice(0, AUDITED_DIFFERENCES_MAX)
        .map(({ path, from, to }) => ({ path, ...(from !== undefined && { from }), ...(to !== undefined && { to }) })),
      differenceCount: differences.length,
    },
  });
  return { version, isChanged: true, differences, clearedSecrets, warnings };
}

/** What a save would do: differences, cleared secrets and every fault, with nothing stored. Refuses conflicts likewise. */
export async function previewConfiguration(
  deps: BillersDeps,
  request: PreviewRequest,
): Promise<{ differences: readonly Difference[]; clearedSecrets: readonly number[]; faults: readonly RuleFault[] }> {
  return deps.database.withBiller(request.bid, async (tx) => {
    const { differences, clearedSecrets, faults, next } = await prepare(tx, deps, request);
    const isFtpChanged = differences.some((difference) => difference.section === 'ftp');
    const taken = isFtpChanged ? await tryFtpUsers(tx, request.bid, next.ftp) : [];
    return { differences, clearedSecrets, faults: [...faults, ...taken] };
  });
}

/** Refuses a configuration that can't work; used wherever one is about to be stored. */
export function refuseErrors(faults: readonly RuleFault[], clearedSecrets: readonly number[] = []): void {
  const errors = faults.filter((fault) => fault.severity === 'error');
  if (errors.length === 0) return;
  throw refuseBiller('configuration-does-not-work', {
    count: errors.length === 1 ? 'One fault was' : `${errors.length} faults were`,
    faults: errors.map((fault) => ({ at: fault.at, message: withCleared(fault, clearedSecrets), rule: fault.rule })),
  });
}

type PreviewRequest = Omit<SaveRequest, 'reason' | 'by' | 'ftp'>;

interface Prepared {
  readonly biller: Biller;
  readonly next: Configuration;
  readonly clearedSecrets: readonly number[];
  readonly differences: readonly Difference[];
  readonly faults: readonly RuleFault[];
}

async function prepare(tx: Tx, deps: BillersDeps, request: PreviewRequest): Promise<Prepared> {
  const biller = await lockBiller(tx, request.bid);
  if (!biller) throw refuseBiller('unknown-biller', { bid: request.bid });
  if (request.isExact && biller.version !== request.expectedVersion)
    throw refuseBiller('configuration-moved', {
      currentVersion: biller.version,
      expectedVersion: request.expectedVersion,
    });
  const base = await baseOf(tx, biller, request.expectedVersion);
  const dataKey = await dataKeyOf(tx, deps.keyring, request.bid);
  const mine = validated(
    resolveSecrets({
      draft: { ...base, ...request.sections },
      known: [base, biller.configuration],
      bid: request.bid,
      dataKey,
    }),
  );
  const sections = SECTION_NAMES.filter((name): name is SectionName => name in request.sections);
  const { merged, conflicts } = mergeSections({ base, mine, theirs: biller.configuration, sections });
  if (conflicts.length > 0) {
    throw refuseBiller('configuration-conflict', {
      currentVersion: biller.version,
      expectedVersion: request.expectedVersion,
      conflicts,
    });
  }
  const { next, cleared } =
    request.restoredFrom === undefined
      ? clearSecretsOfChangedHosts(biller.configuration, merged, {
          isFirstAddressTrusted: request.mayWriteSecrets ?? true,
          brought: broughtPlaces(request.sections),
        })
      : { next: merged, cleared: [] };
  return {
    biller,
    next,
    clearedSecrets: cleared,
    differences: compareConfigurations(biller.configuration, next),
    faults: [
      ...checkConfiguration(next, deps.partners),
      ...(await removedTypesInUse(tx, deps.findInvoiceTypesInUse, {
        bid: request.bid,
        before: biller.configuration,
        after: next,
      })),
    ],
  };
}

async function baseOf(tx: Tx, biller: Biller, version: number): Promise<Configuration> {
  if (version === biller.version) return biller.configuration;
  const stored = await readVersion(tx, biller.bid, version);
  if (!stored) throw refuseBiller('unknown-version', { version });
  return stored.document;
}

/** The whole document once more: a section may fit by itself and still not be what the document allows. */
export function validated(document: Configuration): Configuration {
  const parsed = configurationSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 100)
    .map((issue) => ({ at: issue.path.join('.'), message: issue.message }));
  throw refuseBiller('configuration-not-valid', {
    summary: faults
      .map((fault) => `${fault.at}: ${fault.message}`)
      .join('; ')
      .slice(0, 500),
    faults,
  });
}

function withCleared(fault: RuleFault, cleared: readonly number[]): string {
  const number = cleared.find((each) => fault.at === `advancedSettings.${each}`);
  return number === undefined
    ? fault.sentence
    : `${fault.sentence} The stored one was taken out because the address now leads to another host; type the secret in the same save.`;
}
