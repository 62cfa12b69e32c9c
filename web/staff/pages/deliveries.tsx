import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addresses } from '../addresses.ts';
import { api, type Item, told } from '../api.ts';
import { BarChart } from '../parts/charts.tsx';
import { Choice } from '../parts/choice.tsx';
import { type Column, filtersOf, Listing, SearchField } from '../parts/listing.tsx';
import { Failure } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Moment, Money, Part } from '../parts/show.tsx';
import { StateMark, stateWord } from '../parts/state-mark.tsx';
import { useBid } from '../parts/use-biller.ts';
import { type Search, useFilters } from '../parts/use-search.ts';
import { amount, hour, words } from '../say.ts';
import { useMay } from '../session.ts';
import { explainReason } from './delivery-reason.tsx';
import { Replay, type ReplayFilter } from './replay.tsx';

const REFRESH_MS = 10_000;
const STATES = ['queued', 'sending', 'waiting', 'unknown', 'held', 'posted', 'not_sent', 'superseded'] as const;
export const HELD_WORDS: Readonly<Record<string, string>> = {
  rejected: 'Rejected by the partner',
  exhausted: 'Tried to the end',
  unknown: 'Outcome unknown',
  destination: 'No destination',
  restored: 'Restored from a backup',
};

export type DeliveryItem = Item<'/api/v1/billers/{bid}/deliveries'>;

export const deliveryColumns: readonly Column<DeliveryItem>[] = [
  { head: 'Delivery', cell: (row) => row.id, text: (row) => row.id },
  {
    head: 'State',
    cell: (row) => (
      <StateMark state={row.state} word={row.label ? `${stateWord(row.state)}, ${row.label}` : undefined} />
    ),
    text: (row) => row.state,
  },
  {
    head: 'What',
    cell: (row) => (
      <span className="nowrap">{row.kind === 'payment' ? `Payment ${row.paymentId}` : words(row.kind)}</span>
    ),
    text: (row) => row.paymentId ?? row.kind,
  },
  { head: 'Account', cell: (row) => row.accountNumber, text: (row) => row.accountNumber },
  {
    head: 'Amount',
    align: 'right',
    cell: (row) => <Money cents={row.amountCents} />,
    text: (row) => (row.amountCents === null ? '' : amount(row.amountCents)),
  },
  {
    head: 'transaction_id',
    isExtra: true,
    cell: (row) => <code>{row.transactionId ?? '–'}</code>,
    text: (row) => row.transactionId,
  },
  { head: 'Recorded', cell: (row) => <Moment at={row.createdAt} isShort />, text: (row) => row.createdAt },
  { head: 'Done', cell: (row) => <Moment at={row.finishedAt} isShort />, text: (row) => row.finishedAt },
  { head: 'Tries', align: 'right', cell: (row) => row.attempts, text: (row) => row.attempts },
  { head: 'Next try', cell: (row) => <Moment at={row.nextAt} isShort />, text: (row) => row.nextAt },
  {
    head: 'Why',
    isWide: true,
    cell: (row) => (row.reason ? explainReason(row.reason, row.state).sentence : '–'),
    text: (row) => row.reason,
  },
  {
    head: 'Environment',
    isExtra: true,
    cell: (row) => row.destination.environment,
    text: (row) => row.destination.environment,
  },
  {
    head: 'Endpoint',
    isExtra: true,
    cell: (row) => <code>{row.destination.url}</code>,
    text: (row) => row.destination.url,
  },
];

/** Everything to be told to the partner, and what became of it. */
export function Deliveries() {
  const bid = useBid();
  const may = useMay();
  const [search] = useFilters();
  const [isReplaying, setReplaying] = useState(false);
  const filters = filtersOf(search);
  return (
    <>
      <PageHead
        path={[['DataPump']]}
        title="Deliveries"
        acts={
          may('deliveries:operate') && (
            <Button variant="default" onClick={() => setReplaying(true)}>
              Replay what is listed
            </Button>
          )
        }
      />
      <PostsByMinute bid={bid} />
      <Listing
        what="deliveries"
        queryKey={['deliveries', bid, filters]}
        refreshMs={REFRESH_MS}
        fetchPage={(page, signal) =>
          told(
            api.GET('/api/v1/billers/{bid}/deliveries', {
              params: { path: { bid }, query: { ...filters, ...page } as never },
              signal,
            }),
          )
        }
        keyOf={(row) => String(row.id)}
        addressOf={(row) => addresses.delivery(bid, row.id)}
        columns={deliveryColumns}
        filters={
          <>
            <SearchField label="Account number" name="accountNumber" width={170} />
            <SearchField label="transaction_id" name="transactionId" width={150} />
            <Choice label="State" name="state" options={STATES.map((each) => [each, stateWord(each)] as const)} />
            <Choice
              label="Kind"
              name="kind"
              options={[
                ['payment', 'Payments'],
                ['paperless', 'Paperless changes'],
                ['autopay', 'AutoPay changes'],
              ]}
            />
            <Choice label="Held because" name="heldKind" options={Object.entries(HELD_WORDS)} />
          </>
        }
        empty={
          Object.keys(filters).length > 0
            ? 'No delivery fits these filters.'
            : 'Nothing had to be told to the partner yet. Each payment taken makes a delivery.'
        }
      />
      {isReplaying && <Replay bid={bid} filter={replayFilterOf(filters)} onClose={() => setReplaying(false)} />}
    </>
  );
}

/** A replay takes held and waiting deliveries only, so a filter by state falls away. */
function replayFilterOf(filters: Search): ReplayFilter {
  const { accountNumber, kind, heldKind, laneId } = filters;
  return {
    ...(accountNumber && { accountNumber }),
    ...(laneId && { laneId }),
    ...(kind && { kind: kind as 'payment' }),
    ...(heldKind && { heldKind: heldKind as 'rejected' }),
  };
}

function PostsByMinute({ bid }: { bid: number }) {
  const minutes = useQuery({
    queryKey: ['deliveries', bid, 'by-minute'],
    refetchInterval: REFRESH_MS,
    queryFn: ({ signal }) =>
      told(
        api.GET('/api/v1/billers/{bid}/deliveries/by-minute', {
          params: { path: { bid }, query: { minutes: 60 } },
          signal,
        }),
      ),
  });
  if (minutes.error) return <Failure cause={minutes.error} retry={() => void minutes.refetch()} />;
  return (
    <Part title="The last hour">
      <BarChart
        title="Ended by minute"
        series={[
          { name: 'Posted', fill: 'plain', tone: 'good' },
          { name: 'Held, unknown or not sent', fill: 'striped', tone: 'bad' },
        ]}
        slots={lastHour(minutes.data?.items ?? [])}
        empty="Nothing was posted in the last hour."
      />
    </Part>
  );
}

type Minute = Item<'/api/v1/billers/{bid}/deliveries/by-minute'>;

/** Sixty slots up to now, also where nothing happened: gaps must look like gaps. */
function lastHour(items: readonly Minute[]) {
  const known = new Map(items.map((item) => [Math.floor(new Date(item.minute).getTime() / 60_000), item]));
  const now = Math.floor(Date.now() / 60_000);
  return Array.from({ length: 60 }, (_, at) => {
    const minute = now - 59 + at;
    const item = known.get(minute);
    const iso = new Date(minute * 60_000).toISOString();
    return { at: iso, label: hour(iso), values: [item?.posted ?? 0, item?.otherwise ?? 0] };
  });
}
