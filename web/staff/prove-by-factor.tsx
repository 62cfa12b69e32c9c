import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, isSignedOut, told } from './api.ts';
import { CodeField, isCode } from './pages/security/code-field.tsx';
import { showPasskey } from './pages/security/passkeys-here.ts';
import { Failure } from './parts/notes.tsx';
import type { ProofWay } from './prove-again.ts';

export const proveByTotp: ProofWay = { method: 'totp', word: 'your authenticator app', form: ByTotp };
export const proveByPasskey: ProofWay = { method: 'passkey', word: 'a passkey', form: ByPasskey };

interface FormProps {
  onProven: () => void;
  onGiveUp: () => void;
}

/** A code of the authenticator app. */
function ByTotp({ onProven, onGiveUp }: FormProps) {
  const [code, setCode] = useState('');
  const proving = useMutation({
    mutationFn: () => told(api.POST('/api/v1/session/prove', { body: { totp: code } })),
    onSuccess: onProven,
    onError: (cause) => {
      setCode('');
      if (isSignedOut(cause)) onGiveUp();
    },
  });
  return (
    <form
      className="ask"
      onSubmit={(event) => {
        event.preventDefault();
        if (isCode(code) && !proving.isPending) proving.mutate();
      }}
    >
      <CodeField value={code} onChange={setCode} />
      {proving.error && <Failure cause={proving.error} />}
      <div className="acts">
        <Button variant="default" onClick={onGiveUp}>
          Cancel
        </Button>
        <Button type="submit" disabled={!isCode(code)} loading={proving.isPending}>
          Go on
        </Button>
      </div>
    </form>
  );
}

/** One of the person's passkeys. */
function ByPasskey({ onProven, onGiveUp }: FormProps) {
  const proving = useMutation({
    mutationFn: async () => {
      const passkey = await showPasskey(await told(api.POST('/api/v1/session/prove/passkey-options')));
      return told(api.POST('/api/v1/session/prove', { body: { passkey: passkey as never } }));
    },
    onSuccess: onProven,
    onError: (cause) => {
      if (isSignedOut(cause)) onGiveUp();
    },
  });
  return (
    <div className="ask">
      {proving.error && <Failure cause={proving.error} />}
      <div className="acts">
        <Button variant="default" onClick={onGiveUp}>
          Cancel
        </Button>
        <Button onClick={() => proving.mutate()} loading={proving.isPending} data-autofocus>
          Show the passkey
        </Button>
      </div>
    </div>
  );
}
