import { addresses } from '../addresses.ts';
import { api, type Item, told } from '../api.ts';
import { type Column, Listing, SearchField } from '../parts/listing.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { useBid } from '../parts/use-biller.ts';
import { useFilters } from '../parts/use-search.ts';

type Row = Item<'/api/v1/billers/{bid}/accounts'>;

const blocks = (row: Row): string =>
  [row.blockAch && 'Bank blocked', row.blockCc && 'Card blocked'].filter(Boolean).join(', ');

const columns: readonly Column<Row>[] = [
  { head: 'Account', cell: (row) => row.accountNumber, text: (row) => row.accountNumber },
  { head: 'Customer', cell: (row) => row.customerName, text: (row) => row.customerName },
  {
    head: 'Place',
    cell: (row) => [row.city, row.state].filter(Boolean).join(', ') || '–',
    text: (row) => [row.city, row.state].filter(Boolean).join(', '),
  },
  { head: 'Email', cell: (row) => row.email ?? '–', text: (row) => row.email },
  {
    head: 'Blocked',
    cell: (row) => (blocks(row) ? <StateMark state="blocked" tone="warn" word={blocks(row)} /> : '–'),
    text: blocks,
  },
  { head: 'AutoPay', cell: (row) => (row.autopay ? 'On' : '–'), text: (row) => (row.autopay ? 'on' : '') },
  { head: 'Paperless', cell: (row) => (row.paperless ? 'On' : '–'), text: (row) => (row.paperless ? 'on' : '') },
  { head: 'Phone', isExtra: true, cell: (row) => row.phone ?? '–', text: (row) => row.phone },
];

export function Accounts() {
  const bid = useBid();
  const [search] = useFilters();
  const q = search.q ?? '';
  return (
    <>
      <PageHead path={[['Search']]} title="Accounts" />
      <Listing
        what="accounts"
        queryKey={['accounts', bid, q]}
        fetchPage={(page, signal) =>
          told(
            api.GET('/api/v1/billers/{bid}/accounts', {
              params: { path: { bid }, query: { ...page, ...(q && { q }) } },
              signal,
            }),
          )
        }
        keyOf={(row) => row.accountNumber}
        addressOf={(row) => addresses.account(bid, row.accountNumber)}
        columns={columns}
        filters={<SearchField label="Account number, or start of a name" name="q" />}
        empty={
          q
            ? `No account begins with “${q}”, and no customer’s name has a word that does.`
            : 'This biller has no account yet: accounts come with the first invoices.'
        }
      />
    </>
  );
}
