import type { Destination, Family, OpenDelivery } from '../delivery.ts';
import { pick, type World } from './world.ts';

type Wake = (family: Family) => void;

/** A payer pays. */
export function takePayment(world: World, n: number, wake: Wake): void {
  const { random } = world;
  const accountNumber = pick(random, world.accounts) ?? '001';
  // Few amounts, so that two payments of an account are often equal: the case that fools careless evidence.
  const amountCents = random.fraction() < 0.5 ? 5_000 : 10_000 + 5_000 * Math.floor(random.fraction() * 3);
  const transactionId = `2984${1000 + n}`;
  const posting = {
    accountNumber,
    method: 'CC' as const,
    amountCents: amountCents + 250,
    feeCents: 250,
    transactionId,
    paymentMessage: 'APPROVED',
    customerName: 'ALEX EXAMPLE',
    address1: '',
    address2: '',
    city: '',
    state: '',
    zip: '',
    phone: '',
    email: '',
  };
  insert(world, wake, { kind: 'payment', accountNumber, amountCents, payload: { kind: 'payment', posting } });
}

/** A payer changes a setting; the older unsent change of it is superseded, as record-delivery.ts does. */
export function changeSetting(world: World, wake: Wake): void {
  const { random, tables } = world;
  const accountNumber = pick(random, world.accounts) ?? '001';
  const kind = random.fraction() < 0.5 ? 'paperless' : 'autopay';
  const isOn = random.fraction() < 0.5;
  for (const row of tables.rows.values()) {
    const isOlder =
      row.kind === kind && row.accountNumber === accountNumber && ['queued', 'waiting', 'held'].includes(row.state);
    if (isOlder) tables.act({ id: row.id, version: row.version, change: { state: 'superseded', heldKind: null } });
  }
  world.wanted.set(`${accountNumber} ${kind}`, isOn);
  insert(world, wake, { kind, accountNumber, amountCents: 0, payload: { kind, isOn } });
}

function insert(
  world: World,
  wake: Wake,
  from: Pick<OpenDelivery, 'kind' | 'accountNumber' | 'amountCents' | 'payload'>,
): void {
  const family: Family = from.kind === 'payment' ? 'payments' : 'settings';
  const destination: Destination = {
    partner: 'model',
    environment: 1,
    operation: from.kind,
    url: 'https://model.test/',
    authUrl: null,
    username: 'u',
    settingsVersion: 1,
  };
  const id = world.tables.insert({
    ...from,
    laneId: family,
    destination,
    state: 'queued',
    heldKind: null,
    attempts: 0,
    retries: 0,
    retrySinceMs: null,
    nextAtMs: null,
    unknownSinceMs: null,
    readings: [],
    permit: 'first',
    hasNewer: false,
    withdrawn: null,
    baseline: null,
    sentAtMs: null,
    hasOtherPosting: false,
  });
  world.trace.note(`recorded ${id} ${from.kind}`);
  wake(family);
}

/** Someone else moves an account. At level 1 never by a payment's own amount at rest: no evidence could tell those apart. */
export function moveAccount(world: World): void {
  const { random, partner, time } = world;
  const account = pick(random, world.accounts);
  if (account === undefined) return;
  const isEqual = random.fraction() < 0.5;
  const cents = isEqual ? -5_000 : -(1_007 + 1_000 * Math.floor(random.fraction() * 20));
  partner.adjust(account, cents);
  // Booked and taken back between two readings.
  if (isEqual && (world.counts.isTrusted || random.fraction() < 0.5))
    time.after(random.fraction() * 240_000, () => partner.adjust(account, -cents));
}
