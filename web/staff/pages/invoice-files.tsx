import { addresses } from '../addresses.ts';
import { api, told } from '../api.ts';
import { type Column, Listing } from '../parts/listing.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Day, Moment, Money } from '../parts/show.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { useBid } from '../parts/use-biller.ts';
import { amount, count, size, words } from '../say.ts';
import { useMay } from '../session.ts';
import type { InvoiceFileItem } from './send-file.ts';
import { UploadFile } from './upload-file.tsx';

const figure = (value: number) => <span className="figure">{count(value)}</span>;

const columns: readonly Column<InvoiceFileItem>[] = [
  { head: 'File', isWide: true, cell: (row) => row.name, text: (row) => row.name },
  { head: 'State', cell: (row) => <StateMark state={row.state} />, text: (row) => row.state },
  { head: 'Received', cell: (row) => <Moment at={row.receivedAt} isShort />, text: (row) => row.receivedAt },
  {
    head: 'Accepted',
    align: 'right',
    cell: (row) => figure(row.invoices.accepted),
    text: (row) => row.invoices.accepted,
  },
  { head: 'Refused', align: 'right', cell: (row) => figure(row.invoices.refused), text: (row) => row.invoices.refused },
  { head: 'Faults', align: 'right', cell: (row) => figure(row.faultCount), text: (row) => row.faultCount },
  {
    head: 'Total',
    align: 'right',
    cell: (row) => <Money cents={row.totalCents} />,
    text: (row) => amount(row.totalCents),
  },
  { head: 'Way', cell: (row) => words(row.way), text: (row) => row.way },
  { head: 'By', cell: (row) => row.receivedBy, text: (row) => row.receivedBy },
  { head: 'Made', isExtra: true, cell: (row) => <Day iso={row.fileDate} />, text: (row) => row.fileDate },
  { head: 'Size', isExtra: true, align: 'right', cell: (row) => size(row.sizeBytes), text: (row) => row.sizeBytes },
];

export function InvoiceFiles() {
  const bid = useBid();
  const may = useMay();
  return (
    <>
      <PageHead path={[['Search'], ['Files']]} title="Invoice Files" />
      {may('invoices:upload') && <UploadFile bid={bid} />}
      <Listing
        what="invoice files"
        queryKey={['invoice-files', bid]}
        refreshMs={10_000}
        fetchPage={(page, signal) =>
          told(api.GET('/api/v1/billers/{bid}/invoice-files', { params: { path: { bid }, query: page }, signal }))
        }
        keyOf={(row) => row.id}
        addressOf={(row) => addresses.invoiceFile(bid, row.id)}
        columns={columns}
        empty="No invoice file came yet. Upload one above; partners send them by API."
      />
    </>
  );
}
