import { useState } from 'react';
import { api, type Item, told } from '../api.ts';
import { Ask } from '../parts/ask.tsx';
import { Choice } from '../parts/choice.tsx';
import { filtersOf, Listing, SearchField } from '../parts/listing.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Moment, Wire } from '../parts/show.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { useBid } from '../parts/use-biller.ts';
import { useFilters } from '../parts/use-search.ts';
import { queryClient } from '../query-client.ts';
import { words } from '../say.ts';
import { useMay } from '../session.ts';

type Row = Item<'/api/v1/billers/{bid}/notices'>;

/** Emails to payers: what was said, to whom, and whether it went. */
export function Notices() {
  const bid = useBid();
  const may = useMay();
  const [search] = useFilters();
  const [chosen, setChosen] = useState<Row>();
  const filters = filtersOf(search);
  return (
    <>
      <PageHead path={[['Search']]} title="Notices" />
      <Listing
        what="notices"
        queryKey={['notices', bid, filters]}
        fetchPage={(page, signal) =>
          told(
            api.GET('/api/v1/billers/{bid}/notices', {
              params: { path: { bid }, query: { ...filters, ...page } as never },
              signal,
            }),
          )
        }
        keyOf={(row) => String(row.id)}
        columns={[
          {
            head: 'Subject',
            isWide: true,
            cell: (row) => (
              <button type="button" className="row-anchor row-button" onClick={() => setChosen(row)}>
                {row.subject}
              </button>
            ),
            text: (row) => row.subject,
          },
          { head: 'Kind', cell: (row) => words(row.kind), text: (row) => row.kind },
          { head: 'To', cell: (row) => row.to, text: (row) => row.to },
          { head: 'Account', cell: (row) => row.accountNumber ?? '–', text: (row) => row.accountNumber },
          { head: 'State', cell: (row) => <StateMark state={row.state} />, text: (row) => row.state },
          { head: 'Written', cell: (row) => <Moment at={row.createdAt} isShort />, text: (row) => row.createdAt },
          { head: 'Sent', cell: (row) => <Moment at={row.sentAt} isShort />, text: (row) => row.sentAt },
          { head: 'Why not', cell: (row) => row.lastError ?? '–', text: (row) => row.lastError },
        ]}
        filters={
          <>
            <SearchField label="Account number" name="accountNumber" width={180} />
            <Choice
              label="State"
              name="state"
              options={[
                ['queued', 'Queued'],
                ['sent', 'Sent'],
                ['failed', 'Failed'],
              ]}
            />
          </>
        }
        empty={
          Object.keys(filters).length > 0
            ? 'No email fits these filters.'
            : 'No email was written yet. Receipts and other notices to payers appear here.'
        }
      />
      <Ask
        isOpen={chosen !== undefined}
        onClose={() => setChosen(undefined)}
        title={chosen?.subject ?? ''}
        what={
          <>
            <p className="soft">To {chosen?.to}. Sending it once more sends these words, unchanged.</p>
            <Wire label="The email’s text">{chosen?.text ?? ''}</Wire>
          </>
        }
        needsReason={false}
        confirm="Send once more"
        isReady={may('deliveries:operate')}
        act={async () => {
          if (!chosen) return;
          await told(
            api.POST('/api/v1/billers/{bid}/notices/{id}/resend', { params: { path: { bid, id: chosen.id } } }),
          );
          await queryClient.invalidateQueries({ queryKey: ['notices', bid] });
        }}
      />
    </>
  );
}
