import type { Item, Reply } from '../api.ts';
import { ago, counted, money } from '../say.ts';
import type { DeliveryItem } from './account-history.tsx';
import { explainReason } from './delivery-reason.tsx';

type Account = Reply<'/api/v1/billers/{bid}/accounts/{accountNumber}'>;
type Payment = Item<'/api/v1/billers/{bid}/accounts/{accountNumber}/payments'>;

const OPEN_STATES = new Set(['queued', 'sending', 'waiting', 'unknown', 'held']);

/** Why this balance, and why something is not posted, in sentences a person can say on the phone. */
export function whySentences(
  account: Account,
  known: { payments: readonly Payment[]; deliveries: readonly DeliveryItem[] },
  nowMs = Date.now(),
): readonly string[] {
  const { balance } = account;
  const sentences: string[] = [];
  if (balance) {
    sentences.push(
      balance.isStale
        ? `The figure is what the partner said ${ago(balance.asOf, nowMs)}; asking again failed since${balance.staleReason ? ` (${balance.staleReason})` : ''}.`
        : `The figure is what the partner said ${ago(balance.asOf, nowMs)}.`,
    );
    if (balance.isSuppressed)
      sentences.push(
        'This biller suppresses stale balances: payers do not see the figure and can’t pay it until a refresh succeeds.',
      );
    if (balance.pendingPaymentCents)
      sentences.push(`The partner has ${money(balance.pendingPaymentCents)} pending that is not yet off what is due.`);
  }
  if (balance) sentences.push(...newerSentences(balance, known));
  const open = known.deliveries.filter((delivery) => delivery.kind === 'payment' && OPEN_STATES.has(delivery.state));
  const cents = open.reduce((sum, delivery) => sum + (delivery.amountCents ?? 0), 0);
  if (open.length > 0)
    sentences.push(
      `${counted(open.length, 'payment')} (${money(cents)}) ${open.length === 1 ? 'is' : 'are'} taken and not yet posted.`,
    );
  const first = open.find((delivery) => delivery.state === 'held' || delivery.state === 'unknown');
  if (first)
    sentences.push(
      `Delivery ${first.id} is ${first.state === 'held' ? 'held' : 'unknown'}${first.reason ? `: ${explainReason(first.reason, first.state).sentence}` : '.'} Later payments of this account wait for it, so that the evidence stays clear.`,
    );
  const doubtful = known.payments.find((payment) => payment.clocks.taken.state === 'in-doubt');
  if (doubtful)
    sentences.push(
      `Payment ${doubtful.paymentId} is in doubt at the processor; until that is known, no other payment of this account can start.`,
    );
  return sentences;
}

type Balance = NonNullable<Account['balance']>;

const REVERSED = new Set(['voided', 'refunded', 'returned', 'charged_back']);

/** Payments the partner’s figure can’t have in it yet, because they were posted (or only taken) after it was told. */
export function newerThanFigure(
  balance: Balance,
  known: { payments: readonly Payment[]; deliveries: readonly DeliveryItem[] },
): readonly Payment[] {
  return known.payments.filter((payment) => {
    if (REVERSED.has(payment.status)) return false;
    const delivery = known.deliveries.find((each) => each.paymentId === payment.paymentId);
    if (delivery && OPEN_STATES.has(delivery.state)) return payment.clocks.taken.at !== null;
    const knownAt = (delivery?.state === 'posted' ? delivery.finishedAt : null) ?? payment.clocks.taken.at;
    return knownAt !== null && new Date(knownAt) > new Date(balance.asOf);
  });
}

/** Says that the figure is older than a payment, and what the payer is shown for that reason (payments/balance-shown.ts). */
function newerSentences(
  balance: Balance,
  known: { payments: readonly Payment[]; deliveries: readonly DeliveryItem[] },
): readonly string[] {
  const newer = newerThanFigure(balance, known);
  const [first] = newer;
  if (!first) return [];
  const cents = newer.reduce((sum, payment) => sum + payment.billAmountCents, 0);
  const [isPosted, isTaken] = [
    newer.some((payment) => payment.clocks.posted.state === 'posted'),
    newer.some((payment) => payment.clocks.posted.state !== 'posted'),
  ];
  const done = isPosted && isTaken ? 'taken or posted' : isPosted ? 'posted' : 'taken';
  const which =
    newer.length === 1
      ? `payment ${first.paymentId} of ${money(cents)} was ${done}`
      : `${counted(newer.length, 'payment')} (${money(cents)}) were ${done}`;
  // What came back, or is pending at the partner, changes what is shown by more than these payments.
  const isPlain =
    !balance.isSuppressed &&
    !balance.pendingPaymentCents &&
    !known.payments.some((payment) => REVERSED.has(payment.status));
  const shown = isPlain ? `; the payer is shown ${money(balance.currentDueCents - cents)}` : '';
  return [`The partner told this before ${which}${shown}.`];
}

/** Why a method is blocked; undefined where none is. */
export function whyBlocked(account: Account): string | undefined {
  if (!account.blockAch && !account.blockCc) return undefined;
  const methods = [account.blockAch && 'bank (ACH)', account.blockCc && 'card (CC)'].filter(Boolean).join(' and ');
  const by = account.blockReason ? `Set by: ${account.blockReason}.` : 'Who set it was not recorded.';
  return `Paying by ${methods} is blocked for this account. ${by} It is not offered to payers, and the API refuses it too.`;
}
