import { sql } from 'kysely';
import { expect } from 'vitest';
import { reconcile } from '../features/deliveries/index.ts';
import { TEST_BILLERS } from './fill-world.ts';
import type { LoadFigures } from './load.ts';
import type { World } from './world.ts';

/** A run is shorter than this, its clock put forward included. */
const DAYS_COMPARED = 5;

interface Taken {
  public_id: string;
  payment_id: number;
  account_number: string;
  status: string;
  amount_cents: number;
  fee_cents: number;
  transaction_id: string | null;
  state: string | null;
  label: string | null;
}

/** What was compared, for people. */
export interface Compared {
  readonly payments: number;
  readonly totalCents: number;
}

/**
 * The oracle. The partner's ledger, the processor's charges and Causeway's payments are the same list, to the cent: none
 * lost, none extra, none twice; what a payer was told is there; nothing is left open.
 */
export async function compareLedgers(world: World, load: readonly LoadFigures[]): Promise<Compared> {
  const taken = await readTaken(world);
  const ledger = await world.imt.ledger({}, { limit: 1_000_000 });
  expect(ledger.doubleBooked, 'transactions the partner has twice').toEqual({});
  const booked = new Map(ledger.payments.map((payment) => [payment.transactionId, payment]));
  const wrong: string[] = [];
  for (const payment of taken) {
    const entry = booked.get(payment.transaction_id ?? '');
    const billCents = payment.amount_cents - payment.fee_cents;
    const words = `payment ${payment.payment_id} of ${payment.account_number}: delivery ${payment.state} (${payment.label ?? ''})`;
    if (payment.state !== 'posted') wrong.push(`${words} is not posted`);
    if (!entry) wrong.push(`${words}, not in the partner's ledger`);
    else if (entry.billAmountCents !== billCents || entry.totalPaidCents !== payment.amount_cents)
      wrong.push(
        `${words}: ${billCents}/${payment.amount_cents} here, ${entry.billAmountCents}/${entry.totalPaidCents} there`,
      );
    else if (entry.policyNumber !== payment.account_number) wrong.push(`${words}: booked on ${entry.policyNumber}`);
  }
  expect(wrong).toEqual([]);
  const known = new Set(taken.map((payment) => payment.transaction_id));
  expect(
    ledger.payments.filter((entry) => !known.has(entry.transactionId)),
    'extra at the partner',
  ).toEqual([]);
  expect(ledger.count).toBe(taken.length);
  const totalCents = taken.reduce((sum, payment) => sum + payment.amount_cents, 0);
  expect(ledger.totalPaidCents).toBe(totalCents);
  expect(ledger.billAmountCents).toBe(totalCents - taken.reduce((sum, payment) => sum + payment.fee_cents, 0));
  await compareCharges(world, taken);
  await compareBillers(world, totalCents);
  const publicIds = new Set(taken.map((payment) => payment.public_id));
  for (const figures of load) {
    expect(figures.faults, 'answers of 500 and errors that are no refusal').toEqual([]);
    expect(
      [...figures.acknowledged].filter((id) => !publicIds.has(id)),
      'told as taken, and lost',
    ).toEqual([]);
  }
  return { payments: taken.length, totalCents };
}

async function compareCharges(world: World, taken: readonly Taken[]): Promise<void> {
  const charges = (await world.processor.charges()).filter((charge) => charge.status === 'approved');
  const perReference = new Map<string, number>();
  for (const charge of charges) perReference.set(charge.reference, (perReference.get(charge.reference) ?? 0) + 1);
  expect(
    [...perReference].filter(([, count]) => count !== 1),
    'charged more than once',
  ).toEqual([]);
  const here = taken.map((payment) => `${payment.public_id} ${payment.amount_cents}`).sort();
  const there = charges.map((charge) => `${charge.reference} ${charge.amountCents}`).sort();
  expect(there).toEqual(here);
}

/** Each biller's own reconciliation says the same: all that was taken is posted, no gap. */
async function compareBillers(world: World, totalCents: number): Promise<void> {
  let postedCents = 0;
  const today = world.deps.clock.now().toZonedDateTimeISO('America/Chicago').toPlainDate();
  for (const { bid } of TEST_BILLERS) {
    for (let daysAgo = 0; daysAgo <= DAYS_COMPARED; daysAgo++) {
      const found = await reconcile(world.deps, { bid, day: today.subtract({ days: daysAgo }).toString() });
      expect(found.gaps).toEqual([]);
      expect([found.gapCents, found.waitingCents, found.unknownCents, found.notSentCents]).toEqual([0, 0, 0, 0]);
      expect(found.postedCents).toBe(found.takenCents);
      postedCents += found.postedCents;
    }
  }
  expect(postedCents).toBe(totalCents);
}

function readTaken(world: World): Promise<Taken[]> {
  return world.deps.database.withSystem(async (tx) => {
    const { rows } = await sql<Taken>`
      select p.public_id, p.payment_id, p.account_number, p.status, p.amount_cents, p.fee_cents, d.transaction_id, d.state, d.label
      from payment p left join delivery d on d.bid = p.bid and d.payment_id = p.payment_id and d.kind = 'payment'
      where p.taken_at is not null order by p.payment_id`.execute(tx);
    return rows;
  });
}
