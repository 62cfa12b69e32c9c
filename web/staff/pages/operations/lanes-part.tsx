import { addresses } from '../../addresses.ts';
import { Empty } from '../../parts/notes.tsx';
import { Scroll } from '../../parts/scroll.tsx';
import { Ago, Part, To } from '../../parts/show.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { count, counted } from '../../say.ts';
import type { Health } from './operations-data.ts';

type Lane = Health['lanes'][number];

/** The lanes of all billers: those that are paused, in trouble or have something waiting first. */
export function LanesPart({ lanes }: { lanes: readonly Lane[] }) {
  return (
    <Part title="Lanes">
      {lanes.length === 0 ? (
        <Empty>There is no lane yet: the first delivery of a biller makes one.</Empty>
      ) : (
        <Scroll label="Lanes of all billers">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">Lane</th>
                <th scope="col">State</th>
                <th scope="col" className="right">
                  Open
                </th>
                <th scope="col" className="right">
                  Held
                </th>
                <th scope="col">Oldest</th>
                <th scope="col" className="wide">
                  Why
                </th>
              </tr>
            </thead>
            <tbody>
              {lanes.map((lane) => (
                <tr key={lane.id}>
                  <th scope="row">
                    <To href={addresses.lanes(lane.bid)}>
                      {lane.billerName}, {lane.family}
                      {lane.environment > 1 && `, environment ${lane.environment}`}
                    </To>
                  </th>
                  <td>
                    <LaneState lane={lane} />
                  </td>
                  <td className="right figure">{count(lane.depth)}</td>
                  <td className="right figure">{count(lane.held)}</td>
                  <td>{lane.oldestAt ? <Ago at={lane.oldestAt} /> : '–'}</td>
                  <td className="wide">
                    {lane.pausedAt
                      ? `${lane.pausedBy}: ${lane.pausedReason}`
                      : lane.troubles > 0
                        ? `${counted(lane.troubles, 'run')} without answer. ${lane.lastError ?? ''}`
                        : ''}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Part>
  );
}

function LaneState({ lane }: { lane: Lane }) {
  if (lane.pausedAt) return <StateMark state="paused" />;
  if (lane.troubles > 0) return <StateMark state="failing" tone="bad" word="Without answer" />;
  return lane.depth > lane.held ? (
    <StateMark state="draining" word="Sending" />
  ) : (
    <StateMark state="idle" word="Going" />
  );
}
