import { addresses } from '../addresses.ts';
import { To } from './show.tsx';

export function NotFound() {
  return (
    <main className="page">
      <h1>There is no such page</h1>
      <p>
        The address may be old or mistyped. <To href={addresses.overview()}>Go to the overview</To>, or search with Ctrl
        K.
      </p>
    </main>
  );
}
