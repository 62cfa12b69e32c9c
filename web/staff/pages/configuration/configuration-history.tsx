import './configuration.css';
import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addresses } from '../../addresses.ts';
import { api, type Item, told } from '../../api.ts';
import { Awaited, Empty } from '../../parts/notes.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Moment, Part } from '../../parts/show.tsx';
import { useBid } from '../../parts/use-biller.ts';
import { useFilters } from '../../parts/use-search.ts';
import { counted } from '../../say.ts';
import { useMay } from '../../session.ts';
import { ChangeBar } from './change-bar.tsx';
import { type ConfigurationAnswer, configurationQuery } from './configuration-data.ts';
import { DifferenceTable } from './difference-table.tsx';
import { RestoreVersion } from './restore-version.tsx';
import { SECTION_NAMES, screenName } from './section-screens.ts';
import { useChange } from './use-change.ts';

/** Versions offered for choice; an older one can still be named in the address. */
const CHOICES_MAX = 500;

type Version = Item<'/api/v1/billers/{bid}/configuration/history'>;

/** Every version: who, when, why, what. Any two can be compared; an earlier one, or screens of it, put in force again. */
export function ConfigurationHistory() {
  const bid = useBid();
  const [search, setSearch] = useFilters();
  const answer = useQuery(configurationQuery(bid));
  const history = useQuery({
    queryKey: ['configuration', bid, 'history', search.cursor ?? ''],
    queryFn: () =>
      told(
        api.GET('/api/v1/billers/{bid}/configuration/history', {
          params: { path: { bid }, query: { limit: 20, ...(search.cursor && { cursor: Number(search.cursor) }) } },
        }),
      ),
  });
  const sections = (search.section ?? '').split(',').filter(Boolean);
  return (
    <>
      <PageHead path={[['CRM', addresses.configuration(bid)]]} title="Configuration history" />
      <Awaited of={answer} what="the configuration">
        {(shown) => (
          <>
            <InHand bid={bid} answer={shown} />
            <Compare bid={bid} newest={shown.version} />
            <Awaited of={history} what="the history">
              {({ items, nextCursor }) => (
                <>
                  <SectionFilter />
                  <Versions
                    bid={bid}
                    newest={shown.version}
                    items={items.filter(
                      (item) => sections.length === 0 || item.sections.some((each) => sections.includes(each)),
                    )}
                  />
                  {nextCursor && (
                    <Button variant="default" onClick={() => setSearch({ cursor: nextCursor })}>
                      Older versions
                    </Button>
                  )}
                </>
              )}
            </Awaited>
          </>
        )}
      </Awaited>
    </>
  );
}

function InHand({ bid, answer }: { bid: number; answer: ConfigurationAnswer }) {
  return <ChangeBar bid={bid} inHand={useChange(bid, answer)} />;
}

/** Both versions are picked here; the address keeps them, so that a comparison can be shared. */
function Compare({ bid, newest }: { bid: number; newest: number }) {
  const [search, setSearch] = useFilters();
  const from = Number(search.from) || 0;
  const to = Number(search.to) || 0;
  const options = Array.from({ length: Math.min(newest, CHOICES_MAX) }, (_none, n) => newest - n).map((version) => ({
    value: String(version),
    label: version === newest ? `${version} (in force)` : String(version),
  }));
  const choose = (name: 'from' | 'to') => ({
    value: search[name] ?? '',
    data: [{ value: '', label: 'choose' }, ...options],
    onChange: (event: { currentTarget: { value: string } }) =>
      setSearch({ [name]: event.currentTarget.value, cursor: search.cursor }),
  });
  return (
    <Part title="Compare two versions">
      <div className="acts">
        <NativeSelect label="From version" {...choose('from')} />
        <NativeSelect label="To version" {...choose('to')} />
        {from > 0 && to > 0 && (
          <Button
            variant="default"
            className="config-low"
            onClick={() => setSearch({ from: String(to), to: String(from), cursor: search.cursor })}
          >
            The other way round
          </Button>
        )}
      </div>
      {from > 0 && to > 0 && <Comparison bid={bid} from={from} to={to} />}
    </Part>
  );
}

function Comparison({ bid, from, to }: { bid: number; from: number; to: number }) {
  const diff = useQuery({
    queryKey: ['configuration', bid, 'diff', from, to],
    queryFn: () =>
      told(api.GET('/api/v1/billers/{bid}/configuration/diff', { params: { path: { bid }, query: { from, to } } })),
  });
  return (
    <Awaited of={diff} what="the comparison">
      {({ items }) =>
        items.length === 0 ? (
          <Empty>Both versions say the same.</Empty>
        ) : (
          <>
            <p>{`From version ${from} to version ${to}: ${counted(items.length, 'difference')}`}</p>
            <DifferenceTable items={items} label="What differs" />
          </>
        )
      }
    </Awaited>
  );
}

function SectionFilter() {
  const [search, setSearch] = useFilters();
  return (
    <NativeSelect
      size="xs"
      className="config-filter"
      aria-label="Changes of which screen"
      value={search.section ?? ''}
      onChange={(event) => setSearch({ section: event.currentTarget.value, cursor: search.cursor })}
      data={[
        { value: '', label: 'Changes of every screen' },
        ...SECTION_NAMES.map((section) => ({ value: section, label: screenName(section) })),
      ]}
    />
  );
}

function Versions({ bid, items, newest }: { bid: number; items: readonly Version[]; newest: number }) {
  const [restoring, setRestoring] = useState<number>();
  return (
    <>
      {items.length === 0 && <Empty>No version of this page changed that screen. Older versions may have.</Empty>}
      {items.map((item) => (
        <OneVersion key={item.version} item={item} newest={newest} onRestore={() => setRestoring(item.version)} />
      ))}
      {restoring !== undefined && (
        <RestoreVersion bid={bid} version={restoring} newest={newest} onClose={() => setRestoring(undefined)} />
      )}
    </>
  );
}

function OneVersion({ item, newest, onRestore }: { item: Version; newest: number; onRestore: () => void }) {
  const may = useMay();
  const [search, setSearch] = useFilters();
  const isInForce = item.version === newest;
  const pick = (name: 'from' | 'to') => () => setSearch({ [name]: String(item.version), cursor: search.cursor });
  return (
    <Part
      title={`Version ${item.version}${isInForce ? ' (in force)' : ''}`}
      aside={
        <div className="acts">
          <Button
            variant="default"
            size="compact-xs"
            onClick={pick('from')}
            disabled={search.from === String(item.version)}
          >
            Compare from {item.version}
          </Button>
          <Button
            variant="default"
            size="compact-xs"
            onClick={pick('to')}
            disabled={search.to === String(item.version)}
          >
            to {item.version}
          </Button>
          {may('configuration:write') && may('secrets:write') && !isInForce && (
            <Button variant="default" size="compact-xs" onClick={onRestore}>
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
  );
}
