import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, type Reply, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { Ago, Moment, Part } from '../../parts/show.tsx';
import { Window } from '../../parts/window.tsx';
import { AddPasskey } from './add-passkey.tsx';

export type OwnSecurityFacts = Reply<'/api/v1/own-security'>;
type Passkey = OwnSecurityFacts['passkeys'][number];

/** One's passkeys: each with its name, when it was made, when it was last used. */
export function OwnPasskeys({
  own,
  onChanged,
}: {
  own: OwnSecurityFacts;
  onChanged: (codes: readonly string[]) => void;
}) {
  const [isAdding, setAdding] = useState(false);
  return (
    <Part
      title="Passkeys"
      aside={
        own.passkeysHere.isThere && (
          <Button variant={own.passkeys.length === 0 ? 'filled' : 'default'} onClick={() => setAdding(true)}>
            Add a passkey
          </Button>
        )
      }
    >
      {!own.passkeysHere.isThere && <p className="sentence">{own.passkeysHere.why}</p>}
      {own.passkeys.length === 0 ? (
        <p className="sentence">
          None. A passkey signs you in with your finger, face or PIN, without the password, and no false site can ask
          for it.
        </p>
      ) : (
        <ul className="passkeys">
          {own.passkeys.map((passkey) => (
            <OnePasskey key={passkey.id} passkey={passkey} onChanged={() => onChanged([])} />
          ))}
        </ul>
      )}
      {isAdding && (
        <Window title="Add a passkey" onClose={() => setAdding(false)} size="md">
          <AddPasskey
            onGiveUp={() => setAdding(false)}
            onDone={(codes) => {
              setAdding(false);
              onChanged(codes);
            }}
          />
        </Window>
      )}
    </Part>
  );
}

function OnePasskey({ passkey, onChanged }: { passkey: Passkey; onChanged: () => void }) {
  const [open, setOpen] = useState<'rename' | 'remove'>();
  const [name, setName] = useState(passkey.name);
  const params = { path: { id: passkey.id } };
  const close = () => setOpen(undefined);
  return (
    <li>
      <div>
        <strong>{passkey.name}</strong>
        <span className="fine">
          Made <Moment at={passkey.createdAt} /> ·{' '}
          {passkey.lastUsedAt === null ? (
            'never used'
          ) : (
            <>
              last used <Ago at={passkey.lastUsedAt} />
            </>
          )}
          {passkey.isBackedUp && ' · on your other devices too'}
        </span>
      </div>
      <span className="acts">
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => setOpen('rename')}
          aria-label={`Rename ${passkey.name}`}
        >
          Rename
        </Button>
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => setOpen('remove')}
          aria-label={`Remove ${passkey.name}`}
        >
          Remove
        </Button>
      </span>
      <Ask
        isOpen={open === 'rename'}
        onClose={close}
        title="Rename the passkey"
        what="The name is for you; what the passkey does stays the same."
        confirm="Rename"
        needsReason={false}
        isReady={name.trim() !== ''}
        fields={
          <TextInput
            label="Name of the passkey"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={60}
            required
            data-autofocus
          />
        }
        act={() => told(api.PUT('/api/v1/own-security/passkeys/{id}', { params, body: { name: name.trim() } }))}
        onDone={onChanged}
      />
      <Ask
        isOpen={open === 'remove'}
        onClose={close}
        title={`Remove ${passkey.name}`}
        what="It no longer signs you in here. The phone or key keeps it until you delete it there too."
        confirm="Remove"
        isDanger
        needsReason={false}
        act={() => told(api.DELETE('/api/v1/own-security/passkeys/{id}', { params }))}
        onDone={onChanged}
      />
    </li>
  );
}
