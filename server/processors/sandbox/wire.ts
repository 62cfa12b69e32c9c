import { z } from 'zod';
import type { ChargeState } from '../../features/payments/processor.ts';

/** What the processor's API says, as far as it is used. Unknown members are ignored: it may grow. */
export const chargeSchema = z.object({
  id: z.string(),
  reference: z.string(),
  status: z.enum(['approved', 'declined', 'settled', 'returned', 'charged_back', 'voided', 'refunded']),
  paymentMessage: z.string(),
  sentence: z.string().nullable(),
  brand: z.string(),
  last4: z.string().max(4),
  expiry: z.string().nullable(),
  createdAt: z.iso.datetime({ offset: true }),
});
export type WireCharge = z.infer<typeof chargeSchema>;

export const checkoutSchema = z.object({
  id: z.string(),
  url: z.url(),
  status: z.enum(['open', 'processing', 'completed', 'cancelled', 'expired']),
  expiresAt: z.iso.datetime({ offset: true }),
  charge: chargeSchema.nullable(),
});
export const checkoutsSchema = z.object({ checkouts: z.array(checkoutSchema) });
export const chargesSchema = z.object({ charges: z.array(chargeSchema) });
export const cancelledSchema = z.object({ checkout: checkoutSchema.nullable(), charge: chargeSchema.nullable() });
export const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export const eventSchema = z.object({
  id: z.string().max(200),
  type: z.string(),
  createdAt: z.iso.datetime({ offset: true }),
  reference: z.string().max(200),
  code: z.string().nullable(),
  charge: chargeSchema.nullable(),
});
export const eventsSchema = z.object({ events: z.array(eventSchema), hasMore: z.boolean() });

/** A charge in whatever status says first of all whether the money was taken: also one that went back was. */
export function stateOfCharge(charge: WireCharge): ChargeState {
  if (charge.status === 'declined')
    return { kind: 'declined', message: charge.paymentMessage, sentence: charge.sentence ?? charge.paymentMessage };
  return {
    kind: 'approved',
    processorReference: charge.id,
    message: charge.paymentMessage,
    brand: charge.brand,
    lastFour: charge.last4,
    expiry: charge.expiry ?? undefined,
    at: Temporal.Instant.from(charge.createdAt),
  };
}

export function stateOfCheckout(checkout: z.infer<typeof checkoutSchema>): ChargeState {
  if (checkout.charge) return stateOfCharge(checkout.charge);
  switch (checkout.status) {
    case 'open':
      return { kind: 'open', expiresAt: Temporal.Instant.from(checkout.expiresAt) };
    case 'processing':
    case 'completed':
      return { kind: 'processing' };
    case 'cancelled':
      return { kind: 'none', why: 'cancelled' };
    case 'expired':
      return { kind: 'none', why: 'expired' };
    default:
      return checkout.status satisfies never;
  }
}
