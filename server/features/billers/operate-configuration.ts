import { z } from 'zod';
import type { Actor } from './actor.ts';
import type { Biller } from './biller-store.ts';
import { compareViews, type Difference } from './compare-configurations.ts';
import {
  type ConfigurationDraft,
  type ConfigurationView,
  configurationViewSchema,
  SECTION_NAMES,
  type SecretEntry,
  type SectionName,
  type ShownSecret,
} from './configuration.ts';
import { valueAt, withValueAt } from './configuration-paths.ts';
import { mapSecrets, redact, secretsOf } from './document-secrets.ts';
import type { Billers } from './load-biller.ts';
import { refuseBiller } from './problems.ts';
import type { RuleFault } from './rule.ts';
import { checkConfiguration } from './rules.ts';
import { type BillersDeps, previewConfiguration, type Saved, saveConfiguration } from './save-configuration.ts';
import { settingContext } from './setting-text.ts';

/** What the command line stands on: the same use cases as the routes, by the operator of the machine. */
export type OperateDeps = BillersDeps & { readonly billers: Billers };

const exportSchema = z.strictObject({
  causeway: z.literal('configuration'),
  bid: z.int(),
  version: z.int(),
  sections: configurationViewSchema.partial(),
});
/** A configuration as a file: secrets as fingerprints only. */
export type ConfigurationExport = z.infer<typeof exportSchema>;

/** The biller, or a refusal that says so. */
export async function requireBiller(deps: OperateDeps, bid: number): Promise<Biller> {
  const biller = await deps.billers.load(bid);
  if (!biller) throw refuseBiller('unknown-biller', { bid });
  return biller;
}

/** The configuration, or the value at a path of it; secrets as fingerprints. Undefined: nothing is set there. */
export async function getValue(deps: OperateDeps, bid: number, path: string | undefined): Promise<unknown> {
  const biller = await requireBiller(deps, bid);
  const view = redact(biller.configuration);
  return path === undefined ? view : valueAt(view, path, contextOf(deps, biller));
}

/** Sets values by path, all in one version. */
export async function setValues(
  deps: OperateDeps,
  from: { bid: number; values: readonly { path: string; text: string }[]; reason: string; by: Actor },
): Promise<Saved> {
  const biller = await requireBiller(deps, from.bid);
  let sections: Partial<ConfigurationDraft> = {};
  for (const { path, text } of from.values) {
    // New secrets are carried in the draft; a path below only reads what it leaves alone.
    const view = { ...redact(biller.configuration), ...sections } as ConfigurationView;
    const context = settingContext(view.advancedSettings, deps.partners.get(view.profile.integrationPartner));
    sections = { ...sections, ...withValueAt(view, path, text, context) };
  }
  return saveConfiguration(deps, {
    bid: from.bid,
    expectedVersion: biller.version,
    sections,
    reason: from.reason,
    by: from.by,
  });
}

/** Every fault of the configuration in force. */
export async function checkBiller(deps: OperateDeps, bid: number): Promise<readonly RuleFault[]> {
  return checkConfiguration((await requireBiller(deps, bid)).configuration, deps.partners);
}

/** The configuration as a file for another installation. */
export async function exportConfiguration(deps: OperateDeps, bid: number): Promise<ConfigurationExport> {
  const biller = await requireBiller(deps, bid);
  return { causeway: 'configuration', bid, version: biller.version, sections: redact(biller.configuration) };
}

export interface ApplyPlan {
  readonly differences: readonly Difference[];
  readonly faults: readonly RuleFault[];
  readonly clearedSecrets: readonly number[];
  /** Secrets the file only names: kept where this biller has one at that place, to be typed where it has none. */
  readonly missingSecrets: readonly string[];
  readonly apply: (reason: string, by: Actor) => Promise<Saved>;
}

/** What applying an exported file would change here, and the act itself. The file's secrets are never more than fingerprints. */
export async function planApply(
  deps: OperateDeps,
  from: { bid: number; file: unknown; sections?: readonly SectionName[] },
): Promise<ApplyPlan> {
  const biller = await requireBiller(deps, from.bid);
  const parsed = exportSchema.safeParse(from.file);
  if (!parsed.success)
    throw refuseBiller('configuration-not-valid', {
      summary: parsed.error.issues
        .slice(0, 5)
        .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
        .join('; '),
    });
  const chosen = SECTION_NAMES.filter(
    (name) => parsed.data.sections[name] !== undefined && (from.sections?.includes(name) ?? true),
  );
  const wanted = {
    ...redact(biller.configuration),
    ...Object.fromEntries(chosen.map((name) => [name, parsed.data.sections[name]])),
  } as ConfigurationView;
  const { draft, missingSecrets } = withOwnSecrets(wanted, biller);
  const request = {
    bid: from.bid,
    expectedVersion: biller.version,
    sections: Object.fromEntries(chosen.map((name) => [name, draft[name]])),
  };
  const preview = await previewConfiguration(deps, request);
  return { ...preview, missingSecrets, apply: (reason, by) => saveConfiguration(deps, { ...request, reason, by }) };
}

/** What differs between an exported file and the configuration here. Secrets are sealed by each installation for itself, so their fingerprints tell nothing across two. */
export async function diffWithFile(
  deps: OperateDeps,
  from: { bid: number; file: unknown },
): Promise<readonly Difference[]> {
  const biller = await requireBiller(deps, from.bid);
  const parsed = exportSchema.safeParse(from.file);
  if (!parsed.success)
    throw refuseBiller('configuration-not-valid', { summary: 'the file is not an exported configuration' });
  const here = redact(biller.configuration);
  return compareViews(here, { ...here, ...parsed.data.sections } as ConfigurationView).filter(
    (difference) => !difference.isSecret,
  );
}

/** Each secret of the file becomes this biller's own at that place; a setting that has none is left out. */
function withOwnSecrets(
  wanted: ConfigurationView,
  biller: Biller,
): { draft: ConfigurationDraft; missingSecrets: readonly string[] } {
  const own = secretsOf(biller.configuration);
  const missing: string[] = [];
  const draft = mapSecrets<ShownSecret, SecretEntry>(wanted, (shown, place) => {
    const kept = own.get(place);
    if (!kept) missing.push(place);
    return kept ?? shown;
  });
  const advancedSettings = Object.fromEntries(
    Object.entries(draft.advancedSettings).filter(
      ([number]) =>
        !missing.some(
          (place) => place === `advancedSettings.${number}` || place.startsWith(`advancedSettings.${number}.`),
        ),
    ),
  );
  const users = draft.ftp.users.map((user) =>
    missing.includes(`ftp.users.${user.username}`) ? { ...user, password: null } : user,
  );
  return { draft: { ...draft, advancedSettings, ftp: { ...draft.ftp, users } }, missingSecrets: missing };
}

function contextOf(deps: OperateDeps, biller: Biller) {
  return settingContext(biller.configuration.advancedSettings, deps.billers.partnerOf(biller));
}

/** The sections of an exported file for a new biller: what would need its secrets is left out. */
export function sectionsOfFile(file: unknown): Partial<ConfigurationDraft> {
  const parsed = exportSchema.safeParse(file);
  if (!parsed.success)
    throw refuseBiller('configuration-not-valid', { summary: 'the file is not an exported configuration' });
  const { advancedSettings, ftp, ...rest } = parsed.data.sections;
  const plain = Object.entries(advancedSettings ?? {}).flatMap(([number, value]) =>
    value.kind === 'secret' || value.kind === 'secretPair' || value.kind === 'keyAndPassword'
      ? []
      : [[number, value] as const],
  );
  const present = Object.entries(rest).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(present),
    ...(advancedSettings && { advancedSettings: Object.fromEntries(plain) }),
    ...(ftp && { ftp: { ...ftp, users: ftp.users.map((user) => ({ ...user, password: null })) } }),
  };
}
