import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addresses } from '../addresses.ts';
import { api, type Item, type Reply, told } from '../api.ts';
import { Ask } from '../parts/ask.tsx';
import { Message } from '../parts/message.tsx';
import { Awaited, Empty } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Ago, Facts, Moment, Part, To } from '../parts/show.tsx';
import { StateMark, stateWord } from '../parts/state-mark.tsx';
import { useBid } from '../parts/use-biller.ts';
import { queryClient } from '../query-client.ts';
import { count, money } from '../say.ts';
import { useMay } from '../session.ts';
import { Reason } from './delivery-reason.tsx';
import { Replay } from './replay.tsx';
import { Trust } from './trust.tsx';

const REFRESH_MS = 5_000;

type LanesAnswer = Reply<'/api/v1/billers/{bid}/lanes'>;
type Lane = Item<'/api/v1/billers/{bid}/lanes'>;

/** The lanes of a biller: what waits in each, since when, and why; hold one, let it go on, send again. */
export function Lanes() {
  const bid = useBid();
  const lanes = useQuery({
    queryKey: ['lanes', bid],
    refetchInterval: REFRESH_MS,
    queryFn: ({ signal }) => told(api.GET('/api/v1/billers/{bid}/lanes', { params: { path: { bid } }, signal })),
  });
  return (
    <>
      <PageHead path={[['DataPump']]} title="Lanes" />
      <Awaited of={lanes} what="the lanes">
        {({ items, maintenance }) => (
          <>
            {maintenance && <PausedByWindow bid={bid} window={maintenance} />}
            {items.length === 0 && <Empty>There is no lane yet: the first delivery makes one.</Empty>}
            {items.map((lane) => (
              <LanePart key={lane.id} bid={bid} lane={lane} isInMaintenance={maintenance !== null} />
            ))}
          </>
        )}
      </Awaited>
      <Trust bid={bid} />
    </>
  );
}

const laneName = (lane: Lane): string =>
  `${lane.family === 'payments' ? 'Payments' : 'Paperless and AutoPay changes'}, environment ${lane.environment}`;

/** Why every lane of the biller rests, until when, and where to change that. */
function PausedByWindow({ bid, window }: { bid: number; window: NonNullable<LanesAnswer['maintenance']> }) {
  return (
    <Message tone="warn" role="status" title={`Paused by the maintenance window “${window.description}”`}>
      <p>
        Nothing is sent until <Moment at={window.until} /> (<Ago at={window.until} />
        ); then all of it goes on by itself, in order.
      </p>
      <To href={addresses.maintenanceWindow(bid, window.windowId)}>See the window</To>
    </Message>
  );
}

function stateOf(lane: Lane, isInMaintenance: boolean) {
  if (lane.pausedAt) return <StateMark state="paused" />;
  if (isInMaintenance) return <StateMark state="paused" word="Paused by maintenance" />;
  if (lane.troubles > 0) return <StateMark state="failing" tone="bad" word="Endpoint does not answer" />;
  return Object.keys(lane.counts).some((state) => state === 'queued' || state === 'sending') ? (
    <StateMark state="draining" word="Sending" />
  ) : (
    <StateMark state="idle" word="Going" />
  );
}

function LanePart({ bid, lane, isInMaintenance }: { bid: number; lane: Lane; isInMaintenance: boolean }) {
  const may = useMay();
  const [asked, setAsked] = useState<'pause' | 'resume' | 'replay'>();
  const depth = Object.values(lane.counts).reduce((sum, each) => sum + each.count, 0);
  return (
    <Part title={laneName(lane)} aside={stateOf(lane, isInMaintenance)}>
      <Facts
        items={[
          [
            'Open',
            <span key="depth" className="figure">
              {count(depth)}
            </span>,
          ],
          ['Oldest', lane.oldestAt ? <Ago key="oldest" at={lane.oldestAt} /> : '–'],
          ...Object.entries(lane.counts).map(
            ([state, { count: many, cents }]) =>
              [
                stateWord(state),
                <To
                  key={state}
                  href={`${addresses.deliveries(bid)}?laneId=${encodeURIComponent(lane.id)}&state=${state}`}
                >
                  {count(many)}
                  {lane.family === 'payments' && `, ${money(cents)}`}
                </To>,
              ] as const,
          ),
          ['Runs in a row without answer', lane.troubles],
        ]}
      />
      {lane.lastError && (
        <div className="problem">
          <Reason reason={lane.lastError} state="waiting" />
        </div>
      )}
      {lane.pausedAt && (
        <p className="caution">
          Paused by {lane.pausedBy}, <Moment at={lane.pausedAt} isAgo />: {lane.pausedReason}
        </p>
      )}
      {may('deliveries:operate') && (
        <div className="acts">
          {lane.pausedAt ? (
            <Button onClick={() => setAsked('resume')}>Resume</Button>
          ) : (
            <Button variant="default" onClick={() => setAsked('pause')}>
              Pause
            </Button>
          )}
          <Button variant="default" onClick={() => setAsked('replay')}>
            Replay what is held or waits
          </Button>
        </div>
      )}
      {asked === 'replay' && <Replay bid={bid} filter={{ laneId: lane.id }} onClose={() => setAsked(undefined)} />}
      {(asked === 'pause' || asked === 'resume') && (
        <PauseOrResume bid={bid} lane={lane} verb={asked} depth={depth} onClose={() => setAsked(undefined)} />
      )}
    </Part>
  );
}

function PauseOrResume({
  bid,
  lane,
  verb,
  depth,
  onClose,
}: {
  bid: number;
  lane: Lane;
  verb: 'pause' | 'resume';
  depth: number;
  onClose: () => void;
}) {
  const isPause = verb === 'pause';
  return (
    <Ask
      isOpen
      onClose={onClose}
      title={`${isPause ? 'Pause' : 'Resume'}: ${laneName(lane)}`}
      confirm={isPause ? 'Pause the lane' : 'Resume the lane'}
      what={
        isPause
          ? `Nothing more is sent from this lane until it is resumed. What is being sent now ends. ${count(depth)} open deliveries stay, and new ones join them; nothing is discarded.`
          : `What waits is sent, in each account’s order: ${count(depth)} open deliveries.`
      }
      act={async (reason) => {
        const call = { params: { path: { bid, lane: `${lane.family}-${lane.environment}` } }, body: { reason } };
        await (isPause
          ? told(api.POST('/api/v1/billers/{bid}/lanes/{lane}/pause', call))
          : told(api.POST('/api/v1/billers/{bid}/lanes/{lane}/resume', call)));
        await queryClient.invalidateQueries({ queryKey: ['lanes', bid] });
      }}
    />
  );
}
