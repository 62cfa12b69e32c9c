import type { CustomFetch } from 'openid-client';
import type { Egress } from '../../../platform/egress.ts';

/** For one call at the provider: discovery, keys, tokens, user info. */
const TOTAL_TIMEOUT_MS = 8_000;
const ANSWER_BYTES_MAX = 1_048_576;
const ENDPOINT = 'sign-on provider';
/** Statuses whose answer has no body, and which `Response` takes none for. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** Why the provider was not asked, or did not answer: words for the log and the operator. */
export class ProviderAway extends Error {
  constructor(why: string) {
    super(`the sign-on provider was not reached: ${why}`);
    this.name = 'ProviderAway';
  }
}

/**
 * The library's `fetch`, over the program's only way out: private addresses are refused unless the operator allows them, at
 * the moment of connecting, whatever the provider's own documents point to; deadlines, caps and the breaker hold.
 */
export function fetchThrough(egress: Egress): CustomFetch {
  return async (url, options) => {
    const answer = await egress.request({
      url,
      method: methodOf(options.method),
      headers: headersOf(options.headers, options.body),
      ...(options.body !== undefined && options.body !== null && { body: bodyOf(options.body) }),
      totalTimeoutMs: TOTAL_TIMEOUT_MS,
      maxBytes: ANSWER_BYTES_MAX,
      endpointKey: ENDPOINT,
      ...(options.signal && { signal: options.signal }),
    });
    if (answer.kind !== 'answered') throw new ProviderAway(`${answer.reason}: ${answer.detail}`);
    if (answer.status < 200 || answer.status > 599) throw new ProviderAway(`it answered ${answer.status}`);
    const body = BODILESS.has(answer.status) ? null : Uint8Array.from(answer.body);
    return new Response(body, { status: answer.status, headers: { ...answer.headers } });
  };
}

function methodOf(method: string): 'GET' | 'POST' {
  if (method === 'GET' || method === 'POST') return method;
  throw new Error(`sign-on asks nothing by ${method}`);
}

/** `fetch` itself names the type of a form; so must whoever stands in for it. */
function headersOf(given: Readonly<Record<string, string>>, body: unknown): Record<string, string> {
  const headers = { ...given };
  const isNamed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  if (body instanceof URLSearchParams && !isNamed)
    headers['content-type'] = 'application/x-www-form-urlencoded;charset=UTF-8';
  return headers;
}

function bodyOf(body: unknown): string | Buffer {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  if (body instanceof Uint8Array) return Buffer.from(body);
  throw new Error('a body of an unknown kind was to be sent to the sign-on provider');
}
