import { STATUS_CODES } from 'node:http';

export const JSON_API = 'application/vnd.api+json';

/** How an answer goes out when not simply whole and at once. */
export type Transport =
  | { kind: 'cut' }
  | { kind: 'cut-mid' }
  | { kind: 'never' }
  | { kind: 'trickle'; bytes: number; everyMs: number }
  | { kind: 'trickle-headers'; everyMs: number }
  | { kind: 'repeat'; chunk: Buffer; bytes: number | null }
  | { kind: 'twice' };

/** An answer before it is sent. */
export interface Answer {
  status: number;
  type: string;
  body: string | Buffer;
  headers?: Record<string, string | string[]>;
  transport?: Transport;
}

export function documentAnswer(status: number, document: unknown): Answer {
  return { status, type: JSON_API, body: JSON.stringify(document) };
}

/** A JSON:API error document. The pointer names the attribute at fault. */
export function errorAnswer(status: number, detail: string, pointer?: string): Answer {
  const error = {
    status: String(status),
    code: ERROR_CODES[status] ?? 'error',
    title: STATUS_CODES[status] ?? 'Error',
    detail,
    ...(pointer === undefined ? {} : { source: { pointer } }),
  };
  return documentAnswer(status, { errors: [error] });
}

/** What a proxy or a maintenance page in front of the partner answers. */
export function htmlAnswer(status: number): Answer {
  const body = `<!doctype html><html><head><title>Service notice</title></head><body><h1>We will be right back</h1></body></html>`;
  return { status, type: 'text/html; charset=utf-8', body };
}

const ERROR_CODES: Record<number, string> = {
  400: 'invalid',
  401: 'not_authenticated',
  403: 'permission_denied',
  404: 'not_found',
  406: 'not_acceptable',
  409: 'conflict',
  413: 'too_large',
  415: 'unsupported_media_type',
  422: 'invalid',
  429: 'throttled',
};
