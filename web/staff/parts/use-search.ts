import { useNavigate, useSearch } from '@tanstack/react-router';

export type Search = Readonly<Record<string, string>>;

/** Filters live in the address, so that a list can be shared and the back button works. A new filter begins at page one. */
export function useFilters(): [Search, (change: Record<string, string | undefined>) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  return [
    search,
    (change) => {
      const merged: Record<string, string | undefined> = { ...search, cursor: undefined, ...change };
      const kept = Object.fromEntries(
        Object.entries(merged).filter(([, value]) => value !== undefined && value !== ''),
      );
      void navigate({ to: '.', search: kept as never });
    },
  ];
}
