import type { DeliveryFacts, DeliveryState, HeldKind } from './delivery.ts';
import { follow, mayFollow } from './delivery-states.ts';

/** What a member of staff may decide about a delivery that needs a person (spec/payments.md, 5.). */
export const ACTS = [
  'check-again',
  'confirm-posted',
  'post-again',
  'return-to-payer',
  'replay',
  'note',
  'found-missing',
] as const;
export type Act = (typeof ACTS)[number];

export interface ActRequest {
  readonly act: Act;
  readonly by: string;
  readonly atMs: number;
  /** Of `post-again`: who asked first. Undefined: this is the first person. */
  readonly askedBy: string | undefined;
  /** Of `post-again`: false when this person may ask, and not agree as the second. */
  readonly mayAgree?: boolean | undefined;
  /** Of `confirm-posted`: what the partner calls the payment. */
  readonly reference: string | undefined;
}

/** What an act changes, as the store writes it; nothing when it only asks a second person or notes. */
export interface ActChange {
  readonly state?: DeliveryState;
  readonly label?: string | null;
  readonly reason?: string | null;
  readonly heldKind?: HeldKind | null;
  readonly permit?: string;
  /** Begins anew: tries, readings, times. */
  readonly isReset?: boolean;
  readonly nextAtMs?: number | null;
  readonly unknownSinceMs?: number | null;
  readonly asksSecondPerson?: boolean;
  /** What was concluded from the partner's figures turned out false. */
  readonly contradicts?: boolean;
}

export type ActAnswer =
  | { readonly kind: 'change'; readonly change: ActChange }
  | {
      readonly kind: 'refused';
      readonly code:
        | 'not-held'
        | 'evidence-says-applied'
        | 'needs-second-person'
        | 'may-not-agree'
        | 'act-does-not-fit';
      readonly why: string;
    };

/** Pure: whether the act fits the delivery as it is, and what it changes. Guards and buttons both ask this. */
export function actOnHeld(delivery: DeliveryFacts, request: ActRequest): ActAnswer {
  const isHeld = delivery.state === 'held';
  const isUncertain = isHeld && (delivery.heldKind === 'unknown' || delivery.heldKind === 'restored');
  switch (request.act) {
    case 'note':
      return change({});
    case 'check-again':
      if (!isUncertain || delivery.kind !== 'payment')
        return refused(isHeld, 'Only a payment whose outcome is unknown can be checked again.');
      return change({
        state: follow('check-again', delivery.state),
        heldKind: null,
        isReset: true,
        reason: 'checked again',
        nextAtMs: request.atMs,
        unknownSinceMs: request.atMs,
      });
    case 'confirm-posted':
      return confirmPosted(delivery, request, isUncertain);
    case 'post-again':
      return postAgain(delivery, request, isUncertain);
    case 'return-to-payer':
      if (!isHeld) return refused(false, '');
      // Not refused on E1: an equal movement by someone else looks the same, and then this is the only way out.
      return change({
        state: follow('returned', delivery.state),
        heldKind: null,
        label: 'returned to payer',
        reason: 'returned to the payer, not posted',
      });
    case 'replay':
      if (delivery.withdrawn !== null) return wentBack(delivery);
      if (isUncertain || !mayFollow('replayed', delivery.state)) {
        return refused(isHeld, 'Only what was proven not applied can be sent again by one person.');
      }
      return change({
        state: follow('replayed', delivery.state),
        heldKind: null,
        isReset: true,
        reason: null,
        nextAtMs: null,
      });
    case 'found-missing':
      return findMissing(delivery);
    default: {
      const never: never = request.act;
      throw new Error(`unknown act ${String(never)}`);
    }
  }
}

function confirmPosted(delivery: DeliveryFacts, request: ActRequest, isUncertain: boolean): ActAnswer {
  if (!isUncertain)
    return refused(delivery.state === 'held', 'Only a payment whose outcome is unknown can be confirmed as posted.');
  if (!request.reference)
    return {
      kind: 'refused',
      code: 'act-does-not-fit',
      why: 'Confirming needs the partner’s reference of the payment.',
    };
  return change({
    state: follow('confirmed-posted', delivery.state),
    heldKind: null,
    label: 'confirmed by staff',
    reason: `the partner’s reference: ${request.reference}`,
    contradicts: delivery.readings.at(-1)?.verdict === 'E0',
  });
}

function findMissing(delivery: DeliveryFacts): ActAnswer {
  if (delivery.state !== 'posted' || delivery.kind !== 'payment')
    return {
      kind: 'refused',
      code: 'act-does-not-fit',
      why: 'Only a posted payment can be found missing at the partner.',
    };
  return change({
    state: follow('found-missing', delivery.state),
    heldKind: 'unknown',
    label: null,
    reason: 'recorded as posted, yet the partner does not have it',
    contradicts: true,
    isReset: true,
  });
}

/** A second send of what may have been applied: two people, and never while the evidence says it stands there already. */
function postAgain(delivery: DeliveryFacts, request: ActRequest, isUncertain: boolean): ActAnswer {
  if (delivery.withdrawn !== null) return wentBack(delivery);
  if (!isUncertain || delivery.kind !== 'payment')
    return refused(
      delivery.state === 'held',
      'What was proven not applied is replayed; only an unknown payment is posted again.',
    );
  if (delivery.readings.at(-1)?.verdict === 'E1')
    return { kind: 'refused', code: 'evidence-says-applied', why: 'the evidence says applied' };
  if (request.askedBy === undefined) return change({ asksSecondPerson: true });
  if (request.askedBy === request.by) return { kind: 'refused', code: 'needs-second-person', why: request.askedBy };
  if (request.mayAgree === false) return { kind: 'refused', code: 'may-not-agree', why: request.askedBy };
  return change({
    state: follow('allowed-again', delivery.state),
    heldKind: null,
    isReset: true,
    nextAtMs: null,
    reason: `posted again: asked by ${request.askedBy}, agreed by ${request.by}`,
    permit: `person:${request.by}:${delivery.attempts + 1}`,
  });
}

/** The insurer would credit what the payer has back. */
const wentBack = (delivery: DeliveryFacts): ActAnswer => ({
  kind: 'refused',
  code: 'act-does-not-fit',
  why: `It is not sent any more: ${delivery.withdrawn}.`,
});

const change = (made: ActChange): ActAnswer => ({ kind: 'change', change: made });

function refused(isHeld: boolean, why: string): ActAnswer {
  return isHeld
    ? { kind: 'refused', code: 'act-does-not-fit', why }
    : { kind: 'refused', code: 'not-held', why: 'it is not held' };
}
