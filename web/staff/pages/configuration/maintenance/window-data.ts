import { queryOptions } from '@tanstack/react-query';
import type { paths } from '../../../../api/schema.d.ts';
import { api, type Item, type Reply, told } from '../../../api.ts';
import { queryClient } from '../../../query-client.ts';

const REFRESH_MS = 10_000;
const base = '/api/v1/billers/{bid}/maintenance-windows';

type Path = '/api/v1/billers/{bid}/maintenance-windows';
export type WindowView = Item<Path>;
export type WindowWithHistory = Reply<`${Path}/{id}`>;
/** What the form holds: the body of a save, without its version and reason. */
export type WindowDraft = Omit<
  paths[Path]['post']['requestBody']['content']['application/json'],
  'reason' | 'pages'
> & { pages: MaintenancePage[] };
export type MaintenancePage = WindowView['pages'][number];
export type CheckedWindow = paths[`${Path}/check`]['post']['responses']['200']['content']['application/json'];

const keyOf = (bid: number) => ['maintenance-windows', bid] as const;
const forgetAll = (bid: number) => queryClient.invalidateQueries({ queryKey: keyOf(bid) });

export const openWindowsQuery = (bid: number) =>
  queryOptions({
    queryKey: [...keyOf(bid), 'open'],
    refetchInterval: REFRESH_MS,
    queryFn: ({ signal }) => told(api.GET(base, { params: { path: { bid }, query: { state: 'open' } }, signal })),
  });

export const pastWindows = (bid: number, page: { cursor?: string; limit: number }, signal?: AbortSignal) =>
  told(
    api.GET(base, {
      params: { path: { bid }, query: { state: 'past', ...page } },
      ...(signal && { signal }),
    }),
  );
export const pastKeyOf = (bid: number) => [...keyOf(bid), 'past'];

export const windowQuery = (bid: number, id: number) =>
  queryOptions({
    queryKey: [...keyOf(bid), 'one', id],
    queryFn: ({ signal }) => told(api.GET(`${base}/{id}`, { params: { path: { bid, id } }, signal })),
  });

/** What saving would do; asked while one types, so fields that are still empty are filled in for the question. */
export const checkQuery = (bid: number, id: number | undefined, draft: WindowDraft) =>
  queryOptions({
    queryKey: [...keyOf(bid), 'check', id ?? 'new', draft],
    enabled: draft.start !== '' && draft.end !== '',
    gcTime: 0,
    retry: false,
    queryFn: ({ signal }) => {
      const filled = {
        ...draft,
        description: draft.description.trim() || '-',
        message: { ...draft.message, en: draft.message.en.trim() || '-' },
        ...(id !== undefined && { id }),
      };
      return told(api.POST(`${base}/check`, { params: { path: { bid } }, body: filled, signal }));
    },
  });

export const previewQuery = (
  bid: number,
  of: { message: WindowDraft['message']; endsAt: string; locale: 'en' | 'es' },
) =>
  queryOptions({
    queryKey: [...keyOf(bid), 'preview', of],
    gcTime: 0,
    retry: false,
    queryFn: ({ signal }) => told(api.POST(`${base}/preview`, { params: { path: { bid } }, body: of, signal })),
  });

export async function saveWindow(
  bid: number,
  of: { id: number | undefined; version: number; draft: WindowDraft; reason: string },
) {
  const reason = of.reason === '' ? {} : { reason: of.reason };
  const saved = await (of.id === undefined
    ? told(api.POST(base, { params: { path: { bid } }, body: { ...of.draft, ...reason } }))
    : told(
        api.PUT(`${base}/{id}`, {
          params: { path: { bid, id: of.id } },
          body: { ...of.draft, ...reason, expectedVersion: of.version },
        }),
      ));
  await forgetAll(bid);
  return saved;
}

export async function endWindow(bid: number, id: number, reason: string): Promise<void> {
  await told(api.POST(`${base}/{id}/end`, { params: { path: { bid, id } }, body: { reason } }));
  await forgetAll(bid);
}

export const EMPTY: WindowDraft = {
  description: '',
  message: { en: '', es: '' },
  start: '',
  end: '',
  isActive: true,
  appliesToAll: true,
  pages: ['find', 'bill'],
  pausesDataPump: false,
};

/** A window as the form holds it. */
export const draftOf = (window: WindowView): WindowDraft => ({
  description: window.description,
  message: { ...window.message },
  start: window.start,
  ...(window.startOccurrence && { startOccurrence: window.startOccurrence }),
  end: window.end,
  ...(window.endOccurrence && { endOccurrence: window.endOccurrence }),
  isActive: window.isActive,
  appliesToAll: window.appliesToAll,
  pages: window.pages,
  pausesDataPump: window.pausesDataPump,
});
