import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EventReading, Processor, ProcessorEvent } from '../../features/payments/processor.ts';
import type { Secret } from '../../platform/secrets.ts';
import type { ApiAnswer } from './call.ts';
import { eventSchema, eventsSchema, stateOfCharge } from './wire.ts';

/** How far the sender's clock may be from ours, either way (Standard Webhooks: five minutes). */
const CLOCK_SECONDS_MAX = 300;
const SIGNATURES_MAX = 8;
const PAGE_MAX = 200;

/** Standard Webhooks: HMAC-SHA256 over `id.timestamp.body` with the bytes behind `whsec_`, over the body as it came. */
export function readSignedEvent(
  from: { secret: Secret | undefined; now: Temporal.Instant },
  headers: Readonly<Record<string, string | undefined>>,
  rawBody: Buffer,
): EventReading {
  const id = headers['webhook-id'] ?? '';
  const timestamp = headers['webhook-timestamp'] ?? '';
  if (from.secret === undefined || id === '' || !/^\d{1,12}$/.test(timestamp))
    return { kind: 'refused', why: 'signature' };
  const expected = createHmac('sha256', Buffer.from(from.secret.reveal().replace(/^whsec_/, ''), 'base64'))
    .update(`${id}.${timestamp}.`)
    .update(rawBody)
    .digest();
  const given = (headers['webhook-signature'] ?? '').split(' ').slice(0, SIGNATURES_MAX);
  if (!given.some((signature) => isSame(signature, expected))) return { kind: 'refused', why: 'signature' };
  const apartSeconds = Math.abs(Math.floor(from.now.epochMilliseconds / 1000) - Number(timestamp));
  if (apartSeconds > CLOCK_SECONDS_MAX) return { kind: 'refused', why: 'clock' };
  const read = readEvent(rawBody);
  if (read === undefined) return { kind: 'refused', why: 'not-understood' };
  return read === 'other' ? { kind: 'other' } : { kind: 'event', event: read };
}

/** The events after a cursor (the id of the last one read), a page; those that change no payment are left out. */
export async function listEvents(
  ask: (path: string) => Promise<ApiAnswer>,
  cursor: string | undefined,
): ReturnType<Processor['eventsAfter']> {
  const after = cursor === undefined ? '' : `&after=${encodeURIComponent(cursor)}`;
  const answer = await ask(`/v1/events?limit=${PAGE_MAX}${after}`);
  if (answer.kind !== 'answered') return { kind: 'unanswered', reason: answer.reason };
  // The processor has forgotten the cursor: everything it still knows is read again, which is harmless.
  if (answer.status === 404 && cursor !== undefined) return listEvents(ask, undefined);
  const page = eventsSchema.safeParse(answer.body);
  if (answer.status !== 200 || !page.success)
    return { kind: 'unanswered', reason: `the processor’s list of events was not understood (${answer.status})` };
  const events = page.data.events.map(eventOf).filter((event) => event !== undefined);
  return { kind: 'events', events, cursor: page.data.events.at(-1)?.id ?? cursor };
}

function readEvent(rawBody: Buffer): ProcessorEvent | 'other' | undefined {
  let body: unknown;
  try {
    body = JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
  const parsed = eventSchema.safeParse(body);
  return parsed.success ? (eventOf(parsed.data) ?? 'other') : undefined;
}

const kinds: Readonly<Record<string, ProcessorEvent['kind']>> = {
  'charge.approved': 'approved',
  'charge.declined': 'declined',
  'charge.settled': 'settled',
  'charge.returned': 'returned',
  'charge.charged_back': 'charged_back',
  'charge.voided': 'voided',
  'charge.refunded': 'refunded',
  'checkout.cancelled': 'ended',
  'checkout.expired': 'ended',
};

function eventOf(wire: ReturnType<typeof eventSchema.parse>): ProcessorEvent | undefined {
  const kind = kinds[wire.type];
  if (kind === undefined) return undefined;
  // A part of the money given back leaves the charge settled: the payment as a whole was not refunded.
  if (kind === 'refunded' && wire.charge?.status !== 'refunded') return undefined;
  return {
    externalId: wire.id,
    reference: wire.reference,
    at: Temporal.Instant.from(wire.createdAt),
    kind,
    code: wire.code ?? undefined,
    state: wire.charge ? stateOfCharge(wire.charge) : undefined,
  };
}

function isSame(signature: string, expected: Buffer): boolean {
  const [version, text = ''] = signature.split(',');
  const given = Buffer.from(text, 'base64');
  return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
}
