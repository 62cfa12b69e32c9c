import { z } from 'zod';

/** Who can do something about a problem: the sentence shown is written for them. */
export type WhoCanAct = 'caller' | 'payer' | 'staff' | 'operator' | 'partner';

/** One row of a feature's table of problems. Codes are never reused for another meaning. */
export interface ProblemKind {
  readonly status: number;
  /** What happened and what to do, for the reader. `{name}` is filled from the details. */
  readonly sentence: string;
  readonly whoCanAct: WhoCanAct;
  readonly isRetryable?: boolean;
}

/** A fault at one field: where (`body.payer.email`, `advancedSettings.8`), what is wrong, and the rule's id if it has one. */
export interface FieldFault {
  readonly at: string;
  readonly message: string;
  readonly rule?: string;
}

/** Details that fill the sentence and travel with the answer. Never a secret, a cookie or another tenant's fact. */
export interface ProblemDetails {
  readonly [name: string]: unknown;
  readonly faults?: readonly FieldFault[];
  readonly retryAfterSeconds?: number;
}

/** A refusal: expected, explained, answered as `application/problem+json`. Bugs throw anything else, and answer 500. */
export class Problem extends Error {
  readonly code: string;
  readonly kind: ProblemKind;
  readonly details: ProblemDetails;
  constructor(code: string, kind: ProblemKind, details: ProblemDetails, cause?: unknown) {
    super(fill(kind.sentence, details), cause === undefined ? undefined : { cause });
    this.name = 'Problem';
    this.code = code;
    this.kind = kind;
    this.details = details;
  }
}

/** Turns a feature's table into the function that makes its refusals: `throw refuse('unknown-account', { accountNumber })`. */
export function defineProblems<const Table extends Readonly<Record<string, ProblemKind>>>(table: Table) {
  return (code: keyof Table & string, details: ProblemDetails = {}, cause?: unknown): Problem => {
    const kind = table[code];
    if (!kind) throw new Error(`no such problem: ${code}`);
    return new Problem(code, kind, details, cause);
  };
}

/** The answer's body, RFC 9457, as documented in the OpenAPI document. */
export const problemSchema = z
  .object({
    type: z.string().describe('A stable name of the problem: /problems/<code>'),
    code: z.string(),
    title: z.string().describe('What happened and what to do'),
    status: z.number().int(),
    requestId: z.string(),
    whoCanAct: z.enum(['caller', 'payer', 'staff', 'operator', 'partner']),
    retryable: z.boolean(),
    faults: z.array(z.object({ at: z.string(), message: z.string(), rule: z.string().optional() })).optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Problem' });

/** The body of a refusal's answer. */
export function problemBody(problem: Problem, requestId: string): z.infer<typeof problemSchema> {
  const { faults, ...details } = problem.details;
  return {
    type: `/problems/${problem.code}`,
    code: problem.code,
    title: problem.message,
    status: problem.kind.status,
    requestId,
    whoCanAct: problem.kind.whoCanAct,
    retryable: problem.kind.isRetryable ?? false,
    ...(faults && { faults: faults.map((fault) => ({ ...fault })) }),
    ...(Object.keys(details).length > 0 && { details }),
  };
}

function fill(sentence: string, details: ProblemDetails): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (name in details ? String(details[name]) : whole));
}

/** Refusals that belong to no feature. */
export const refuse = defineProblems({
  'invalid-request': { status: 400, sentence: 'The request is not valid: {summary}', whoCanAct: 'caller' },
  'not-json': { status: 400, sentence: 'The body is not valid JSON: {summary}', whoCanAct: 'caller' },
  'body-too-large': {
    status: 413,
    sentence: 'The body is larger than this call takes. Send less, or use the upload of a file.',
    whoCanAct: 'caller',
  },
  'wrong-media-type': {
    status: 415,
    sentence: 'This call does not take that content type. See /docs for what it takes.',
    whoCanAct: 'caller',
  },
  'not-signed-in': {
    status: 401,
    sentence: 'Sign in, or send a bearer credential that is in force.',
    whoCanAct: 'caller',
  },
  'not-allowed': {
    status: 403,
    sentence:
      'This needs the right “{needed}”, which you do not have. Someone who manages users or credentials can give it.',
    whoCanAct: 'caller',
  },
  'prove-again': {
    status: 403,
    sentence:
      'This needs a fresh proof that it is you: the last one is more than {minutes} minutes old. Nothing was changed.',
    whoCanAct: 'caller',
  },
  'second-factor-required': {
    status: 403,
    sentence: 'Your user must have a second factor before anything else. Set one up, then go on.',
    whoCanAct: 'caller',
  },
  'missing-csrf-token': {
    status: 403,
    sentence: 'The request did not come from a page of this application. Reload the page and do it again.',
    whoCanAct: 'caller',
  },
  'not-found': { status: 404, sentence: 'There is nothing here under that name.', whoCanAct: 'caller' },
  'too-many-requests': {
    status: 429,
    sentence: 'Too many requests. Wait {retryAfterSeconds} seconds, then go on.',
    whoCanAct: 'caller',
    isRetryable: true,
  },
  'database-away': {
    status: 503,
    sentence: 'The database does not answer at the moment. Nothing was changed. Repeat the request in a few seconds.',
    whoCanAct: 'operator',
    isRetryable: true,
  },
  stopping: {
    status: 503,
    sentence: 'This server is stopping. Repeat the request: another one takes it.',
    whoCanAct: 'operator',
    isRetryable: true,
  },
  'internal-error': {
    status: 500,
    sentence: 'Something went wrong here, and it was recorded under this request’s id.',
    whoCanAct: 'operator',
  },
  'missing-idempotency-key': {
    status: 400,
    sentence: 'This call moves money: send an Idempotency-Key header (8 to 200 characters, your own unique text).',
    whoCanAct: 'caller',
  },
  'idempotency-key-reused': {
    status: 409,
    sentence: 'That Idempotency-Key was used with another request. Use a new key for a new request.',
    whoCanAct: 'caller',
  },
  'request-under-way': {
    status: 409,
    sentence: 'The first request with that Idempotency-Key is still under way. Repeat this one in a moment.',
    whoCanAct: 'caller',
    isRetryable: true,
  },
});
