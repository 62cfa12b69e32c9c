import { Button } from '@mantine/core';
import { useState } from 'react';
import { api, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { Scroll } from '../../parts/scroll.tsx';
import { Moment, Part } from '../../parts/show.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { queryClient } from '../../query-client.ts';
import { count, size, span } from '../../say.ts';
import { useMay } from '../../session.ts';
import type { Health } from './operations-data.ts';

type Process = Health['processes'][number];

/** Every process that runs, what it is and how it fares; also those that vanished and are waited for. */
export function ProcessesPart({ view }: { view: Health }) {
  const [forgetting, setForgetting] = useState<Process>();
  return (
    <Part title="Processes">
      {view.versions.length > 1 && (
        <p className="caution">
          {view.versions.length} versions run at once: {view.versions.join(', ')}. While a new one is brought in that is
          as it should be; afterwards, stop what is old.
        </p>
      )}
      <Scroll label="Processes">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">Roles</th>
              <th scope="col">State</th>
              <th scope="col">Version</th>
              <th scope="col">Since</th>
              <th scope="col" className="right">
                Memory
              </th>
              <th scope="col" className="right">
                Longest wait
              </th>
              <th scope="col" className="right">
                Sessions
              </th>
              <th scope="col" className="right">
                Disk free
              </th>
            </tr>
          </thead>
          <tbody>
            {view.processes.map((one) => (
              <Row key={one.id} one={one} onForget={() => setForgetting(one)} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className="fine">
        “Longest wait” is the longest its event loop was kept from its work within the last 5 s. PostgreSQL{' '}
        {view.database.version}.
      </p>
      <Ask
        isOpen={forgetting !== undefined}
        onClose={() => setForgetting(undefined)}
        title={`Forget process ${forgetting?.pid} on ${forgetting?.host}`}
        what="Say that it was meant to go. Its alert is told as over, and it is waited for no more. Nothing else changes."
        confirm="Forget it"
        act={async (reason) => {
          if (!forgetting) return;
          const params = { path: { id: forgetting.id } };
          await told(api.POST('/api/v1/operations/processes/{id}/forget', { params, body: { reason } }));
          await queryClient.invalidateQueries({ queryKey: ['operations'] });
        }}
      />
    </Part>
  );
}

function Row({ one, onForget }: { one: Process; onForget: () => void }) {
  const may = useMay();
  const age = span(Math.round(one.ageMs / 1000));
  return (
    <tr>
      <th scope="row">
        {one.host}
        <div className="fine">process {one.pid}</div>
      </th>
      <td>{one.roles.join(', ')}</td>
      <td>
        <StateMark
          state={one.isVanished ? 'failed' : 'active'}
          word={one.isVanished ? `Vanished ${age} ago` : `Runs, heard ${age} ago`}
        />
        {one.isVanished && may('operations:write') && (
          <div>
            <Button
              variant="default"
              size="compact-xs"
              onClick={onForget}
              aria-label={`Forget process ${one.pid} on ${one.host}`}
            >
              Forget it
            </Button>
          </div>
        )}
      </td>
      <td>
        {one.version}
        <div className="fine">Node {one.nodeVersion}</div>
      </td>
      <td>
        <Moment at={one.startedAt} />
      </td>
      <td className="right figure">{size(one.memoryBytes)}</td>
      <td className="right figure">{count(one.loopLagMs)} ms</td>
      <td className="right figure">{count(one.openSessions)}</td>
      <td className="right figure">
        {one.diskFreeBytes === null || one.diskBytes === null
          ? '–'
          : `${Math.round((100 * one.diskFreeBytes) / Math.max(1, one.diskBytes))} %`}
        {one.diskFreeBytes !== null && <div className="fine">{size(one.diskFreeBytes)}</div>}
      </td>
    </tr>
  );
}
