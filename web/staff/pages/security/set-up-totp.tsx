import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, told } from '../../api.ts';
import { Failure, Loading } from '../../parts/notes.tsx';
import { CodeField, isCode } from './code-field.tsx';
import './security.css';

/** Scan, type the code, done: the app counts only once a code of it was typed. */
export function SetUpTotp({ onDone, onGiveUp }: { onDone: (codes: readonly string[]) => void; onGiveUp: () => void }) {
  const [code, setCode] = useState('');
  const [isTyped, setTyped] = useState(false);
  // Each opening makes a new key; the one before it is then worth nothing.
  const start = useQuery({
    queryKey: ['totp-start'],
    queryFn: () => told(api.POST('/api/v1/own-security/totp')),
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const confirming = useMutation({
    mutationFn: () => told(api.POST('/api/v1/own-security/totp/confirm', { body: { code } })),
    onSuccess: ({ recoveryCodes }) => onDone(recoveryCodes),
    onError: () => setCode(''),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (isCode(code) && !confirming.isPending) confirming.mutate();
  };
  if (start.error)
    return (
      <>
        <Failure cause={start.error} />
        <Button variant="default" onClick={onGiveUp}>
          Close
        </Button>
      </>
    );
  if (!start.data) return <Loading what="a new key" />;
  return (
    <form className="ask" onSubmit={send}>
      <p>
        <strong>1.</strong> Open an authenticator app on your phone (such as those of Google, Microsoft or Apple), and
        scan this picture.
      </p>
      <img
        className="qr"
        src={`data:image/svg+xml,${encodeURIComponent(start.data.qrSvg)}`}
        alt="QR code with the key"
      />
      {isTyped ? (
        <p>
          Or type this key there: <code className="totp-key">{inFours(start.data.key)}</code>
        </p>
      ) : (
        <Button variant="subtle" size="compact-sm" className="starts" onClick={() => setTyped(true)}>
          No camera? Show the key to type
        </Button>
      )}
      <p>
        <strong>2.</strong> Type the code the app shows now.
      </p>
      <CodeField value={code} onChange={setCode} label="First code" />
      {confirming.error && <Failure cause={confirming.error} />}
      <div className="acts">
        <Button variant="default" onClick={onGiveUp}>
          Cancel
        </Button>
        <Button type="submit" disabled={!isCode(code)} loading={confirming.isPending}>
          Turn it on
        </Button>
      </div>
    </form>
  );
}

const inFours = (key: string): string => (key.match(/.{1,4}/g) ?? []).join(' ');
