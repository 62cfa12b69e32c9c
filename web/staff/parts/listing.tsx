import { Button, Checkbox, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { csvOf, save } from './csv.ts';
import { DropPanel } from './drop-panel.tsx';
import { Icon } from './icons.tsx';
import { Empty, Failure, Loading } from './notes.tsx';
import { Scroll } from './scroll.tsx';
import { type Search, useFilters } from './use-search.ts';

const PAGE_ROWS = 50;
/** A CSV holds what the filters list, up to so many rows; a larger one is for the API. */
const EXPORT_ROWS_MAX = 20_000;
const EXPORT_PAGE_ROWS = 200;

export interface Page<Row> {
  readonly items: readonly Row[];
  readonly nextCursor: string | null;
}

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  /** The cell in a CSV. Money as decimal text, instants as ISO. */
  readonly text: (row: Row) => string | number | null | undefined;
  readonly align?: 'right';
  /** Sentences: gets room. */
  readonly isWide?: boolean;
  /** Left out until chosen. */
  readonly isExtra?: boolean;
}

export interface ListingProps<Row> {
  /** What is listed, as `payments`: names the table, the CSV and the messages. */
  readonly what: string;
  readonly queryKey: readonly unknown[];
  readonly fetchPage: (page: { cursor?: string; limit: number }, signal?: AbortSignal) => Promise<Page<Row>>;
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  /** The page of the thing; its row's first cell links there. */
  readonly addressOf?: (row: Row) => string;
  readonly filters?: ReactNode;
  /** Said when nothing matches. */
  readonly empty: ReactNode;
  readonly refreshMs?: number;
}

/** A list: filters and the page are in the address; rows by arrow keys; columns to choose; CSV of what is listed. */
export function Listing<Row>(props: ListingProps<Row>) {
  const [search, setSearch] = useFilters();
  const [hidden, setHidden] = useHiddenColumns(props.what, props.columns);
  const cursor = search.cursor;
  const query = useQuery({
    queryKey: [...props.queryKey, 'page', cursor ?? ''],
    queryFn: ({ signal }) => props.fetchPage({ ...(cursor && { cursor }), limit: PAGE_ROWS }, signal),
    placeholderData: keepPreviousData,
    ...(props.refreshMs && { refetchInterval: props.refreshMs }),
  });
  const shown = props.columns.filter((column) => !hidden.has(column.head));
  return (
    <div className="listing">
      <div className="listing-bar">
        {props.filters}
        <div className="acts">
          <ColumnChoice columns={props.columns} hidden={hidden} onChange={setHidden} />
          <ExportButton {...props} columns={shown} />
        </div>
      </div>
      {query.error && <Failure cause={query.error} retry={() => void query.refetch()} />}
      {!query.data && !query.error && <Loading what={props.what} />}
      {query.data?.items.length === 0 && <Empty>{props.empty}</Empty>}
      {query.data && query.data.items.length > 0 && (
        <Rows {...props} columns={shown} rows={query.data.items} isOld={query.isPlaceholderData} />
      )}
      <Paging isFirst={!cursor} next={query.data?.nextCursor ?? null} onChange={(to) => setSearch({ cursor: to })} />
    </div>
  );
}

function Rows<Row>(props: ListingProps<Row> & { rows: readonly Row[]; isOld: boolean }) {
  const navigate = useNavigate();
  return (
    <Scroll label={`List of ${props.what}`}>
      <table className={props.isOld ? 'rows rows-old' : 'rows'}>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column.head} scope="col" className={column.align}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={moveAmongRows}>
          {props.rows.map((row) => {
            const address = props.addressOf?.(row);
            return (
              <tr
                key={props.keyOf(row)}
                className={address && 'row-link'}
                onClick={(event) => {
                  if (address && !isControl(event.target)) void navigate({ to: address });
                }}
              >
                {props.columns.map((column, at) => (
                  <td key={column.head} className={column.isWide ? 'wide' : column.align}>
                    {at === 0 && address ? (
                      <Link to={address} className="row-anchor">
                        {column.cell(row)}
                      </Link>
                    ) : (
                      column.cell(row)
                    )}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}

const isControl = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('a, button, input, label') !== null;

/** Arrow keys, Home and End go from row to row; Enter follows the row's link, as links do. */
function moveAmongRows(event: KeyboardEvent<HTMLTableSectionElement>): void {
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('a.row-anchor')];
  const at = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  const link = to === undefined ? undefined : links[to];
  if (!link) return;
  event.preventDefault();
  link.focus();
}

function Paging({
  isFirst,
  next,
  onChange,
}: {
  isFirst: boolean;
  next: string | null;
  onChange: (to?: string) => void;
}) {
  if (isFirst && !next) return null;
  return (
    <nav className="paging" aria-label="Pages">
      <Button variant="default" disabled={isFirst} onClick={() => window.history.back()}>
        Back
      </Button>
      <Button variant="default" disabled={isFirst} onClick={() => onChange(undefined)}>
        First page
      </Button>
      <Button variant="default" disabled={!next} onClick={() => onChange(next ?? undefined)}>
        Next page
      </Button>
    </nav>
  );
}

function ColumnChoice<Row>({
  columns,
  hidden,
  onChange,
}: {
  columns: readonly Column<Row>[];
  hidden: ReadonlySet<string>;
  onChange: (hidden: ReadonlySet<string>) => void;
}) {
  return (
    <DropPanel
      button={(props) => (
        <Button variant="default" leftSection={<Icon name="columns" />} {...props}>
          Columns
        </Button>
      )}
    >
      {columns.slice(1).map(({ head }) => (
        <Checkbox
          key={head}
          size="xs"
          label={head}
          checked={!hidden.has(head)}
          onChange={(event) =>
            onChange(
              new Set(event.currentTarget.checked ? [...hidden].filter((each) => each !== head) : [...hidden, head]),
            )
          }
        />
      ))}
    </DropPanel>
  );
}

function useHiddenColumns<Row>(what: string, columns: readonly Column<Row>[]) {
  const key = `causeway.staff.columns.${what}`;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => {
    const kept = window.localStorage.getItem(key);
    return new Set(
      kept === null ? columns.filter((column) => column.isExtra).map((column) => column.head) : kept.split('|'),
    );
  });
  const keep = (next: ReadonlySet<string>) => {
    window.localStorage.setItem(key, [...next].join('|'));
    setHidden(next);
  };
  return [hidden, keep] as const;
}

function ExportButton<Row>(props: ListingProps<Row>) {
  const [state, setState] = useState<
    { kind: 'ready' } | { kind: 'busy'; rows: number } | { kind: 'failed'; why: string }
  >({
    kind: 'ready',
  });
  const run = async () => {
    try {
      const rows = await fetchAll(props, (so) => setState({ kind: 'busy', rows: so }));
      const lines = rows.map((row) => props.columns.map((column) => column.text(row)));
      const content = csvOf([props.columns.map((column) => column.head), ...lines]);
      save(`${props.what.replaceAll(' ', '-')}.csv`, new Blob([`\uFEFF${content}\r\n`], { type: 'text/csv' }));
      setState({ kind: 'ready' });
    } catch (cause) {
      setState({ kind: 'failed', why: cause instanceof Error ? cause.message : String(cause) });
    }
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="down" />}
        loading={state.kind === 'busy'}
        onClick={() => void run()}
      >
        CSV
      </Button>
      {state.kind === 'failed' && <span role="alert">{state.why}</span>}
    </>
  );
}

async function fetchAll<Row>(props: ListingProps<Row>, onRows: (count: number) => void): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await props.fetchPage({ ...(cursor && { cursor }), limit: EXPORT_PAGE_ROWS });
    rows.push(...page.items);
    onRows(rows.length);
    cursor = page.nextCursor ?? undefined;
  } while (cursor && rows.length < EXPORT_ROWS_MAX);
  return rows;
}

/** A search field that asks when the person presses Enter or leaves it: the address changes once, not at each letter. */
export function SearchField({ label, name, width = 260 }: { label: string; name: string; width?: number }) {
  const [search, setSearch] = useFilters();
  const given = search[name] ?? '';
  const send = (value: string) => {
    if (value.trim() !== given) setSearch({ [name]: value.trim() });
  };
  return (
    <TextInput
      key={given}
      type="search"
      size="xs"
      w={width}
      aria-label={label}
      placeholder={label}
      defaultValue={given}
      leftSection={<Icon name="search" />}
      onKeyDown={(event) => event.key === 'Enter' && send(event.currentTarget.value)}
      onBlur={(event) => send(event.currentTarget.value)}
    />
  );
}

/** The address's filters without the page. */
export function filtersOf(search: Search): Search {
  const { cursor: _cursor, ...rest } = search;
  return rest;
}
