import type { Tx } from '../../platform/database.ts';
import { hashRequest } from '../../platform/idempotency.ts';
import { formatDollars } from '../../platform/money.ts';
import { refuse as refuseAny } from '../../platform/problems.ts';
import { type RefreshResult, refreshBalance } from '../balances/index.ts';
import type { Biller } from '../billers/index.ts';
import { nextAskAt } from './ask-schedule.ts';
import { type PaymentView, type TakePayment, takePaymentSchema } from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { webAuthorization } from './nacha-web.ts';
import { openCheckout } from './open-checkout.ts';
import { amountFault, fee } from './payable.ts';
import { appendEvent } from './payment-event-store.ts';
import {
  insertPayment,
  lockAccountForPayment,
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
/** While the first submit is this young, a repeat of it waits instead of asking the processor beside it. */
const SUBMIT_SECONDS = 15;

export interface TakenPayment {
  readonly payment: PaymentView;
  /** Where to send the payer: the processor's page, or the payment's own page, which shows how it stands. */
  readonly next: { readonly kind: 'checkout'; readonly url: string } | { readonly kind: 'payment-page' };
  /** The key was used before: this is that payment, and nothing was done a second time. */
  readonly isRepeat: boolean;
}

type Wanted = ReturnType<typeof takePaymentSchema.parse>;
type Claim = { kind: 'claimed' | 'repeat' | 'in-the-way'; row: PaymentRow };

/**
 * Takes a payment: transaction 1 claims the key, checks every rule again and inserts the payment; the processor is asked
 * for its page outside any transaction; transaction 2 records its answer. A repeat of the key gives the same payment.
 * Refuses by `Problem`; nothing was taken by a refusal.
 */
export async function takePayment(deps: PaymentsDeps, input: TakePayment): Promise<TakenPayment> {
  const wanted = takePaymentSchema.parse(input);
  const biller = await deps.billers.load(wanted.bid);
  if (!biller) throw refuse('unknown-biller');
  const requestHash = hashOf(wanted);
  const before = await deps.database.withBiller(wanted.bid, (tx) =>
    paymentByKey(tx, wanted.bid, wanted.idempotencyKey),
  );
  if (before) return repeat(deps, { biller, row: before, requestHash });
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
    await replaceOpenPayment(deps, claim.row);
  }
  throw refuse('payment-under-way');
}

/** Transaction 1. The lock makes checks and insert one act for an account, however many ask at once. */
async function claimPayment(
  tx: Tx,
  deps: PaymentsDeps,
  from: { wanted: Wanted; biller: Biller; refreshed: RefreshResult; requestHash: Buffer; processor: string },
): Promise<Claim> {
  const { wanted, biller } = from;
  await lockAccountForPayment(tx, wanted.bid, wanted.accountNumber);
  const before = await paymentByKey(tx, wanted.bid, wanted.idempotencyKey);
  if (before) return { kind: 'repeat', row: before };
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
    authorizationText:
      wanted.method === 'ACH'
        ? authorizationFor(deps, { biller, locale: wanted.locale, payerName: wanted.payer.name, amountCents, feeCents })
            .text
        : null,
    at: now,
    askAgainAt: nextAskAt(now, 0),
  });
  await appendEvent(tx, {
    bid: row.bid,
    paymentId: row.payment_id,
    event: { kind: 'claimed', at: now, toldBy: 'payer' },
  });
  return row;
}

/** The Nacha WEB text of a bank debit made today, as the review page shows it and the payment keeps it. */
export function authorizationFor(
  deps: Pick<PaymentsDeps, 'clock'>,
  from: { biller: Biller; locale: 'en' | 'es'; payerName: string; amountCents: number; feeCents: number },
): { version: string; text: string } {
  const { profile } = from.biller.configuration;
  const phone = profile.contacts.find((contact) => contact.phone !== '')?.phone;
  return webAuthorization({
    locale: from.locale,
    day: deps.clock.now().toZonedDateTimeISO(profile.timeZone).toPlainDate().toString(),
    payerName: from.payerName,
    billerName: profile.brand.displayName,
    amountCents: from.amountCents,
    feeCents: from.feeCents,
    contact: phone === undefined ? '' : from.locale === 'es' ? `al ${phone}` : `at ${phone}`,
  });
}

/** The same key again. Another request under it is refused; one whose page was never got gets it now. */
async function repeat(
  deps: PaymentsDeps,
  from: { biller: Biller; row: PaymentRow; requestHash: Buffer },
): Promise<TakenPayment> {
  const { row } = from;
  if (!row.request_hash.equals(from.requestHash)) throw refuseAny('idempotency-key-reused');
  const isYoung = Temporal.Instant.compare(row.created_at.add({ seconds: SUBMIT_SECONDS }), deps.clock.now()) > 0;
  const lacksPage = row.status === 'unknown' || (row.status === 'submitting' && !isYoung);
  return taken(deps, lacksPage ? await openCheckout(deps, { biller: from.biller, row, toldBy: 'payer' }) : row, true);
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

/** What makes two submits the same one. A confirmation given later, or a balance looked at again, is still that submit. */
function hashOf(wanted: Wanted): Buffer {
  const { confirmedDuplicate: _confirmed, balanceSeenCents: _seen, idempotencyKey: _key, ...request } = wanted;
  return hashRequest(request);
}
