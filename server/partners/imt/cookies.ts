import { Secret } from '../../platform/secrets.ts';

const COOKIES_MAX = 20;
const HEADER_BYTES_MAX = 8_192;

export type SessionCookies =
  | { readonly ok: true; readonly header: Secret; readonly values: readonly string[] }
  | { readonly ok: false; readonly why: string };

/**
 * The `Cookie` header of a session, from the `Set-Cookie` headers of its login. A login may set several; each is sent on
 * every later request of the session, whatever its Domain and Path say: the partner signs in on one host and works on
 * another. No cookie, or one name with two values, is a failed login (reliability F25): nothing says which one counts.
 */
export function cookiesOfLogin(setCookies: readonly string[], nowMs: number): SessionCookies {
  const jar = new Map<string, string>();
  for (const line of setCookies) {
    const cookie = parsed(line, nowMs);
    if (!cookie) continue;
    const known = jar.get(cookie.name);
    if (known !== undefined && known !== cookie.value) {
      return { ok: false, why: `it set two different cookies named ${cookie.name}` };
    }
    jar.set(cookie.name, cookie.value);
  }
  if (jar.size === 0) return { ok: false, why: 'it set no cookie' };
  const header = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  if (jar.size > COOKIES_MAX || header.length > HEADER_BYTES_MAX) {
    return { ok: false, why: 'it set more cookies than a request can carry' };
  }
  return { ok: true, header: new Secret(header), values: [...jar.values()] };
}

/** One `Set-Cookie` (RFC 6265 §5.2); undefined when it is no cookie, or one that deletes. */
function parsed(line: string, nowMs: number): { name: string; value: string } | undefined {
  const [pair = '', ...attributes] = line.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(0, equals)).trim();
  const value = pair.slice(equals + 1).trim();
  // A value with a control character could end our header line early.
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,200}$/.test(name) || !/^[\x20-\x7e]{1,8000}$/.test(value)) return undefined;
  return attributes.some((attribute) => deletes(attribute, nowMs)) ? undefined : { name, value };
}

function deletes(attribute: string, nowMs: number): boolean {
  const [key = '', value = ''] = attribute.split('=').map((part) => part.trim());
  if (key.toLowerCase() === 'max-age') return /^-?\d+$/.test(value) && Number(value) <= 0;
  if (key.toLowerCase() !== 'expires') return false;
  const atMs = Date.parse(value);
  return !Number.isNaN(atMs) && atMs <= nowMs;
}
