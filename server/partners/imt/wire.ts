import { isUtf8 } from 'node:buffer';
import type { Transcript } from '../../features/billers/partner.ts';
import { hideSecrets, hideSecretsIn, mayHoldSecret } from '../../platform/hide-secrets.ts';
import { secretMark } from '../../platform/secrets.ts';
import { parseStrictJson } from './strict-json.ts';

/** The one media type of requests and answers. */
export const JSON_API = 'application/vnd.api+json';

const ERRORS_MAX = 20;
const ERROR_TEXT_MAX = 500;
/** A shorter secret is not taken out of documents: it could stand in an amount or a date by chance. */
const DOCUMENT_SECRET_CHARS_MIN = 8;

export type JsonObject = Readonly<Record<string, unknown>>;
export type PartnerError = NonNullable<Transcript['errors']>[number];

/** A JSON:API document of the partner, or why what came is none. `errors` is empty unless it is an error document. */
export type OpenedDocument =
  | { readonly ok: true; readonly document: JsonObject; readonly errors: readonly PartnerError[] }
  | { readonly ok: false; readonly why: string };

/**
 * Reads an answer as the partner's own JSON:API document: its media type, UTF-8 without a wrong byte, strict JSON, an
 * object. A proxy's page never passes, whatever its status says. A byte order mark is taken off (RFC 8259 §8.1).
 */
export function openDocument(
  answer: { headers: Readonly<Record<string, string>>; body: Buffer },
  secrets: readonly string[] = [],
): OpenedDocument {
  const type = mediaTypeOf(answer.headers);
  if (type !== JSON_API) {
    const told = type === '' ? 'missing' : redacted(type, secrets);
    return { ok: false, why: `its type is ${told}, not ${JSON_API}` };
  }
  if (!isUtf8(answer.body)) return { ok: false, why: 'it is not UTF-8' };
  const decoded = answer.body.toString('utf8');
  const text = decoded.startsWith('\ufeff') ? decoded.slice(1) : decoded;
  const parsed = parseStrictJson(text);
  if (!parsed.ok) return parsed;
  // A partner that gives back the login or the cookie it was sent: neither goes any further than here.
  const long = longOf(secrets);
  const value = mayHoldSecret(text, long) ? hideSecretsIn(parsed.value, long) : parsed.value;
  if (!isObject(value)) return { ok: false, why: 'it is no JSON:API document' };
  const { errors } = value;
  if (errors === undefined) return { ok: true, document: value, errors: [] };
  if (!Array.isArray(errors) || errors.length === 0 || !errors.every(isObject) || value.data !== undefined) {
    return { ok: false, why: 'its list of errors is not one' };
  }
  return {
    ok: true,
    document: value,
    errors: errors.slice(0, ERRORS_MAX).map((error: JsonObject) => errorOf(error, secrets)),
  };
}

const longKept = new WeakMap<readonly string[], readonly string[]>();

/** Those long enough to be taken out of a document; worked out once for the frozen list of a session. */
function longOf(secrets: readonly string[]): readonly string[] {
  const kept = longKept.get(secrets);
  if (kept !== undefined) return kept;
  const long = Object.freeze(secrets.filter((secret) => secret.length >= DOCUMENT_SECRET_CHARS_MIN));
  if (Object.isFrozen(secrets)) longKept.set(secrets, long);
  return long;
}

/** The media type without its parameters, in lower case; empty when none was sent. */
export function mediaTypeOf(headers: Readonly<Record<string, string>>): string {
  const told = headers['content-type'] ?? '';
  return told === JSON_API ? told : (told.split(';', 1)[0]?.trim().toLowerCase() ?? '');
}

/** Base and path with one slash between them, whether or not the setting ends in one. */
export function joinUrl(base: string, path: string): string {
  return `${base.replace(/[?#].*$/s, '').replace(/\/+$/, '')}/${path}`;
}

/** A value as one part of a path; undefined for one a path would swallow (`..`), which must never be sent. */
export function pathPart(value: string): string | undefined {
  return value === '' || /^\.+$/.test(value) || !value.isWellFormed() ? undefined : encodeURIComponent(value);
}

/** An address fit to be shown: without a login in it, and bounded. */
export function shownUrl(url: string): string {
  return url.replace(/^(https?:\/\/)[^/?#]*@/i, '$1').slice(0, 1_000);
}

/** The first words of the partner's refusal, for the person who has to act on it. */
export function sentenceOf(errors: readonly PartnerError[], status: number): string {
  const [first] = errors;
  const words = first?.detail ?? first?.title ?? first?.code;
  return words === undefined ? `The partner answered ${status}.` : `The partner answered ${status}: ${words}`;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Takes what must not be kept out of a text of the partner: the session's own secrets, and whatever looks like one. */
export function redacted(text: string, secrets: readonly string[]): string {
  return hideSecrets(text, secrets)
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${secretMark}`)
    .replace(
      /\b(password|passwd|pwd|secret|token|cookie|sessionid|authorization)\b(["']?\s*[=:]\s*["']?)[^\s"',;&]+/gi,
      `$1$2${secretMark}`,
    )
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, ERROR_TEXT_MAX);
}

function errorOf(error: JsonObject, secrets: readonly string[]): PartnerError {
  const source = isObject(error.source) ? error.source : {};
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' || typeof value === 'number' ? redacted(String(value), secrets) : undefined;
  const parts = {
    status: text(error.status),
    code: text(error.code),
    title: text(error.title),
    detail: text(error.detail),
    pointer: text(source.pointer),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}
