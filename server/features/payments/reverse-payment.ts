import { recordAudit } from '../../platform/audit.ts';
import type { Tx } from '../../platform/database.ts';
import type { PaymentView } from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { processorOf } from './open-checkout.ts';
import { appendEvent } from './payment-event-store.ts';
import { isReversed, mayAct, type StaffAct, statusOf } from './payment-states.ts';
import { lockPayment, type PaymentRow } from './payment-store.ts';
import { readPaymentView } from './payment-view.ts';
import { refuse } from './problems.ts';
import { recordFacts } from './record-facts.ts';

/**
 * Voids (before settlement) or refunds (after it) a payment, whole. The wish is recorded before the processor is asked, and
 * the processor does it once however often it is asked, so a lost answer is repeated safely. Refused when the payment is
 * not in a state for it, or is not what the person saw.
 */
export async function reversePayment(
  deps: PaymentsDeps,
  from: {
    bid: number;
    paymentId: number;
    act: StaffAct;
    reason: string;
    by: string;
    idempotencyKey: string;
    expectedVersion?: number | undefined;
  },
): Promise<PaymentView> {
  const asked = await deps.database.withBiller(from.bid, (tx) => claimAct(tx, deps, from));
  if (asked.isDone) return deps.database.withBiller(from.bid, (tx) => readPaymentView(tx, asked.row));
  const processor = processorOf(deps, asked.row);
  const moved =
    from.act === 'void'
      ? await processor.voidCharge(asked.row.public_id)
      : await processor.refundCharge(asked.row.public_id);
  if (moved.kind === 'refused') throw refuse('processor-refused-act', { why: moved.sentence });
  if (moved.kind === 'unanswered') throw refuse('processor-did-not-answer', { why: moved.reason });
  const kind = from.act === 'void' ? 'voided' : 'refunded';
  const row = await recordFacts(deps, {
    bid: from.bid,
    paymentId: from.paymentId,
    events: [{ kind, at: deps.clock.now(), toldBy: 'staff', detail: { by: from.by, reason: from.reason } }],
  });
  return deps.database.withBiller(from.bid, (tx) => readPaymentView(tx, row));
}

/** Records the wish under its key. A repeat whose first never got the processor's answer goes on: the processor acts once. */
async function claimAct(
  tx: Tx,
  deps: PaymentsDeps,
  from: {
    bid: number;
    paymentId: number;
    act: StaffAct;
    reason: string;
    by: string;
    idempotencyKey: string;
    expectedVersion?: number | undefined;
  },
): Promise<{ row: PaymentRow; isDone: boolean }> {
  const row = await lockPayment(tx, from.bid, from.paymentId);
  if (!row) throw refuse('unknown-payment');
  const isFirst = await appendEvent(tx, {
    bid: from.bid,
    paymentId: from.paymentId,
    event: {
      kind: `${from.act}-asked`,
      at: deps.clock.now(),
      toldBy: 'staff',
      externalId: `staff:${from.act}:${from.paymentId}:${from.idempotencyKey}`,
      detail: { by: from.by, reason: from.reason },
    },
  });
  if (!isFirst && isReversed(row.status)) return { row, isDone: true };
  if (isFirst && from.expectedVersion !== undefined && from.expectedVersion !== row.version)
    throw refuse('version-changed');
  const decision = mayAct(statusOf(row.status), from.act);
  if (!decision.may) throw refuse('act-not-possible', { why: decision.why });
  await recordAudit(tx, {
    at: deps.clock.now(),
    bid: from.bid,
    actorKind: 'staff',
    actor: from.by,
    act: `payment.${from.act}-asked`,
    subject: `payment/${from.paymentId}`,
    reason: from.reason,
    detail: { amountCents: row.amount_cents, version: row.version },
  });
  return { row, isDone: false };
}
