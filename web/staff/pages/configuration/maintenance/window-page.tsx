import './maintenance.css';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addresses } from '../../../addresses.ts';
import { Awaited } from '../../../parts/notes.tsx';
import { PageHead } from '../../../parts/page-head.tsx';
import { Part } from '../../../parts/show.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { Timeline } from '../../../parts/timeline.tsx';
import { useBid, usePart } from '../../../parts/use-biller.ts';
import { useMay } from '../../../session.ts';
import { EndEarly } from './end-early.tsx';
import { draftOf, EMPTY, type WindowWithHistory, windowQuery } from './window-data.ts';
import { WindowForm } from './window-form.tsx';
import { ACTS, FIELDS, STATES } from './window-words.ts';

const pathOf = (bid: number) =>
  [
    ['Biller Portal'],
    ['Settings'],
    ['Portal Customization', addresses.portalCustomization(bid)],
    ['Maintenance Windows', addresses.maintenanceWindows(bid)],
  ] as const;

export function NewMaintenanceWindow() {
  const bid = useBid();
  return (
    <>
      <PageHead path={pathOf(bid)} title="New Maintenance Window" />
      <WindowForm key={bid} bid={bid} window={undefined} first={EMPTY} />
    </>
  );
}

/** One window: its form, and what became of it so far. */
export function MaintenanceWindow() {
  const bid = useBid();
  const id = Number(usePart('windowId'));
  const answer = useQuery(windowQuery(bid, id));
  return (
    <Awaited of={answer} what="the maintenance window">
      {(data) => <Loaded bid={bid} data={data} />}
    </Awaited>
  );
}

function Loaded({ bid, data }: { bid: number; data: WindowWithHistory }) {
  const { window, history } = data;
  const may = useMay();
  const [isEnding, setEnding] = useState(false);
  const [word, tone] = STATES[window.state];
  const mayEnd = may('maintenance:write') && window.isActive && window.state !== 'over';
  return (
    <>
      <PageHead
        path={pathOf(bid)}
        title={window.description}
        mark={<StateMark state={window.state} word={word} tone={tone} />}
        acts={
          mayEnd && (
            <Button
              color={window.state === 'in-force' ? 'danger' : undefined}
              variant={window.state === 'in-force' ? 'filled' : 'default'}
              onClick={() => setEnding(true)}
            >
              {window.state === 'in-force' ? 'End it now' : 'Switch it off'}
            </Button>
          )
        }
      />
      <WindowForm
        key={`${window.id} ${history[0]?.act === 'over'}`}
        bid={bid}
        window={window}
        first={draftOf(window)}
      />
      <Part title="History">
        <Timeline
          items={history.map((entry) => ({
            key: String(entry.version),
            at: entry.changedAt,
            tone: entry.act === 'ended-early' ? 'warn' : 'good',
            title: `${ACTS[entry.act] ?? entry.act}${entry.reason ? `: ${entry.reason}` : ''}`,
            by: `${entry.changedBy} · version ${entry.version}`,
            more: entry.act === 'planned' || entry.act === 'begun' ? undefined : <Changes items={entry.changes} />,
          }))}
        />
      </Part>
      {isEnding && <EndEarly bid={bid} window={window} onClose={() => setEnding(false)} />}
    </>
  );
}

function Changes({ items }: { items: WindowWithHistory['history'][number]['changes'] }) {
  return (
    <ul className="maintenance-closes">
      {items.map((change) => (
        <li key={change.field}>
          {FIELDS[change.field] ?? change.field}: {change.from || '–'} → {change.to || '–'}
        </li>
      ))}
    </ul>
  );
}
