import type { Tx } from '../../platform/database.ts';
import type { JobKind } from '../../platform/jobs.ts';
import { refuse } from '../../platform/problems.ts';
import { closeWorkItem, openWorkItem, subjectsOpen } from '../../platform/work-items.ts';
import type { DeliveryState } from './delivery.ts';
import type { DeliveriesDeps, TakenPayment } from './deps.ts';
import { refuseDelivery } from './problems.ts';

/** Gaps told one by one in the detail; the sum counts all. */
const GAPS_MAX = 200;
const IDS_A_QUERY = 5_000;
/** Days looked at again by the hourly job. */
const DAYS_BACK = 7;
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
  if (!biller) throw refuse('not-found');
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
    const well = taken.filter((one) => gapOf(one, deliveries.get(one.paymentId)) === undefined);
    await tellGaps(tx, { bid, found, well: well.map((one) => one.paymentId) });
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
    const { amountCents, paymentId } = payment;
    takenCents += amountCents;
    const delivery = deliveries.get(paymentId);
    const why = gapOf(payment, delivery);
    if (REVERSED.has(payment.status)) {
      sums.reversed += amountCents;
      continue;
    }
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

/** Why a payment is not explained by its delivery; undefined when it is, or when it was reversed. */
function gapOf(payment: TakenPayment, delivery: Delivered | undefined): string | undefined {
  if (REVERSED.has(payment.status)) return undefined;
  if (!delivery) return 'it was taken and no delivery was recorded';
  const isWhole = delivery.cents === payment.amountCents - payment.feeCents;
  return isWhole ? undefined : `its delivery is of ${delivery.cents} cents`;
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

/** An item for each gap; the items of payments that are explained by now are closed. */
async function tellGaps(tx: Tx, from: { bid: number; found: Reconciliation; well: readonly number[] }): Promise<void> {
  const { bid, found } = from;
  const kind = 'reconciliation-gap';
  for (const gap of found.gaps) {
    const sentence = `Payment ${gap.paymentId} of ${found.day} does not reconcile: ${gap.why}.`;
    await openWorkItem(tx, { bid, kind, subject: `payment/${gap.paymentId}`, sentence, detail: gap });
  }
  for (let at = 0; at < from.well.length; at += IDS_A_QUERY) {
    const subjects = from.well.slice(at, at + IDS_A_QUERY).map((id) => `payment/${id}`);
    for (const subject of await subjectsOpen(tx, { bid, kinds: [kind], subjects }))
      await closeWorkItem(tx, { bid, kind, subject, by: 'program', at: found.runAt });
  }
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

/** Every hour, for each biller: the days of its own time zone that ended without a run, or whose last run left something open. */
export function deliveriesJobs(deps: ReconcileDeps): readonly JobKind<never>[] {
  const work = async (): Promise<void> => {
    for (const { bid } of await deps.billers.list()) {
      const biller = await deps.billers.load(bid);
      if (!biller) continue;
      const today = deps.clock.now().toZonedDateTimeISO(biller.configuration.profile.timeZone).toPlainDate();
      const runs = await deps.database.withBiller(bid, (tx) =>
        listReconciliations(tx, bid, { before: today.toString(), limit: DAYS_BACK }),
      );
      const closed = new Set(runs.filter(isClosed(biller.configuration.profile.timeZone)).map((one) => one.day));
      for (let back = DAYS_BACK; back >= 1; back -= 1) {
        const day = today.subtract({ days: back }).toString();
        if (!closed.has(day)) await reconcile(deps, { bid, day });
      }
    }
  };
  return [{ name: 'reconcile-billers', cron: '20 * * * *', work }];
}

/** Run after the day's end, with everything posted, sent back or reversed. */
const isClosed =
  (timeZone: string) =>
  (run: Reconciliation): boolean =>
    Temporal.PlainDate.compare(run.day, run.runAt.toZonedDateTimeISO(timeZone).toPlainDate()) < 0 &&
    run.gapCents === 0 &&
    run.waitingCents === 0 &&
    run.unknownCents === 0;
