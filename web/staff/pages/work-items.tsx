import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, told } from '../api.ts';
import { Ask } from '../parts/ask.tsx';
import { Choice } from '../parts/choice.tsx';
import { Awaited, Empty } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { useFilters } from '../parts/use-search.ts';
import { queryClient } from '../query-client.ts';
import { useMay } from '../session.ts';
import { type WorkItem, WorkItemRow, workItemAddress } from './work-item-row.tsx';

/** Everything that waits for a person, and what was done about what waited. */
export function WorkItems() {
  const [search, setSearch] = useFilters();
  const [closing, setClosing] = useState<WorkItem>();
  const may = useMay();
  const page = useQuery({
    queryKey: ['work-items', search],
    queryFn: ({ signal }) =>
      told(
        api.GET('/api/v1/work-items', {
          params: {
            query: {
              ...(search.bid && { bid: Number(search.bid) }),
              ...(search.state === 'closed' && { state: 'closed' as const }),
              ...(search.cursor && { cursor: search.cursor }),
            },
          },
          signal,
        }),
      ),
  });
  return (
    <>
      <PageHead path={[['Today']]} title="Work items" />
      <div className="listing-bar">
        <Choice label="State" name="state" otherwise="Open" options={[['closed', 'Closed']]} />
      </div>
      <Awaited of={page} what="the work items">
        {({ items, nextCursor }) => (
          <>
            {items.length === 0 && (
              <Empty>{search.state === 'closed' ? 'None was closed yet.' : 'Nothing waits for a person.'}</Empty>
            )}
            <ol className="timeline">
              {items.map((item) => (
                <WorkItemRow
                  key={`${item.bid}-${item.id}`}
                  item={item}
                  address={workItemAddress(item)}
                  acts={
                    !item.closedAt &&
                    may('deliveries:operate') && (
                      <Button variant="default" onClick={() => setClosing(item)}>
                        Close
                      </Button>
                    )
                  }
                />
              ))}
            </ol>
            {nextCursor && (
              <Button variant="default" onClick={() => setSearch({ cursor: nextCursor })}>
                Older items
              </Button>
            )}
          </>
        )}
      </Awaited>
      <Ask
        isOpen={closing !== undefined}
        onClose={() => setClosing(undefined)}
        title="Close this item"
        what={
          <>
            <p>{closing?.sentence}</p>
            <p className="soft">Closing says that it has been dealt with. It stays on record.</p>
          </>
        }
        confirm="Close the item"
        act={async (reason) => {
          if (!closing) return;
          await told(
            api.POST('/api/v1/billers/{bid}/work-items/{id}/close', {
              params: { path: { bid: closing.bid, id: closing.id } },
              body: { reason },
            }),
          );
          await queryClient.invalidateQueries({ queryKey: ['work-items'] });
        }}
      />
    </>
  );
}
