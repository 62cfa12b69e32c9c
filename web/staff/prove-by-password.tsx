import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, isSignedOut, told } from './api.ts';
import { Failure } from './parts/notes.tsx';
import type { ProofWay } from './prove-again.ts';
import { sessionQuery } from './session.ts';

/** The password once more. */
export const proveByPassword: ProofWay = { method: 'password', word: 'your password', form: ByPassword };

function ByPassword({ onProven, onGiveUp }: { onProven: () => void; onGiveUp: () => void }) {
  const { data: session } = useQuery(sessionQuery);
  const [password, setPassword] = useState('');
  const proving = useMutation({
    mutationFn: () => told(api.POST('/api/v1/session/prove', { body: { password } })),
    onSuccess: onProven,
    onError: (cause) => {
      setPassword('');
      if (isSignedOut(cause)) onGiveUp();
    },
  });
  return (
    <form
      className="ask"
      onSubmit={(event) => {
        event.preventDefault();
        if (password !== '' && !proving.isPending) proving.mutate();
      }}
    >
      <input type="email" autoComplete="username" value={session?.user.email ?? ''} readOnly hidden />
      <PasswordInput
        label={`Password of ${session?.user.email ?? 'your user'}`}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        required
        data-autofocus
        visibilityToggleButtonProps={{ 'aria-label': 'Show the password', tabIndex: 0 }}
      />
      {proving.error && <Failure cause={proving.error} />}
      <div className="acts">
        <Button variant="default" onClick={onGiveUp}>
          Cancel
        </Button>
        <Button type="submit" disabled={password === ''} loading={proving.isPending}>
          Go on
        </Button>
      </div>
    </form>
  );
}
