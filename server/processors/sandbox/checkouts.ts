import type { ChargeAnswer, CheckoutAnswer, CheckoutRequest } from '../../features/payments/processor.ts';
import { callProcessor, type SandboxApi } from './call.ts';
import {
  cancelledSchema,
  chargesSchema,
  checkoutSchema,
  checkoutsSchema,
  errorSchema,
  stateOfCharge,
  stateOfCheckout,
} from './wire.ts';

const IN_USE: ReadonlySet<string> = new Set(['idempotency_conflict', 'reference_in_use']);

/** Opens the page for one payment. The reference is the key, so asking again gives the same page. */
export async function createCheckout(api: SandboxApi, request: CheckoutRequest): Promise<CheckoutAnswer> {
  const { authorizationText, ...rest } = request;
  const answer = await callProcessor(api, {
    method: 'POST',
    path: '/v1/checkouts',
    idempotencyKey: request.reference,
    body: { ...rest, ...(authorizationText !== undefined && { authorizationText }) },
  });
  if (answer.kind !== 'answered') return answer;
  if (answer.status >= 200 && answer.status < 300) {
    const made = checkoutSchema.safeParse(answer.body);
    return made.success
      ? { kind: 'made', checkoutId: made.data.id, url: made.data.url }
      : { kind: 'unknown', reason: 'the processor’s answer was not understood' };
  }
  const error = errorSchema.safeParse(answer.body);
  // Something exists there under this reference, made by another question: it is looked up, not given up.
  if (error.success && IN_USE.has(error.data.error.code)) return { kind: 'unknown', reason: error.data.error.message };
  // A request the processor does not understand or allow created nothing; anything else is looked into.
  if ([400, 401, 403, 404, 409, 422].includes(answer.status)) {
    return {
      kind: 'refused',
      sentence: error.success ? `${error.data.error.code}: ${error.data.error.message}` : `status ${answer.status}`,
    };
  }
  return { kind: 'unknown', reason: `the processor answered ${answer.status}` };
}

/** What came of a reference: its page's state, or its charge. */
export async function findCharge(api: SandboxApi, reference: string): Promise<ChargeAnswer> {
  const found = await ask(api, `/v1/checkouts?reference=${encodeURIComponent(reference)}`);
  if (found.kind === 'unanswered') return found;
  const checkouts = checkoutsSchema.safeParse(found.body);
  if (!checkouts.success) return notUnderstood;
  const [checkout] = checkouts.data.checkouts;
  if (checkout) return { kind: 'told', state: stateOfCheckout(checkout) };
  const direct = await ask(api, `/v1/charges?reference=${encodeURIComponent(reference)}`);
  if (direct.kind === 'unanswered') return direct;
  const charges = chargesSchema.safeParse(direct.body);
  if (!charges.success) return notUnderstood;
  const [charge] = charges.data.charges;
  return { kind: 'told', state: charge ? stateOfCharge(charge) : { kind: 'none', why: 'never-made' } };
}

/** Closes the page, or forbids one that was never made; a charge under way or done is told instead. */
export async function cancelCheckout(api: SandboxApi, reference: string): Promise<ChargeAnswer> {
  const answer = await callProcessor(api, { method: 'POST', path: '/v1/checkouts/cancel', body: { reference } });
  if (answer.kind !== 'answered') return { kind: 'unanswered', reason: answer.reason };
  if (answer.status !== 200) return { kind: 'unanswered', reason: `the processor answered ${answer.status}` };
  const cancelled = cancelledSchema.safeParse(answer.body);
  if (!cancelled.success) return notUnderstood;
  const { charge, checkout } = cancelled.data;
  if (charge) return { kind: 'told', state: stateOfCharge(charge) };
  return { kind: 'told', state: checkout ? stateOfCheckout(checkout) : { kind: 'none', why: 'cancelled' } };
}

const notUnderstood: ChargeAnswer = { kind: 'unanswered', reason: 'the processor’s answer was not understood' };

async function ask(
  api: SandboxApi,
  path: string,
): Promise<{ kind: 'answered'; body: unknown } | { kind: 'unanswered'; reason: string }> {
  const answer = await callProcessor(api, { method: 'GET', path });
  if (answer.kind !== 'answered') return { kind: 'unanswered', reason: answer.reason };
  if (answer.status !== 200) return { kind: 'unanswered', reason: `the processor answered ${answer.status}` };
  return { kind: 'answered', body: answer.body };
}
