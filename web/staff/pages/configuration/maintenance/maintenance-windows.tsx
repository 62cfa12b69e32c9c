import './maintenance.css';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { addresses } from '../../../addresses.ts';
import { Icon } from '../../../parts/icons.tsx';
import { Listing } from '../../../parts/listing.tsx';
import { Message } from '../../../parts/message.tsx';
import { Awaited, Empty } from '../../../parts/notes.tsx';
import { PageHead } from '../../../parts/page-head.tsx';
import { Ago, Facts, Part, To } from '../../../parts/show.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { useBid } from '../../../parts/use-biller.ts';
import { useMay } from '../../../session.ts';
import { EndEarly } from './end-early.tsx';
import { openWindowsQuery, pastKeyOf, pastWindows, type WindowView } from './window-data.ts';
import { closesWords, STATES, sayIn } from './window-words.ts';

const CENTRAL = 'America/Chicago';

/** When the biller's pages show a message instead: in force now, to come, and past. */
export function MaintenanceWindows() {
  const bid = useBid();
  const may = useMay();
  const navigate = useNavigate();
  const open = useQuery(openWindowsQuery(bid));
  return (
    <>
      <PageHead
        path={[['Biller Portal'], ['Settings'], ['Portal Customization', addresses.portalCustomization(bid)]]}
        title="Maintenance Windows"
        acts={
          may('maintenance:write') && (
            <Button
              leftSection={<Icon name="plus" />}
              onClick={() => void navigate({ to: addresses.newMaintenanceWindow(bid) })}
            >
              New Maintenance Window
            </Button>
          )
        }
      />
      <p className="soft">
        Times are Central Time. In a window payers read your message and no payment begins; receipts, payments already
        at the processor, uploads and your own work go on.
      </p>
      <Awaited of={open} what="the maintenance windows">
        {({ items }) => <OpenWindows bid={bid} windows={items} />}
      </Awaited>
      <Part title="Past windows">
        <PastWindows bid={bid} />
      </Part>
    </>
  );
}

function OpenWindows({ bid, windows }: { bid: number; windows: readonly WindowView[] }) {
  const inForce = windows.filter((window) => window.state === 'in-force');
  const others = windows.filter((window) => window.state !== 'in-force');
  return (
    <>
      {inForce.map((window) => (
        <OneWindow key={window.id} bid={bid} window={window} />
      ))}
      {inForce.length === 0 && (
        <Message tone="good" title="No window is in force: payers can see and pay their bills." />
      )}
      {others.map((window) => (
        <OneWindow key={window.id} bid={bid} window={window} />
      ))}
      {others.length === 0 && <Empty>None is planned.</Empty>}
    </>
  );
}

function OneWindow({ bid, window }: { bid: number; window: WindowView }) {
  const may = useMay();
  const [isEnding, setEnding] = useState(false);
  const [word, tone] = STATES[window.state];
  const isInForce = window.state === 'in-force';
  const address = addresses.maintenanceWindow(bid, window.id);
  return (
    <Part title={window.description} aside={<StateMark state={window.state} word={word} tone={tone} />}>
      <Facts
        items={[
          ['Start', sayIn(window.startsAt, CENTRAL)],
          [
            'End',
            <span key="end">
              {sayIn(window.endsAt, CENTRAL)}
              {isInForce && (
                <>
                  {' '}
                  (<Ago at={window.endsAt} />)
                </>
              )}
            </span>,
          ],
          ['Lasts', window.length],
          ['Closes', closesWords(window)],
          ['DataPump', window.pausesDataPump ? 'Paused until it is over' : 'Goes on'],
          ['Planned by', window.createdBy],
        ]}
      />
      <div className="acts">
        {may('maintenance:write') && window.isActive && (
          <Button
            variant={isInForce ? 'filled' : 'default'}
            color={isInForce ? 'danger' : undefined}
            onClick={() => setEnding(true)}
            aria-label={`${isInForce ? 'End it now' : 'Switch it off'}: ${window.description}`}
          >
            {isInForce ? 'End it now' : 'Switch it off'}
          </Button>
        )}
        <To href={address}>{may('maintenance:write') ? 'Change, preview, history' : 'Preview and history'}</To>
      </div>
      {isEnding && <EndEarly bid={bid} window={window} onClose={() => setEnding(false)} />}
    </Part>
  );
}

function PastWindows({ bid }: { bid: number }) {
  return (
    <Listing
      what="past maintenance windows"
      queryKey={pastKeyOf(bid)}
      fetchPage={(page, signal) => pastWindows(bid, page, signal)}
      keyOf={(row) => String(row.id)}
      addressOf={(row) => addresses.maintenanceWindow(bid, row.id)}
      columns={[
        { head: 'Description', cell: (row) => row.description, text: (row) => row.description },
        {
          head: 'State',
          cell: (row) => <StateMark state={row.state} word={STATES[row.state][0]} tone={STATES[row.state][1]} />,
          text: (row) => row.state,
        },
        { head: 'Start (Central)', cell: (row) => sayIn(row.startsAt, CENTRAL), text: (row) => row.startsAt },
        {
          head: 'End (Central)',
          cell: (row) => sayIn(row.endedAt ?? row.endsAt, CENTRAL),
          text: (row) => row.endedAt ?? row.endsAt,
        },
        { head: 'Closed', cell: (row) => closesWords(row), text: (row) => closesWords(row) },
        {
          head: 'DataPump',
          cell: (row) => (row.pausesDataPump ? 'paused' : 'went on'),
          text: (row) => (row.pausesDataPump ? 'paused' : 'went on'),
        },
        { head: 'Planned by', cell: (row) => row.createdBy, text: (row) => row.createdBy },
      ]}
      empty="No window is over yet."
    />
  );
}
