import type { ServerResponse } from 'node:http';
import type { Journal } from '../journal.ts';
import { sendJson } from '../listen.ts';
import type { ActiveProcessorFault, ProcessorFaults, ProcessorOperation } from './faults.ts';
import { expireCheckout } from './move-money.ts';
import type { ProcessorBook } from './processor-book.ts';
import type { Charge, Checkout, Put } from './records.ts';
import type { WebhookSender } from './webhooks.ts';

/** Requests remembered for the control API. */
const REQUESTS_MAX = 20_000;
/** A time-out is held this long at most. */
const HELD_MS_MAX = 600_000;

/** One request to the processor. Never a body: numbers pass through some of them. */
export interface ProcessorRequest {
  at: number;
  method: string;
  path: string;
  operation: ProcessorOperation | 'page' | 'unknown';
  reference: string | null;
  idempotencyKey: string | null;
}

/** What one processor is made of. */
export interface ProcessorCore {
  book: ProcessorBook;
  journal: Journal<readonly Put[]>;
  faults: ProcessorFaults;
  sender: WebhookSender;
  secretKey: string;
  requests: ProcessorRequest[];
  isClosed: boolean;
  /** `http://127.0.0.1:4020`; known once it listens. */
  origin: string;
  /** Settles by itself this long after the charge; null leaves it to the control API. */
  autoSettleMs: number | null;
}

/** Journal first, then the book, then the webhooks: what was answered for is never forgotten by a crash. */
export function commitPuts(core: ProcessorCore, puts: readonly Put[]): void {
  if (puts.length === 0) return;
  core.journal.append(puts);
  core.book.apply(puts);
  for (const put of puts) if (put.kind === 'event') core.sender.add(put.value);
}

export function logRequest(core: ProcessorCore, request: ProcessorRequest): void {
  core.requests.push(request);
  if (core.requests.length > REQUESTS_MAX) core.requests.shift();
}

/** The checkout as it is now: an open one whose time is over has expired. */
export function currentCheckout(core: ProcessorCore, checkout: Checkout, now: number): Checkout {
  commitPuts(core, expireCheckout(core.book, checkout, now));
  return core.book.checkouts.get(checkout.id) ?? checkout;
}

/** A charge as the API shows it: without what its test number has in store. */
export function chargeView({ later: _, ...charge }: Charge): Omit<Charge, 'later'> {
  return charge;
}

/** A checkout as the API shows it, with its page's address and its charge. */
export function checkoutView(core: ProcessorCore, checkout: Checkout): Record<string, unknown> {
  const { id, status, mode, method, amountCents, currency, reference, description, locale } = checkout;
  const charge = checkout.chargeId === null ? undefined : core.book.charges.get(checkout.chargeId);
  const stored = checkout.token === null ? undefined : core.book.methods.get(checkout.token);
  return {
    id,
    url: `${core.origin}/pay/${id}`,
    status,
    mode,
    method,
    amountCents,
    currency,
    reference,
    description,
    locale,
    createdAt: checkout.createdAt,
    expiresAt: checkout.expiresAt,
    charge: charge ? chargeView(charge) : null,
    paymentMethod: stored ? methodView(stored) : null,
  };
}

/** A stored method as the API shows it. */
export function methodView(method: {
  token: string;
  kind: string;
  brand: string;
  last4: string;
  expiry: string | null;
  holderName: string;
  createdAt: string;
}) {
  const { token, kind, brand, last4, expiry, holderName, createdAt } = method;
  return { token, kind, brand, last4, expiry, holderName, createdAt };
}

/** Waits as the latency faults say, then breaks the answer as the first other fault of this moment says. True: broken. */
export async function strikeFaults(
  response: ServerResponse,
  faults: readonly ActiveProcessorFault[],
  when: 'before' | 'after',
): Promise<boolean> {
  for (const fault of faults) {
    if (fault.when === when && fault.kind === 'latency') await wait(response, fault.ms);
  }
  const breaking = faults.find((fault) => fault.when === when && fault.kind !== 'latency');
  if (!breaking) return response.destroyed;
  switch (breaking.kind) {
    case 'unavailable':
      sendJson(
        response,
        503,
        { error: { code: 'unavailable', message: 'The processor is down' } },
        { 'Retry-After': '1' },
      );
      return true;
    case 'error':
      sendJson(response, 500, { error: { code: 'internal', message: 'Something went wrong' } });
      return true;
    case 'cut':
      response.socket?.resetAndDestroy();
      return true;
    case 'timeout':
      await wait(response, HELD_MS_MAX);
      response.socket?.destroy();
      return true;
    case 'html':
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>We will be right back</h1>');
      return true;
    case 'malformed-json':
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"id":');
      return true;
    default:
      return false;
  }
}

/** Waits, or until the client has gone. */
export function wait(response: ServerResponse, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      response.off('close', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    response.once('close', over);
  });
}
