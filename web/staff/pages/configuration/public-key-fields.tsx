import { Button, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, told } from '../../api.ts';
import { Failure } from '../../parts/notes.tsx';
import { FieldPlace, useField } from './fields.tsx';
import { PlaceFaults } from './place-faults.tsx';

const KEYS_MAX = 10;

const describe = (keys: readonly string[]) =>
  told(api.POST('/api/v1/ssh-public-keys/describe', { body: { keys: [...keys] } }));

/** The public keys of one FTP user, each told by its type and fingerprint; a pasted one is read by the server before it is taken. */
export function PublicKeyFields({ at, username }: { at: string; username: string }) {
  const { value, put, bind, isFixed } = useField({ at });
  const keys = value as readonly string[];
  const [pasted, setPasted] = useState('');
  const known = useQuery({
    queryKey: ['ssh-public-keys', keys],
    enabled: keys.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => describe(keys),
  });
  const add = useMutation({
    mutationFn: async (text: string) => {
      // A key pasted whole from a terminal may be wrapped; what is no single key goes as it is, for the server to say why.
      const lines = text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter(Boolean);
      const isSeveral = lines.length > 1 && lines.every((line) => /^(ssh|ecdsa)-/.test(line));
      const asked = isSeveral ? lines : [text.trim()];
      const { items } = await describe(asked);
      return items;
    },
    onSuccess: (items) => {
      const good = items.flatMap((item) => (item.kind === 'key' && !keys.includes(item.line) ? [item.line] : []));
      if (good.length > 0) put([...keys, ...good].slice(0, KEYS_MAX));
      if (items.every((item) => item.kind === 'key')) setPasted('');
    },
  });
  const refused = add.data?.flatMap((item) => (item.kind === 'refused' ? [item.why] : [])) ?? [];
  const whose = username || 'this user';
  return (
    <FieldPlace at={at}>
      <span className="config-label">{bind.label}</span>
      <PlaceFaults at={at} />
      {keys.length === 0 && <span className="soft">None: password only.</span>}
      <ul className="ftp-keys">
        {keys.map((key, n) => {
          const told = known.data?.items[n];
          return (
            <li key={key} data-at={`${at}.${n}`} tabIndex={-1}>
              {told?.kind === 'key' ? (
                <>
                  <b>{told.type}</b> {told.bits} bits{told.comment && ` · ${told.comment}`}
                  <br />
                  <code>{told.fingerprint}</code>
                </>
              ) : (
                <code>{told?.kind === 'refused' ? told.why : key.slice(0, 60)}</code>
              )}
              <PlaceFaults at={`${at}.${n}`} />
              {!isFixed && (
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={`Take out key ${n + 1} of ${whose}`}
                  onClick={() => put(keys.filter((_each, index) => index !== n))}
                >
                  Take out
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {!isFixed && keys.length < KEYS_MAX && (
        <>
          <Textarea
            aria-label={`A public key for ${whose}`}
            placeholder="ssh-ed25519 AAAA… name"
            description="The line of a .pub file, as OpenSSH makes it. Never the private key."
            value={pasted}
            onChange={(event) => setPasted(event.currentTarget.value)}
            error={refused.length > 0 ? refused.join(' ') : undefined}
            autosize
            minRows={2}
            maxRows={6}
          />
          <div className="acts">
            <Button
              variant="default"
              size="compact-xs"
              disabled={pasted.trim() === ''}
              loading={add.isPending}
              onClick={() => add.mutate(pasted)}
            >
              Add the key
            </Button>
          </div>
          {add.error && <Failure cause={add.error} />}
        </>
      )}
    </FieldPlace>
  );
}
