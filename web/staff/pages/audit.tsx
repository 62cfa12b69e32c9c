import { useQuery } from '@tanstack/react-query';
import { addresses } from '../addresses.ts';
import { api, told } from '../api.ts';
import { Choice, DayChoice } from '../parts/choice.tsx';
import { filtersOf, Listing, SearchField } from '../parts/listing.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Moment, To } from '../parts/show.tsx';
import { useBid } from '../parts/use-biller.ts';
import { type Search, useFilters } from '../parts/use-search.ts';
import { sessionQuery } from '../session.ts';
import { ACT_GROUPS, type AuditEvent, actWords, Subject } from './audit-data.tsx';
import { AuditProof } from './audit-proof.tsx';

/** Every act recorded of a biller: who did what to which thing, when and why. */
export function Audit() {
  const bid = useBid();
  const isOurs = useQuery(sessionQuery).data?.user.bid === null;
  return (
    <>
      <PageHead path={[['CRM']]} title="Audit" />
      <p className="sentence">
        Every act of a person or a program that changed something, newest first. Each is chained to the one before it,
        so that a changed or missing one shows.
        {isOurs && (
          <>
            {' '}
            <To href={addresses.auditAcross()}>The audit of everything</To> holds the proof.
          </>
        )}
      </p>
      <Events bid={bid} />
    </>
  );
}

/** One timeline over every biller and the installation itself, and the proof that nothing in it was changed. */
export function AuditAcross() {
  return (
    <>
      <PageHead path={[['Console']]} title="Audit of everything" />
      <AuditProof />
      <Events bid={undefined} />
    </>
  );
}

function Events({ bid }: { bid: number | undefined }) {
  const [search] = useFilters();
  const query = queryOf(filtersOf(search));
  const isNarrowed = Object.keys(query).length > 0;
  return (
    <>
      <Listing
        what="audit"
        queryKey={['audit', bid ?? 'across', query]}
        fetchPage={(page, signal) => fetchPage(bid, query, page, signal)}
        keyOf={(row) => `${row.chain}/${row.seq}`}
        columns={[
          { head: 'When', cell: (row: AuditEvent) => <Moment at={row.at} isShort />, text: (row) => row.at },
          ...(bid === undefined
            ? [{ head: 'Biller', cell: (row: AuditEvent) => chainWord(row), text: (row: AuditEvent) => row.chain }]
            : []),
          { head: 'Who', cell: (row) => row.actor, text: (row) => row.actor },
          { head: 'What', cell: (row) => actWords(row), text: (row) => row.act },
          {
            head: 'To what',
            cell: (row) => <Subject bid={Number(row.chain) || 0} subject={row.subject} />,
            text: (row) => row.subject,
          },
          { head: 'Why', isWide: true, cell: (row) => row.reason ?? '–', text: (row) => row.reason },
          { head: 'No.', align: 'right', isExtra: true, cell: (row) => row.seq, text: (row) => row.seq },
          { head: 'Kind of actor', isExtra: true, cell: (row) => row.actorKind, text: (row) => row.actorKind },
          {
            head: 'Details',
            isExtra: true,
            isWide: true,
            cell: (row) => <code>{JSON.stringify(row.detail)}</code>,
            text: (row) => JSON.stringify(row.detail),
          },
        ]}
        filters={<Filters isAcross={bid === undefined} />}
        empty={isNarrowed ? 'Nothing fits. Take a filter away.' : 'Nothing was recorded yet.'}
      />
      <WholeExport bid={bid} query={query} />
    </>
  );
}

function Filters({ isAcross }: { isAcross: boolean }) {
  return (
    <>
      <SearchField label="Any text, the reason too" name="q" width={190} />
      <SearchField label="Who" name="actor" width={150} />
      <Choice label="What" name="act" options={ACT_GROUPS} />
      <SearchField label="To what, as payment/1000" name="subject" width={230} />
      <DayChoice label="From this day" word="from" name="from" />
      <DayChoice label="Up to this day" word="to" name="to" />
      {isAcross && (
        <Choice label="Of" name="chain" options={[['system', 'the installation alone']]} otherwise="Of: everything" />
      )}
    </>
  );
}

/** The server's own export: as long as the audit is, with the hashes. */
function WholeExport({ bid, query }: { bid: number | undefined; query: AuditQuery }) {
  const at = bid === undefined ? '/api/v1/audit/export' : `/api/v1/billers/${bid}/audit/export`;
  const link = (format: string) => `${at}?${new URLSearchParams({ ...query, format })}`;
  return (
    <p className="fine">
      Everything that fits, however long, with the hashes:{' '}
      <a className="link" href={link('csv')} download>
        CSV
      </a>{' '}
      or{' '}
      <a className="link" href={link('jsonl')} download>
        JSON Lines
      </a>
    </p>
  );
}

type AuditQuery = Readonly<Record<string, string>>;

/** The filters as the server takes them: a day of the reader's as moments. */
function queryOf(search: Search): AuditQuery {
  const { q, actor, act, subject, from, to, chain } = search;
  const given = {
    q,
    actor,
    act,
    subject,
    chain,
    from: from && startOf(from, 0),
    to: to && startOf(to, 1),
  };
  return Object.fromEntries(Object.entries(given).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

function startOf(day: string, later: number): string | undefined {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const at = new Date(year, month - 1, date + later);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

function fetchPage(
  bid: number | undefined,
  query: AuditQuery,
  { cursor, limit }: { cursor?: string; limit: number },
  signal: AbortSignal | undefined,
) {
  const more = { ...(signal && { signal }) };
  if (bid === undefined)
    return told(
      api.GET('/api/v1/audit', { params: { query: { ...query, limit, ...(cursor && { cursor }) } as never }, ...more }),
    );
  const { chain: _chain, ...own } = query;
  return told(
    api.GET('/api/v1/billers/{bid}/audit', {
      params: { path: { bid }, query: { ...own, limit, ...(cursor && { beforeSeq: Number(cursor) }) } as never },
      ...more,
    }),
  );
}

function chainWord(event: AuditEvent) {
  return event.chain === 'system' ? 'the installation' : event.chain;
}
