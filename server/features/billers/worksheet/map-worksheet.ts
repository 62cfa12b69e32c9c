import type { NewSecret, SettingValueOf } from '../configuration.ts';
import type { Partner, PartnerOperation } from '../partner.ts';
import { settingExistsFor } from '../rules/partner-rules.ts';
import type { SettingContext } from '../settings/setting-text.ts';
import {
  catalogueRow,
  ENVIRONMENTS_SETTING,
  endpointSettings,
  MULTI_ENVIRONMENT,
  SIGN_IN_SETTING,
  settingsCatalogue,
} from '../settings/settings-catalogue.ts';
import { type Claim, type Slot, valueOfClaims } from './assemble-settings.ts';
import type { Entry } from './find-entries.ts';
import type { Purpose, System } from './worksheet-names.ts';

/** What became of one named value. `ask`: a person must say. Never holds a value. */
export interface MappedEntry {
  readonly entry: Entry;
  readonly state: 'mapped' | 'ask' | 'left-out';
  readonly why: string | undefined;
  /** Where it goes: `9`, `10.privateKey`, `8.environment2`. */
  readonly targets: readonly string[];
  /** For `ask`: what it most likely is. */
  readonly suggestions: readonly string[];
}

export interface WorksheetMapping {
  readonly entries: readonly MappedEntry[];
  readonly settings: Readonly<Record<string, SettingValueOf<NewSecret>>>;
}

/** What a person said: by cell, targets separated by commas, or `-` to leave it out. And which system's values to take. */
export interface Answers {
  readonly mapping: Readonly<Record<string, string>>;
  readonly system: System | undefined;
}

const SSO_SETTINGS: Readonly<Partial<Record<string, number>>> = { loginUrl: 3, logoutUrl: 23, returnUrl: 36 };
const TARGET = /^(\d{1,5})(?:\.(privateKey|password|environment1|environment2))?$/;

type Judged =
  | { state: 'ask' | 'left-out'; why: string; suggestions?: readonly string[] }
  | { targets: readonly string[] };

/**
 * Maps named values to numbered settings by what the biller's partner can do. Nothing is guessed: a name with unknown
 * words, two values for one place, half of a pair, or values of two systems are asked about. Pure.
 */
export function mapWorksheet(
  entries: readonly Entry[],
  from: { partner: Partner | undefined; isMultiEnvironment: boolean; answers: Answers },
): WorksheetMapping {
  const context: SettingContext = {
    hasPrivateKey: from.partner?.abilities.hasPrivateKey ?? false,
    isMultiEnvironment: from.isMultiEnvironment || entries.some(isEnvironmentsSetting),
  };
  const systems = new Set(entries.map((entry) => entry.reading.system).filter((system) => system !== undefined));
  const judged = entries.map((entry): { entry: Entry; judged: Judged; isGeneral: boolean } => {
    const answer = from.answers.mapping[entry.cell];
    const isGeneral = answer === undefined && entry.reading.purpose === undefined && entry.reading.number === undefined;
    const told = answer === undefined ? undefined : answered(answer, from.partner);
    if (told) return { entry, judged: told, isGeneral };
    return {
      entry,
      judged: judgeSystem(entry, systems, from.answers.system) ?? judge(entry, from.partner, context),
      isGeneral,
    };
  });
  const byNumber = new Map<string, Claim[]>();
  for (const { entry, judged: one, isGeneral } of judged) {
    if (!('targets' in one)) continue;
    for (const target of one.targets) {
      const [number = '', slot = 'whole'] = target.split('.') as [string, Slot?];
      byNumber.set(number, [...(byNumber.get(number) ?? []), { entry, number, slot, target, isGeneral }]);
    }
  }
  const settings: Record<string, SettingValueOf<NewSecret>> = {};
  const why = new Map<Entry, string>();
  const kept = new Map<Entry, string[]>();
  for (const [number, claims] of byNumber) {
    const made = valueOfClaims(number, claims, context);
    if (made.kind === 'value') {
      settings[number] = made.value;
      for (const claim of made.used) kept.set(claim.entry, [...(kept.get(claim.entry) ?? []), claim.target]);
    } else for (const claim of claims) why.set(claim.entry, made.sentence);
  }
  return {
    settings,
    entries: judged.map(({ entry, judged: one }): MappedEntry => {
      const suggestions = 'suggestions' in one ? (one.suggestions ?? []) : [];
      if (!('targets' in one)) return { entry, state: one.state, why: one.why, targets: [], suggestions };
      const targets = kept.get(entry) ?? [];
      const fault = why.get(entry);
      if (fault !== undefined) return { entry, state: 'ask', why: fault, targets: [], suggestions: one.targets };
      if (targets.length > 0) return { entry, state: 'mapped', why: undefined, targets, suggestions };
      return {
        entry,
        state: 'left-out',
        why: 'a name that says more gives these settings their values',
        targets,
        suggestions,
      };
    }),
  };
}

/** Every place a value of this biller's worksheet may be put, for the person who is asked. */
export function targetsOf(
  partner: Partner | undefined,
  isMultiEnvironment: boolean,
): readonly { target: string; label: string }[] {
  return settingsCatalogue
    .filter((row) => whyNot(String(row.number), partner) === undefined)
    .flatMap((row) => {
      const whole = { target: String(row.number), label: `${row.number} ${row.description}` };
      if (row.mayHoldPrivateKey && partner?.abilities.hasPrivateKey)
        return [
          whole,
          { target: `${row.number}.privateKey`, label: `${whole.label}: private key` },
          { target: `${row.number}.password`, label: `${whole.label}: password` },
        ];
      if (row.pairs === 'never' || !isMultiEnvironment) return [whole];
      return [
        whole,
        { target: `${row.number}.environment1`, label: `${whole.label}: environment 1` },
        { target: `${row.number}.environment2`, label: `${whole.label}: environment 2` },
      ];
    });
}

function isEnvironmentsSetting(entry: Entry): boolean {
  return entry.reading.number === String(ENVIRONMENTS_SETTING) && entry.value === MULTI_ENVIRONMENT;
}

/** What a person said about a cell; undefined when it can't be followed. */
function answered(answer: string, partner: Partner | undefined): Judged | undefined {
  if (answer.trim() === '-') return { state: 'left-out', why: 'left out, as you said' };
  const targets = answer.split(',').map((target) => target.trim());
  for (const target of targets) {
    const number = TARGET.exec(target)?.[1];
    if (number === undefined) return { state: 'ask', why: 'the answer is no setting such as 9 or 10.privateKey' };
    const cannot = whyNot(number, partner);
    if (cannot !== undefined) return { state: 'ask', why: cannot };
  }
  return { targets };
}

function judgeSystem(entry: Entry, systems: ReadonlySet<System>, chosen: System | undefined): Judged | undefined {
  const { system } = entry.reading;
  if (system === undefined) return undefined;
  const name = system === 'uat' ? 'test system (UAT)' : 'production system';
  if (chosen !== undefined && system !== chosen) return { state: 'left-out', why: `it belongs to the ${name}` };
  if (chosen === undefined && systems.size > 1)
    return {
      state: 'ask',
      why: 'the worksheet has values of the test and of the production system; say which to take',
    };
  return undefined;
}

function judge(entry: Entry, partner: Partner | undefined, context: SettingContext): Judged {
  const { reading } = entry;
  if (partner === undefined)
    return {
      state: 'left-out',
      why: 'the biller’s Integration Partner ID is not known here, so nothing can be mapped',
    };
  const likely = targetsFor(entry, partner, context);
  if (reading.number === undefined && reading.part === undefined)
    return { state: 'left-out', why: 'no Advanced Setting has a name like this' };
  if (reading.unknownWords.length > 0)
    return { state: 'ask', why: 'some words of the name are not known here; say what it is', suggestions: likely };
  if (reading.number !== undefined) {
    const cannot = whyNot(reading.number, partner);
    return cannot === undefined ? { targets: likely } : { state: 'left-out', why: cannot };
  }
  if (reading.part === 'userId')
    return {
      state: 'ask',
      why: 'a user ID is no setting of its own; say whether it is the username',
      suggestions: likely,
    };
  if (reading.part === 'key' && !(context.hasPrivateKey && reading.purpose === undefined && likely.length === 0))
    return { state: 'ask', why: 'a “key” may be the private key or the password; say which', suggestions: likely };
  if (reading.environment !== undefined && !context.isMultiEnvironment)
    return {
      state: 'ask',
      why: `two environments need setting ${ENVIRONMENTS_SETTING} (${MULTI_ENVIRONMENT}), which is not set`,
      suggestions: likely,
    };
  if (likely.length === 0) return { state: 'left-out', why: 'this partner has no setting for it' };
  return { targets: likely };
}

/** The settings a name means; a general one (“Username”) means that of every operation the partner has. */
function targetsFor(entry: Entry, partner: Partner, context: SettingContext): readonly string[] {
  const { number, part, purpose, environment } = entry.reading;
  const sub = (setting: number | string): string => {
    const row = catalogueRow(String(setting));
    if (row?.mayHoldPrivateKey && context.hasPrivateKey && (part === 'privateKey' || part === 'key'))
      return `${setting}.privateKey`;
    if (row?.mayHoldPrivateKey && context.hasPrivateKey && part === 'password' && number === undefined)
      return `${setting}.password`;
    return environment !== undefined && row?.pairs !== 'never'
      ? `${setting}.environment${environment}`
      : String(setting);
  };
  if (number !== undefined) return [sub(number)];
  if (part === undefined) return [];
  if (part === 'loginUrl' || part === 'logoutUrl' || part === 'returnUrl') {
    const setting = SSO_SETTINGS[part];
    return setting === undefined || (purpose !== undefined && purpose !== 'sso') ? [] : [String(setting)];
  }
  if (purpose === 'sso') return [];
  if (purpose === 'signIn') {
    if (part === 'url') return partner.abilities.hasSeparateSignIn ? [sub(SIGN_IN_SETTING)] : [];
    return operationsOf(partner, undefined).map((operation) => sub(settingOf(operation, part)));
  }
  return operationsOf(partner, purpose).map((operation) => sub(settingOf(operation, part)));
}

function operationsOf(
  partner: Partner,
  purpose: Exclude<Purpose, 'signIn' | 'sso'> | undefined,
): readonly PartnerOperation[] {
  return partner.abilities.operations.filter((operation) => purpose === undefined || operation === purpose);
}

function settingOf(operation: PartnerOperation, part: string): number {
  const { url, username, password } = endpointSettings[operation];
  if (part === 'url') return url;
  return part === 'username' || part === 'userId' ? username : password;
}

/** Why a setting does not exist for a partner; undefined when it does. */
function whyNot(number: string, partner: Partner | undefined): string | undefined {
  const row = catalogueRow(number);
  if (row === undefined) return `there is no Advanced Setting ${number} in the catalogue`;
  return partner !== undefined && settingExistsFor(row, partner)
    ? undefined
    : `setting ${number} does not exist for this partner`;
}
