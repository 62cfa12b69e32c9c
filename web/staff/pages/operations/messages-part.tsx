import { Button } from '@mantine/core';
import { useState } from 'react';
import { api, told } from '../../api.ts';
import { Choice } from '../../parts/choice.tsx';
import { Listing } from '../../parts/listing.tsx';
import { Failure } from '../../parts/notes.tsx';
import { Ago, Moment, Part } from '../../parts/show.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { useFilters } from '../../parts/use-search.ts';
import { queryClient } from '../../query-client.ts';
import { counted } from '../../say.ts';
import { useMay } from '../../session.ts';
import type { Message } from './operations-data.ts';

const REFRESH_MS = 3_000;

/** Each message with every try: when, how long it took, and what came of it. */
export function MessagesPart() {
  const may = useMay();
  const [search] = useFilters();
  const [failure, setFailure] = useState<unknown>();
  const state = ['queued', 'sent', 'failed'].find((one) => one === search.state) as Message['state'] | undefined;
  const again = async (message: Message) => {
    setFailure(undefined);
    try {
      const params = { path: { id: message.id } };
      await told(api.POST('/api/v1/operations/alert-messages/{id}/send-again', { params }));
      await queryClient.invalidateQueries({ queryKey: ['operations'] });
    } catch (cause) {
      setFailure(cause);
    }
  };
  return (
    <Part title="Messages">
      {failure !== undefined && <Failure cause={failure} />}
      <Listing
        what="messages"
        queryKey={['operations', 'messages', state ?? '']}
        refreshMs={REFRESH_MS}
        fetchPage={(page, signal) =>
          told(
            api.GET('/api/v1/operations/alert-messages', {
              params: { query: { ...page, ...(state && { state }) } },
              signal,
            }),
          )
        }
        keyOf={(row) => String(row.id)}
        filters={
          <Choice
            label="State"
            name="state"
            options={[
              ['queued', 'On the way'],
              ['sent', 'Arrived'],
              ['failed', 'Given up'],
            ]}
          />
        }
        columns={[
          { head: 'Message', isWide: true, cell: (row) => row.subject, text: (row) => row.subject },
          { head: 'To', cell: (row) => row.destinationName, text: (row) => row.destinationName },
          { head: 'State', cell: (row) => <Fate row={row} />, text: (row) => row.state },
          { head: 'Made', cell: (row) => <Moment at={row.createdAt} />, text: (row) => row.createdAt },
          { head: 'Tries', isWide: true, cell: (row) => <Tries row={row} />, text: (row) => row.attempts },
          {
            head: 'Act',
            cell: (row) =>
              row.state === 'failed' &&
              may('operations:write') && (
                <Button
                  variant="default"
                  size="compact-xs"
                  onClick={() => void again(row)}
                  aria-label={`Send again: ${row.subject} to ${row.destinationName}`}
                >
                  Send again
                </Button>
              ),
            text: () => '',
          },
          { head: 'Id', isExtra: true, cell: (row) => row.messageId, text: (row) => row.messageId },
        ]}
        empty="No message was made yet. Send a test to a destination, or wait for an alert."
      />
    </Part>
  );
}

function Fate({ row }: { row: Message }) {
  if (row.state === 'sent') return <StateMark state="sent" word="Arrived" />;
  if (row.state === 'failed') return <StateMark state="failed" word="Given up" />;
  return (
    <>
      <StateMark state={row.attempts > 0 ? 'stale' : 'queued'} word={row.attempts > 0 ? 'Tried again' : 'On the way'} />
      {row.attempts > 0 && row.nextAt && (
        <div className="fine">
          next <Ago at={row.nextAt} />
        </div>
      )}
    </>
  );
}

function Tries({ row }: { row: Message }) {
  const last = row.tries.at(-1);
  if (!last) return 'not yet';
  return (
    <>
      <div>
        {last.said}, {last.tookMs} ms
      </div>
      {row.tries.length > 1 && (
        <details className="more">
          <summary>{counted(row.tries.length, 'try', 'tries')}</summary>
          <ol>
            {row.tries.map((one) => (
              <li key={one.n}>
                <Moment at={one.at} />: {one.said}, {one.tookMs} ms
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}
