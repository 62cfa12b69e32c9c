import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { api, told } from '../../api.ts';
import { BarChart, LineChart } from '../../parts/charts.tsx';
import { Awaited, Empty } from '../../parts/notes.tsx';
import { Scroll } from '../../parts/scroll.tsx';
import { Facts, Part } from '../../parts/show.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { count, hour, span } from '../../say.ts';
import { breakerMark, healthQuery, OUTCOME_KINDS, operationWord, outcomeKind, outcomeWord } from './operations-data.ts';
import { OperationsHead } from './operations-head.tsx';

const REFRESH_MS = 10_000;

/** One partner endpoint over the last hour. */
export function OperationsEndpoint() {
  const { endpoint = '' } = useSearch({ strict: false }) as { endpoint?: string };
  const history = useQuery({
    queryKey: ['operations', 'endpoint', endpoint],
    enabled: endpoint !== '',
    refetchInterval: REFRESH_MS,
    queryFn: ({ signal }) =>
      told(api.GET('/api/v1/operations/endpoint-history', { params: { query: { endpoint } }, signal })),
  });
  const { data: health } = useQuery(healthQuery);
  const now = health?.endpoints.find((one) => one.endpoint === endpoint);
  const name = now
    ? `${operationWord(now.operation)}${now.billerName ? ` of ${now.billerName}` : ''}`
    : endpoint || 'No endpoint chosen';
  if (endpoint === '')
    return (
      <>
        <OperationsHead title={name} />
        <Empty>Choose an endpoint on the Operations screen.</Empty>
      </>
    );
  return (
    <>
      <OperationsHead title={name} />
      {now && <Now now={now} processes={health?.processes ?? []} />}
      <Awaited of={history} what="the last hour">
        {({ minutes }) => (
          <>
            <div className="pair">
              <Part title="Latency">
                <LineChart
                  title="How long calls take, by minute (ms)"
                  series={[
                    { name: 'Half take less', fill: 'plain', tone: 'accent' },
                    { name: '95 of 100 take less', fill: 'striped', tone: 'warn' },
                  ]}
                  slots={minutes.map((one) => ({
                    at: one.at,
                    label: hour(one.at),
                    values: [one.medianMs, one.slowMs],
                  }))}
                  empty="There was no call in the last hour."
                />
              </Part>
              <Part title="Errors">
                <BarChart
                  title="Calls by how they ended, by minute"
                  series={[
                    { name: 'Answered', fill: 'plain', tone: 'good' },
                    { name: 'Refused', fill: 'dotted', tone: 'warn' },
                    { name: 'Failed', fill: 'striped', tone: 'bad' },
                    { name: 'Held back', fill: 'hollow', tone: 'bad' },
                  ]}
                  slots={minutes.map((one) => ({
                    at: one.at,
                    label: hour(one.at),
                    values: OUTCOME_KINDS.map((kind) =>
                      one.outcomes.reduce(
                        (sum, each) => sum + (outcomeKind(each.outcome) === kind ? each.count : 0),
                        0,
                      ),
                    ),
                  }))}
                  empty="There was no call in the last hour."
                />
              </Part>
            </div>
            <Ends minutes={minutes} />
          </>
        )}
      </Awaited>
    </>
  );
}

type View = NonNullable<ReturnType<typeof useHealth>>;
const useHealth = () => useQuery(healthQuery).data;

function Now({ now, processes }: { now: View['endpoints'][number]; processes: View['processes'] }) {
  const [word, tone] = breakerMark(now.breaker);
  const hostOf = (id: string) => {
    const one = processes.find((process) => process.id === id);
    return one ? `${one.host}, process ${one.pid}` : 'a process';
  };
  return (
    <Part title="Now" aside={<StateMark state={now.breaker} word={word} tone={tone} />}>
      <Facts
        items={[
          ['Host', now.host],
          ['Biller', now.bid === null ? '–' : `${now.billerName ?? ''} ${now.bid}`],
          ['Environment', now.environment ?? '–'],
          ['Open sessions', count(now.openSessions)],
          ['Under way', count(now.active)],
          ['Waiting for a turn', count(now.waiting)],
          ['Failures in a row', count(now.failuresInARow)],
          ['Rests', now.restMs > 0 ? span(Math.ceil(now.restMs / 1000)) : 'no'],
          ...now.processes.map(
            (one) =>
              [
                hostOf(one.processId),
                `${breakerMark(one.breaker as typeof now.breaker)[0]}, told ${span(Math.round(one.ageMs / 1000))} ago`,
              ] as const,
          ),
        ]}
      />
    </Part>
  );
}

function Ends({ minutes }: { minutes: readonly { outcomes: readonly { outcome: string; count: number }[] }[] }) {
  const totals = new Map<string, number>();
  for (const { outcomes } of minutes)
    for (const { outcome, count: many } of outcomes) totals.set(outcome, (totals.get(outcome) ?? 0) + many);
  const rows = [...totals].toSorted((a, b) => b[1] - a[1]);
  if (rows.length === 0) return null;
  return (
    <Part title="How calls ended, last hour">
      <Scroll label="How calls ended">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">How</th>
              <th scope="col" className="right">
                Calls
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([outcome, many]) => (
              <tr key={outcome}>
                <th scope="row">{outcomeWord(outcome)}</th>
                <td className="right figure">{count(many)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Part>
  );
}
