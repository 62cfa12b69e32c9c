import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Item, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { Awaited, Empty } from '../../parts/notes.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Moment, Part } from '../../parts/show.tsx';
import { useBid } from '../../parts/use-biller.ts';
import { useFilters } from '../../parts/use-search.ts';
import { queryClient } from '../../query-client.ts';
import { counted } from '../../say.ts';
import { useMay } from '../../session.ts';
import { DifferenceTable } from './difference-table.tsx';
import { screenName } from './section-screens.ts';

type Version = Item<'/api/v1/billers/{bid}/configuration/history'>;

/** Every version: who, when, why, what. Two can be compared; an earlier one can be put in force again. */
export function ConfigurationHistory() {
  const bid = useBid();
  const [search, setSearch] = useFilters();
  const history = useQuery({
    queryKey: ['configuration', bid, 'history', search.cursor ?? ''],
    queryFn: () =>
      told(
        api.GET('/api/v1/billers/{bid}/configuration/history', {
          params: { path: { bid }, query: { limit: 20, ...(search.cursor && { cursor: Number(search.cursor) }) } },
        }),
      ),
  });
  return (
    <>
      <PageHead path={[['CRM']]} title="Configuration history" />
      {search.from && search.to && <Comparison bid={bid} from={Number(search.from)} to={Number(search.to)} />}
      <Awaited of={history} what="the history">
        {({ items, nextCursor }) => (
          <>
            <Versions bid={bid} items={items} />
            {nextCursor && (
              <Button variant="default" onClick={() => setSearch({ cursor: nextCursor })}>
                Older versions
              </Button>
            )}
          </>
        )}
      </Awaited>
    </>
  );
}

function Versions({ bid, items }: { bid: number; items: readonly Version[] }) {
  const may = useMay();
  const [search, setSearch] = useFilters();
  const [restoring, setRestoring] = useState<Version>();
  const newest = items[0]?.version ?? 0;
  return (
    <>
      {items.map((item) => (
        <Part
          key={item.version}
          title={`Version ${item.version}${item.version === newest && !search.cursor ? ' (in force)' : ''}`}
          aside={
            <div className="acts">
              <Button
                variant="default"
                size="compact-xs"
                onClick={() => setSearch({ from: String(item.version), cursor: search.cursor })}
                disabled={search.from === String(item.version)}
              >
                Compare from {item.version}
              </Button>
              <Button
                variant="default"
                size="compact-xs"
                onClick={() => setSearch({ to: String(item.version), cursor: search.cursor })}
                disabled={search.to === String(item.version)}
              >
                to {item.version}
              </Button>
              {may('configuration:write') && may('secrets:write') && (item.version !== newest || search.cursor) && (
                <Button variant="default" size="compact-xs" onClick={() => setRestoring(item)}>
                  Restore {item.version}
                </Button>
              )}
            </div>
          }
        >
          <p>
            <strong>{item.reason}</strong>
          </p>
          <p className="fine">
            {item.changedBy} · <Moment at={item.changedAt} />
            {item.restoredFrom !== null && ` · restored from version ${item.restoredFrom}`}
            {item.sections.length > 0 && ` · ${item.sections.map(screenName).join(', ')}`}
          </p>
          {item.differences.length > 0 && (
            <details className="more">
              <summary>{counted(item.differences.length, 'difference')}</summary>
              <DifferenceTable items={item.differences} label={`Differences of version ${item.version}`} />
            </details>
          )}
        </Part>
      ))}
      {restoring && <Restore bid={bid} version={restoring.version} onClose={() => setRestoring(undefined)} />}
    </>
  );
}

function Restore({ bid, version, onClose }: { bid: number; version: number; onClose: () => void }) {
  const biller = useQuery({
    queryKey: ['biller', bid, 'for restore'],
    queryFn: () => told(api.GET('/api/v1/billers/{bid}', { params: { path: { bid } } })),
  });
  const current = biller.data?.version;
  return (
    <Ask
      isOpen
      onClose={onClose}
      title={`Put version ${version} in force again`}
      confirm={`Restore version ${version}`}
      isReady={current !== undefined}
      what={current !== undefined && <Comparison bid={bid} from={current} to={version} isBare />}
      act={async (reason) => {
        if (current === undefined) return;
        await told(
          api.POST('/api/v1/billers/{bid}/configuration/restore', {
            params: { path: { bid } },
            body: { version, expectedVersion: current, reason },
          }),
        );
        await queryClient.invalidateQueries({ queryKey: ['configuration', bid] });
        await queryClient.invalidateQueries({ queryKey: ['biller', bid] });
      }}
    />
  );
}

function Comparison({ bid, from, to, isBare }: { bid: number; from: number; to: number; isBare?: boolean }) {
  const diff = useQuery({
    queryKey: ['configuration', bid, 'diff', from, to],
    queryFn: () =>
      told(api.GET('/api/v1/billers/{bid}/configuration/diff', { params: { path: { bid }, query: { from, to } } })),
  });
  const body = (
    <Awaited of={diff} what="the comparison">
      {({ items }) =>
        items.length === 0 ? (
          <Empty>Both versions say the same.</Empty>
        ) : (
          <DifferenceTable items={items} label="What differs" />
        )
      }
    </Awaited>
  );
  return isBare ? body : <Part title={`From version ${from} to version ${to}`}>{body}</Part>;
}
