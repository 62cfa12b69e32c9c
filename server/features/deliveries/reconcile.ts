import type { Tx } from '../../platform/database.ts';
import type { JobKind } from '../../platform/jobs.ts';
import { closeWorkItem, openWorkItem } from '../../platform/work-items.ts';
import type { DeliveryState } from './delivery.ts';
import type { DeliveriesDeps, TakenPayment } from './deps.ts';
import { refuseDelivery } from './problems.ts';

/** Gaps told one by one in the detail; the sum counts all. */
const GAPS_MAX = 200;
const IDS_A_QUERY = 5_000;
const REVERSED = new Set(['voided', 'refunded', 'returned', 'charged_back']);

/** One day of one biller, in cents with fees. `taken = posted + waiting + unknown + notSent + reversed + gap`. */
export interface Reconciliation {
  readonly day: string;
  readonly runAt: Temporal.Instant;
  readonly takenCents: number;
  readonly postedCents: number;
  readonly waitingCents: number;
  /** Unknown and held. */
  readonly unknownCents: number;
  readonly notSentCents: number;
  readonly reversedCents: number;
  readonly gapCents: number;
  readonly gaps: readonly { readonly paymentId: number; readonly cents: number; readonly why: string }[];
}

type ReconcileDeps = Pick<DeliveriesDeps, 'database' | 'clock' | 'billers' | 'takenPayments' | 'log'>;

/**
 * Compares what a biller took on a day of its own time zone with what became of it, to the cent. Each payment counts
 * once: reversed, or by the state of its delivery. What has no delivery, or one of another amount, is a gap and an item
 * for a person. Running it again replaces the day.
 */
export async function reconcile(deps: ReconcileDeps, from: { bid: number; day: string }): Promise<Reconciliation> {
  const { bid, day } = from;
  const biller = await deps.billers.load(bid);
  if (!biller) throw refuseDelivery('day-not-over', { day });
  const { timeZone } = biller.configuration.profile;
  const begins = Temporal.PlainDate.from(day).toZonedDateTime(timeZone);
  const window = { from: begins.toInstant(), until: begins.add({ days: 1 }).toInstant() };
  const runAt = deps.clock.now();
  if (Temporal.Instant.compare(window.from, runAt) > 0) throw refuseDelivery('day-not-over', { day });
  return deps.database.withBiller(bid, async (tx) => {
    const taken = await deps.takenPayments(tx, bid, window);
    const deliveries = await deliveriesOf(
      tx,
      bid,
      taken.map((one) => one.paymentId),
    );
    const found = { ...compare(taken, deliveries), day, runAt };
    await keep(tx, bid, found);
    await tellGap(tx, { bid, found });
    return found;
  });
}

interface Delivered {
  readonly state: DeliveryState;
  readonly cents: number;
}

async function deliveriesOf(
  tx: Tx,
  bid: number,
  paymentIds: readonly number[],
): Promise<ReadonlyMap<number, Delivered>> {
  const found = new Map<number, Delivered>();
  for (let at = 0; at < paymentIds.length; at += IDS_A_QUERY) {
    const rows = await tx
      .selectFrom('delivery')
      .select(['payment_id', 'state', 'amount_cents'])
      .where('bid', '=', bid)
      .where('kind', '=', 'payment')
      .where('payment_id', 'in', paymentIds.slice(at, at + IDS_A_QUERY))
      .execute();
    for (const row of rows)
      if (row.payment_id !== null)
        found.set(row.payment_id, { state: row.state as DeliveryState, cents: row.amount_cents ?? 0 });
  }
  return found;
}

/** Pure: each payment falls in exactly one place, so that the sum of the places is what was taken. */
export function compare(
  taken: readonly TakenPayment[],
  deliveries: ReadonlyMap<number, Delivered>,
): Omit<Reconciliation, 'day' | 'runAt'> {
  const sums = { posted: 0, waiting: 0, unknown: 0, notSent: 0, reversed: 0, gap: 0 };
  const gaps: { paymentId: number; cents: number; why: string }[] = [];
  let takenCents = 0;
  for (const payment of taken) {
    const { amountCents, feeCents, paymentId } = payment;
    takenCents += amountCents;
    const delivery = deliveries.get(paymentId);
    if (REVERSED.has(payment.status)) {
      sums.reversed += amountCents;
      continue;
    }
    const why = !delivery
      ? 'it was taken and no delivery was recorded'
      : delivery.cents !== amountCents - feeCents
        ? `its delivery is of ${delivery.cents} cents`
        : undefined;
    if (!delivery || why !== undefined) {
      sums.gap += amountCents;
      if (gaps.length < GAPS_MAX) gaps.push({ paymentId, cents: amountCents, why: why ?? '' });
      continue;
    }
    sums[placeOf(delivery.state)] += amountCents;
  }
  return {
    takenCents,
    postedCents: sums.posted,
    waitingCents: sums.waiting,
    unknownCents: sums.unknown,
    notSentCents: sums.notSent,
    reversedCents: sums.reversed,
    gapCents: sums.gap,
    gaps,
  };
}

function placeOf(state: DeliveryState): 'posted' | 'waiting' | 'unknown' | 'notSent' {
  switch (state) {
    case 'posted':
      return 'posted';
    case 'queued':
    case 'sending':
    case 'waiting':
      return 'waiting';
    case 'unknown':
    case 'held':
      return 'unknown';
    case 'not_sent':
    case 'superseded':
      return 'notSent';
    default: {
      const never: never = state;
      throw new Error(`unknown state ${String(never)}`);
    }
  }
}

async function keep(tx: Tx, bid: number, found: Reconciliation): Promise<void> {
  const row = {
    run_at: found.runAt,
    taken_cents: found.takenCents,
    posted_cents: found.postedCents,
    waiting_cents: found.waitingCents,
    unknown_cents: found.unknownCents,
    not_sent_cents: found.notSentCents,
    reversed_cents: found.reversedCents,
    gap_cents: found.gapCents,
    detail: JSON.stringify({ gaps: found.gaps }),
  };
  await tx
    .insertInto('reconciliation')
    .values({ bid, day: found.day, ...row })
    .onConflict((conflict) => conflict.columns(['bid', 'day']).doUpdateSet(row))
    .execute();
}

async function tellGap(tx: Tx, from: { bid: number; found: Reconciliation }): Promise<void> {
  const { bid, found } = from;
  for (const gap of found.gaps) {
    const sentence = `Payment ${gap.paymentId} of ${found.day} does not reconcile: ${gap.why}.`;
    await openWorkItem(tx, {
      bid,
      kind: 'reconciliation-gap',
      subject: `payment/${gap.paymentId}`,
      sentence,
      detail: gap,
    });
  }
  if (found.gapCents > 0) return;
  await closeWorkItem(tx, {
    bid,
    kind: 'reconciliation-gap',
    subject: `day/${found.day}`,
    by: 'program',
    at: found.runAt,
  });
}

/** The days reconciled, newest first. */
export async function listReconciliations(
  tx: Tx,
  bid: number,
  from: { before: string | undefined; limit: number },
): Promise<readonly Reconciliation[]> {
  let query = tx
    .selectFrom('reconciliation')
    .select([
      'day',
      'run_at',
      'taken_cents',
      'posted_cents',
      'waiting_cents',
      'unknown_cents',
      'not_sent_cents',
      'reversed_cents',
      'gap_cents',
      'detail',
    ])
    .where('bid', '=', bid);
  if (from.before !== undefined) query = query.where('day', '<', from.before);
  const rows = await query.orderBy('day', 'desc').limit(from.limit).execute();
  return rows.map((row) => ({
    day: row.day,
    runAt: row.run_at,
    takenCents: row.taken_cents,
    postedCents: row.posted_cents,
    waitingCents: row.waiting_cents,
    unknownCents: row.unknown_cents,
    notSentCents: row.not_sent_cents,
    reversedCents: row.reversed_cents,
    gapCents: row.gap_cents,
    gaps: (row.detail as unknown as { gaps: Reconciliation['gaps'] }).gaps,
  }));
}

/** Every hour: each biller whose day ended since its last reconciliation, in its own time zone. */
export function deliveriesJobs(deps: ReconcileDeps): readonly JobKind<never>[] {
  const work = async (): Promise<void> => {
    for (const { bid } of await deps.billers.list()) {
      const biller = await deps.billers.load(bid);
      if (!biller) continue;
      const day = deps.clock
        .now()
        .toZonedDateTimeISO(biller.configuration.profile.timeZone)
        .toPlainDate()
        .subtract({ days: 1 })
        .toString();
      const isDone = await deps.database.withBiller(bid, async (tx) => {
        const [last] = await listReconciliations(tx, bid, { before: undefined, limit: 1 });
        return last?.day === day;
      });
      if (!isDone) await reconcile(deps, { bid, day });
    }
  };
  return [{ name: 'reconcile-billers', cron: '20 * * * *', work }];
}
