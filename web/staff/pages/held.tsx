import { useQuery } from '@tanstack/react-query';
import { addresses } from '../addresses.ts';
import { api, told } from '../api.ts';
import { Choice } from '../parts/choice.tsx';
import { filtersOf, Listing, SearchField } from '../parts/listing.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { useBid } from '../parts/use-biller.ts';
import { useFilters } from '../parts/use-search.ts';
import { deliveryColumns, HELD_WORDS } from './deliveries.tsx';
import { trustWord } from './delivery-data.ts';
import { trustQuery } from './trust.tsx';

const REFRESH_MS = 10_000;

/** Payments whose post needs a person; a list, but never a bulk decision. */
export function HeldPayments() {
  const bid = useBid();
  const [search] = useFilters();
  const { state = 'held', ...filters } = filtersOf(search);
  const trust = useQuery(trustQuery(bid));
  return (
    <>
      <PageHead path={[['DataPump']]} title="Held payments" />
      <p className="sentence">
        A payment is held when nobody but a person can say whether it stands at the insurer, or when the insurer refused
        it. Later payments of its account wait meanwhile.
        {trust.data && ` The partner’s trust level is ${trustWord(trust.data.level)}.`}
      </p>
      <Listing
        what="held payments"
        queryKey={['deliveries', bid, 'held', state, filters]}
        refreshMs={REFRESH_MS}
        fetchPage={(page, signal) =>
          told(
            api.GET('/api/v1/billers/{bid}/deliveries', {
              params: { path: { bid }, query: { ...filters, ...page, state, kind: 'payment' } as never },
              signal,
            }),
          )
        }
        keyOf={(row) => String(row.id)}
        addressOf={(row) => addresses.heldOne(bid, row.id)}
        columns={[
          ...deliveryColumns.slice(0, 5),
          {
            head: 'Held because',
            cell: (row) => (row.heldKind ? (HELD_WORDS[row.heldKind] ?? row.heldKind) : 'being found out'),
            text: (row) => row.heldKind,
          },
          ...deliveryColumns.slice(6).filter(({ head }) => head !== 'Done' && head !== 'Next try'),
        ]}
        filters={
          <>
            <SearchField label="Account number" name="accountNumber" width={180} />
            <Choice
              label="Held or unknown"
              name="state"
              otherwise="Held: needs a person"
              options={[['unknown', 'Unknown: being found out']]}
            />
            <Choice label="Held because" name="heldKind" options={Object.entries(HELD_WORDS)} />
          </>
        }
        empty={
          state === 'unknown'
            ? 'No payment is unknown at the moment.'
            : 'No payment is held. Every post was either confirmed, or is on its way.'
        }
      />
    </>
  );
}
