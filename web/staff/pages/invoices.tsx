import { addresses } from '../addresses.ts';
import { api, type Item, told } from '../api.ts';
import { filtersOf, Listing, SearchField } from '../parts/listing.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Day, Moment, Money } from '../parts/show.tsx';
import { useBid } from '../parts/use-biller.ts';
import { useFilters } from '../parts/use-search.ts';
import { amount } from '../say.ts';

type Row = Item<'/api/v1/billers/{bid}/invoices'>;

export function Invoices() {
  const bid = useBid();
  const [search] = useFilters();
  const filters = filtersOf(search);
  return (
    <>
      <PageHead path={[['Search']]} title="Invoices" />
      <Listing<Row>
        what="invoices"
        queryKey={['invoices', bid, filters]}
        fetchPage={(page, signal) =>
          told(
            api.GET('/api/v1/billers/{bid}/invoices', {
              params: { path: { bid }, query: { ...filters, ...page } as never },
              signal,
            }),
          )
        }
        keyOf={(row) => row.invoiceNumber}
        addressOf={(row) => addresses.invoice(bid, row.invoiceNumber)}
        columns={[
          { head: 'Invoice', cell: (row) => row.invoiceNumber, text: (row) => row.invoiceNumber },
          { head: 'Account', cell: (row) => row.accountNumber, text: (row) => row.accountNumber },
          { head: 'Date', cell: (row) => <Day iso={row.invoiceDate} />, text: (row) => row.invoiceDate },
          { head: 'Due', cell: (row) => <Day iso={row.dueDate} />, text: (row) => row.dueDate },
          {
            head: 'Total',
            align: 'right',
            cell: (row) => <Money cents={row.totalCents} />,
            text: (row) => amount(row.totalCents),
          },
          { head: 'Type', cell: (row) => row.invoiceTypeId, text: (row) => row.invoiceTypeId },
          { head: 'Version', align: 'right', cell: (row) => row.version, text: (row) => row.version },
          { head: 'Changed', cell: (row) => <Moment at={row.updatedAt} />, text: (row) => row.updatedAt },
        ]}
        filters={<SearchField label="Account number, in full" name="accountNumber" />}
        empty={
          filters.accountNumber
            ? `No invoice of account ${filters.accountNumber} is stored.`
            : 'No invoice is stored yet. Invoices come in files, or by UploadInvoice.'
        }
      />
    </>
  );
}
