import { api, told } from '../api.ts';
import { filtersOf, Listing, SearchField } from '../parts/listing.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Moment } from '../parts/show.tsx';
import { useBid } from '../parts/use-biller.ts';
import { useFilters } from '../parts/use-search.ts';
import { actWords, Subject } from './audit-data.tsx';

/** Every act recorded of a biller: who did what to which thing, when and why. */
export function Audit() {
  const bid = useBid();
  const [search] = useFilters();
  const { subject } = filtersOf(search);
  return (
    <>
      <PageHead path={[['CRM']]} title="Audit" />
      <p className="sentence">
        Every act of a person or a program that changed something, newest first. Each is chained to the one before it,
        so that a changed or missing one shows (<code>causeway audit verify</code>).
      </p>
      <Listing
        what="audit"
        queryKey={['audit', bid, 'all', subject ?? '']}
        fetchPage={({ cursor, limit }, signal) =>
          told(
            api.GET('/api/v1/billers/{bid}/audit', {
              params: {
                path: { bid },
                query: { limit, ...(subject && { subject }), ...(cursor && { beforeSeq: Number(cursor) }) },
              },
              signal,
            }),
          )
        }
        keyOf={(row) => String(row.seq)}
        columns={[
          { head: 'No.', align: 'right', cell: (row) => row.seq, text: (row) => row.seq },
          { head: 'When', cell: (row) => <Moment at={row.at} />, text: (row) => row.at },
          { head: 'Who', cell: (row) => row.actor, text: (row) => row.actor },
          { head: 'What', cell: (row) => actWords(row), text: (row) => row.act },
          {
            head: 'To what',
            cell: (row) => <Subject bid={bid} subject={row.subject} />,
            text: (row) => row.subject,
          },
          { head: 'Why', isWide: true, cell: (row) => row.reason ?? '–', text: (row) => row.reason },
          { head: 'Kind of actor', isExtra: true, cell: (row) => row.actorKind, text: (row) => row.actorKind },
          {
            head: 'Details',
            isExtra: true,
            isWide: true,
            cell: (row) => <code>{JSON.stringify(row.detail)}</code>,
            text: (row) => JSON.stringify(row.detail),
          },
        ]}
        filters={<SearchField label="To what, as payment/1000" name="subject" width={230} />}
        empty={subject ? `Nothing was done to “${subject}”.` : 'Nothing was recorded of this biller yet.'}
      />
    </>
  );
}
