import { Button, Progress, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addresses, downloads } from '../addresses.ts';
import { api, told } from '../api.ts';
import { save } from '../parts/csv.ts';
import { Icon } from '../parts/icons.tsx';
import { Listing } from '../parts/listing.tsx';
import { Message } from '../parts/message.tsx';
import { Awaited } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Day, Facts, Moment, Money, Part } from '../parts/show.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { useBid, usePart } from '../parts/use-biller.ts';
import { useFilters } from '../parts/use-search.ts';
import { count, counted, size, words } from '../say.ts';
import { FileHistory } from './file-history.tsx';
import type { InvoiceFileItem } from './send-file.ts';

const FOLLOW_MS = 700;
const isUnderWay = (file: InvoiceFileItem | undefined) => file?.state === 'received' || file?.state === 'reading';

/** One upload: followed while it is read; then what came of it, fault by fault. */
export function InvoiceFile() {
  const bid = useBid();
  const id = usePart('fileId');
  const [search, setSearch] = useFilters();
  const file = useQuery({
    queryKey: ['invoice-file', bid, id],
    refetchInterval: (query) => (isUnderWay(query.state.data) ? FOLLOW_MS : false),
    queryFn: () => told(api.GET('/api/v1/billers/{bid}/invoice-files/{id}', { params: { path: { bid, id } } })),
  });
  const view = file.data;
  return (
    <>
      <PageHead
        path={[['Search'], ['Files'], ['Invoice Files', addresses.invoiceFiles(bid)]]}
        title={view?.name ?? 'Invoice file'}
        mark={view && <StateMark state={view.state} />}
        acts={view && <Downloads bid={bid} view={view} />}
      />
      {search.repeat && (
        <Message tone="busy" role="status" title="These bytes were sent before">
          This is that upload’s result. Nothing was changed by sending them again.
        </Message>
      )}
      <Awaited of={file} what="the file">
        {(shown) => (
          <>
            <Summary view={shown} />
            {!isUnderWay(shown) && (
              <Tabs
                value={search.tab ?? (shown.faultCount > 0 ? 'faults' : 'history')}
                onChange={(tab) => setSearch({ tab: tab ?? undefined })}
              >
                <Tabs.List>
                  <Tabs.Tab value="faults">Faults ({count(shown.faultCount)})</Tabs.Tab>
                  <Tabs.Tab value="history">History</Tabs.Tab>
                </Tabs.List>
                <Tabs.Panel value="faults" pt="sm">
                  <FaultList bid={bid} id={id} />
                </Tabs.Panel>
                <Tabs.Panel value="history" pt="sm">
                  <FileHistory bid={bid} file={shown} />
                </Tabs.Panel>
              </Tabs>
            )}
          </>
        )}
      </Awaited>
    </>
  );
}

function Summary({ view }: { view: InvoiceFileItem }) {
  const part = view.sizeBytes > 0 ? (view.bytesRead / view.sizeBytes) * 100 : 0;
  return (
    <Part title="Summary">
      {isUnderWay(view) && (
        <div role="status">
          <p>
            {view.state === 'received'
              ? 'Waiting to be read.'
              : `Reading: ${size(view.bytesRead)} of ${size(view.sizeBytes)}.`}{' '}
            You can leave this page; it goes on.
          </p>
          <Progress value={part} animated aria-label={`Read: ${Math.round(part)} percent`} />
        </div>
      )}
      <p className="sentence">{verdict(view)}</p>
      <Facts
        items={[
          [
            'Accepted',
            <span key="a" className="figure">
              {count(view.invoices.accepted)}
            </span>,
          ],
          [
            'of them unchanged',
            <span key="u" className="figure">
              {count(view.invoices.unchanged)}
            </span>,
          ],
          [
            'of them older than what stands',
            <span key="k" className="figure">
              {count(view.invoices.kept)}
            </span>,
          ],
          [
            'Refused',
            <span key="r" className="figure">
              {count(view.invoices.refused)}
            </span>,
          ],
          ['Total of the accepted', <Money key="t" cents={view.totalCents} />],
          ['FileCreationDate', <Day key="d" iso={view.fileDate} />],
          ['Received', <Moment key="at" at={view.receivedAt} />],
          ['By', `${view.receivedBy} (${words(view.way)})`],
          ['Done', <Moment key="done" at={view.finishedAt} />],
          ['Size', size(view.sizeBytes)],
          ['SHA-256', <code key="sha">{view.sha256}</code>],
        ]}
      />
    </Part>
  );
}

function verdict(view: InvoiceFileItem): string {
  switch (view.state) {
    case 'loaded':
      return `Every invoice was loaded: ${counted(view.invoices.accepted, 'invoice')}.`;
    case 'partly':
      return `${counted(view.invoices.accepted, 'invoice')} loaded; ${counted(view.invoices.refused, 'invoice')} refused. Download the refused ones as a .bif, mend them, and send that file.`;
    case 'refused':
      return 'The file was refused whole: nothing of it was loaded. The faults say why.';
    case 'failed':
      return view.failure ?? 'It could not be read to its end. Nothing of it was loaded.';
    case 'received':
    case 'reading':
      return '';
    default:
      return view.state satisfies never;
  }
}

function Downloads({ bid, view }: { bid: number; view: InvoiceFileItem }) {
  const [why, setWhy] = useState<string>();
  if (view.faultCount === 0) return null;
  const saveFaults = async () => {
    const answer = await fetch(downloads.faults(bid, view.id), { headers: { accept: 'text/csv' } });
    if (answer.ok) save(`${view.name}.faults.csv`, await answer.blob());
    else setWhy(`The faults could not be fetched (${answer.status}).`);
  };
  return (
    <>
      {why && <span role="alert">{why}</span>}
      <Button variant="default" leftSection={<Icon name="down" />} onClick={() => void saveFaults()}>
        Faults (CSV)
      </Button>
      {view.invoices.refused > 0 && (
        <Button
          component="a"
          variant="default"
          leftSection={<Icon name="down" />}
          href={downloads.refusedBif(bid, view.id)}
          download={`${view.name.replace(/\.bif$/i, '')}.refused.bif`}
        >
          Refused invoices (.bif)
        </Button>
      )}
    </>
  );
}

function FaultList({ bid, id }: { bid: number; id: string }) {
  return (
    <Listing
      what="faults"
      queryKey={['invoice-file', bid, id, 'faults']}
      fetchPage={(page, signal) =>
        told(
          api.GET('/api/v1/billers/{bid}/invoice-files/{id}/faults', {
            params: { path: { bid, id }, query: page },
            signal,
          }),
        )
      }
      keyOf={(row) => `${row.line}-${row.position}-${row.code}-${row.field}`}
      columns={[
        {
          head: 'Line',
          align: 'right',
          cell: (row) => <span className="figure">{row.line === 0 ? 'file' : count(row.line)}</span>,
          text: (row) => row.line,
        },
        { head: 'Field', cell: (row) => row.field ?? '–', text: (row) => row.field },
        { head: 'Place', align: 'right', cell: (row) => row.position ?? '–', text: (row) => row.position },
        {
          head: 'FileSpecID',
          align: 'right',
          isExtra: true,
          cell: (row) => row.fileSpecId ?? '–',
          text: (row) => row.fileSpecId,
        },
        {
          head: 'Value',
          cell: (row) => (row.value ? <code>{row.value}</code> : <span className="soft">empty</span>),
          text: (row) => row.value,
        },
        { head: 'What is wrong', isWide: true, cell: (row) => row.message, text: (row) => row.message },
        {
          head: 'Refuses',
          cell: (row) => (row.scope === 'file' ? 'the file' : 'the invoice'),
          text: (row) => row.scope,
        },
      ]}
      empty="The file has no fault."
    />
  );
}
