import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, told } from '../../api.ts';
import { sayDone } from '../../parts/say-done.ts';
import { Part } from '../../parts/show.tsx';
import { queryClient } from '../../query-client.ts';
import { counted } from '../../say.ts';
import { NewPassword } from './door-frame.tsx';

/** One’s own password: changed with the one before, and every other session ends. */
export function OwnPassword() {
  const [isOpen, setOpen] = useState(false);
  const change = useMutation({
    mutationFn: (typed: { oldPassword: string; password: string }) =>
      told(api.POST('/api/v1/session/password', { body: typed })),
    onSuccess: async ({ sessionsEnded }) => {
      setOpen(false);
      await sayDone(
        sessionsEnded === 0
          ? 'Your password is changed.'
          : `Your password is changed, and ${counted(sessionsEnded, 'other session')} ended.`,
      );
      await queryClient.invalidateQueries({ queryKey: ['own-sessions'] });
    },
  });
  return (
    <Part title="Password">
      {isOpen ? (
        <>
          <NewPassword
            asksOld
            confirm="Change the password"
            isPending={change.isPending}
            error={change.error}
            onSet={(password, oldPassword) => change.mutate({ oldPassword, password })}
          />
          <div>
            <Button
              variant="default"
              onClick={() => {
                change.reset();
                setOpen(false);
              }}
            >
              Cancel
            </Button>
          </div>
        </>
      ) : (
        <>
          <p>Changing it ends your other sessions, and you get an email about it.</p>
          <div>
            <Button variant="default" onClick={() => setOpen(true)}>
              Change the password
            </Button>
          </div>
        </>
      )}
    </Part>
  );
}
