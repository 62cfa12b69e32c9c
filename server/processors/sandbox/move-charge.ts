import type { ChargeMoved } from '../../features/payments/processor.ts';
import { callProcessor, type SandboxApi } from './call.ts';
import { chargeSchema, chargesSchema, errorSchema } from './wire.ts';

/** Voids or refunds what was charged under a reference. One key for each act of a reference: repeating it does it once. */
export async function moveCharge(
  api: SandboxApi,
  from: { reference: string; verb: 'void' | 'refund' },
): Promise<ChargeMoved> {
  const listed = await callProcessor(api, {
    method: 'GET',
    path: `/v1/charges?reference=${encodeURIComponent(from.reference)}`,
  });
  if (listed.kind !== 'answered') return { kind: 'unanswered', reason: listed.reason };
  const charges = chargesSchema.safeParse(listed.body);
  if (!charges.success) return { kind: 'unanswered', reason: 'the processor’s answer was not understood' };
  const [charge] = charges.data.charges;
  if (!charge) return { kind: 'refused', sentence: 'It knows no such charge.' };
  const answer = await callProcessor(api, {
    method: 'POST',
    path: `/v1/charges/${encodeURIComponent(charge.id)}/${from.verb}`,
    idempotencyKey: `${from.verb}-${from.reference}`,
    body: {},
  });
  if (answer.kind !== 'answered') return { kind: 'unanswered', reason: answer.reason };
  const moved = chargeSchema.safeParse(answer.body);
  if (answer.status === 200 && moved.success) return { kind: 'done' };
  const error = errorSchema.safeParse(answer.body);
  return {
    kind: 'refused',
    sentence: error.success ? `${error.data.error.message}.` : `It answered ${answer.status}.`,
  };
}
