import { useSyncExternalStore } from 'react';
import { queryClient } from '../../query-client.ts';
import type { ConfigurationDocument, Sections } from './configuration-data.ts';

/**
 * A change to one biller's configuration that is not saved yet. It may go over several screens, since rules do (a
 * partner and its settings change together), and is saved as one version. Kept in memory only, for the person who
 * types it: it may hold secrets. Signing out forgets it.
 */
export interface Change {
  /** The version it began at: what others saved since then is a conflict, never lost. */
  readonly version: number;
  readonly base: ConfigurationDocument;
  readonly sections: Sections;
}

/** Not in the query cache: that tells its readers a moment later, and the cursor of a field would jump meanwhile. */
const changes = new Map<string, Change>();
const listeners = new Set<() => void>();

/** Stands in the query cache, which signing out empties: with it goes every change. */
const MARK = ['configuration-change'];
queryClient.setQueryDefaults(MARK, { gcTime: Number.POSITIVE_INFINITY });
queryClient.getQueryCache().subscribe((event) => {
  if (event.type !== 'removed' || event.query.queryKey[0] !== MARK[0]) return;
  changes.clear();
  tell();
});

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const changeOf = (key: string): Change | undefined => changes.get(key);

/** Keeps a change, or forgets it; whoever shows it does so at once. */
export function keepChange(key: string, change: Change | undefined): void {
  if (change) changes.set(key, change);
  else changes.delete(key);
  queryClient.setQueryData(MARK, changes.size);
  tell();
}

export const useKeptChange = (key: string): Change | undefined =>
  useSyncExternalStore(subscribe, () => changes.get(key));
