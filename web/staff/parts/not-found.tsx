import { addresses } from '../addresses.ts';
import { PageHead } from './page-head.tsx';
import { To } from './show.tsx';

/** For an address that no page has. */
export function NotFound() {
  return (
    <>
      <PageHead path={[]} title="There is no such page" />
      <p>
        The address may be old or mistyped. <To href={addresses.overview()}>Go to the overview</To>, or search with Ctrl
        K.
      </p>
    </>
  );
}
