import createClient from 'openapi-fetch';
import type { paths } from '../api/schema.d.ts';
import { askForProof, type ProofMethod } from './prove-again.ts';

/** A request's answer may take so long; then the page says so instead of waiting for ever. */
const ANSWER_LIMIT_MS = 60_000;

let csrfToken = '';

/** What the server told at sign-in; sent back with every change. */
export function keepCsrfToken(token: string): void {
  csrfToken = token;
}
export const currentCsrfToken = (): string => csrfToken;

/** The server's API, typed by its own document (web/api, written by tools/generate-api.ts). */
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: 'same-origin',
  fetch: sendProven,
});

/** Sends a call; where the server asks who it is again, the person is asked, and the same call goes once more. */
async function sendProven(request: Request): Promise<Response> {
  const again = request.clone();
  const answer = await send(request);
  if (answer.status !== 403) return answer;
  const refusal: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  if (!isRecord(refusal) || refusal.code !== 'prove-again' || !isRecord(refusal.details)) return answer;
  const { methods } = refusal.details;
  return (await askForProof(Array.isArray(methods) ? (methods as ProofMethod[]) : [])) ? send(again) : answer;
}

function send(request: Request): Promise<Response> {
  if (request.method !== 'GET') request.headers.set('x-csrf-token', csrfToken);
  return fetch(
    new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]) }),
  );
}

export interface Fault {
  readonly at: string;
  readonly message: string;
  readonly rule?: string;
}

/** The server refused: `message` is its sentence, made for the reader. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
  readonly faults: readonly Fault[];
  readonly details: Readonly<Record<string, unknown>>;
  constructor(status: number, body: Partial<Record<string, unknown>>) {
    super(typeof body.title === 'string' ? body.title : `The server answered ${status} without saying why.`);
    this.name = 'Refused';
    this.status = status;
    this.code = typeof body.code === 'string' ? body.code : 'no-code';
    this.requestId = typeof body.requestId === 'string' ? body.requestId : '';
    this.faults = Array.isArray(body.faults) ? (body.faults as Fault[]) : [];
    this.details = (body.details ?? {}) as Record<string, unknown>;
  }
}

/** Whether an error says that nobody is signed in (any more). */
export const isSignedOut = (cause: unknown): boolean => cause instanceof Refused && cause.status === 401;

/** The data of an answer; a refusal is thrown as `Refused`, an unreachable server with words for the reader. */
export async function told<Data>(
  call: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<NonNullable<Data>> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw unreachable(cause);
  });
  if (!response.ok) throw new Refused(response.status, isRecord(error) ? error : {});
  return data as NonNullable<Data>;
}

function unreachable(cause: unknown): Error {
  const isSlow = cause instanceof DOMException && cause.name === 'TimeoutError';
  return new Error(
    isSlow
      ? 'The server did not answer within a minute. What you asked for may still happen: look before doing it again.'
      : 'The server can’t be reached from here. Check the network, then try again.',
    { cause },
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The body of a successful GET of a path. */
export type Reply<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;
/** One item of a list a path answers. */
export type Item<Path extends keyof paths> = Reply<Path> extends { items: (infer Row)[] } ? Row : never;
