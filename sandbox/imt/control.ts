import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { isControlAllowed, parseJson, readBody, sendJson } from '../listen.ts';
import type { ImtControls, ResetPart } from './controls.ts';
import { type FaultRule, faultRule, type Operation } from './faults.ts';
import { readPoliciesFromBif } from './generate-policies.ts';
import { instancePatch, policyInput, policyRun } from './records.ts';
import { SENTINELS } from './sentinels.ts';

/** A bulk load of a hundred thousand policies, or a BIF as long. */
const BODY_BYTES_MAX = 256 << 20;
/** Entries of one list answer. */
const PAGE_MAX = 50_000;
const PREFIX = '/__control';

const rules = z.array(faultRule).max(1_000);
const reset = z.strictObject({
  parts: z.array(z.enum(['faults', 'requests', 'sessions', 'ledger', 'policies'])).optional(),
});
const load = z.strictObject({ policies: z.array(policyInput).max(1_000_000) });
const generate = z.strictObject({ generate: policyRun });
const adjust = z.strictObject({ cents: z.number().int() });
const settle = z.strictObject({ policyNumber: z.string().optional() });
const expire = z.strictObject({ username: z.string().optional() });

interface ControlCall {
  method: string;
  /** Path after the prefix, decoded, without empty parts. */
  parts: string[];
  query: URLSearchParams;
  body: unknown;
  /** The body, where it is a BIF. */
  bif: string | null;
}

type Reply = { status: number; body: unknown };

/** True for a path of the control API. */
export function isControl(url: string): boolean {
  return url.startsWith(PREFIX);
}

/** Answers one control request: JSON in, JSON out, from this machine only. */
export async function serveControl(controls: ImtControls, request: IncomingMessage, response: ServerResponse) {
  if (!isControlAllowed(request)) {
    sendJson(response, 403, { error: 'Control is for this machine only' });
    return;
  }
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const bytes = await readBody(request, BODY_BYTES_MAX);
  if (bytes === null) {
    sendJson(response, 413, { error: `A control body may have at most ${BODY_BYTES_MAX} bytes` });
    return;
  }
  const call: ControlCall = {
    method: request.method ?? 'GET',
    parts: url.pathname.slice(PREFIX.length).split('/').filter(Boolean).map(decodeURIComponent),
    query: url.searchParams,
    body: parseJson(bytes),
    // A BIF begins with its file header, whatever type the client gave it.
    bif: bytes.subarray(0, 3).toString() === 'FH|' ? bytes.toString('utf8') : null,
  };
  let reply: Reply;
  try {
    reply = answer(controls, call) ?? {
      status: 404,
      body: { error: `No such control: ${call.method} ${url.pathname}` },
    };
  } catch (error) {
    const isShape = error instanceof z.ZodError;
    const words = isShape ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
    reply = { status: 400, body: { error: words } };
  }
  sendJson(response, reply.status, reply.body);
}

function answer(controls: ImtControls, call: ControlCall): Reply | null {
  const { method, parts, query, body } = call;
  const [first, second] = parts;
  if (first === 'instances' && second !== undefined) return answerInstance(controls, second, call);
  if (first === undefined || first === 'instances') return method === 'GET' ? ok(controls.summary()) : null;
  if (first === 'sentinels' && method === 'GET') {
    return ok({ sentinels: SENTINELS.map(({ policyNumber, outcome }) => ({ policyNumber, outcome })) });
  }
  if (first === 'faults') {
    if (method === 'GET') return ok({ faults: controls.faults.list() });
    if (method === 'DELETE') return ok({ cleared: controls.faults.clear(second) });
    if (method !== 'POST') return null;
    // One by one, so that a refusal names the field at fault.
    const list: FaultRule[] = Array.isArray(body) ? rules.parse(body) : [faultRule.parse(body)];
    return { status: 201, body: { faults: list.map((rule) => controls.faults.add(rule)) } };
  }
  if (first === 'ledger' && method === 'GET') {
    const filter = readQuery(query, ['instance', 'policyNumber', 'transactionId'] as const);
    const page = {
      limit: Math.min(Number(query.get('limit') ?? PAGE_MAX), PAGE_MAX),
      after: Number(query.get('after') ?? 0),
    };
    return ok(controls.ledger(filter, page));
  }
  if (first === 'settings' && method === 'GET') {
    return ok({ changes: controls.settingChanges(readQuery(query, ['instance', 'policyNumber'] as const)) });
  }
  if (first === 'requests' && method === 'GET') {
    const filter = readQuery(query, ['instance', 'policyNumber', 'username'] as const);
    const operation = query.get('operation');
    return ok(
      controls.requests({
        ...filter,
        ...(operation === null ? {} : { operation: operation as Operation }),
        after: Number(query.get('after') ?? 0),
      }),
    );
  }
  if (first === 'reset' && method === 'POST') {
    controls.reset(reset.parse(body).parts as ResetPart[] | undefined);
    return ok({ reset: true });
  }
  return null;
}

function answerInstance(controls: ImtControls, id: string, call: ControlCall): Reply | null {
  const { method, parts, body, bif } = call;
  const [, , what, policyNumber, act] = parts;
  if (what === undefined) {
    if (method === 'PUT' || method === 'PATCH') return ok(controls.configure(id, instancePatch.parse(body)));
    return method === 'GET' ? ok(controls.instance(id)) : null;
  }
  if (what === 'settle-pending' && method === 'POST') {
    controls.settlePending(id, settle.parse(body).policyNumber);
    return ok({ settled: true });
  }
  if (what === 'expire-sessions' && method === 'POST') {
    return ok({ ended: controls.expireSessions(id, expire.parse(body).username) });
  }
  if (what !== 'policies') return null;
  if (policyNumber === undefined) {
    if (method === 'GET')
      return ok(controls.listPolicies(id, Math.min(Number(call.query.get('limit') ?? 100), PAGE_MAX)));
    if (method !== 'POST') return null;
    if (bif !== null) return ok({ loaded: controls.load(id, z.array(policyInput).parse(readPoliciesFromBif(bif))) });
    const isRun = typeof body === 'object' && body !== null && 'generate' in body;
    const loaded = isRun
      ? controls.generate(id, generate.parse(body).generate)
      : controls.load(id, load.parse(body).policies);
    return ok({ loaded });
  }
  if (act === 'adjust' && method === 'POST') return ok(controls.adjust(id, policyNumber, adjust.parse(body).cents));
  return act === undefined && method === 'GET' ? ok(controls.policy(id, policyNumber)) : null;
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}

function readQuery<Name extends string>(query: URLSearchParams, names: readonly Name[]): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = query.get(name);
    if (value !== null) found[name] = value;
  }
  return found;
}
