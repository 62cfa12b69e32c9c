import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, told } from '../../api.ts';
import { Awaited, Failure } from '../../parts/notes.tsx';
import { sayDone } from '../../parts/say-done.ts';
import { Part } from '../../parts/show.tsx';
import { queryClient } from '../../query-client.ts';
import { counted } from '../../say.ts';
import { SessionList } from './session-list.tsx';

const REFRESH_MS = 30_000;
const KEY = ['own-sessions'];

/** Where one is signed in, and the way to end it elsewhere. */
export function OwnSessions() {
  const sessions = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => told(api.GET('/api/v1/sessions', { signal })),
    refetchInterval: REFRESH_MS,
  });
  const again = () => queryClient.invalidateQueries({ queryKey: KEY });
  const end = useMutation({
    mutationFn: (id: string) => told(api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } })),
    onSuccess: () => sayDone('The session is ended.'),
    onSettled: again,
  });
  const endOthers = useMutation({
    mutationFn: () => told(api.POST('/api/v1/sessions/end-others')),
    onSuccess: ({ sessionsEnded }) => sayDone(`${counted(sessionsEnded, 'session')} ended.`),
    onSettled: again,
  });
  const others = sessions.data?.items.filter((session) => !session.isThis).length ?? 0;
  return (
    <Part
      title="Where you are signed in"
      aside={
        others > 0 && (
          <Button variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
            End all others
          </Button>
        )
      }
    >
      {(end.error ?? endOthers.error) && <Failure cause={end.error ?? endOthers.error} />}
      <Awaited of={sessions} what="your sessions">
        {({ items }) => (
          <SessionList
            items={items}
            busyId={end.isPending ? end.variables : undefined}
            onEnd={(session) => end.mutate(session.id)}
          />
        )}
      </Awaited>
    </Part>
  );
}
