import type { Platform } from '../../platform/platform.ts';
import type { PaymentRow } from './payment-store.ts';

/** The method of a row; the column's check lets nothing else in. */
export function methodOf(row: Pick<PaymentRow, 'method'>): 'CC' | 'ACH' {
  return row.method === 'CC' ? 'CC' : 'ACH';
}

/** The page of one payment: receipt, state, what happens next. Reloading it and coming back to it are harmless. */
export function paymentUrl(deps: Pick<Platform, 'publicUrl'>, biller: { slug: string }, publicId: string): string {
  return `${deps.publicUrl}${paymentPath(biller.slug, publicId)}`;
}

export function paymentPath(slug: string, publicId: string): string {
  return `/${slug}/payments/${publicId}`;
}

/** Where the processor sends the payer after paying, and where after turning back. Both end at the payment's page. */
export function returnPath(slug: string, publicId: string): string {
  return `${paymentPath(slug, publicId)}/return`;
}
export function cancelPath(slug: string, publicId: string): string {
  return `${paymentPath(slug, publicId)}/cancelled`;
}
