import type { Tx } from '../../platform/database.ts';
import { closeWorkItem } from '../../platform/work-items.ts';
import { environmentOf } from './decide-held-delivery.ts';
import { type DeliveryKind, type DeliveryState, familyOf, type HeldKind } from './delivery.ts';
import { mayFollow } from './delivery-states.ts';
import { changeDelivery, findAttempts, findDeliveryOfPayment, lockDelivery, wakeLane } from './delivery-store.ts';
import { WITHDRAWN_LABEL } from './next-step.ts';

/**
 * The money of a payment went back to its payer: nothing of it is sent from now on, not by a retry and not by a person.
 * What was never sent ends as `not_sent` at once; what is on its way, or may have been applied, goes on to its own end, and
 * the item of the reversal tells staff what to take back at the insurer. Harmless when repeated.
 */
export async function withdrawDelivery(
  tx: Tx,
  from: { bid: number; paymentId: number; why: string; at: Temporal.Instant },
): Promise<void> {
  const { bid, at } = from;
  const found = await findDeliveryOfPayment(tx, bid, from.paymentId);
  const row = found && (await lockDelivery(tx, bid, found.id));
  if (!row || row.withdrawn !== null) return;
  const heldKind = row.held_kind as HeldKind | null;
  const attempts = await findAttempts(tx, bid, row.id);
  const isDoubtful =
    heldKind === 'unknown' || heldKind === 'restored' || attempts.some((attempt) => attempt.possibly_applied);
  const isEnded = !isDoubtful && mayFollow('withdrawn', row.state as DeliveryState);
  const reason = `not posted: ${from.why}`;
  // While a worker sends it, its version is left alone, so that what it learns is kept.
  await changeDelivery(tx, {
    bid,
    id: row.id,
    version: row.version,
    keepsVersion: row.state === 'sending',
    set: {
      withdrawn: from.why,
      ...(isEnded && {
        state: 'not_sent',
        label: WITHDRAWN_LABEL,
        reason,
        held_kind: null,
        next_at: null,
        finished_at: at,
      }),
    },
  });
  if (isEnded)
    await closeWorkItem(tx, { bid, kind: 'delivery-held', subject: `delivery/${row.id}`, by: 'program', at });
  const family = familyOf(row.kind as DeliveryKind);
  await wakeLane(tx, { bid, laneId: row.lane_id, family, environment: environmentOf(row) });
}
