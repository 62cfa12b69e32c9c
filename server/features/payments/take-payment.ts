import type { z } from 'zod';
import type { Tx } from '../../platform/database.ts';
import { hashRequest } from '../../platform/idempotency.ts';
import { formatDollars } from '../../platform/money.ts';
import { refuse as refuseAny } from '../../platform/problems.ts';
import { type RefreshResult, refreshBalance } from '../balances/index.ts';
import type { Biller } from '../billers/index.ts';
import { isSubmitUnderWay, nextAskAt } from './ask-schedule.ts';
import { authorizationFor, markOfAuthorization } from './authorize-debit.ts';
import { refuseInMaintenance, refuseInMaintenanceIn } from './closed-for-maintenance.ts';
import { type PaymentView, type TakePayment, takePaymentSchema } from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { openCheckout } from './open-checkout.ts';
import { amountFault, fee } from './payable.ts';
import { appendEvent } from './payment-event-store.ts';
import {
  insertPayment,
  lockForPayment,
  openPaymentOf,
  type PaymentRow,
  paymentByKey,
  similarTaken,
} from './payment-store.ts';
import { readPaymentView } from './payment-view.ts';
import { refuse } from './problems.ts';
import { readQuote } from './quote-payment.ts';
import { replaceOpenPayment } from './replace-open-payment.ts';

/** How often an older open payment may stand in the way before the payer is asked to come back. */
const TRIES_MAX = 3;
const DUPLICATE_MINUTES = 10;
const PUBLIC_ID_BYTES = 18;

export interface TakenPayment {
  readonly payment: PaymentView;
  /** Where to send the payer: the processor's page, or the payment's own page, which shows how it stands. */
  readonly next: { readonly kind: 'checkout'; readonly url: string } | { readonly kind: 'payment-page' };
  /** The key was used before: this is that payment, and nothing was done a second time. */
  readonly isRepeat: boolean;
}

type Wanted = z.output<typeof takePaymentSchema>;
type Claim = { kind: 'claimed' | 'repeat' | 'in-the-way'; row: PaymentRow };

/**
 * Takes a payment: transaction 1 claims the key, checks every rule again and inserts the payment; the processor is asked
 * for its page outside any transaction; transaction 2 records its answer. A repeat of the key gives the same payment.
 * Refuses by `Problem`; nothing was taken by a refusal.
 */
export async function takePayment(deps: PaymentsDeps, input: TakePayment): Promise<TakenPayment> {
  const wanted = checked(input);
  const biller = await deps.billers.load(wanted.bid);
  if (!biller) throw refuse('unknown-biller');
  const requestHash = hashOf(wanted);
  const before = await deps.database.withBiller(wanted.bid, (tx) =>
    paymentByKey(tx, wanted.bid, wanted.idempotencyKey),
  );
  if (before) return repeat(deps, { biller, row: before, requestHash });
  await refuseInMaintenance(deps, wanted);
  const processor = [...deps.processors.keys()][0];
  if (processor === undefined) throw refuse('no-processor');
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    const refreshed = await refreshBalance(deps, {
      bid: wanted.bid,
      accountNumber: wanted.accountNumber,
      cause: 'charge',
    });
    const claim = await deps.database.withBiller(wanted.bid, (tx) =>
      claimPayment(tx, deps, { wanted, biller, refreshed, requestHash, processor }),
    );
    if (claim.kind === 'repeat') return repeat(deps, { biller, row: claim.row, requestHash });
    if (claim.kind === 'claimed') {
      deps.crash.at('payment-claimed');
      const row = await openCheckout(deps, { biller, row: claim.row, toldBy: 'payer' });
      return taken(deps, row, false);
    }
    // Nobody's page is closed for an attempt that ends here: the account would be left without any.
    if (tries < TRIES_MAX) await replaceOpenPayment(deps, claim.row);
  }
  throw refuse('payment-under-way');
}

/** The submit as it may be used, or the refusal that names each field at fault. A value is never repeated in it. */
function checked(input: TakePayment): Wanted {
  const parsed = takePaymentSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => ({ at: issue.path.join('.'), message: issue.message }));
  throw refuseAny('invalid-request', {
    summary: faults.map((fault) => `${fault.at}: ${fault.message}`).join('; '),
    faults,
  });
}

/** Transaction 1. The lock makes checks and insert one act for an account, however many ask at once. */
async function claimPayment(
  tx: Tx,
  deps: PaymentsDeps,
  from: { wanted: Wanted; biller: Biller; refreshed: RefreshResult; requestHash: Buffer; processor: string },
): Promise<Claim> {
  const { wanted, biller } = from;
  await lockForPayment(tx, wanted);
  const before = await paymentByKey(tx, wanted.bid, wanted.idempotencyKey);
  if (before) return { kind: 'repeat', row: before };
  await refuseInMaintenanceIn(tx, deps, wanted);
  const open = await openPaymentOf(tx, wanted.bid, wanted.accountNumber);
  if (open) return { kind: 'in-the-way', row: open };
  const { quote, facts } = await readQuote(tx, deps, { ...wanted, biller, refreshed: from.refreshed });
  if (quote.cannotPay) throw refuse('cannot-be-paid', { why: quote.cannotPay.sentence, reason: quote.cannotPay.code });
  const offer = quote.methods.find((method) => method.method === wanted.method);
  if (!offer?.isOffered)
    throw refuse('method-not-offered', { why: offer?.whyNot?.sentence ?? '', reason: offer?.whyNot?.code ?? '' });
  const nowCents = quote.balance?.cents ?? 0;
  if (nowCents !== wanted.balanceSeenCents) {
    throw refuse('balance-changed', {
      seen: formatDollars(wanted.balanceSeenCents),
      now: formatDollars(nowCents),
      seenCents: wanted.balanceSeenCents,
      nowCents,
    });
  }
  const fault = amountFault(facts, quote, wanted);
  if (fault) throw refuse('amount-not-allowed', { why: fault });
  const feeCents = fee(facts, wanted.method, wanted.billAmountCents);
  if (feeCents !== wanted.feeSeenCents) {
    throw refuse('fee-changed', {
      seen: formatDollars(wanted.feeSeenCents),
      now: formatDollars(feeCents),
      seenCents: wanted.feeSeenCents,
      nowCents: feeCents,
    });
  }
  await guardDuplicate(tx, deps, { wanted, amountCents: wanted.billAmountCents + feeCents });
  const row = await insert(tx, deps, {
    ...from,
    feeCents,
    invoiceTypeId: quote.invoiceTypeId,
    invoiceNumbers: quote.invoiceNumbers,
  });
  return { kind: 'claimed', row };
}

async function guardDuplicate(
  tx: Tx,
  deps: PaymentsDeps,
  from: { wanted: Wanted; amountCents: number },
): Promise<void> {
  const { wanted, amountCents } = from;
  if (wanted.confirmedDuplicate) return;
  const since = deps.clock.now().subtract({ minutes: DUPLICATE_MINUTES });
  const earlier = await similarTaken(tx, {
    bid: wanted.bid,
    accountNumber: wanted.accountNumber,
    amountCents,
    method: wanted.method,
    since,
  });
  if (!earlier) return;
  throw refuse('possible-duplicate', {
    amount: formatDollars(amountCents),
    paidAt: earlier.taken_at?.toString() ?? '',
    paymentId: earlier.payment_id,
    publicId: earlier.public_id,
  });
}

async function insert(
  tx: Tx,
  deps: PaymentsDeps,
  from: {
    wanted: Wanted;
    biller: Biller;
    requestHash: Buffer;
    processor: string;
    feeCents: number;
    invoiceTypeId: string;
    invoiceNumbers: readonly string[];
  },
): Promise<PaymentRow> {
  const { wanted, biller, feeCents } = from;
  const now = deps.clock.now();
  const amountCents = wanted.billAmountCents + feeCents;
  const authorization =
    wanted.method === 'ACH'
      ? authorizationFor(deps, { biller, locale: wanted.locale, payerName: wanted.payer.name, amountCents, feeCents })
      : undefined;
  // A day that turned, or a biller's new name or number, between reading and pressing: the kept text must be the one read.
  const { authorizationMark: mark } = wanted;
  if (authorization && mark !== undefined && mark !== markOfAuthorization(authorization.text))
    throw refuse('authorization-changed');
  const row = await insertPayment(tx, {
    bid: wanted.bid,
    accountNumber: wanted.accountNumber,
    invoiceTypeId: from.invoiceTypeId,
    invoiceNumbers: from.invoiceNumbers,
    method: wanted.method,
    amountCents,
    feeCents,
    source: wanted.source,
    idempotencyKey: wanted.idempotencyKey,
    requestHash: from.requestHash,
    publicId: deps.random.token(PUBLIC_ID_BYTES),
    locale: wanted.locale,
    processor: from.processor,
    payer: wanted.payer,
    balanceSeenCents: wanted.balanceSeenCents,
    authorizationText: authorization?.text ?? null,
    at: now,
    askAgainAt: nextAskAt(now, 0),
  });
  await appendEvent(tx, {
    bid: row.bid,
    paymentId: row.payment_id,
    event: {
      kind: 'claimed',
      at: now,
      toldBy: 'payer',
      ...(authorization && { detail: { authorizationVersion: authorization.version } }),
    },
  });
  return row;
}

/**
 * The same key again. Another request under it is refused; one whose page was never got gets it now, but not during
 * maintenance: nothing new begins at the processor then, and what has begun there is found out by itself.
 */
async function repeat(
  deps: PaymentsDeps,
  from: { biller: Biller; row: PaymentRow; requestHash: Buffer },
): Promise<TakenPayment> {
  const { row } = from;
  if (!row.request_hash.equals(from.requestHash)) throw refuseAny('idempotency-key-reused');
  const lacksPage =
    row.status === 'unknown' || (row.status === 'submitting' && !isSubmitUnderWay(row, deps.clock.now()));
  const mayBegin = lacksPage && (await deps.maintenance.inForce(row.bid)) === undefined;
  return taken(deps, mayBegin ? await openCheckout(deps, { biller: from.biller, row, toldBy: 'payer' }) : row, true);
}

async function taken(deps: PaymentsDeps, row: PaymentRow, isRepeat: boolean): Promise<TakenPayment> {
  const payment = await deps.database.withBiller(row.bid, (tx) => readPaymentView(tx, row));
  const isOnPage = row.status === 'pending' && row.checkout_url !== null;
  return {
    payment,
    next: isOnPage && row.checkout_url ? { kind: 'checkout', url: row.checkout_url } : { kind: 'payment-page' },
    isRepeat,
  };
}

/** What makes two submits the same one. A confirmation given later, or a balance or text read again, is still that submit. */
function hashOf(wanted: Wanted): Buffer {
  const {
    confirmedDuplicate: _confirmed,
    balanceSeenCents: _seen,
    authorizationMark: _mark,
    idempotencyKey: _key,
    ...request
  } = wanted;
  return hashRequest(request);
}
