import { addresses } from '../addresses.ts';
import { api, type Item, told } from '../api.ts';
import { Money, To } from '../parts/show.tsx';
import { stateWord, toneOf } from '../parts/state-mark.tsx';
import type { Happening } from '../parts/timeline.tsx';
import { methodWord, money, when, words } from '../say.ts';
import { type AuditEvent, actHappening } from './audit-data.tsx';
import { Reason } from './delivery-reason.tsx';

const EACH_MAX = 50;

export type DeliveryItem = Item<'/api/v1/billers/{bid}/deliveries'>;
type Payment = Item<'/api/v1/billers/{bid}/accounts/{accountNumber}/payments'>;
type Notice = Item<'/api/v1/billers/{bid}/notices'>;
type Refresh = Item<'/api/v1/billers/{bid}/accounts/{accountNumber}/balance/history'>;

const key = (bid: number, accountNumber: string, what: string) => ['account', bid, accountNumber, what];

export const paymentsOf = (bid: number, accountNumber: string) => ({
  queryKey: key(bid, accountNumber, 'payments'),
  queryFn: () =>
    told(
      api.GET('/api/v1/billers/{bid}/accounts/{accountNumber}/payments', { params: { path: { bid, accountNumber } } }),
    ),
});
export const deliveriesOf = (bid: number, accountNumber: string) => ({
  queryKey: key(bid, accountNumber, 'deliveries'),
  queryFn: () =>
    told(
      api.GET('/api/v1/billers/{bid}/deliveries', {
        params: { path: { bid }, query: { accountNumber, limit: EACH_MAX } },
      }),
    ),
});
export const noticesOf = (bid: number, accountNumber: string) => ({
  queryKey: key(bid, accountNumber, 'notices'),
  queryFn: () =>
    told(
      api.GET('/api/v1/billers/{bid}/notices', {
        params: { path: { bid }, query: { accountNumber, limit: EACH_MAX } },
      }),
    ),
});
export const refreshesOf = (bid: number, accountNumber: string) => ({
  queryKey: key(bid, accountNumber, 'refreshes'),
  queryFn: () =>
    told(
      api.GET('/api/v1/billers/{bid}/accounts/{accountNumber}/balance/history', {
        params: { path: { bid, accountNumber }, query: { limit: EACH_MAX } },
      }),
    ),
});

/** What the audit calls the things of an account that people act on. */
export const subjectsOf = (payments: readonly Payment[], deliveries: readonly DeliveryItem[]): readonly string[] => [
  ...payments.map((payment) => `payment/${payment.paymentId}`),
  ...deliveries.map((delivery) => `delivery/${delivery.id}`),
];

/** Payments, posts, emails, refreshes and what staff did about them, as one story. */
export function happeningsOf(
  bid: number,
  known: {
    payments: readonly Payment[];
    deliveries: readonly DeliveryItem[];
    notices: readonly Notice[];
    refreshes: readonly Refresh[];
    acts: readonly AuditEvent[];
  },
): readonly Happening[] {
  return [
    ...known.payments.map((payment) => paymentHappening(bid, payment)),
    ...known.deliveries.map((delivery) => deliveryHappening(bid, delivery)),
    ...known.notices.map(noticeHappening),
    ...refreshRuns(known).map(refreshHappening),
    ...known.acts.map((event) => actHappening(bid, event)),
  ];
}

function paymentHappening(bid: number, payment: Payment): Happening {
  return {
    key: `payment-${payment.paymentId}`,
    at: payment.clocks.taken.at ?? payment.createdAt,
    tone: toneOf(payment.status),
    title: (
      <>
        <To href={addresses.payment(bid, payment.paymentId)}>Payment {payment.paymentId}</To> of{' '}
        <Money cents={payment.amountCents} />: {stateWord(payment.status)}
      </>
    ),
    by: `${payment.source}, ${methodWord(payment.method)}${payment.lastFour ? ` ending ${payment.lastFour}` : ''}`,
    more: payment.statusSentence !== stateWord(payment.status) && payment.statusSentence,
  };
}

function deliveryHappening(bid: number, delivery: DeliveryItem): Happening {
  return {
    key: `delivery-${delivery.id}`,
    at: delivery.finishedAt ?? delivery.createdAt,
    tone: toneOf(delivery.state),
    title: (
      <>
        <To href={addresses.delivery(bid, delivery.id)}>
          {delivery.kind === 'payment' ? 'Post' : words(delivery.kind)} {delivery.id}
        </To>
        {delivery.amountCents !== null && ` of ${money(delivery.amountCents)}`}: {stateWord(delivery.state)}
        {delivery.label && ` (${delivery.label})`}
      </>
    ),
    by: 'DataPump',
    more: delivery.reason && <Reason reason={delivery.reason} state={delivery.state} />,
  };
}

function noticeHappening(notice: Notice): Happening {
  return {
    key: `notice-${notice.id}`,
    at: notice.sentAt ?? notice.createdAt,
    tone: toneOf(notice.state),
    title: `Email “${notice.subject}”: ${stateWord(notice.state)}`,
    by: `to ${notice.to}`,
    more: notice.lastError,
  };
}

interface RefreshRun {
  /** The newest of them. */
  readonly refresh: Refresh;
  readonly times: number;
  readonly since: string;
}

/** Refreshes with the same answer to the same kind of asker, with nothing else in between, are told as one line. */
function refreshRuns(known: {
  payments: readonly Payment[];
  deliveries: readonly DeliveryItem[];
  refreshes: readonly Refresh[];
}): readonly RefreshRun[] {
  const others = [
    ...known.payments.map((payment) => payment.clocks.taken.at ?? payment.createdAt),
    ...known.deliveries.map((delivery) => delivery.finishedAt ?? delivery.createdAt),
  ];
  const runs: RefreshRun[] = [];
  for (const refresh of known.refreshes) {
    const last = runs.at(-1);
    const isAlike =
      last?.refresh.outcome === refresh.outcome &&
      last.refresh.cause === refresh.cause &&
      last.refresh.currentDueCents === refresh.currentDueCents &&
      !others.some((at) => at > refresh.at && at < last.since);
    if (last && isAlike) runs[runs.length - 1] = { ...last, times: last.times + 1, since: refresh.at };
    else runs.push({ refresh, times: 1, since: refresh.at });
  }
  return runs;
}

function refreshHappening({ refresh, times, since }: RefreshRun): Happening {
  const isFresh = refresh.outcome === 'fresh';
  return {
    key: `refresh-${refresh.id}`,
    at: refresh.at,
    tone: isFresh ? 'good' : 'warn',
    title: isFresh
      ? `Data Refresh: ${refresh.currentDueCents === null ? 'done' : `${money(refresh.currentDueCents)} due`}`
      : `Data Refresh failed: ${words(refresh.outcome)}`,
    by:
      times === 1
        ? `asked by ${REASONS[refresh.cause] ?? refresh.cause}, ${refresh.tookMs} ms`
        : `asked ${times} times by ${REASONS[refresh.cause] ?? refresh.cause} since ${when(since)}`,
  };
}

const REASONS: Readonly<Record<string, string>> = {
  view: 'a payer’s view',
  charge: 'a payment about to start',
  staff: 'staff',
  cli: 'an operator',
  api: 'the partner’s API',
  delivery: 'a post',
};
