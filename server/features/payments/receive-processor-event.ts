import { eventsOfState } from './apply-charge-state.ts';
import type { PaymentsDeps } from './deps.ts';
import { keepUnmatchedEvent, type NewEvent } from './payment-event-store.ts';
import { paymentByPublicId } from './payment-store.ts';
import { refuse } from './problems.ts';
import type { ProcessorEvent } from './processor.ts';
import { recordFacts } from './record-facts.ts';

/**
 * Takes an event the processor sends: verified over its bytes, then applied. Resolves only when it is durable, so that the
 * 2xx that follows is true; a repeat changes nothing. A wrong signature is refused.
 */
export async function receiveProcessorEvent(
  deps: PaymentsDeps,
  from: { processor: string; headers: Readonly<Record<string, string | undefined>>; rawBody: Buffer },
): Promise<'applied' | 'unmatched' | 'other'> {
  const processor = deps.processors.get(from.processor);
  if (!processor) throw refuse('unknown-processor');
  const reading = processor.readEvent(from.headers, from.rawBody);
  if (reading.kind === 'refused') {
    deps.log.warn({ processor: from.processor, why: reading.why }, 'a processor event was refused');
    throw refuse('bad-event-signature', { why: reading.why });
  }
  return reading.kind === 'other' ? 'other' : applyProcessorEvent(deps, from.processor, reading.event);
}

/** Applies one verified event, from a webhook or a poll, in any order and however often. */
export async function applyProcessorEvent(
  deps: PaymentsDeps,
  processor: string,
  event: ProcessorEvent,
): Promise<'applied' | 'unmatched'> {
  const row = await deps.database.withSystem((tx) => paymentByPublicId(tx, event.reference));
  if (!row || row.processor !== processor) {
    const isNew = await deps.database.withSystem((tx) => keepUnmatchedEvent(tx, processor, event, deps.clock.now()));
    if (isNew)
      deps.log.error(
        { processor, event: event.externalId, reference: event.reference, kind: event.kind },
        'an event of a charge that is not known here',
      );
    return 'unmatched';
  }
  await recordFacts(deps, { bid: row.bid, paymentId: row.payment_id, events: eventsOf(processor, event) });
  return 'applied';
}

/** The event itself, and the approval it carries with it: a settlement heard first still says what was approved. */
function eventsOf(processor: string, event: ProcessorEvent): NewEvent[] {
  const told = { at: event.at, toldBy: 'processor' as const };
  const externalId = `${processor}:${event.externalId}`;
  const ofState = event.state ? eventsOfState(event.state, told) : [];
  const own = ofState.find((fact) => fact.kind === event.kind);
  const detail = { ...own?.detail, ...(event.code !== undefined && { code: event.code }) };
  const main: NewEvent = { kind: event.kind, ...told, at: own?.at ?? event.at, externalId, detail };
  return [main, ...ofState.filter((fact) => fact !== own && fact.kind === 'approved')];
}
