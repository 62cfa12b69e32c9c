import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { ProcessorBook } from './processor-book.ts';
import type { Charge, Checkout, CheckoutRequest, EventType, Method, ProcessorEvent, Put } from './records.ts';
import { type Behaviour, LATER_DECLINE, namedTestNumber, type TestNumber } from './test-numbers.ts';

/** What an act answers and what it changes; nothing has changed until the puts are committed. */
export interface Outcome {
  status: number;
  body: unknown;
  puts: Put[];
}

/** A refusal in the shape of the API: a code for programs, a sentence for people. */
export function refused(status: number, code: string, message: string): Outcome {
  return { status, body: { error: { code, message } }, puts: [] };
}

/** Opens a checkout. A reference serves once: a second checkout or charge for it is refused. */
export function openCheckout(
  book: ProcessorBook,
  request: CheckoutRequest,
  now: number,
): Outcome & { checkout?: Checkout } {
  const taken = refuseReference(book, request.reference);
  if (taken) return taken;
  const { expiresInSeconds, amountCents, authorizationText, ...rest } = request;
  const checkout: Checkout = {
    ...rest,
    id: newId('co'),
    status: 'open',
    amountCents: amountCents ?? null,
    authorizationText: authorizationText ?? null,
    createdAt: iso(now),
    expiresAt: iso(now + expiresInSeconds * 1_000),
    chargeId: null,
    token: null,
  };
  return { status: 201, body: null, puts: [{ kind: 'checkout', value: checkout }], checkout };
}

/** What the payer typed, reduced to what may be kept. */
export type TypedMethod = Pick<Method, 'kind' | 'brand' | 'last4' | 'expiry' | 'holderName'> & { test: TestNumber };

/** Charges, or stores, what was typed on the page, and completes the checkout. */
export function completeCheckout(
  book: ProcessorBook,
  { checkout, typed, wantsSaving }: { checkout: Checkout; typed: TypedMethod; wantsSaving: boolean },
  now: number,
): Put[] {
  const { test, ...seen } = typed;
  const isApproved = test.decline === null;
  const isStored =
    isApproved &&
    (checkout.mode === 'setup' || checkout.saveMethod === 'always' || (checkout.saveMethod === 'ask' && wantsSaving));
  const method: Method | null = isStored
    ? { ...seen, token: newId('pm'), createdAt: iso(now), testNumber: test.name }
    : null;
  const token = method?.token ?? null;
  const puts: Put[] = method ? [{ kind: 'method', value: method }] : [];
  let chargeId: string | null = null;
  if (checkout.amountCents !== null) {
    const { amountCents, reference, id: checkoutId } = checkout;
    const charge = makeCharge(
      { amountCents, reference, checkoutId, method: seen, token, behaviour: test, locale: checkout.locale },
      now,
    );
    chargeId = charge.id;
    puts.push({ kind: 'charge', value: charge });
  }
  puts.push({ kind: 'checkout', value: { ...checkout, status: 'completed', chargeId, token } });
  const charged = puts.find((put) => put.kind === 'charge')?.value;
  const about = { reference: checkout.reference, checkoutId: checkout.id, token };
  if (charged) puts.push(eventPut(book, { type: `charge.${charged.status}`, charge: charged, ...about }, now));
  else puts.push(eventPut(book, { type: 'method.stored', ...about }, now));
  return puts;
}

/** Charges a stored method. A decline is a charge with that status, not an error. */
export function chargeToken(
  book: ProcessorBook,
  request: { token: string; amountCents: number; reference: string },
  now: number,
): Outcome {
  const taken = refuseReference(book, request.reference);
  if (taken) return taken;
  const method = book.methods.get(request.token);
  const test = method && namedTestNumber(method.testNumber);
  if (!method || !test) return refused(404, 'no_such_method', 'There is no stored method with this token');
  const behaviour: Behaviour = test.declineLater ? { ...test, decline: LATER_DECLINE } : test;
  const { amountCents, reference, token } = request;
  const charge = makeCharge({ amountCents, reference, checkoutId: null, method, token, behaviour, locale: 'en' }, now);
  const event = eventPut(book, { type: `charge.${charge.status}`, charge, reference, checkoutId: null, token }, now);
  return { status: 201, body: charge, puts: [{ kind: 'charge', value: charge }, event] };
}

export type ChargeAct =
  | { act: 'void' }
  | { act: 'refund'; amountCents?: number | undefined }
  | { act: 'settle' }
  | { act: 'return'; code: string }
  | { act: 'chargeback'; code: string };

/** Moves a charge on. Doing again what is done already answers the charge and changes nothing. */
export function moveCharge(book: ProcessorBook, { id, act }: { id: string; act: ChargeAct }, now: number): Outcome {
  const charge = book.charges.get(id);
  if (!charge) return refused(404, 'no_such_charge', `There is no charge ${id}`);
  const next = nextCharge(charge, act, now);
  if (next === 'done') return { status: 200, body: charge, puts: [] };
  if (next === null)
    return refused(409, 'wrong_state', `A charge that is ${charge.status} cannot be acted on by ${act.act}`);
  const { reference, checkoutId, token } = next;
  const code = 'code' in act ? act.code : null;
  const type: EventType = act.act === 'refund' ? 'charge.refunded' : `charge.${next.status}`;
  const event = eventPut(book, { type, charge: next, reference, checkoutId, token, code }, now);
  return { status: 200, body: next, puts: [{ kind: 'charge', value: next }, event] };
}

function nextCharge(charge: Charge, act: ChargeAct, now: number): Charge | 'done' | null {
  const { status } = charge;
  switch (act.act) {
    case 'void':
      return status === 'voided' ? 'done' : status === 'approved' ? { ...charge, status: 'voided', later: null } : null;
    case 'settle':
      return status === 'settled'
        ? 'done'
        : status === 'approved'
          ? { ...charge, status: 'settled', settledAt: iso(now) }
          : null;
    case 'return':
      if (status === 'returned') return 'done';
      if (charge.method !== 'ACH' || (status !== 'settled' && status !== 'approved')) return null;
      return { ...charge, status: 'returned', reasonCode: act.code, later: null };
    case 'chargeback':
      if (status === 'charged_back') return 'done';
      if (charge.method !== 'CC' || status !== 'settled') return null;
      return { ...charge, status: 'charged_back', reasonCode: act.code, later: null };
    case 'refund': {
      if (status === 'refunded') return 'done';
      const left = charge.amountCents - charge.refundedCents;
      const cents = act.amountCents ?? left;
      if (status !== 'settled' || cents > left) return null;
      const isWhole = cents === left;
      return { ...charge, refundedCents: charge.refundedCents + cents, status: isWhole ? 'refunded' : 'settled' };
    }
    default: {
      const never: never = act;
      throw new Error(`Unknown act ${JSON.stringify(never)}`);
    }
  }
}

/** Closes an open page, so that no charge can come of it. One under way, or done, stays what it is. */
export function cancelCheckout(book: ProcessorBook, checkout: Checkout, now: number): Put[] {
  if (checkout.status !== 'open') return [];
  const about = { reference: checkout.reference, checkoutId: checkout.id, token: null };
  return [
    { kind: 'checkout', value: { ...checkout, status: 'cancelled' } },
    eventPut(book, { type: 'checkout.cancelled', ...about }, now),
  ];
}

/** What has to change for a checkout whose time is over. */
export function expireCheckout(book: ProcessorBook, checkout: Checkout, now: number): Put[] {
  if (checkout.status !== 'open' || Date.parse(checkout.expiresAt) > now) return [];
  const about = { reference: checkout.reference, checkoutId: checkout.id, token: null };
  return [
    { kind: 'checkout', value: { ...checkout, status: 'expired' } },
    eventPut(book, { type: 'checkout.expired', ...about }, now),
  ];
}

export function hashOf(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

interface NewCharge {
  amountCents: number;
  reference: string;
  checkoutId: string | null;
  method: Pick<Method, 'kind' | 'brand' | 'last4' | 'expiry'>;
  token: string | null;
  behaviour: Behaviour;
  locale: 'en' | 'es';
}

function makeCharge({ method, behaviour, locale, ...rest }: NewCharge, now: number): Charge {
  const { decline } = behaviour;
  return {
    ...rest,
    id: newId('ch'),
    status: decline ? 'declined' : 'approved',
    currency: 'USD',
    method: method.kind,
    paymentMessage: decline ? `DECLINED ${decline.code} ${decline.words}` : `APPROVED ${randomInt(100_000, 1_000_000)}`,
    sentence: decline?.sentence[locale] ?? null,
    declineCode: decline?.code ?? null,
    brand: method.brand,
    last4: method.last4,
    expiry: method.expiry,
    createdAt: iso(now),
    settledAt: null,
    reasonCode: null,
    refundedCents: 0,
    later: decline ? null : (behaviour.later ?? null),
  };
}

function refuseReference(book: ProcessorBook, reference: string): Outcome | null {
  if (book.blocked.has(reference)) return refused(409, 'reference_cancelled', 'This reference was cancelled');
  const isTaken = book.checkoutOf(reference) !== undefined || book.chargeOf(reference) !== undefined;
  return isTaken ? refused(409, 'reference_in_use', 'This reference has a checkout or a charge already') : null;
}

type EventAbout = Pick<ProcessorEvent, 'type' | 'reference' | 'checkoutId' | 'token'> & {
  charge?: Charge;
  code?: string | null;
};

function eventPut(book: ProcessorBook, { charge = undefined, code = null, ...about }: EventAbout, now: number): Put {
  const value: ProcessorEvent = {
    ...about,
    id: newId('evt'),
    seq: (book.events.at(-1)?.seq ?? 0) + 1,
    createdAt: iso(now),
    code,
    charge: charge ?? null,
  };
  return { kind: 'event', value };
}

function newId(prefix: string): string {
  return `${prefix}_${randomBytes(16).toString('hex')}`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
