import { CompiledQuery, type Selectable, type SqlBool, sql } from 'kysely';
import type { DB } from '../../database/tables.ts';
import type { Database, NamedStatement, Tx } from '../../platform/database.ts';
import { OPEN_STATUSES, REVERSED_STATUSES } from './payment-states.ts';

/** Payments of one account looked at when its balance is shown; older ones are long since in the partner's balance. */
const RECENT_MAX = 50;
const OPEN_MAX = 1;

/** Every statement on the table `payment`. Lists and sums: `payment-list-store.ts`; events: `payment-event-store.ts`. */
export type PaymentRow = Selectable<DB['payment']>;

export const PAYMENT_COLUMNS = [
  'bid',
  'payment_id',
  'account_number',
  'invoice_type_id',
  'invoice_numbers',
  'method',
  'amount_cents',
  'fee_cents',
  'source',
  'status',
  'idempotency_key',
  'request_hash',
  'public_id',
  'locale',
  'processor',
  'checkout_id',
  'checkout_url',
  'processor_reference',
  'payment_message',
  'brand',
  'last_four',
  'expiry',
  'payer',
  'balance_seen_cents',
  'authorization_text',
  'created_at',
  'taken_at',
  'settled_at',
  'reversed_at',
  'ask_again_at',
  'asked_count',
  'is_restored',
  'version',
] as const;
/** The same as text: a page of a bill asks twice, and composing them costs more than the answer. */
const COLUMNS = sql.raw(PAYMENT_COLUMNS.join(', '));

/**
 * One at a time for an account, and for a key: checks and insert of a payment are one act. Held until the transaction ends.
 * Always in this order, so that two of them never wait for each other.
 */
export async function lockForPayment(
  tx: Tx,
  from: { bid: number; accountNumber: string; idempotencyKey: string },
): Promise<void> {
  for (const what of [
    `payment/${from.bid}/account/${from.accountNumber}`,
    `payment/${from.bid}/key/${from.idempotencyKey}`,
  ]) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${what}, 6))`.execute(tx);
  }
}

export interface NewPayment {
  readonly bid: number;
  readonly accountNumber: string;
  readonly invoiceTypeId: string;
  readonly invoiceNumbers: readonly string[];
  readonly method: 'CC' | 'ACH';
  readonly amountCents: number;
  readonly feeCents: number;
  readonly source: string;
  readonly idempotencyKey: string;
  readonly requestHash: Buffer;
  readonly publicId: string;
  readonly locale: 'en' | 'es';
  readonly processor: string;
  readonly payer: Readonly<Record<string, string>>;
  readonly balanceSeenCents: number;
  readonly authorizationText: string | null;
  readonly at: Temporal.Instant;
  readonly askAgainAt: Temporal.Instant;
}

export async function insertPayment(tx: Tx, payment: NewPayment): Promise<PaymentRow> {
  return tx
    .insertInto('payment')
    .values({
      bid: payment.bid,
      account_number: payment.accountNumber,
      invoice_type_id: payment.invoiceTypeId,
      invoice_numbers: [...payment.invoiceNumbers],
      method: payment.method,
      amount_cents: payment.amountCents,
      fee_cents: payment.feeCents,
      source: payment.source,
      status: 'submitting',
      idempotency_key: payment.idempotencyKey,
      request_hash: payment.requestHash,
      public_id: payment.publicId,
      locale: payment.locale,
      processor: payment.processor,
      payer: JSON.stringify(payment.payer),
      balance_seen_cents: payment.balanceSeenCents,
      authorization_text: payment.authorizationText,
      created_at: payment.at,
      ask_again_at: payment.askAgainAt,
    })
    .returning(PAYMENT_COLUMNS)
    .executeTakeFirstOrThrow();
}

export async function paymentByKey(tx: Tx, bid: number, idempotencyKey: string): Promise<PaymentRow | undefined> {
  return tx
    .selectFrom('payment')
    .select(PAYMENT_COLUMNS)
    .where('bid', '=', bid)
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirst();
}

export async function paymentById(tx: Tx, bid: number, paymentId: number): Promise<PaymentRow | undefined> {
  return tx
    .selectFrom('payment')
    .select(PAYMENT_COLUMNS)
    .where('bid', '=', bid)
    .where('payment_id', '=', paymentId)
    .executeTakeFirst();
}

/** Locks the row: whoever changes a payment holds it from its reading to the commit. */
export async function lockPayment(tx: Tx, bid: number, paymentId: number): Promise<PaymentRow | undefined> {
  return tx
    .selectFrom('payment')
    .select(PAYMENT_COLUMNS)
    .where('bid', '=', bid)
    .where('payment_id', '=', paymentId)
    .forUpdate()
    .executeTakeFirst();
}

/** By what the payer's URL carries; across billers, since a processor's event names nothing else. */
export async function paymentByPublicId(tx: Tx, publicId: string): Promise<PaymentRow | undefined> {
  return tx.selectFrom('payment').select(PAYMENT_COLUMNS).where('public_id', '=', publicId).executeTakeFirst();
}

export async function openPaymentOf(tx: Tx, bid: number, accountNumber: string): Promise<PaymentRow | undefined> {
  const { rows } = await sql<PaymentRow>`select ${COLUMNS} from payment where bid = ${bid}
    and account_number = ${accountNumber} and status = any(${[...OPEN_STATUSES]}) limit ${OPEN_MAX}`.execute(tx);
  return rows[0];
}

/** A taken payment of the same account, amount and method since `since`, the newest. */
export async function similarTaken(
  tx: Tx,
  from: { bid: number; accountNumber: string; amountCents: number; method: string; since: Temporal.Instant },
): Promise<PaymentRow | undefined> {
  return (
    tx
      .selectFrom('payment')
      .select(PAYMENT_COLUMNS)
      .where('bid', '=', from.bid)
      .where('account_number', '=', from.accountNumber)
      .where('amount_cents', '=', from.amountCents)
      .where('method', '=', from.method)
      .where('taken_at', 'is not', null)
      // Our clock for the submit, the processor's for the charge: the later one counts, whichever clock is ahead.
      .where(sql<SqlBool>`greatest(created_at, taken_at) >= ${from.since}`)
      .where('status', 'not in', [...REVERSED_STATUSES])
      .orderBy('payment_id', 'desc')
      .limit(1)
      .executeTakeFirst()
  );
}

/**
 * What a quote has to know of an account's payments, newest first: those with money taken since `since`, and the one whose
 * outcome is not known, if any, which is the newest of all (nothing is begun beside it).
 */
const OF_QUOTE: NamedStatement = {
  name: 'payments-of-quote',
  text: `select ${PAYMENT_COLUMNS.join(', ')} from payment where bid = $1 and account_number = $2
    and (taken_at >= $3 or status = any('{${OPEN_STATUSES.join(',')}}')) order by payment_id desc limit ${RECENT_MAX + OPEN_MAX}`,
};

type OfQuote = { bid: number; accountNumber: string; since: Temporal.Instant };

export async function paymentsOfQuote(tx: Tx, from: OfQuote): Promise<readonly PaymentRow[]> {
  const values = [from.bid, from.accountNumber, from.since.toString()];
  const { rows } = await tx.executeQuery<PaymentRow>(CompiledQuery.raw(OF_QUOTE.text, values));
  return rows;
}

/** The same outside a transaction, by a named statement: for pages that are asked for often. */
export async function readPaymentsOfQuote(
  database: Pick<Database, 'readNamed'>,
  from: OfQuote,
): Promise<readonly PaymentRow[]> {
  return database.readNamed<PaymentRow>(from.bid, OF_QUOTE, [from.bid, from.accountNumber, from.since.toString()]);
}

export async function otherTakenSince(tx: Tx, row: PaymentRow): Promise<boolean> {
  const found = await tx
    .selectFrom('payment')
    .select('payment_id')
    .where('bid', '=', row.bid)
    .where('account_number', '=', row.account_number)
    .where('payment_id', '>', row.payment_id)
    .where('status', 'not in', ['error', 'declined', ...REVERSED_STATUSES])
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

export type PaymentChange = Partial<
  Pick<
    PaymentRow,
    | 'status'
    | 'checkout_id'
    | 'checkout_url'
    | 'processor_reference'
    | 'payment_message'
    | 'brand'
    | 'last_four'
    | 'expiry'
    | 'taken_at'
    | 'settled_at'
    | 'reversed_at'
    | 'ask_again_at'
  >
>;

export async function changePayment(tx: Tx, row: PaymentRow, change: PaymentChange): Promise<PaymentRow> {
  return tx
    .updateTable('payment')
    .set({ ...change, version: row.version + 1 })
    .where('bid', '=', row.bid)
    .where('payment_id', '=', row.payment_id)
    .returning(PAYMENT_COLUMNS)
    .executeTakeFirstOrThrow();
}

/**
 * Payments of all billers the processor is to be asked about now. Each is pushed to its next time in the same transaction:
 * two processes do not ask about the same one, and one whose asker dies comes due again by itself.
 */
export async function leaseDueForAsking(
  tx: Tx,
  from: { now: Temporal.Instant; max: number; next: (askedCount: number) => Temporal.Instant },
): Promise<PaymentRow[]> {
  const due = await tx
    .selectFrom('payment')
    .select(PAYMENT_COLUMNS)
    .where('ask_again_at', '<=', from.now)
    .orderBy('ask_again_at')
    .limit(from.max)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const row of due) {
    await tx
      .updateTable('payment')
      .set({ ask_again_at: from.next(row.asked_count + 1), asked_count: row.asked_count + 1 })
      .where('bid', '=', row.bid)
      .where('payment_id', '=', row.payment_id)
      .execute();
  }
  return due;
}

/** Far more than an installation takes between two backups. */
const PAYMENT_IDS_SKIPPED = 1_000_000;

/**
 * After a restore: what was not taken in the backup is marked, so that its post is held if it turns out to be taken; and
 * ids given out since the backup, which the partner knows, are jumped over.
 */
export async function markRestoredPayments(tx: Tx): Promise<number> {
  const { rows } = await sql`update payment set is_restored = true where taken_at is null returning 1`.execute(tx);
  await sql`select setval('payment_id_seq', nextval('payment_id_seq') + ${PAYMENT_IDS_SKIPPED})`.execute(tx);
  return rows.length;
}
