import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { addresses } from '../addresses.ts';
import { api, type Item, type Reply, told } from '../api.ts';
import { billersQuery } from '../parts/biller-switcher.tsx';
import { BarChart, LineChart } from '../parts/charts.tsx';
import { Awaited, Empty } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Ago, Part, To } from '../parts/show.tsx';
import { Shape, type Tone } from '../parts/state-mark.tsx';
import { count, dayShort, hour, money } from '../say.ts';
import { WorkItemRow, workItemAddress } from './work-item-row.tsx';

const REFRESH_MS = 15_000;
const ITEMS_SHOWN = 8;
const DAYS = 14;

type View = Reply<'/api/v1/overview'>;

/** What needs a person now, then how it goes. */
export function Overview() {
  const { bid } = useSearch({ strict: false }) as { bid?: string };
  const query = bid ? { bid: Number(bid) } : {};
  const overview = useQuery({
    queryKey: ['overview', bid ?? 'all'],
    refetchInterval: REFRESH_MS,
    queryFn: ({ signal }) => told(api.GET('/api/v1/overview', { params: { query }, signal })),
  });
  const items = useQuery({
    queryKey: ['work-items', 'overview', bid ?? 'all'],
    refetchInterval: REFRESH_MS,
    queryFn: ({ signal }) =>
      told(api.GET('/api/v1/work-items', { params: { query: { ...query, limit: ITEMS_SHOWN } }, signal })),
  });
  const { data: billers } = useQuery(billersQuery);
  const name = billers?.items.find((biller) => String(biller.bid) === bid)?.name;
  return (
    <>
      <PageHead path={[['Today']]} title={name ? `Overview of ${name}` : 'Overview of all billers'} />
      <Awaited of={overview} what="the overview">
        {(view) => (
          <>
            <Needs view={view} bid={bid ? Number(bid) : undefined} />
            <Part
              title="Waiting for a person"
              aside={<To href={`${addresses.workItems()}${bid ? `?bid=${bid}` : ''}`}>All work items</To>}
            >
              <Awaited of={items} what="the work items">
                {(page) => <Waiting items={page.items} />}
              </Awaited>
            </Part>
            <Charts view={view} />
          </>
        )}
      </Awaited>
    </>
  );
}

function Waiting({ items }: { items: readonly Item<'/api/v1/work-items'>[] }) {
  if (items.length === 0) return <Empty>Nothing waits for a person. What needs one appears here by itself.</Empty>;
  return (
    <ol className="timeline">
      {items.map((item) => (
        <WorkItemRow key={`${item.bid}-${item.id}`} item={item} address={workItemAddress(item)} />
      ))}
    </ol>
  );
}

interface Need {
  readonly count: number;
  readonly words: string;
  readonly tone: Tone;
  readonly address: string | undefined;
}

function Needs({ view, bid }: { view: View; bid: number | undefined }) {
  const { needs } = view;
  const of = (address: (bid: number) => string, search = '') => (bid ? `${address(bid)}${search}` : undefined);
  const list: readonly Need[] = [
    { count: needs.heldPayments, words: 'payments held', tone: 'bad', address: of(addresses.held) },
    {
      count: needs.unknownPayments,
      words: 'posts unknown',
      tone: 'warn',
      address: of(addresses.held, '?state=unknown'),
    },
    {
      count: needs.chargesInDoubt,
      words: 'charges in doubt',
      tone: 'warn',
      address: of(addresses.payments, '?status=unknown'),
    },
    {
      count: needs.heldSettings,
      words: 'setting changes held',
      tone: 'bad',
      address: of(addresses.deliveries, '?state=held'),
    },
    { count: needs.failingLanes, words: 'lanes without answer', tone: 'bad', address: of(addresses.lanes) },
    { count: needs.pausedLanes, words: 'lanes paused', tone: 'warn', address: of(addresses.lanes) },
    {
      count: needs.windowsInForce,
      words: 'maintenance windows in force',
      tone: 'warn',
      address: of(addresses.maintenanceWindows),
    },
    {
      count: needs.windowsEnding,
      words: 'maintenance windows ending within the hour',
      tone: 'warn',
      address: of(addresses.maintenanceWindows),
    },
    {
      count: needs.refusedFiles,
      words: 'files with faults in 7 days',
      tone: 'bad',
      address: of(addresses.invoiceFiles),
    },
    {
      count: needs.failedNotices,
      words: 'emails not sent in 7 days',
      tone: 'bad',
      address: of(addresses.notices, '?state=failed'),
    },
  ];
  const some = list.filter((need) => need.count > 0);
  const none = list.filter((need) => need.count === 0);
  const { unposted } = needs;
  return (
    <section aria-label="What needs a person now" className="listing">
      <div className="needs">
        {some.map((need) => (
          <NeedCard key={need.words} tone={need.tone} figure={count(need.count)} address={need.address}>
            {need.words}
          </NeedCard>
        ))}
        <NeedCard
          tone={unposted.count > 0 ? 'busy' : 'good'}
          figure={money(unposted.amountCents)}
          address={of(addresses.deliveries)}
        >
          taken, not yet posted ({count(unposted.count)})
          {unposted.oldestAt && (
            <>
              , oldest <Ago at={unposted.oldestAt} />
            </>
          )}
        </NeedCard>
      </div>
      {none.length > 0 && (
        <p className="state state-good needs-none">
          <Shape tone="good" />
          <span>None now: {none.map((need) => need.words).join(', ')}.</span>
        </p>
      )}
      {bid === undefined && some.length > 0 && <p className="fine">Choose a biller above to be led to each list.</p>}
    </section>
  );
}

/** What waits, as a figure that leads to its list where there is one. */
function NeedCard({
  tone,
  figure,
  address,
  children,
}: {
  tone: Tone;
  figure: string;
  address: string | undefined;
  children: ReactNode;
}) {
  const inside = (
    <>
      <span className="need-count">
        <Shape tone={tone} />
        {figure}
      </span>
      <span>{children}</span>
    </>
  );
  return address ? (
    <Link to={address} className={`need state-${tone}`}>
      {inside}
    </Link>
  ) : (
    <div className={`need state-${tone}`}>{inside}</div>
  );
}

function Charts({ view }: { view: View }) {
  const days = lastDays(view.at, [...view.paymentsByDay, ...view.importsByDay]);
  const centsOf = (day: string, method: string) =>
    view.paymentsByDay.find((row) => row.day === day && row.method === method)?.amountCents ?? 0;
  return (
    <div className="pair">
      <Part title="Payments">
        <BarChart
          title="Taken by day and method, 14 days"
          series={[
            { name: 'Card', fill: 'plain', tone: 'accent' },
            { name: 'Bank', fill: 'striped', tone: 'accent' },
          ]}
          slots={days.map((day) => ({
            at: day,
            label: dayShort(day),
            values: [centsOf(day, 'CC'), centsOf(day, 'ACH')],
          }))}
          format={(cents) =>
            cents >= 1_000_000 ? `$${count(Math.round(cents / 100_000))}k` : `$${count(Math.round(cents / 100))}`
          }
          empty="No payment was taken in these days."
        />
      </Part>
      <Part title="DataPump">
        <BarChart
          title="Attempts to post by hour, 24 hours"
          series={[
            { name: 'Posted', fill: 'plain', tone: 'good' },
            { name: 'Rejected', fill: 'striped', tone: 'bad' },
            { name: 'Not sent', fill: 'hollow', tone: 'bad' },
            { name: 'Unknown', fill: 'dotted', tone: 'warn' },
          ]}
          slots={view.postsByHour.map((row) => ({
            at: row.at,
            label: hour(row.at),
            values: [row.posted, row.rejected, row.notSent, row.unknown],
          }))}
          empty="Nothing was posted in these hours."
        />
      </Part>
      <Part title="Data Refresh">
        <LineChart
          title="How long it takes, by hour (ms)"
          series={[
            { name: 'Half take less', fill: 'plain', tone: 'accent' },
            { name: '95 of 100 take less', fill: 'striped', tone: 'warn' },
          ]}
          slots={view.refreshesByHour.map((row) => ({
            at: row.at,
            label: hour(row.at),
            values: [row.medianMs, row.slowMs],
          }))}
          empty="No balance was refreshed in these hours."
        />
        <BarChart
          title="Refreshes by hour"
          series={[
            { name: 'Fresh', fill: 'plain', tone: 'good' },
            { name: 'Failed', fill: 'striped', tone: 'bad' },
          ]}
          slots={view.refreshesByHour.map((row) => ({
            at: row.at,
            label: hour(row.at),
            values: [row.fresh, row.failed],
          }))}
          empty="No balance was refreshed in these hours."
        />
      </Part>
      <Part title="Imports">
        <BarChart
          title="Invoices by day, 14 days"
          series={[
            { name: 'Accepted', fill: 'plain', tone: 'good' },
            { name: 'Refused', fill: 'striped', tone: 'bad' },
          ]}
          slots={days.map((day) => {
            const row = view.importsByDay.find((each) => each.day === day);
            return { at: day, label: dayShort(day), values: [row?.invoicesAccepted ?? 0, row?.invoicesRefused ?? 0] };
          })}
          empty="No invoice file came in these days."
        />
      </Part>
    </div>
  );
}

/** The days up to now, also those on which nothing happened; a biller ahead of UTC may have one more. */
function lastDays(now: string, rows: readonly { day: string }[]): readonly string[] {
  const end = new Date(now).getTime();
  const days = Array.from({ length: DAYS }, (_, back) => new Date(end - back * 86_400_000).toISOString().slice(0, 10));
  return [...new Set([...days, ...rows.map((row) => row.day)])].toSorted().slice(-DAYS);
}
