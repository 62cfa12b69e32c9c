import {
  type NewSecret,
  SECRET_MARK,
  type Sealed,
  type SettingValue,
  type SettingValueOf,
  type ShownSecret,
} from '../configuration.ts';
import type { Partner } from '../partner.ts';
import { type CatalogueRow, catalogueRow, ENVIRONMENTS_SETTING, MULTI_ENVIRONMENT } from './settings-catalogue.ts';

const TEXT_LENGTH_MAX = 4000;

/** What decides how a `|` in a setting's text is meant. */
export interface SettingContext {
  readonly hasPrivateKey: boolean;
  readonly isMultiEnvironment: boolean;
}

export type SettingReading =
  | { readonly kind: 'value'; readonly value: SettingValueOf<NewSecret> }
  | { readonly kind: 'fault'; readonly sentence: string };

/** The context of one biller: its partner, and whether setting 81 is in force. */
export function settingContext(
  settings: Readonly<Record<string, SettingValueOf<unknown>>>,
  partner: Partner | undefined,
): SettingContext {
  return { hasPrivateKey: partner?.abilities.hasPrivateKey ?? false, isMultiEnvironment: isMultiEnvironment(settings) };
}

/** Whether setting 81 says MULTIENVIRONMENT: two endpoints, chosen by the invoice's InvoiceTypeID. */
export function isMultiEnvironment(settings: Readonly<Record<string, SettingValueOf<unknown>>>): boolean {
  const value = settings[String(ENVIRONMENTS_SETTING)];
  return value?.kind === 'text' && value.value === MULTI_ENVIRONMENT;
}

/**
 * Reads a setting as it is typed, imported or sent. Where a setting has two values they stand with a `|` between them;
 * a `|` that belongs to a value is written `\|` (and a backslash just before a `|`, or last in the first value, twice).
 * Where a setting has one value, every character is its own.
 */
export function settingFromText(number: string, text: string, context: SettingContext): SettingReading {
  const row = catalogueRow(number);
  if (text.length > TEXT_LENGTH_MAX) return fault(`is longer than ${TEXT_LENGTH_MAX} characters`);
  if (row === undefined) return { kind: 'value', value: { kind: 'text', value: text } };
  if (text === '') return fault('is empty; remove the setting instead');
  switch (row.kind) {
    case 'onOff':
      return readOnOff(row, text);
    case 'json':
      return readJson(text);
    case 'word':
      return text === row.word
        ? { kind: 'value', value: { kind: 'text', value: text } }
        : fault(`can only be ${row.word}, or be removed`);
    case 'secret':
      return readSecret(row, text, context);
    case 'url':
    case 'text':
      return readPlain(row, text, context);
    default:
      throw new Error(`unknown kind of setting: ${row.kind satisfies never}`);
  }
}

/** A setting as it is shown or exported; secrets as `•••• (fingerprint)`. */
export function settingToText(
  number: string,
  value: SettingValue | SettingValueOf<ShownSecret>,
  context: SettingContext,
): string {
  switch (value.kind) {
    case 'text':
      return isSplit(catalogueRow(number), context) ? joinParts([value.value]) : value.value;
    case 'pair':
      return joinParts([value.environment1, value.environment2]);
    case 'secret':
      return marked(value.secret);
    case 'secretPair':
      return `${marked(value.environment1)}|${marked(value.environment2)}`;
    case 'keyAndPassword':
      return `${marked(value.privateKey)}|${marked(value.password)}`;
    case 'onOff': {
      const [on, off] = catalogueRow(number)?.words ?? ['on', 'off'];
      return value.value ? on : off;
    }
    case 'json':
      return JSON.stringify(value.value);
    default:
      throw new Error(`unknown kind of setting: ${JSON.stringify(value satisfies never)}`);
  }
}

/** Cuts a text at each `|` that is not written `\|`. The inverse of `joinParts`. */
export function splitParts(text: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let at = 0;
  while (at < text.length) {
    let backslashes = 0;
    while (text[at + backslashes] === '\\') backslashes++;
    at += backslashes;
    const isBar = text[at] === '|';
    // A backslash means itself everywhere but before a `|`, so that nobody has to double those in a password.
    part += '\\'.repeat(isBar ? Math.floor(backslashes / 2) : backslashes);
    if (isBar && backslashes % 2 === 0) {
      parts.push(part);
      part = '';
    } else if (at < text.length) {
      part += text[at];
    }
    at++;
  }
  return [...parts, part];
}

/** Joins values with `|`, so that `splitParts` gives the same values back. */
export function joinParts(parts: readonly string[]): string {
  return parts
    .map((part, n) => {
      const escaped = part.replace(/(\\*)\|/g, '$1$1\\|');
      return n < parts.length - 1 ? escaped.replace(/\\+$/, '$&$&') : escaped;
    })
    .join('|');
}

function readPlain(row: CatalogueRow, text: string, context: SettingContext): SettingReading {
  const parts = isSplit(row, context) ? splitParts(text) : [text];
  const [first = '', second] = parts.map((part) => part.trim());
  if (parts.length > 2)
    return fault(
      `holds ${parts.length} values; at most two, with one | between them (a | inside a value is written \\|)`,
    );
  if (row.kind === 'url') {
    const wrong = [first, second].find((part) => part !== undefined && urlFault(part) !== undefined);
    if (wrong !== undefined) return fault(`${urlFault(wrong)}: ${wrong === '' ? '(empty)' : wrong.slice(0, 100)}`);
  }
  if (second !== undefined)
    return { kind: 'value', value: { kind: 'pair', environment1: first, environment2: second } };
  return { kind: 'value', value: { kind: 'text', value: first } };
}

function readSecret(row: CatalogueRow, text: string, context: SettingContext): SettingReading {
  if (text.includes(SECRET_MARK)) return fault('shows a mark in place of the secret; type the secret itself');
  if (context.hasPrivateKey && row.mayHoldPrivateKey) {
    const parts = splitParts(text);
    const [privateKey, password] = parts;
    if (parts.length !== 2 || !privateKey || !password) {
      return fault('must be [PrivateKey]|[Password], with one | between them (a | inside either is written \\|)');
    }
    return {
      kind: 'value',
      value: { kind: 'keyAndPassword', privateKey: { set: privateKey }, password: { set: password } },
    };
  }
  const parts = isSplit(row, context) ? splitParts(text) : [text];
  const [first, second] = parts;
  if (parts.length > 2)
    return fault(
      `holds ${parts.length} values; at most two, with one | between them (a | inside a value is written \\|)`,
    );
  if (!first || second === '') return fault('has an empty value');
  if (second !== undefined)
    return {
      kind: 'value',
      value: { kind: 'secretPair', environment1: { set: first }, environment2: { set: second } },
    };
  return { kind: 'value', value: { kind: 'secret', secret: { set: first } } };
}

function readOnOff(row: CatalogueRow, text: string): SettingReading {
  const word = text.trim().toLowerCase();
  if (word === row.words[0] || ['on', 'true', '1'].includes(word))
    return { kind: 'value', value: { kind: 'onOff', value: true } };
  if (word === row.words[1] || ['off', 'false', '0'].includes(word))
    return { kind: 'value', value: { kind: 'onOff', value: false } };
  return fault(`must be ${row.words[0]} or ${row.words[1]}`);
}

function readJson(text: string): SettingReading {
  try {
    return { kind: 'value', value: { kind: 'json', value: JSON.parse(text) } };
  } catch (cause) {
    return fault(`is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** Why a text can't be an endpoint; undefined when it can. */
export function urlFault(text: string): string | undefined {
  if (!URL.canParse(text)) return 'must be a whole address such as https://webpayments.imtapps.com/1/api/';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return 'must begin https:// (or http:// for a test system)';
  if (url.username !== '' || url.password !== '')
    return 'must not carry a user name or password; those have settings of their own';
  return undefined;
}

function isSplit(row: CatalogueRow | undefined, context: SettingContext): boolean {
  return row !== undefined && row.pairs !== 'never' && context.isMultiEnvironment;
}

function marked(secret: Sealed | ShownSecret): string {
  return `${SECRET_MARK} (${secret.fingerprint})`;
}

function fault(sentence: string): SettingReading {
  return { kind: 'fault', sentence };
}
