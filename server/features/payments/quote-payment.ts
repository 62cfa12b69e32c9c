import type { Tx } from '../../platform/database.ts';
import { type RefreshResult, refreshBalance } from '../balances/index.ts';
import type { Biller, Source } from '../billers/index.ts';

import { invoiceTypeOf } from '../billers/index.ts';
import { atDueDate, findAccount, type InvoiceView, openInvoices } from '../invoices/index.ts';
import { type ShownBalance, shownBalance } from './balance-shown.ts';
import type { PaymentsDeps } from './deps.ts';
import { type Offer, offerFor, type PayableFacts } from './payable.ts';
import { newestPayments, type PaymentLine } from './payment-list-store.ts';
import { openPaymentOf } from './payment-store.ts';
import { refuse } from './problems.ts';

/** What can be paid on an account now. Everything a page shows, and everything the guard of a payment checks, in one answer. */
export interface PaymentQuote extends Offer {
  readonly accountNumber: string;
  readonly customerName: string;
  readonly invoiceTypeId: string;
  /** The invoices a payment would be for. */
  readonly invoiceNumbers: readonly string[];
  /** Null when nothing is known, or a stale balance is not to be shown. */
  readonly balance:
    | (ShownBalance & { readonly asOf: Temporal.Instant; readonly isStale: boolean; readonly dueDate: string | null })
    | null;
  /** A page of the processor that is still open: a new payment replaces it. */
  readonly openPayment: { readonly publicId: string; readonly checkoutUrl: string | null } | null;
}

export interface QuoteFrom {
  readonly bid: number;
  readonly accountNumber: string;
  readonly source: Source;
  readonly locale: 'en' | 'es';
}

/**
 * Refreshes the balance where it has to be, then says what can be paid, how, and at what fee. Refuses an unknown biller
 * or account; everything else, also why nothing can be paid, is part of the answer.
 */
export async function quotePayment(deps: PaymentsDeps, from: QuoteFrom): Promise<PaymentQuote> {
  const { quote } = await refreshed(deps, from, (tx, of) => readQuote(tx, deps, of));
  return quote;
}

/** The quote, with the open bills it was made from and the newest payments, newest first: what a page of one bill shows. */
export async function quoteWithBills(
  deps: PaymentsDeps,
  from: QuoteFrom & { paymentsMax: number },
): Promise<{ quote: PaymentQuote; invoices: readonly InvoiceView[]; payments: readonly PaymentLine[] }> {
  return refreshed(deps, from, async (tx, of) => {
    const { quote, invoices } = await readQuote(tx, deps, of);
    const payments = await newestPayments(tx, {
      bid: from.bid,
      accountNumber: from.accountNumber,
      limit: from.paymentsMax,
    });
    return { quote, invoices, payments };
  });
}

async function refreshed<T>(
  deps: PaymentsDeps,
  from: QuoteFrom,
  read: (tx: Tx, of: Parameters<typeof readQuote>[2]) => Promise<T>,
): Promise<T> {
  const { bid, accountNumber } = from;
  const biller = await deps.billers.load(bid);
  if (!biller) throw refuse('unknown-biller');
  const balance = await refreshBalance(deps, { bid, accountNumber, cause: 'view' });
  return deps.database.withBiller(bid, (tx) => read(tx, { ...from, biller, refreshed: balance, invoiceNumbers: [] }));
}

/** The quote, read in the caller's transaction, with the facts and the open bills it was made from. */
export async function readQuote(
  tx: Tx,
  deps: Pick<PaymentsDeps, 'clock'>,
  from: QuoteFrom & { biller: Biller; refreshed: RefreshResult; invoiceNumbers: readonly string[] },
): Promise<{ quote: PaymentQuote; facts: PayableFacts; invoices: readonly InvoiceView[] }> {
  const { biller, refreshed, bid, accountNumber } = from;
  const account = await findAccount(tx, bid, accountNumber);
  if (!account) throw refuse('unknown-account', { accountNumber });
  const invoices = withToldDueDate(biller, await openInvoices(tx, bid, accountNumber), refreshed.balance?.dueDate);
  const chosen =
    from.invoiceNumbers.length === 0
      ? invoices
      : invoices.filter((invoice) => from.invoiceNumbers.includes(invoice.invoiceNumber));
  const open = await openPaymentOf(tx, bid, accountNumber);
  const balance = await balanceOf(tx, { ...from, invoices });
  const { isSuppressed } = balance;
  const newest = newestOf(chosen);
  const invoiceTypeId = typeIdOf(biller, newest);
  const facts: PayableFacts = {
    configuration: biller.configuration,
    locale: from.locale,
    source: from.source,
    invoiceTypeId,
    billFeesCents: {
      CC: numberIn(newest?.derived, 'creditCardServiceFeeCents'),
      ACH: numberIn(newest?.derived, 'achServiceFeeCents'),
    },
    isAchBlocked: account.blockAch,
    isCcBlocked: account.blockCc,
    balanceCents: balance.shown?.cents,
    isStaleSuppressed: isSuppressed,
    totalUnpaidCents: totalUnpaid(refreshed, balance.shown),
    minimumDueCents: numberIn(newest?.derived, 'minimumAmountDueCents'),
    arePartialPaymentsAllowed: partialAllowed(biller, invoiceTypeId, newest),
    isRefusedByPartner:
      biller.configuration.invoicing.respectAllowPayments && refreshed.balance?.attributes.allow_payments === false,
    expired: expiredOf(chosen, today(deps, biller)),
    inDoubt:
      open && open.status !== 'pending' ? { publicId: open.public_id, amountCents: open.amount_cents } : undefined,
  };
  const quote: PaymentQuote = {
    ...offerFor(facts),
    accountNumber,
    customerName: account.customerName,
    invoiceTypeId,
    invoiceNumbers: chosen.map((invoice) => invoice.invoiceNumber),
    balance: balance.shown
      ? {
          ...balance.shown,
          asOf: balance.asOf,
          isStale: balance.isStale,
          dueDate: refreshed.balance?.dueDate ?? newest?.dueDate ?? null,
        }
      : null,
    openPayment: open?.status === 'pending' ? { publicId: open.public_id, checkoutUrl: open.checkout_url } : null,
  };
  return { quote, facts, invoices };
}

/** The partner's due date is that of the account's newest bill, and moves what is reckoned from it. */
function withToldDueDate(
  biller: Biller,
  invoices: readonly InvoiceView[],
  dueDate: string | null | undefined,
): readonly InvoiceView[] {
  const newest = newestOf(invoices);
  if (!newest || !dueDate) return invoices;
  return invoices.map((invoice) => (invoice === newest ? atDueDate(biller, invoice, dueDate) : invoice));
}

type AccountBalance = {
  shown: ShownBalance | undefined;
  asOf: Temporal.Instant;
  isStale: boolean;
  isSuppressed: boolean;
};

/** The partner's figure where there is one, else what the open bills add up to. */
async function balanceOf(
  tx: Tx,
  from: QuoteFrom & { biller: Biller; refreshed: RefreshResult; invoices: readonly InvoiceView[] },
): Promise<AccountBalance> {
  const { refreshed, invoices, bid, accountNumber } = from;
  const isStale = refreshed.kind === 'stale';
  if (refreshed.kind === 'stale' && refreshed.isSuppressed) {
    return { shown: undefined, asOf: Temporal.Instant.fromEpochMilliseconds(0), isStale, isSuppressed: true };
  }
  const told = refreshed.balance;
  if (told) {
    const shown = await shownBalance(tx, {
      bid,
      accountNumber,
      toldCents: told.currentDueCents,
      toldPendingCents: told.pendingPaymentCents ?? 0,
      asOf: told.asOf,
      ofInvoices: [],
    });
    return { shown, asOf: told.asOf, isStale, isSuppressed: false };
  }
  const asOf = invoices
    .map((invoice) => Temporal.Instant.from(invoice.updatedAt))
    .sort(Temporal.Instant.compare)
    .at(-1);
  if (asOf === undefined)
    return { shown: undefined, asOf: Temporal.Instant.fromEpochMilliseconds(0), isStale, isSuppressed: false };
  const toldCents = invoices.reduce((sum, invoice) => sum + invoice.totalCents, 0);
  const shown = await shownBalance(tx, {
    bid,
    accountNumber,
    toldCents,
    toldPendingCents: 0,
    asOf,
    ofInvoices: invoices.map((invoice) => invoice.invoiceNumber),
  });
  return { shown, asOf, isStale, isSuppressed: false };
}

function totalUnpaid(refreshed: RefreshResult, shown: ShownBalance | undefined): number | undefined {
  const total = refreshed.balance?.totalUnpaidCents;
  return total === undefined || total === null || shown === undefined
    ? undefined
    : total - shown.onTheWayCents + shown.restoredCents;
}

function newestOf(invoices: readonly InvoiceView[]): InvoiceView | undefined {
  return [...invoices].sort((a, b) => (a.dueDate < b.dueDate ? 1 : -1))[0];
}

function typeIdOf(biller: Biller, newest: InvoiceView | undefined): string {
  const ofInvoice = newest && invoiceTypeOf(biller.configuration, newest.invoiceTypeId);
  return (ofInvoice ?? biller.configuration.invoiceTypes[0])?.id ?? '';
}

function partialAllowed(biller: Biller, invoiceTypeId: string, newest: InvoiceView | undefined): boolean {
  const ofInvoice = newest?.derived.allowPartialPayments;
  if (typeof ofInvoice === 'boolean') return ofInvoice;
  return invoiceTypeOf(biller.configuration, invoiceTypeId)?.arePartialPaymentsAllowed ?? false;
}

/** PaymentExpirationDate is the last day on which a bill can be paid online; the biller's own message stands after it. */
function expiredOf(invoices: readonly InvoiceView[], day: string): { message: string | undefined } | undefined {
  const expired = invoices.find((invoice) => {
    const last = invoice.derived.paymentExpirationDate;
    return typeof last === 'string' && last < day;
  });
  if (!expired) return undefined;
  const message = expired.derived.paymentExpirationMessage;
  return { message: typeof message === 'string' ? message : undefined };
}

function today(deps: Pick<PaymentsDeps, 'clock'>, biller: Biller): string {
  return deps.clock.now().toZonedDateTimeISO(biller.configuration.profile.timeZone).toPlainDate().toString();
}

function numberIn(fields: Readonly<Record<string, unknown>> | undefined, name: string): number | undefined {
  const value = fields?.[name];
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}
