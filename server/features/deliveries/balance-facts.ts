import type { PartnerBalance } from '../billers/partner.ts';
import type { BalanceFacts } from './delivery.ts';

/** The part of a partner's answer that can be evidence later, with the measured difference of the clocks. */
export function balanceFacts(balance: PartnerBalance, atMs: number): BalanceFacts {
  const partnerMs = balance.partnerDate === undefined ? Number.NaN : Date.parse(balance.partnerDate);
  return {
    atMs,
    currentDueCents: balance.currentDueCents,
    totalUnpaidCents: balance.totalUnpaidCents ?? null,
    pendingCents: balance.pendingPaymentCents ?? null,
    pendingDate: balance.pendingPaymentDate ?? null,
    lastUpdateTime: balance.lastUpdateTime ?? null,
    skewMs: Number.isNaN(partnerMs) ? null : partnerMs - atMs,
  };
}
