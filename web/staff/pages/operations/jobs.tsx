import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { Awaited, Empty } from '../../parts/notes.tsx';
import { sayDone } from '../../parts/say-done.ts';
import { Scroll } from '../../parts/scroll.tsx';
import { Ago, Moment, Part } from '../../parts/show.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { queryClient } from '../../query-client.ts';
import { count, words } from '../../say.ts';
import { useMay } from '../../session.ts';
import { type Jobs, jobsQuery } from './operations-data.ts';
import { OperationsHead } from './operations-head.tsx';

/** Background work: what waits, what runs by itself and when, and what was given up. */
export function OperationsJobs() {
  const jobs = useQuery(jobsQuery);
  return (
    <>
      <OperationsHead title="Jobs and schedules" />
      <Awaited of={jobs} what="jobs and schedules">
        {(view) => (
          <>
            <Failed failed={view.failed} />
            <Queues queues={view.queues} />
            <Schedules schedules={view.schedules} />
          </>
        )}
      </Awaited>
    </>
  );
}

function Failed({ failed }: { failed: Jobs['failed'] }) {
  const may = useMay();
  const [retrying, setRetrying] = useState<Jobs['failed'][number]>();
  return (
    <Part title="Given up">
      {failed.length === 0 ? (
        <Empty>No job was given up in the last 7 days. One that fails is first tried again by itself, 8 times.</Empty>
      ) : (
        <Scroll label="Jobs that were given up">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">Job</th>
                <th scope="col">Given up</th>
                <th scope="col" className="right">
                  Tries
                </th>
                <th scope="col" className="wide">
                  What it said last
                </th>
                <th scope="col">Act</th>
              </tr>
            </thead>
            <tbody>
              {failed.map((job) => (
                <tr key={job.id}>
                  <th scope="row">
                    {words(job.queue)}
                    <div className="fine">{job.id}</div>
                  </th>
                  <td>{job.failedAt ? <Moment at={job.failedAt} isAgo /> : '–'}</td>
                  <td className="right figure">{count(job.tries)}</td>
                  <td className="wide">{job.error}</td>
                  <td>
                    {may('operations:write') && (
                      <Button
                        variant="default"
                        size="compact-xs"
                        onClick={() => setRetrying(job)}
                        aria-label={`Run again: ${job.queue} ${job.id}`}
                      >
                        Run again
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <Ask
        isOpen={retrying !== undefined}
        onClose={() => setRetrying(undefined)}
        title={`Run “${words(retrying?.queue ?? '')}” again`}
        what="It runs once more, within seconds, with what it was given the first time. Every job is made so that running it twice does its work once."
        confirm="Run it again"
        act={async (reason) => {
          if (!retrying) return;
          const params = { path: { queue: retrying.queue, id: retrying.id } };
          await told(api.POST('/api/v1/operations/jobs/{queue}/{id}/retry', { params, body: { reason } }));
          await queryClient.invalidateQueries({ queryKey: ['operations', 'jobs'] });
        }}
        onDone={() => void sayDone('It runs again within seconds.')}
      />
    </Part>
  );
}

function Queues({ queues }: { queues: Jobs['queues'] }) {
  return (
    <Part title="Queues">
      <Scroll label="Queues">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Queue</th>
              <th scope="col">State</th>
              <th scope="col" className="right">
                Waiting
              </th>
              <th scope="col" className="right">
                At work
              </th>
              <th scope="col" className="right">
                Tried again
              </th>
              <th scope="col" className="right">
                Given up
              </th>
              <th scope="col">Oldest waiting</th>
              <th scope="col">Last ended</th>
              <th scope="col" className="wide">
                Last trouble
              </th>
            </tr>
          </thead>
          <tbody>
            {queues.map((queue) => (
              <tr key={queue.name}>
                <th scope="row">{words(queue.name)}</th>
                <td>
                  <QueueState queue={queue} />
                </td>
                <td className="right figure">{count(queue.waiting)}</td>
                <td className="right figure">{count(queue.active)}</td>
                <td className="right figure">{count(queue.retrying)}</td>
                <td className="right figure">{count(queue.failed)}</td>
                <td>{queue.oldestAt ? <Ago at={queue.oldestAt} /> : '–'}</td>
                <td>{queue.lastEndedAt ? <Ago at={queue.lastEndedAt} /> : 'never'}</td>
                <td className="wide">{queue.lastError ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Part>
  );
}

function QueueState({ queue }: { queue: Jobs['queues'][number] }) {
  if (queue.isLastFailed) return <StateMark state="failed" word="Failing" />;
  if (queue.retrying > 0) return <StateMark state="stale" word="Trying again" />;
  return queue.active > 0 ? <StateMark state="draining" word="At work" /> : <StateMark state="idle" word="Going" />;
}

const RESULTS = {
  completed: ['Done', 'good'],
  failed: ['Given up', 'bad'],
  active: ['Runs now', 'busy'],
  retry: ['Failed, tried again', 'warn'],
} as const;

function Schedules({ schedules }: { schedules: Jobs['schedules'] }) {
  return (
    <Part title="Schedules">
      {schedules.length === 0 ? (
        <Empty>No process with the role “worker” has run yet: it sets the schedules.</Empty>
      ) : (
        <Scroll label="Schedules">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">Schedule</th>
                <th scope="col">Cron (UTC)</th>
                <th scope="col">Last run</th>
                <th scope="col">Result</th>
                <th scope="col" className="right">
                  Took
                </th>
                <th scope="col">Next run</th>
              </tr>
            </thead>
            <tbody>
              {schedules.map((one) => {
                const [word, tone] = one.lastState ? RESULTS[one.lastState] : ['Not yet', 'wait' as const];
                return (
                  <tr key={one.name}>
                    <th scope="row">{words(one.name)}</th>
                    <td>
                      <code className="nowrap">{one.cron}</code>
                    </td>
                    <td>{one.lastStartedAt ? <Ago at={one.lastStartedAt} /> : 'not yet'}</td>
                    <td>
                      <StateMark state={one.lastState ?? 'waiting'} word={word} tone={tone} />
                    </td>
                    <td className="right figure">{one.lastTookMs === null ? '–' : `${count(one.lastTookMs)} ms`}</td>
                    <td>{one.nextAt ? <Ago at={one.nextAt} /> : '–'}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scroll>
      )}
    </Part>
  );
}
