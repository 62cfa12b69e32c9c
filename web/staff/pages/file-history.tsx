import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addresses } from '../addresses.ts';
import { api, type Item, told } from '../api.ts';
import { Awaited, Empty } from '../parts/notes.tsx';
import { Moment, Money, Part, To } from '../parts/show.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { type Happening, Timeline } from '../parts/timeline.tsx';
import { counted, words } from '../say.ts';
import { RefreshButton, RefreshOutcome, useRefresh } from './refresh-balance.tsx';
import type { InvoiceFileItem } from './send-file.ts';

const FOUND_MAX = 8;

type Account = Item<'/api/v1/billers/{bid}/accounts'>;

/** Search › Files › Invoice Files › History › Data Refresh: what the file went through, and a balance checked against it. */
export function FileHistory({ bid, file }: { bid: number; file: InvoiceFileItem }) {
  return (
    <div className="pair">
      <Part title="History">
        <Timeline items={historyOf(file)} />
      </Part>
      <DataRefresh bid={bid} />
    </div>
  );
}

function historyOf(file: InvoiceFileItem): readonly Happening[] {
  const received: Happening = {
    key: 'received',
    at: file.receivedAt,
    tone: 'good',
    title: 'Received',
    by: `${file.receivedBy}, by ${words(file.way).toLowerCase()}`,
  };
  if (!file.finishedAt) return [received];
  return [
    received,
    {
      key: 'finished',
      at: file.finishedAt,
      tone: file.state === 'loaded' ? 'good' : file.state === 'partly' ? 'warn' : 'bad',
      title: file.state === 'loaded' || file.state === 'partly' ? 'Loaded' : 'Refused',
      more: `${counted(file.invoices.accepted, 'invoice')} accepted, ${file.invoices.refused} refused, ${counted(file.faultCount, 'fault')}`,
    },
  ];
}

/** An account is chosen by its number or name; its balance is then asked of the partner. */
function DataRefresh({ bid }: { bid: number }) {
  const [typed, setTyped] = useState('');
  const [asked, setAsked] = useState('');
  const [chosen, setChosen] = useState<Account>();
  const found = useQuery({
    queryKey: ['accounts', bid, 'refresh', asked],
    queryFn: ({ signal }) =>
      told(
        api.GET('/api/v1/billers/{bid}/accounts', {
          params: { path: { bid }, query: { q: asked, limit: FOUND_MAX } },
          signal,
        }),
      ),
  });
  return (
    <Part title="Data Refresh">
      <form
        className="acts"
        onSubmit={(event) => {
          event.preventDefault();
          setChosen(undefined);
          setAsked(typed.trim());
        }}
      >
        <TextInput
          size="xs"
          aria-label="Account of the file: number, or start of a name"
          placeholder="Account number or name"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          Find
        </Button>
      </form>
      <Awaited of={found} what="accounts">
        {({ items }) => (
          <>
            {items.length === 0 && <Empty>No account begins with that.</Empty>}
            <ul className="faults">
              {items.map((account) => (
                <li key={account.accountNumber}>
                  <Button
                    size="compact-xs"
                    variant={chosen?.accountNumber === account.accountNumber ? 'filled' : 'subtle'}
                    onClick={() => setChosen(account)}
                  >
                    {account.accountNumber}
                  </Button>{' '}
                  {account.customerName}
                </li>
              ))}
            </ul>
          </>
        )}
      </Awaited>
      {chosen && <RefreshOne key={chosen.accountNumber} bid={bid} account={chosen} />}
    </Part>
  );
}

function RefreshOne({ bid, account }: { bid: number; account: Account }) {
  const refresh = useRefresh(bid, account.accountNumber);
  const history = useQuery({
    queryKey: ['account', bid, account.accountNumber, 'refreshes'],
    queryFn: () =>
      told(
        api.GET('/api/v1/billers/{bid}/accounts/{accountNumber}/balance/history', {
          params: { path: { bid, accountNumber: account.accountNumber }, query: { limit: 10 } },
        }),
      ),
  });
  return (
    <>
      <div className="acts">
        <RefreshButton refresh={refresh} />
        <To href={addresses.account(bid, account.accountNumber)}>Account {account.accountNumber}</To>
      </div>
      <RefreshOutcome refresh={refresh} />
      <Awaited of={history} what="earlier refreshes">
        {({ items }) =>
          items.length === 0 ? (
            <Empty>Its balance was not refreshed in the last 90 days.</Empty>
          ) : (
            <ul className="faults">
              {items.map((entry) => (
                <li key={entry.id}>
                  <StateMark state={entry.outcome} tone={entry.outcome === 'fresh' ? 'good' : 'warn'} />{' '}
                  <Money cents={entry.currentDueCents} /> · <Moment at={entry.at} /> · {entry.tookMs} ms
                </li>
              ))}
            </ul>
          )
        }
      </Awaited>
    </>
  );
}
