import { addresses } from '../addresses.ts';
import { api, told } from '../api.ts';
import { Choice, DayChoice } from '../parts/choice.tsx';
import { type Column, filtersOf, Listing, SearchField } from '../parts/listing.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Moment, Money } from '../parts/show.tsx';
import { StateMark, stateWord } from '../parts/state-mark.tsx';
import { useBid } from '../parts/use-biller.ts';
import { useFilters } from '../parts/use-search.ts';
import { amount, methodWord } from '../say.ts';
import { ClockCell, clockWord, type PaymentItem } from './payments-table.tsx';

const STATUSES = [
  'submitting',
  'unknown',
  'pending',
  'approved',
  'settled',
  'declined',
  'error',
  'voided',
  'refunded',
  'returned',
  'charged_back',
] as const;
const SOURCES = [
  'Virtual Site',
  'Customer Portal',
  'AutoPay',
  'Scheduled',
  'Recurring',
  'Pay by Text',
  'IVR',
  'OBD',
  'CSR',
] as const;

const columns: readonly Column<PaymentItem>[] = [
  { head: 'Payment', cell: (row) => row.paymentId, text: (row) => row.paymentId },
  { head: 'Made', isExtra: true, cell: (row) => <Moment at={row.createdAt} />, text: (row) => row.createdAt },
  { head: 'Account', cell: (row) => row.accountNumber, text: (row) => row.accountNumber },
  {
    head: 'Amount',
    align: 'right',
    cell: (row) => <Money cents={row.amountCents} />,
    text: (row) => amount(row.amountCents),
  },
  {
    head: 'Fee',
    align: 'right',
    isExtra: true,
    cell: (row) => <Money cents={row.feeCents} />,
    text: (row) => amount(row.feeCents),
  },
  { head: 'Method', cell: (row) => methodWord(row.method), text: (row) => row.method },
  { head: 'Source', cell: (row) => <span className="nowrap">{row.source}</span>, text: (row) => row.source },
  { head: 'Status', cell: (row) => <StateMark state={row.status} />, text: (row) => row.status },
  {
    head: 'Taken',
    cell: (row) => <ClockCell clock={row.clocks.taken} />,
    text: (row) => row.clocks.taken.at ?? clockWord(row.clocks.taken.state),
  },
  {
    head: 'Settled',
    cell: (row) => <ClockCell clock={row.clocks.settled} />,
    text: (row) => row.clocks.settled.at ?? clockWord(row.clocks.settled.state),
  },
  {
    head: 'Posted',
    cell: (row) => <ClockCell clock={row.clocks.posted} />,
    text: (row) => row.clocks.posted.at ?? clockWord(row.clocks.posted.state),
  },
  { head: 'Payer', isExtra: true, cell: (row) => row.payer.name, text: (row) => row.payer.name },
  {
    head: 'Processor’s reference',
    isExtra: true,
    cell: (row) => row.processorReference ?? '–',
    text: (row) => row.processorReference,
  },
];

export function Payments() {
  const bid = useBid();
  const [search] = useFilters();
  const filters = filtersOf(search);
  return (
    <>
      <PageHead path={[['Search']]} title="Payments" />
      <Listing
        what="payments"
        queryKey={['payments', bid, filters]}
        refreshMs={20_000}
        fetchPage={(page, signal) =>
          told(
            api.GET('/api/v1/billers/{bid}/payments', {
              params: { path: { bid }, query: { ...filters, ...page } as never },
              signal,
            }),
          )
        }
        keyOf={(row) => String(row.paymentId)}
        addressOf={(row) => addresses.payment(bid, row.paymentId)}
        columns={columns}
        filters={
          <>
            <SearchField label="Account number" name="accountNumber" width={180} />
            <Choice label="Status" name="status" options={STATUSES.map((each) => [each, stateWord(each)] as const)} />
            <Choice
              label="Method"
              name="method"
              options={[
                ['CC', 'Card'],
                ['ACH', 'Bank'],
              ]}
            />
            <Choice label="Source" name="source" options={SOURCES.map((each) => [each, each] as const)} />
            <DayChoice word="From" label="From (first day, UTC)" name="from" />
            <DayChoice word="Until" label="Until (last day, UTC)" name="until" />
          </>
        }
        empty={
          Object.keys(filters).length > 0
            ? 'No payment fits these filters.'
            : 'No payment was taken yet. Payments appear here as soon as a payer presses Pay.'
        }
      />
    </>
  );
}
