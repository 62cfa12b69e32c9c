import { MutationCache, notifyManager, QueryCache, QueryClient } from '@tanstack/react-query';
import { isSignedOut, Refused } from './api.ts';

const TRIES_MAX = 2;

// What began is told at once, not by a timer: a second press right behind the first finds the button busy.
notifyManager.setScheduler(queueMicrotask);

/** `why`: the server's code of the refusal, as `session-revoked`. */
type Listener = (why: string) => void;
let onSessionOver: Listener = () => undefined;

/** Told by the router: what to do when the server says that the session is over. */
export function whenSessionEnds(listener: Listener): void {
  onSessionOver = listener;
}

function notice(cause: unknown): void {
  if (isSignedOut(cause)) onSessionOver(cause instanceof Refused ? cause.code : 'session-over');
  // The operator asks for a second factor since a moment ago: nothing else opens before there is one.
  if (cause instanceof Refused && cause.code === 'second-factor-required') onSessionOver(cause.code);
  // A right that was taken in the middle of the work: the menus are to show it.
  if (cause instanceof Refused && cause.code === 'not-allowed')
    void queryClient.invalidateQueries({ queryKey: ['session'] });
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (cause, query) => {
      if (query.queryKey[0] !== 'session') notice(cause);
    },
  }),
  mutationCache: new MutationCache({
    onError: (cause, _variables, _context, mutation) => {
      if (mutation.options.mutationKey?.[0] !== 'sign-in') notice(cause);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server refused it refuses again; what did not arrive may arrive.
      retry: (failures, cause) => failures < TRIES_MAX && !(cause instanceof Refused && cause.status < 500),
    },
    mutations: { retry: false },
  },
});
