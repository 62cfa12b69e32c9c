import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { addresses } from '../../addresses.ts';
import { api, type Reply, told } from '../../api.ts';
import { Failure, Loading } from '../../parts/notes.tsx';
import { To } from '../../parts/show.tsx';
import { CodeField, isCode } from './code-field.tsx';
import { Door } from './door-frame.tsx';
import { showPasskey } from './passkeys-here.ts';
import './security.css';

type Half = Reply<'/api/v1/session/second-step'>;
type Method = Half['methods'][number];

const WORDS: Readonly<Record<Method, string>> = {
  passkey: 'a passkey',
  totp: 'your authenticator app',
  'recovery-code': 'a recovery code',
};

/** The password was right: now the second factor, the easiest first, and every other one a click away. */
export function SecondStep({ onSignedIn }: { onSignedIn: () => void }) {
  const half = useQuery({
    queryKey: ['second-step'],
    queryFn: ({ signal }) => told(api.GET('/api/v1/session/second-step', { signal })),
    retry: false,
    gcTime: 0,
  });
  const [chosen, setChosen] = useState<Method>();
  const methods = half.data?.methods ?? [];
  const method = chosen ?? methods[0];
  return (
    <Door title="One more step">
      {half.isPending && <Loading what="the second step" />}
      {half.error && <Failure cause={half.error} />}
      {half.data && method === undefined && (
        <p role="alert">
          Your second factor can’t be shown here, and you have no recovery code left. Ask whoever manages users to reset
          it.
        </p>
      )}
      {half.data && method && (
        <>
          <p>
            The password of <strong>{half.data.email}</strong> is right. Now show {WORDS[method]}.
          </p>
          {method === 'passkey' ? (
            <ByPasskey onSignedIn={onSignedIn} />
          ) : (
            <ByCode key={method} method={method} onSignedIn={onSignedIn} />
          )}
          <div className="other-ways">
            {methods
              .filter((each) => each !== method)
              .map((each) => (
                <Button key={each} variant="default" onClick={() => setChosen(each)}>
                  Use {WORDS[each]}
                </Button>
              ))}
          </div>
        </>
      )}
      <p className="fine">
        <To href={addresses.signIn()}>Begin again</To> with another user.
      </p>
    </Door>
  );
}

function ByCode({ method, onSignedIn }: { method: Exclude<Method, 'passkey'>; onSignedIn: () => void }) {
  const [code, setCode] = useState('');
  const isTotp = method === 'totp';
  const field = useRef<HTMLInputElement>(null);
  // The one thing to do here.
  useEffect(() => field.current?.focus(), []);
  const showing = useMutation({
    mutationKey: ['sign-in'],
    mutationFn: () =>
      told(api.POST('/api/v1/session/second-step', { body: isTotp ? { totp: code } : { recoveryCode: code } })),
    onSuccess: onSignedIn,
    onError: () => setCode(''),
  });
  const isReady = isTotp ? isCode(code) : code.trim().length >= 16;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !showing.isPending) showing.mutate();
  };
  return (
    <form className="form" onSubmit={send}>
      {showing.error && <Failure cause={showing.error} />}
      {isTotp ? (
        <CodeField ref={field} value={code} onChange={setCode} />
      ) : (
        <TextInput
          ref={field}
          label="Recovery code"
          description="One of the ten you kept; each works once."
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={40}
          required
        />
      )}
      <Button type="submit" size="sm" disabled={!isReady} loading={showing.isPending}>
        Sign in
      </Button>
    </form>
  );
}

function ByPasskey({ onSignedIn }: { onSignedIn: () => void }) {
  const showing = useMutation({
    mutationKey: ['sign-in'],
    mutationFn: async () => {
      const passkey = await showPasskey(await told(api.POST('/api/v1/session/second-step/passkey-options')));
      return told(api.POST('/api/v1/session/second-step', { body: { passkey: passkey as never } }));
    },
    onSuccess: onSignedIn,
  });
  return (
    <>
      {showing.error && <Failure cause={showing.error} />}
      <Button size="sm" onClick={() => showing.mutate()} loading={showing.isPending}>
        Show the passkey
      </Button>
    </>
  );
}
