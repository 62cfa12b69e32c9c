import { type NewSecret, SECRET_MARK, type SettingValueOf } from '../configuration.ts';
import { type SettingContext, settingFromText, splitParts, urlFault } from '../settings/setting-text.ts';
import { catalogueRow } from '../settings/settings-catalogue.ts';
import type { Entry } from './find-entries.ts';

const SECRET_CHARS_MAX = 2_000;

/** The part of a setting that one value fills. */
export type Slot = 'whole' | 'privateKey' | 'password' | 'environment1' | 'environment2';

/** One value of a worksheet that wants to be (a part of) a setting. */
export interface Claim {
  readonly entry: Entry;
  readonly number: string;
  readonly slot: Slot;
  readonly target: string;
  /** Its name did not say for which operation: a value whose name does goes before it. */
  readonly isGeneral: boolean;
}

type Assembled =
  | { readonly kind: 'value'; readonly value: SettingValueOf<NewSecret>; readonly used: readonly Claim[] }
  | { readonly kind: 'fault'; readonly sentence: string };

/** Makes one setting of the values that want to be it; a fault says why not, and quotes none of them. */
export function valueOfClaims(number: string, claims: readonly Claim[], context: SettingContext): Assembled {
  const slots = new Map<Slot, Claim[]>();
  for (const claim of claims) slots.set(claim.slot, [...(slots.get(claim.slot) ?? []), claim]);
  const chosen = new Map<Slot, Claim[]>();
  for (const [slot, wanting] of slots) {
    const special = wanting.filter((claim) => !claim.isGeneral);
    const left = special.length > 0 ? special : wanting;
    if (new Set(left.map((claim) => claim.entry.value)).size > 1)
      return fault(
        `${left.map((claim) => claim.entry.cell).join(' and ')} differ, and both are setting ${number}; leave one out`,
      );
    chosen.set(slot, left);
  }
  const used = [...chosen.values()].flat();
  const text = (slot: Slot) => chosen.get(slot)?.[0]?.entry.value;
  const read = readParts(number, text, context);
  return typeof read === 'string' ? fault(read) : { kind: 'value', value: read, used };
}

function readParts(
  number: string,
  text: (slot: Slot) => string | undefined,
  context: SettingContext,
): SettingValueOf<NewSecret> | string {
  const row = catalogueRow(number);
  const isSecret = row?.kind === 'secret';
  const holdsKey = isSecret && row.mayHoldPrivateKey && context.hasPrivateKey;
  const whole = text('whole');
  if (holdsKey) {
    const privateKey = text('privateKey');
    // “… Password” beside a row for the private key is the password alone, whatever `|` it holds.
    const password = text('password') ?? (privateKey === undefined ? undefined : whole);
    if (privateKey !== undefined && password !== undefined) {
      const wrong = secretFault(privateKey) ?? secretFault(password);
      return wrong ?? { kind: 'keyAndPassword', privateKey: { set: privateKey }, password: { set: password } };
    }
    const both = whole ?? password ?? privateKey ?? '';
    if (splitParts(both).length !== 2)
      return `setting ${number} needs a private key and a password, and the worksheet has only one of them`;
    return secretFault(both) ?? textValue(number, both, context);
  }
  if (text('environment1') !== undefined || text('environment2') !== undefined) return readPair(number, isSecret, text);
  const only = whole ?? text('password') ?? text('privateKey') ?? '';
  return (isSecret ? secretFault(only) : undefined) ?? textValue(number, only, context);
}

function readPair(
  number: string,
  isSecret: boolean,
  text: (slot: Slot) => string | undefined,
): SettingValueOf<NewSecret> | string {
  // A value without an environment is that of the one the worksheet does not name.
  const environment1 = text('environment1') ?? text('whole');
  const environment2 = text('environment2') ?? text('whole');
  if (environment1 === undefined || environment2 === undefined)
    return `setting ${number} needs a value for each of the two environments, and the worksheet has only one of them`;
  if (isSecret) {
    const wrong = secretFault(environment1) ?? secretFault(environment2);
    return wrong ?? { kind: 'secretPair', environment1: { set: environment1 }, environment2: { set: environment2 } };
  }
  const wrong = catalogueRow(number)?.kind === 'url' ? (urlFault(environment1) ?? urlFault(environment2)) : undefined;
  return wrong ?? { kind: 'pair', environment1, environment2 };
}

/** By the same reading as a typed setting, without its sentences: those quote what was typed. */
function textValue(number: string, text: string, context: SettingContext): SettingValueOf<NewSecret> | string {
  const kind = catalogueRow(number)?.kind;
  if (kind === 'url') {
    const wrong = (context.isMultiEnvironment ? splitParts(text) : [text])
      .map((part) => urlFault(part.trim()))
      .find(Boolean);
    if (wrong !== undefined) return wrong;
  }
  const reading = settingFromText(number, text, context);
  if (reading.kind === 'value') return reading.value;
  if (kind === 'json') return `setting ${number} must be JSON, and this is not`;
  return `setting ${number} ${reading.sentence}`.replaceAll(text, '…');
}

function secretFault(text: string): string | undefined {
  if (text.includes(SECRET_MARK))
    return 'it shows a mark in place of the secret; put the secret itself into the worksheet';
  return text.length > SECRET_CHARS_MAX ? `it is longer than ${SECRET_CHARS_MAX} characters` : undefined;
}

function fault(sentence: string): Assembled {
  return { kind: 'fault', sentence };
}
