import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, told } from '../../api.ts';
import { Awaited, Failure } from '../../parts/notes.tsx';
import { sayDone } from '../../parts/say-done.ts';
import { Part } from '../../parts/show.tsx';
import { queryClient } from '../../query-client.ts';
import { counted } from '../../say.ts';
import { SessionList } from './session-list.tsx';
import type { User } from './users.tsx';

/** Where somebody is signed in; ended at once, one or all. */
export function UserSessions({ person, isSelf }: { person: User; isSelf: boolean }) {
  const key = ['user', person.id, 'sessions'];
  const sessions = useQuery({
    queryKey: key,
    queryFn: () => told(api.GET('/api/v1/staff-users/{id}/sessions', { params: { path: { id: person.id } } })),
  });
  const again = () => queryClient.invalidateQueries({ queryKey: ['user', person.id] });
  const end = useMutation({
    mutationFn: (sessionId: string) =>
      told(
        api.DELETE('/api/v1/staff-users/{id}/sessions/{sessionId}', {
          params: { path: { id: person.id, sessionId } },
        }),
      ),
    onSuccess: () => sayDone('The session is ended.'),
    onSettled: again,
  });
  const endAll = useMutation({
    mutationFn: () => told(api.POST('/api/v1/staff-users/{id}/sessions/end', { params: { path: { id: person.id } } })),
    onSuccess: ({ sessionsEnded }) => sayDone(`${counted(sessionsEnded, 'session')} ended.`),
    onSettled: again,
  });
  const count = sessions.data?.items.length ?? 0;
  if (isSelf) return null;
  return (
    <Part
      title="Sessions"
      aside={
        count > 1 && (
          <Button variant="default" loading={endAll.isPending} onClick={() => endAll.mutate()}>
            End all
          </Button>
        )
      }
    >
      {(end.error ?? endAll.error) && <Failure cause={end.error ?? endAll.error} />}
      <Awaited of={sessions} what="their sessions">
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
