import { createHash } from 'node:crypto';
import type { Platform } from '../../../platform/platform.ts';
import type { Secret } from '../../../platform/secrets.ts';
import type { Actor } from '../actor.ts';
import type { Biller } from '../biller-store.ts';
import { compareViews, type Difference } from '../compare-configurations.ts';
import {
  type ConfigurationDraft,
  type ConfigurationOf,
  type ConfigurationView,
  type JweSecret,
  SECRET_MARK,
  SECTION_NAMES,
  type SecretEntry,
  type SectionName,
  type ShownSecret,
} from '../configuration.ts';
import { mapSecrets, redact, secretsOf } from '../document-secrets.ts';
import type { FtpRights } from '../ftp/ftp-rights.ts';
import { type OperateDeps, requireBiller } from '../operate-configuration.ts';
import { refuseBiller } from '../problems.ts';
import type { RuleFault } from '../rules/rule.ts';
import { previewConfiguration, type Saved, saveConfiguration } from '../save-configuration.ts';
import { type ConfigurationExport, exportSchema } from './contract.ts';
import { type ExchangeKey, exchangeKeyOf } from './exchange-key.ts';
import { openSecret } from './seal-secret.ts';

type PlanDeps = OperateDeps & Pick<Platform, 'config'>;
type FileSecret = ShownSecret | JweSecret;

export interface ApplyPlan {
  /** The version in force that the plan is of. */
  readonly version: number;
  /** Names exactly this plan: it differs when the file, the sections or the configuration differ. */
  readonly digest: string;
  readonly sections: readonly SectionName[];
  readonly differences: readonly Difference[];
  readonly faults: readonly RuleFault[];
  readonly clearedSecrets: readonly number[];
  /** Secrets the file only names: kept where this biller has one at that place, to be typed where it has none. */
  readonly missingSecrets: readonly string[];
  /** Secrets the file brings, sealed to this installation. */
  readonly broughtSecrets: readonly string[];
  /** Does exactly this; refused if the configuration moved since. */
  readonly apply: (told: { reason: string; by: Actor; ftp?: FtpRights }) => Promise<Saved>;
}

/** What applying an exported file would change here, and the act itself. */
export async function planApply(
  deps: PlanDeps,
  from: {
    bid: number;
    file: unknown;
    sections?: readonly SectionName[];
    /** False where who applies may not write secrets: then no address of the file takes a stored one along. */
    mayWriteSecrets?: boolean;
  },
): Promise<ApplyPlan> {
  const biller = await requireBiller(deps, from.bid);
  const file = readFile(from.file);
  const chosen = SECTION_NAMES.filter(
    (name) => file.sections[name] !== undefined && (from.sections?.includes(name) ?? true),
  );
  const brought = await openAll(deps, biller, file, chosen);
  const wanted = { ...redact(biller.configuration), ...pick(file.sections, chosen) } as ConfigurationOf<FileSecret>;
  const { draft, missingSecrets } = withSecrets(wanted, biller, brought);
  const request = {
    bid: from.bid,
    expectedVersion: biller.version,
    sections: pick(draft, chosen) as Partial<ConfigurationDraft>,
    isExact: true,
    ...(from.mayWriteSecrets !== undefined && { mayWriteSecrets: from.mayWriteSecrets }),
  } as const;
  const preview = await previewConfiguration(deps, request);
  return {
    ...preview,
    version: biller.version,
    digest: digestOf(biller, chosen, preview),
    sections: chosen,
    missingSecrets,
    broughtSecrets: [...brought.keys()],
    apply: (told) => saveConfiguration(deps, { ...request, ...told }),
  };
}

/** What differs between an exported file and the configuration here. Secrets are sealed by each installation for itself, so their fingerprints tell nothing across two. */
export async function diffWithFile(
  deps: OperateDeps,
  from: { bid: number; file: unknown },
): Promise<readonly Difference[]> {
  const biller = await requireBiller(deps, from.bid);
  const here = redact(biller.configuration);
  const there = mapSecrets<FileSecret, ShownSecret>(
    { ...here, ...(readFile(from.file).sections as Partial<ConfigurationOf<FileSecret>>) },
    () => ({ shown: SECRET_MARK, fingerprint: '00000000' }),
  );
  return compareViews(here, there as ConfigurationView).filter((difference) => !difference.isSecret);
}

/** The sections of an exported file for a new biller: what would need its secrets is left out. */
export function sectionsOfFile(file: unknown): Partial<ConfigurationDraft> {
  const { advancedSettings, ftp, ...rest } = readFile(file).sections;
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

/** Whether a file brings secrets at all, which asks more of who applies it. */
export function bringsSealedSecrets(file: unknown): boolean {
  return JSON.stringify(file ?? null).includes('"jwe":');
}

function readFile(file: unknown): ConfigurationExport {
  const parsed = exportSchema.safeParse(file);
  if (parsed.success) return parsed.data;
  const isOurs = file !== null && typeof file === 'object' && Reflect.get(file, 'causeway') === 'configuration';
  if (!isOurs) throw refuseBiller('not-a-configuration-file');
  const faults = parsed.error.issues
    .slice(0, 20)
    .map((issue) => ({ at: issue.path.join('.').slice(0, 200), message: issue.message }));
  throw refuseBiller('configuration-not-valid', {
    summary: faults
      .slice(0, 5)
      .map((fault) => `${fault.at}: ${fault.message}`)
      .join('; '),
    faults,
  });
}

/** Opens every sealed secret of the chosen sections, or refuses with each that can't be, by its path. */
async function openAll(
  deps: PlanDeps,
  biller: Biller,
  file: ConfigurationExport,
  chosen: readonly SectionName[],
): Promise<ReadonlyMap<string, Secret>> {
  const found: [string, JweSecret][] = [];
  const document = { ...redact(biller.configuration), ...pick(file.sections, chosen) } as ConfigurationOf<FileSecret>;
  mapSecrets<FileSecret, null>(document, (secret, place) => {
    if ('jwe' in secret) found.push([place, secret]);
    return null;
  });
  const opened = new Map<string, Secret>();
  if (found.length === 0) return opened;
  if (file.bid !== biller.bid)
    throw refuseBiller('sealed-for-another-biller', { sealedFor: file.bid, bid: biller.bid });
  const key: ExchangeKey = await exchangeKeyOf(deps);
  const faults: { at: string; message: string }[] = [];
  for (const [place, { jwe }] of found) {
    const result = await openSecret(key, { bid: file.bid, place, issuer: file.issuer ?? '' }, jwe);
    if (result.kind === 'secret') opened.set(place, result.secret);
    else faults.push({ at: place, message: `The secret ${result.sentence}.` });
  }
  if (faults.length > 0)
    throw refuseBiller('sealed-secret-not-opened', {
      faults,
      summary: faults
        .map((fault) => `${fault.at}: ${fault.message}`)
        .join(' ')
        .slice(0, 500),
    });
  return opened;
}

/** A secret the file brings is set; one it only names becomes this biller's own there; a setting that has neither is left out. */
function withSecrets(
  wanted: ConfigurationOf<FileSecret>,
  biller: Biller,
  brought: ReadonlyMap<string, Secret>,
): { draft: ConfigurationDraft; missingSecrets: readonly string[] } {
  const own = secretsOf(biller.configuration);
  const missing: string[] = [];
  const draft = mapSecrets<FileSecret, SecretEntry>(wanted, (shown, place) => {
    const secret = brought.get(place);
    if (secret) return { set: secret.reveal() };
    const kept = own.get(place);
    if (!kept) missing.push(place);
    return kept ?? (shown as ShownSecret);
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

function digestOf(
  biller: Biller,
  sections: readonly SectionName[],
  plan: { differences: readonly Difference[]; clearedSecrets: readonly number[] },
): string {
  const { differences, clearedSecrets } = plan;
  const text = JSON.stringify([biller.bid, biller.version, sections, differences, clearedSecrets]);
  return createHash('sha256').update(text).digest('hex');
}

function pick<Sections extends object>(sections: Sections, chosen: readonly SectionName[]): Partial<Sections> {
  return Object.fromEntries(chosen.map((name) => [name, Reflect.get(sections, name)])) as Partial<Sections>;
}
