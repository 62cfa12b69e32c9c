import type { PartnerBalance } from '../../features/billers/partner.ts';
import { CENTS_MAX, centsFromDecimal } from '../../platform/money.ts';
import { isObject, type JsonObject } from './wire.ts';

const ENTRIES_MAX = 100;
const ATTRIBUTES_MAX = 100;
const TEXT_MAX = 500;
const UNKNOWN_TYPES_MAX = 10;
const LIST_MAX = 20;
/** Up to this day a date needs no calendar to be one. */
const DAYS_OF_EVERY_MONTH = 28;
const NAMES_KEPT_MAX = 1_000;

export type DueReading =
  | { readonly kind: 'balance'; readonly balance: PartnerBalance; readonly note?: string }
  | { readonly kind: 'unknown-account' }
  | { readonly kind: 'not-understood'; readonly why: string };

/**
 * Reads a payments-due document for one account, and guesses at nothing (reliability F44): entries of the policy are
 * summed (A6), entries of others are ignored, and an amount that is no plain decimal of at most two places is an error
 * of the account. `partnerDate` is the answer's Date header.
 */
export function readPaymentsDue(
  document: JsonObject,
  accountNumber: string,
  partnerDate: string | undefined,
): DueReading {
  const { data } = document;
  if (!Array.isArray(data) || data.length > ENTRIES_MAX) return notUnderstood('its data is not a list of entries');
  const entries: JsonObject[] = [];
  for (const entry of data as readonly unknown[]) {
    const attributes = isObject(entry) ? entry.attributes : undefined;
    if (!isObject(attributes)) return notUnderstood('an entry has no attributes');
    if (typeof attributes.policy_number !== 'string') return notUnderstood('an entry has no policy_number');
    entries.push(attributes);
  }
  const own = entries.filter((entry) => entry.policy_number === accountNumber);
  const [first] = own;
  if (first === undefined) {
    return entries.length === 0 ? { kind: 'unknown-account' } : notUnderstood('it is about another policy');
  }
  const amounts = readAmounts(own);
  if (typeof amounts === 'string') return notUnderstood(amounts);
  const methods = readPaymentTypes(own);
  const others = entries.length - own.length;
  const notes = [
    own.length > 1 ? `sum of ${own.length} entries` : undefined,
    others > 0 ? `${others} entries of other policies ignored` : undefined,
    methods.unknown.length > 0 ? `unknown payment types: ${methods.unknown.join(', ')}` : undefined,
  ].filter((note) => note !== undefined);
  const balance: PartnerBalance = {
    ...amounts,
    pendingPaymentDate: latest(own, 'pending_payment_date'),
    lastUpdateTime: latest(own, 'last_update_time'),
    dueDate: earliestDate(own),
    paymentTypes: methods.known,
    unknownPaymentTypes: methods.unknown,
    allowPayments: readAllowPayments(own),
    partnerDate,
    attributes: keptAttributes(first),
  };
  return { kind: 'balance', balance, ...(notes.length > 0 && { note: notes.join('; ') }) };
}

type Amounts = Pick<PartnerBalance, 'currentDueCents' | 'totalUnpaidCents' | 'pendingPaymentCents'>;

function readAmounts(entries: readonly JsonObject[]): Amounts | string {
  const currentDueCents = sumOf(entries, 'current_due');
  const totalUnpaidCents = sumOf(entries, 'total_unpaid');
  const pendingPaymentCents = sumOf(entries, 'pending_payment_amount');
  if (typeof currentDueCents === 'string') return currentDueCents;
  if (typeof totalUnpaidCents === 'string') return totalUnpaidCents;
  if (typeof pendingPaymentCents === 'string') return pendingPaymentCents;
  if (currentDueCents === undefined) return 'current_due is missing';
  return { currentDueCents, totalUnpaidCents, pendingPaymentCents };
}

/** The sum in cents; undefined when an entry says nothing about it; a sentence when what it says is no amount. */
function sumOf(entries: readonly JsonObject[], name: string): number | undefined | string {
  let sum = 0;
  for (const entry of entries) {
    const value = entry[name];
    if (value === undefined || value === null || value === '') return undefined;
    const parsed = typeof value === 'string' ? centsFromDecimal(value) : undefined;
    if (!parsed?.ok) return `${name} is no amount in dollars and cents: ${JSON.stringify(value).slice(0, 40)}`;
    sum += parsed.cents;
  }
  return Math.abs(sum) > CENTS_MAX ? `${name} is larger than any balance` : sum;
}

/** The methods every entry allows; undefined when the partner said nothing. Names it may add later are told, not used. */
function readPaymentTypes(entries: readonly JsonObject[]): {
  known: readonly ('CC' | 'ACH')[] | undefined;
  unknown: readonly string[];
} {
  const unknown = new Set<string>();
  let known: ('CC' | 'ACH')[] | undefined;
  for (const { payment_types: types } of entries) {
    if (types === undefined || types === null) continue;
    if (!Array.isArray(types)) {
      unknown.add('(not a list)');
      continue;
    }
    const allowed = (['CC', 'ACH'] as const).filter((method) => types.includes(method));
    known = known === undefined ? allowed : known.filter((method) => allowed.includes(method));
    for (const type of types as readonly unknown[]) {
      if (type !== 'CC' && type !== 'ACH' && unknown.size < UNKNOWN_TYPES_MAX) unknown.add(String(type).slice(0, 40));
    }
  }
  return { known, unknown: [...unknown] };
}

function readAllowPayments(entries: readonly JsonObject[]): boolean | undefined {
  const said = entries.map((entry) => entry.allow_payments).filter((value) => typeof value === 'boolean');
  return said.length === 0 ? undefined : said.every(Boolean);
}

/** The latest of the times the entries tell, as told; undefined when none tells one that can be read. */
function latest(entries: readonly JsonObject[], name: string): string | undefined {
  let found: { text: string; atMs: number } | undefined;
  for (const entry of entries) {
    const text = entry[name];
    if (typeof text !== 'string') continue;
    const atMs = Date.parse(text);
    if (!Number.isNaN(atMs) && (found === undefined || atMs > found.atMs)) found = { text, atMs };
  }
  return found?.text;
}

function earliestDate(entries: readonly JsonObject[]): string | undefined {
  return entries
    .map((entry) => entry.due_date)
    .filter((date) => typeof date === 'string' && isDate(date))
    .map(String)
    .sort()[0];
}

function isDate(text: string): boolean {
  const match = /^\d{4}-(0[1-9]|1[0-2])-([0-3]\d)$/.exec(text);
  if (match === null) return false;
  const day = Number(match[2]);
  if (day >= 1 && day <= DAYS_OF_EVERY_MONTH) return true;
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

/** The attributes as told, bounded: plain values, and lists of them. Names that mean something to JavaScript are left out. */
function keptAttributes(attributes: JsonObject): Readonly<Record<string, unknown>> {
  const names = Object.keys(attributes);
  const values: readonly unknown[] = Object.values(attributes);
  // Nearly always all of it is kept as it is, and then needs no copy.
  if (names.length <= ATTRIBUTES_MAX && names.every(isKept) && values.every(isPlainAlready)) return attributes;
  const kept: Record<string, unknown> = {};
  let count = 0;
  for (const [index, name] of names.entries()) {
    if (!isKept(name)) continue;
    const value = plain(values[index]);
    if (value === undefined) continue;
    count += 1;
    if (count > ATTRIBUTES_MAX) break;
    kept[name] = value;
  }
  return kept;
}

/** Names found fit before: a partner sends the same ones with each answer. */
const namesKept = new Set<string>();

function isKept(name: string): boolean {
  if (namesKept.has(name)) return true;
  if (!/^[\w.-]{1,60}$/.test(name) || FORBIDDEN_NAMES.has(name)) return false;
  if (namesKept.size < NAMES_KEPT_MAX) namesKept.add(name);
  return true;
}

/** Whether `plain` would give back the very value. Lists are looked into, as they may hold what is not kept. */
function isPlainAlready(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= TEXT_MAX && value.isWellFormed() && !value.includes('\0');
  if (Array.isArray(value))
    return value.length <= LIST_MAX && value.every((entry) => !Array.isArray(entry) && isPlainAlready(entry));
  return value === null || typeof value === 'number' || typeof value === 'boolean';
}

const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function plain(value: unknown): unknown {
  if (typeof value === 'string') {
    // A NUL is valid JSON, and no text PostgreSQL can keep; half a surrogate pair is neither.
    const text = value.includes('\0') ? value.replaceAll('\0', '') : value;
    return text.toWellFormed().slice(0, TEXT_MAX);
  }
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) {
    return value
      .slice(0, LIST_MAX)
      .map(plain)
      .filter((entry) => entry !== undefined);
  }
  return undefined;
}

function notUnderstood(why: string): DueReading {
  return { kind: 'not-understood', why };
}
