import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { addresses, downloads } from '../addresses.ts';
import { api, type Reply, told } from '../api.ts';
import { Awaited, Empty } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { Day, Facts, Moment, Money, Part, To } from '../parts/show.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { type Happening, Timeline } from '../parts/timeline.tsx';
import { useBid, usePart } from '../parts/use-biller.ts';
import { counted, money } from '../say.ts';
import { useMay } from '../session.ts';
import { deliveriesOf, happeningsOf, noticesOf, paymentsOf, refreshesOf, subjectsOf } from './account-history.tsx';
import { actsOf } from './audit-data.tsx';
import { BlockFlags } from './block-flags.tsx';
import { PaymentsTable } from './payments-table.tsx';
import { RefreshButton, RefreshOutcome, useRefresh } from './refresh-balance.tsx';
import { newerThanFigure, whyBlocked, whySentences } from './why-account.ts';

type View = Reply<'/api/v1/billers/{bid}/accounts/{accountNumber}'>;

/** All that is known of one customer's account, and why it is so. */
export function Account() {
  const bid = useBid();
  const accountNumber = usePart('accountNumber');
  const refresh = useRefresh(bid, accountNumber);
  const account = useQuery({
    queryKey: ['account', bid, accountNumber, 'itself'],
    queryFn: () =>
      told(api.GET('/api/v1/billers/{bid}/accounts/{accountNumber}', { params: { path: { bid, accountNumber } } })),
  });
  return (
    <>
      <PageHead
        path={[['Search'], ['Accounts', addresses.accounts(bid)]]}
        title={account.data ? `${account.data.customerName}` : `Account ${accountNumber}`}
        mark={account.data && <code>{accountNumber}</code>}
        acts={account.data && <RefreshButton refresh={refresh} />}
      />
      <RefreshOutcome refresh={refresh} />
      <Awaited of={account} what="the account">
        {(view) => <AccountParts bid={bid} view={view} refresh={refresh} />}
      </Awaited>
    </>
  );
}

function AccountParts({ bid, view, refresh }: { bid: number; view: View; refresh: ReturnType<typeof useRefresh> }) {
  const may = useMay();
  const { accountNumber } = view;
  const payments = useQuery({ ...paymentsOf(bid, accountNumber), enabled: may('payments:read') });
  const deliveries = useQuery({ ...deliveriesOf(bid, accountNumber), enabled: may('deliveries:read') });
  const notices = useQuery({ ...noticesOf(bid, accountNumber), enabled: may('payments:read') });
  const refreshes = useQuery(refreshesOf(bid, accountNumber));
  const subjects = [
    `account/${accountNumber}`,
    ...subjectsOf(payments.data?.items ?? [], deliveries.data?.items ?? []),
  ];
  const acts = useQuery({
    ...actsOf(bid, subjects),
    enabled: may('audit:read') && !payments.isLoading && !deliveries.isLoading,
  });
  const known = {
    payments: payments.data?.items ?? [],
    deliveries: deliveries.data?.items ?? [],
    notices: notices.data?.items ?? [],
    refreshes: refreshes.data?.items ?? [],
    acts: acts.data?.items ?? [],
  };
  const history: readonly Happening[] = happeningsOf(bid, known);
  const isHistoryThere = [payments, deliveries, notices, refreshes, acts].every((query) => !query.isLoading);
  return (
    <>
      <div className="pair">
        <BalancePart
          view={view}
          why={whySentences(view, known)}
          aged={
            view.balance !== null &&
            newerThanFigure(view.balance, known).length > 0 && <RefreshButton refresh={refresh} variant="default" />
          }
        />
        <CustomerPart bid={bid} view={view} />
      </div>
      <InvoicesPart bid={bid} accountNumber={accountNumber} />
      {may('payments:read') && (
        <Part title="Payments">
          <Awaited of={payments} what="the payments">
            {({ items }) =>
              items.length === 0 ? (
                <Empty>No payment was made for this account here.</Empty>
              ) : (
                <PaymentsTable bid={bid} items={items} />
              )
            }
          </Awaited>
        </Part>
      )}
      <Part title="What happened">
        {isHistoryThere && history.length === 0 && <Empty>Nothing was recorded of this account yet.</Empty>}
        <Timeline items={history} />
      </Part>
    </>
  );
}

function BalancePart({ view, why, aged }: { view: View; why: readonly string[]; aged: ReactNode }) {
  const { balance } = view;
  return (
    <Part
      title="Balance"
      aside={
        balance && (
          <StateMark
            state={balance.isStale ? 'stale' : 'fresh'}
            word={balance.isStale ? 'Stale' : 'As the partner told'}
          />
        )
      }
    >
      {balance ? (
        <Facts
          items={[
            ['Due now', <Money key="due" cents={balance.currentDueCents} />],
            ['Total unpaid', <Money key="unpaid" cents={balance.totalUnpaidCents} />],
            ['Pending at the partner', <Money key="pending" cents={balance.pendingPaymentCents} />],
            ['Due date', <Day key="day" iso={balance.dueDate} />],
            ['As of', <Moment key="at" at={balance.asOf} isAgo />],
          ]}
        />
      ) : (
        <Empty>The partner has not been asked yet. Data Refresh asks it now.</Empty>
      )}
      {why.map((sentence) => (
        <p key={sentence} className="sentence">
          {sentence}
        </p>
      ))}
      {aged && <div>{aged}</div>}
    </Part>
  );
}

function CustomerPart({ bid, view }: { bid: number; view: View }) {
  const address = [view.address1, view.address2, [view.city, view.state, view.zip].filter(Boolean).join(' ')].filter(
    Boolean,
  );
  return (
    <Part title="Customer">
      <Facts
        items={[
          ['Name', view.customerName],
          ['Address', address.length > 0 ? address.join(', ') : '–'],
          ['Email', view.email ?? '–'],
          ['Phone', view.phone ?? '–'],
          ['AutoPay', view.autopay ? 'On' : 'Off'],
          ['Paperless', view.paperless ? 'On' : 'Off'],
          [
            'Bank (ACH)',
            <StateMark
              key="ach"
              state="ach"
              tone={view.blockAch ? 'warn' : 'good'}
              word={view.blockAch ? 'Blocked' : 'May pay'}
            />,
          ],
          [
            'Card (CC)',
            <StateMark
              key="cc"
              state="cc"
              tone={view.blockCc ? 'warn' : 'good'}
              word={view.blockCc ? 'Blocked' : 'May pay'}
            />,
          ],
        ]}
      />
      {whyBlocked(view) && <p className="caution">{whyBlocked(view)}</p>}
      <BlockFlags bid={bid} view={view} />
    </Part>
  );
}

function InvoicesPart({ bid, accountNumber }: { bid: number; accountNumber: string }) {
  const invoices = useQuery({
    queryKey: ['account', bid, accountNumber, 'invoices'],
    queryFn: () =>
      told(
        api.GET('/api/v1/billers/{bid}/invoices', { params: { path: { bid }, query: { accountNumber, limit: 50 } } }),
      ),
  });
  return (
    <Part title="Invoices">
      <Awaited of={invoices} what="the invoices">
        {({ items }) =>
          items.length === 0 ? (
            <Empty>No invoice came for this account yet.</Empty>
          ) : (
            <Scroll label="Invoices of the account">
              <table className="rows">
                <thead>
                  <tr>
                    <th scope="col">Invoice</th>
                    <th scope="col">Date</th>
                    <th scope="col">Due</th>
                    <th scope="col" className="right">
                      Total
                    </th>
                    <th scope="col">Type</th>
                    <th scope="col">Versions</th>
                    <th scope="col">Bill</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((invoice) => (
                    <tr key={invoice.invoiceNumber}>
                      <td>
                        <span className="nowrap">
                          <To href={addresses.invoice(bid, invoice.invoiceNumber)}>{invoice.invoiceNumber}</To>
                        </span>
                      </td>
                      <td>
                        <Day iso={invoice.invoiceDate} />
                      </td>
                      <td>
                        <Day iso={invoice.dueDate} />
                      </td>
                      <td className="right figure">{money(invoice.totalCents)}</td>
                      <td>{invoice.invoiceTypeId}</td>
                      <td>{counted(invoice.version, 'version')}</td>
                      <td>
                        <a
                          className="link"
                          href={downloads.billPdf(bid, invoice.invoiceNumber)}
                          target="_blank"
                          rel="noreferrer"
                        >
                          PDF<span className="hidden-words"> of {invoice.invoiceNumber}</span>
                        </a>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Awaited>
    </Part>
  );
}
