import type { Egress } from '../../platform/egress.ts';
import { hideSecrets } from '../../platform/hide-secrets.ts';
import { Secret } from '../../platform/secrets.ts';

const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
const CONCURRENT_MAX = 16;

export interface SandboxApi {
  readonly baseUrl: string;
  readonly secret: Secret;
  readonly egress: Egress;
}

/** `body` is parsed JSON. `not-sent`: nothing reached it. `unknown`: it may have acted. */
export type ApiAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'not-sent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** One call. A 5xx, or an answer that is no JSON, is `unknown`: it does not say whether the processor acted. */
export async function callProcessor(
  api: SandboxApi,
  request: { method: 'GET' | 'POST'; path: string; body?: unknown; idempotencyKey?: string },
): Promise<ApiAnswer> {
  const answer = await api.egress.request({
    url: `${api.baseUrl}${request.path}`,
    method: request.method,
    headers: {
      authorization: new Secret(`Bearer ${api.secret.reveal()}`),
      accept: 'application/json',
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
      ...(request.idempotencyKey !== undefined && { 'idempotency-key': request.idempotencyKey }),
    },
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    totalTimeoutMs: TIMEOUT_MS,
    maxBytes: ANSWER_BYTES_MAX,
    endpointKey: 'processor/sandbox',
    maxConcurrent: CONCURRENT_MAX,
  });
  if (answer.kind !== 'answered') return { kind: answer.kind, reason: `${answer.reason}: ${answer.detail}` };
  if (answer.status >= 500) return { kind: 'unknown', reason: `the processor answered ${answer.status}` };
  try {
    return {
      kind: 'answered',
      status: answer.status,
      body: JSON.parse(hideSecrets(answer.body.toString('utf8'), [api.secret.reveal()])),
    };
  } catch {
    return { kind: 'unknown', reason: `the processor answered ${answer.status} without JSON` };
  }
}
