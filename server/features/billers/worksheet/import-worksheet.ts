import { type DataKey, fingerprintOf } from '../../../platform/secrets.ts';
import type { Timers } from '../../../platform/timers.ts';
import type { Actor } from '../actor.ts';
import type { Biller } from '../biller-store.ts';
import { type ConfigurationDraft, SECRET_MARK } from '../configuration.ts';
import { redact } from '../document-secrets.ts';
import type { OperateDeps } from '../operate-configuration.ts';
import { requireBiller } from '../operate-configuration.ts';
import { refuseBiller } from '../problems.ts';
import { previewConfiguration, type Saved, saveConfiguration } from '../save-configuration.ts';
import { dataKeyOf } from '../sealed-keys.ts';
import { isMultiEnvironment, urlFault } from '../settings/setting-text.ts';
import { catalogueRow } from '../settings/settings-catalogue.ts';
import type { WorksheetPreview } from './contract.ts';
import { type Entry, findEntries } from './find-entries.ts';
import { type Answers, type MappedEntry, mapWorksheet, targetsOf, type WorksheetMapping } from './map-worksheet.ts';
import { readWorksheet } from './read-worksheet.ts';
import { wordsOf } from './worksheet-names.ts';

export type WorksheetDeps = OperateDeps & { readonly timers: Timers };

export interface WorksheetRequest {
  readonly bid: number;
  readonly bytes: Buffer;
  readonly answers: Answers;
}

/** What a worksheet would set: each named value with its setting, or why not, and the change. Stores and echoes no secret. */
export async function previewWorksheet(deps: WorksheetDeps, request: WorksheetRequest): Promise<WorksheetPreview> {
  const { biller, mapping } = await mapped(deps, request);
  const dataKey = await deps.database.withBiller(biller.bid, (tx) => dataKeyOf(tx, deps.keyring, biller.bid));
  const preview = await previewConfiguration(deps, {
    bid: biller.bid,
    expectedVersion: biller.version,
    sections: sectionsOf(biller, mapping),
  });
  const systems = new Set(mapping.entries.flatMap(({ entry }) => entry.reading.system ?? []));
  const isMulti = isMultiEnvironment(biller.configuration.advancedSettings) || '81' in mapping.settings;
  return {
    version: biller.version,
    rows: mapping.entries.map((one) => rowOf(one, dataKey)),
    systems: [...systems],
    targets: targetsOf(deps.billers.partnerOf(biller), isMulti).map((target) => ({ ...target })),
    differences: preview.differences.map((difference) => ({ ...difference })) as never,
    clearedSecrets: [...preview.clearedSecrets],
    faults: preview.faults.map((fault) => ({ ...fault })),
    isReady: mapping.entries.every((one) => one.state !== 'ask') && Object.keys(mapping.settings).length > 0,
  };
}

/** Sets what the worksheet says, by the same save as everything else. Refuses while something is still to be asked. */
export async function applyWorksheet(
  deps: WorksheetDeps,
  request: WorksheetRequest & { expectedVersion: number; reason: string; by: Actor },
): Promise<Saved> {
  const { biller, mapping } = await mapped(deps, request);
  const asked = mapping.entries.filter((one) => one.state === 'ask');
  if (asked.length > 0)
    throw refuseBiller('worksheet-undecided', {
      count: asked.length,
      faults: asked.map((one) => ({ at: one.entry.cell, message: one.why ?? 'say what it is' })),
    });
  if (Object.keys(mapping.settings).length === 0) throw refuseBiller('worksheet-empty');
  if (biller.version !== request.expectedVersion)
    throw refuseBiller('worksheet-outdated', { version: biller.version, expectedVersion: request.expectedVersion });
  return saveConfiguration(deps, {
    bid: request.bid,
    expectedVersion: request.expectedVersion,
    sections: sectionsOf(biller, mapping),
    reason: request.reason,
    by: request.by,
    isExact: true,
  });
}

async function mapped(
  deps: WorksheetDeps,
  { bid, bytes, answers }: WorksheetRequest,
): Promise<{ biller: Biller; mapping: WorksheetMapping }> {
  const biller = await requireBiller(deps, bid);
  const partner = deps.billers.partnerOf(biller);
  const entries = findEntries(
    await readWorksheet(deps, bytes),
    new Set(wordsOf(biller.configuration.profile.integrationPartner)),
  );
  const unknown = Object.keys(answers.mapping).filter((cell) => !entries.some((entry) => entry.cell === cell));
  if (unknown.length > 0)
    throw refuseBiller('worksheet-cell-unknown', { cells: unknown.slice(0, 5).join(', ').slice(0, 200) });
  const isMulti = isMultiEnvironment(biller.configuration.advancedSettings);
  return { biller, mapping: mapWorksheet(entries, { partner, isMultiEnvironment: isMulti, answers }) };
}

function sectionsOf(biller: Biller, mapping: WorksheetMapping): Partial<ConfigurationDraft> {
  return { advancedSettings: { ...redact(biller.configuration).advancedSettings, ...mapping.settings } };
}

function rowOf(one: MappedEntry, dataKey: DataKey): WorksheetPreview['rows'][number] {
  const isSecret = !isPlain(one);
  return {
    cell: one.entry.cell,
    row: one.entry.row,
    name: nameShown(one.entry),
    // What is not known to be no secret is shown as one; the fingerprint lets two people compare.
    shown: isSecret
      ? one.state === 'mapped'
        ? `${SECRET_MARK} (${fingerprintOf(dataKey, one.entry.value)})`
        : SECRET_MARK
      : one.entry.value,
    isSecret,
    state: one.state,
    why: one.why ?? null,
    targets: [...one.targets],
    suggestions: [...one.suggestions],
  };
}

function isPlain({ entry, targets }: MappedEntry): boolean {
  const kinds = targets.map((target) => catalogueRow(target.split('.')[0] ?? '')?.kind);
  if (kinds.includes('secret')) return false;
  const { part } = entry.reading;
  if (part === 'url' || kinds.includes('url'))
    return entry.value.split('|').every((text) => urlFault(text.trim()) === undefined);
  return part === 'username' || part === 'userId' || (kinds.length > 0 && !kinds.includes(undefined));
}

/** A name that is one, and not a value that stands where a name belongs. */
function nameShown({ name, reading }: Entry): string {
  const isKnown = reading.part !== undefined || reading.number !== undefined;
  const isWords =
    /^[\p{L}\d\s()/.,:&'’#?_-]+$/u.test(name) && !name.split(/\s+/).some((word) => /\d/.test(word) && word.length > 8);
  return isKnown || isWords ? name.slice(0, 80) : '(not shown)';
}
