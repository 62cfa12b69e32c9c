import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, keepCsrfToken, type Reply, told } from './api.ts';

export type Session = Reply<'/api/v1/session'>;

/** Who is signed in. Asked once; renewed when a call says that the session is over. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
  queryFn: async ({ signal }) => {
    const session = await told(api.GET('/api/v1/session', { signal }));
    keepCsrfToken(session.csrfToken);
    return session;
  },
});

/** Whether the person may do something: hides what the server would refuse anyway. */
export function useMay(): (permission: string) => boolean {
  const { data } = useQuery(sessionQuery);
  return (permission) => data?.permissions.includes(permission) ?? false;
}

const LAST_BILLER = 'causeway.staff.biller';

/** The biller last worked for, so that the menu leads somewhere from pages of no biller. */
export const lastBiller = (): number | undefined => {
  const kept = Number(window.localStorage.getItem(LAST_BILLER));
  return Number.isSafeInteger(kept) && kept > 0 ? kept : undefined;
};
export const keepBiller = (bid: number): void => window.localStorage.setItem(LAST_BILLER, String(bid));
