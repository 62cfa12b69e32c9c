import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { addresses } from '../addresses.ts';
import { api, told } from '../api.ts';
import { keepBiller } from '../session.ts';

/** So many billers are listed here; with more, the list of billers and the search are the way. */
const LISTED_MAX = 200;

export const billersQuery = {
  queryKey: ['billers', 'switcher'],
  staleTime: 60_000,
  queryFn: () => told(api.GET('/api/v1/billers', { params: { query: { limit: LISTED_MAX } } })),
};

/** The screen one is on, of another biller or (0) of all of them. */
function sameScreen(pathname: string, chosen: number): string {
  if (pathname === addresses.workItems()) return chosen ? `${pathname}?bid=${chosen}` : pathname;
  if (!chosen) return addresses.overview();
  if (pathname === addresses.overview()) return `${pathname}?bid=${chosen}`;
  const screen = /^\/billers\/\d+\/([a-z-]+)/.exec(pathname)?.[1];
  return screen ? `${addresses.biller(chosen)}/${screen}` : addresses.biller(chosen);
}

/** Changes the biller and keeps the screen: the same list, of another biller. */
export function BillerSwitcher({ bid, isFixed }: { bid: number | undefined; isFixed: boolean }) {
  const { data } = useQuery(billersQuery);
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const items = data?.items ?? [];
  if (isFixed) return <strong>{items[0]?.name}</strong>;
  const isListed = items.some((biller) => biller.bid === bid);
  return (
    <NativeSelect
      size="xs"
      aria-label="Biller"
      className="biller-switcher"
      value={bid ?? ''}
      onChange={(event) => {
        const chosen = Number(event.currentTarget.value);
        if (chosen) keepBiller(chosen);
        void navigate({ to: sameScreen(pathname, chosen) });
      }}
      data={[
        { value: '', label: 'All billers' },
        ...items.map((biller) => ({ value: String(biller.bid), label: `${biller.name} (${biller.bid})` })),
        ...(bid && !isListed ? [{ value: String(bid), label: `Biller ${bid}` }] : []),
      ]}
    />
  );
}
