import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, told } from '../../api.ts';
import { Failure } from '../../parts/notes.tsx';
import { makePasskey } from './passkeys-here.ts';

/** A name first, then the browser asks for finger, face or PIN. */
export function AddPasskey({ onDone, onGiveUp }: { onDone: (codes: readonly string[]) => void; onGiveUp: () => void }) {
  const [name, setName] = useState(nameOfMachine());
  const making = useMutation({
    mutationFn: async () => {
      const passkey = await makePasskey(await told(api.POST('/api/v1/own-security/passkeys/options')));
      return told(
        api.POST('/api/v1/own-security/passkeys', { body: { name: name.trim(), passkey: passkey as never } }),
      );
    },
    onSuccess: ({ recoveryCodes }) => onDone(recoveryCodes),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '' && !making.isPending) making.mutate();
  };
  return (
    <form className="ask" onSubmit={send}>
      <p>
        A passkey signs you in with your finger, your face or a PIN, on this machine, a phone or a security key. It
        works on this site alone, so that no false site can ask for it.
      </p>
      <TextInput
        label="Name of the passkey"
        description="So that you know it among others."
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={60}
        required
        data-autofocus
      />
      {making.error && <Failure cause={making.error} />}
      <div className="acts">
        <Button variant="default" onClick={onGiveUp}>
          Cancel
        </Button>
        <Button type="submit" disabled={name.trim() === ''} loading={making.isPending}>
          Go on
        </Button>
      </div>
    </form>
  );
}

function nameOfMachine(): string {
  const agent = navigator.userAgent;
  const machine = /iPhone|iPad|Android|Windows|Macintosh|Linux/.exec(agent)?.[0];
  return machine === undefined ? 'My passkey' : machine === 'Macintosh' ? 'My Mac' : `My ${machine}`;
}
