import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { parseJson, readBody, sendJson } from '../listen.ts';
import type { ProcessorOperation } from './faults.ts';
import { cancelCheckout, chargeToken, hashOf, moveCharge, type Outcome, openCheckout, refused } from './move-money.ts';
import {
  chargeView,
  checkoutView,
  commitPuts,
  currentCheckout,
  logRequest,
  methodView,
  type ProcessorCore,
  strikeFaults,
} from './processor-core.ts';
import { type Charge, cancelRequest, chargeRequest, checkoutRequest, refundRequest } from './records.ts';

const BODY_BYTES_MAX = 64 << 10;
const EVENTS_PAGE_MAX = 500;

interface ApiCall {
  method: string;
  parts: string[];
  query: URLSearchParams;
  body: unknown;
}

/** A route that was found: its name for faults, the reference it is about, and the act itself. */
interface Found {
  operation: ProcessorOperation;
  reference: string | null;
  needsKey: boolean;
  act: (now: number) => Outcome;
}

/** Answers one request to `/v1/…`. */
export async function serveApi(core: ProcessorCore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://processor');
  const bytes = await readBody(request, BODY_BYTES_MAX);
  const method = request.method ?? 'GET';
  const key = headerOf(request, 'idempotency-key');
  const parts = url.pathname.split('/').filter(Boolean).slice(1);
  const call: ApiCall = { method, parts, query: url.searchParams, body: bytes === null ? undefined : parseJson(bytes) };
  const found = findRoute(core, call);
  const { operation = 'unknown', reference = null } = found ?? {};
  logRequest(core, { at: Date.now(), method, path: url.pathname, operation, reference, idempotencyKey: key });
  const refusal = refuseCall(core, request, { found, bytes, key });
  if (refusal || !found || bytes === null) {
    sendOutcome(response, refusal ?? refused(404, 'not_found', 'There is nothing here'));
    return;
  }
  const faults = core.faults.strike(found.operation, found.reference);
  if (await strikeFaults(response, faults, 'before')) return;
  const outcome = actOnce(core, found, {
    key: found.needsKey ? key : null,
    bodyHash: hashOf(`${method} ${url.pathname}\n${bytes.toString('utf8')}`),
  });
  if (await strikeFaults(response, faults, 'after')) return;
  sendOutcome(response, outcome);
}

/** Acts, or repeats the answer its key stands for. Acting is synchronous: a key has no second request in between. */
function actOnce(
  core: ProcessorCore,
  found: Found,
  { key, bodyHash }: { key: string | null; bodyHash: string },
): Outcome & { isReplay?: boolean } {
  const kept = key === null ? undefined : core.book.answers.get(key);
  if (kept && kept.bodyHash !== bodyHash) {
    return refused(409, 'idempotency_conflict', 'This Idempotency-Key was used for another request');
  }
  if (kept) return { status: kept.status, body: kept.body, puts: [], isReplay: true };
  let outcome: Outcome;
  try {
    outcome = found.act(Date.now());
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return refused(422, 'invalid', z.prettifyError(error));
  }
  const { status, body } = outcome;
  // A refusal changed nothing, so its key stays free for a mended request.
  const keeping = key !== null && status < 300;
  const answer = { kind: 'answer' as const, value: { key: key ?? '', bodyHash, status, body } };
  commitPuts(core, keeping ? [...outcome.puts, answer] : outcome.puts);
  return outcome;
}

function refuseCall(
  core: ProcessorCore,
  request: IncomingMessage,
  { found, bytes, key }: { found: Found | null; bytes: Buffer | null; key: string | null },
): Outcome | null {
  const given = Buffer.from(headerOf(request, 'authorization') ?? '');
  const right = Buffer.from(`Bearer ${core.secretKey}`);
  const isAuthorized = given.length === right.length && timingSafeEqual(given, right);
  if (!isAuthorized) return refused(401, 'unauthorized', 'Send the secret key as a bearer token');
  if (bytes === null) return refused(413, 'too_large', `A body may have at most ${BODY_BYTES_MAX} bytes`);
  if (found?.needsKey && (key === null || !/^[\x21-\x7e]{1,200}$/.test(key))) {
    return refused(400, 'idempotency_key_needed', 'Send an Idempotency-Key of 1 to 200 printable characters');
  }
  return null;
}

function findRoute(core: ProcessorCore, call: ApiCall): Found | null {
  const { method, parts } = call;
  const [resource] = parts;
  if (resource === 'checkouts') return findCheckoutRoute(core, call);
  if (resource === 'charges') return findChargeRoute(core, call);
  if (resource === 'events' && method === 'GET' && parts.length === 1) {
    return read('events', null, () => listEvents(core, call.query));
  }
  if (resource === 'payment-methods' && parts.length === 2) return findMethodRoute(core, call);
  return null;
}

function findCheckoutRoute(core: ProcessorCore, { method, parts, query, body }: ApiCall): Found | null {
  const [, id, verb] = parts;
  if (method === 'POST' && id === undefined) {
    return write('checkout', referenceIn(body), (now) => {
      const { checkout, ...outcome } = openCheckout(core.book, checkoutRequest.parse(body), now);
      return checkout ? { ...outcome, body: checkoutView(core, checkout) } : outcome;
    });
  }
  if (method === 'POST' && id === 'cancel' && verb === undefined) {
    return {
      ...write('cancel', referenceIn(body), (now) => cancelReference(core, cancelRequest.parse(body).reference, now)),
      needsKey: false,
    };
  }
  if (method !== 'GET' || verb !== undefined) return null;
  if (id === undefined) {
    const reference = query.get('reference');
    if (reference === null) return null;
    return read('status', reference, (now) => {
      const checkout = core.book.checkoutOf(reference);
      const checkouts = checkout ? [checkoutView(core, currentCheckout(core, checkout, now))] : [];
      return { status: 200, body: { checkouts }, puts: [] };
    });
  }
  const known = core.book.checkouts.get(id);
  return read('status', known?.reference ?? null, (now) => {
    if (!known) return refused(404, 'no_such_checkout', `There is no checkout ${id}`);
    return { status: 200, body: checkoutView(core, currentCheckout(core, known, now)), puts: [] };
  });
}

/** After this no charge can come of the reference: an open page closes, one not made yet never will be. */
function cancelReference(core: ProcessorCore, reference: string, now: number): Outcome {
  const known = core.book.checkoutOf(reference);
  const checkout = known && currentCheckout(core, known, now);
  const puts = checkout ? cancelCheckout(core.book, checkout, now) : [];
  if (!checkout && !core.book.chargeOf(reference)) puts.push({ kind: 'blocked', reference });
  const cancelled = puts.find((put) => put.kind === 'checkout')?.value ?? checkout;
  const charge = core.book.chargeOf(reference);
  const body = {
    reference,
    checkout: cancelled ? checkoutView(core, cancelled) : null,
    charge: charge ? chargeView(charge) : null,
  };
  return { status: 200, body, puts };
}

function findChargeRoute(core: ProcessorCore, { method, parts, query, body }: ApiCall): Found | null {
  const [, id, verb] = parts;
  if (id === undefined && method === 'POST') {
    return write('charge', referenceIn(body), (now) => viewed(chargeToken(core.book, chargeRequest.parse(body), now)));
  }
  if (id === undefined) {
    const reference = query.get('reference');
    if (method !== 'GET' || reference === null) return null;
    return read('status', reference, () => {
      const charge = core.book.chargeOf(reference);
      return { status: 200, body: { charges: charge ? [chargeView(charge)] : [] }, puts: [] };
    });
  }
  const charge = core.book.charges.get(id);
  const reference = charge?.reference ?? null;
  if (method === 'GET' && verb === undefined) {
    return read('status', reference, () =>
      charge
        ? { status: 200, body: chargeView(charge), puts: [] }
        : refused(404, 'no_such_charge', `There is no charge ${id}`),
    );
  }
  if (method !== 'POST') return null;
  if (verb === 'void')
    return write('void', reference, (now) => viewed(moveCharge(core.book, { id, act: { act: 'void' } }, now)));
  if (verb !== 'refund') return null;
  return write('refund', reference, (now) => {
    const { amountCents } = refundRequest.parse(body);
    return viewed(moveCharge(core.book, { id, act: { act: 'refund', amountCents } }, now));
  });
}

function findMethodRoute(core: ProcessorCore, { method, parts }: ApiCall): Found | null {
  const token = parts[1] ?? '';
  const known = core.book.methods.get(token);
  const missing = (): Outcome => refused(404, 'no_such_method', 'There is no stored method with this token');
  if (method === 'GET') {
    return read('status', null, () => (known ? { status: 200, body: methodView(known), puts: [] } : missing()));
  }
  if (method !== 'DELETE') return null;
  const forget: Outcome = { status: 200, body: { forgotten: token }, puts: [{ kind: 'forget-method', token }] };
  return read('status', null, () => (known ? forget : missing()));
}

function listEvents(core: ProcessorCore, query: URLSearchParams): Outcome {
  const after = query.get('after');
  const limit = Math.min(Math.max(1, Number(query.get('limit') ?? 100) || 100), EVENTS_PAGE_MAX);
  const from = after === null ? 0 : core.book.event(after)?.seq;
  if (from === undefined) return refused(404, 'no_such_event', `There is no event ${after ?? ''}`);
  // Events are numbered from 1 without gaps, so an event's number is its place.
  const events = core.book.events.slice(from, from + limit);
  return { status: 200, body: { events, hasMore: core.book.events.length > from + limit }, puts: [] };
}

function read(operation: ProcessorOperation, reference: string | null, act: Found['act']): Found {
  return { operation, reference, needsKey: false, act };
}

function write(operation: ProcessorOperation, reference: string | null, act: Found['act']): Found {
  return { operation, reference, needsKey: true, act };
}

/** The outcome with its charge as the API shows it. */
function viewed(outcome: Outcome): Outcome {
  return outcome.status < 300 ? { ...outcome, body: chargeView(outcome.body as Charge) } : outcome;
}

function referenceIn(body: unknown): string | null {
  const reference = (body as { reference?: unknown } | null | undefined)?.reference;
  return typeof reference === 'string' ? reference : null;
}

function sendOutcome(response: ServerResponse, outcome: Outcome & { isReplay?: boolean }): void {
  sendJson(response, outcome.status, outcome.body, outcome.isReplay ? { 'Idempotent-Replayed': 'true' } : {});
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
}
