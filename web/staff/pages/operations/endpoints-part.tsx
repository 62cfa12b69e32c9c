import { addresses } from '../../addresses.ts';
import { Empty } from '../../parts/notes.tsx';
import { Scroll } from '../../parts/scroll.tsx';
import { Part, To } from '../../parts/show.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { count, span } from '../../say.ts';
import { breakerMark, type Endpoint, operationWord, outcomeWord } from './operations-data.ts';

const OUTCOMES_SHOWN = 4;

/** Each partner endpoint as all processes see it together. */
export function EndpointsPart({ endpoints }: { endpoints: readonly Endpoint[] }) {
  return (
    <Part
      title="Partner endpoints"
      aside={<span className="fine">Calls of the last 15 minutes, over all processes</span>}
    >
      {endpoints.length === 0 ? (
        <Empty>No endpoint was called since the processes started. Each appears with its first call.</Empty>
      ) : (
        <Scroll label="Partner endpoints">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">Endpoint</th>
                <th scope="col">Biller</th>
                <th scope="col">State</th>
                <th scope="col" className="right">
                  Calls
                </th>
                <th scope="col" className="right">
                  Failed
                </th>
                <th scope="col" className="right">
                  Half under
                </th>
                <th scope="col" className="right">
                  95 % under
                </th>
                <th scope="col">How they ended</th>
                <th scope="col" className="right">
                  Sessions
                </th>
                <th scope="col">Told</th>
              </tr>
            </thead>
            <tbody>
              {endpoints.map((one) => (
                <Row key={one.endpoint} one={one} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Part>
  );
}

function Row({ one }: { one: Endpoint }) {
  const [word, tone] = breakerMark(one.breaker);
  const oldest = Math.max(0, ...one.processes.map((process) => process.ageMs));
  return (
    <tr>
      <th scope="row">
        <To href={addresses.operationsEndpoint(one.endpoint)}>
          {operationWord(one.operation)}
          {one.environment !== null && one.environment > 1 ? `, environment ${one.environment}` : ''}
        </To>
        <div className="fine">{one.host}</div>
      </th>
      <td>{one.bid === null ? '–' : (one.billerName ?? `Biller ${one.bid}`)}</td>
      <td>
        <StateMark state={one.breaker} word={word} tone={tone} />
        {one.failuresInARow > 0 && <div className="fine">{count(one.failuresInARow)} failures in a row</div>}
        {one.restMs > 0 && <div className="fine">rests {span(Math.ceil(one.restMs / 1000))} more</div>}
        {one.active + one.waiting > 0 && (
          <div className="fine">
            {count(one.active)} under way, {count(one.waiting)} wait
          </div>
        )}
      </td>
      <td className="right figure">{count(one.calls)}</td>
      <td className="right figure">{one.calls === 0 ? '–' : `${Math.round((100 * one.failed) / one.calls)} %`}</td>
      <td className="right figure">{one.calls === 0 ? '–' : `${count(one.medianMs)} ms`}</td>
      <td className="right figure">{one.calls === 0 ? '–' : `${count(one.slowMs)} ms`}</td>
      <td>
        <div className="mix">
          {one.outcomes.slice(0, OUTCOMES_SHOWN).map(({ outcome, count: many }) => (
            <span key={outcome}>
              {outcomeWord(outcome)} {count(many)}
            </span>
          ))}
        </div>
      </td>
      <td className="right figure">{count(one.openSessions)}</td>
      <td className="nowrap">
        {one.processes.length === 0 ? 'by none now' : `${span(Math.round(oldest / 1000))} ago`}
        {one.processes.length > 1 && <div className="fine">by {one.processes.length} processes</div>}
      </td>
    </tr>
  );
}
