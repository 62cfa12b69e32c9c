import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { billersQuery } from '../../parts/biller-switcher.tsx';
import { sayDone } from '../../parts/say-done.ts';
import { queryClient } from '../../query-client.ts';
import { sessionQuery } from '../../session.ts';
import { RIGHT_WORDS, rightsOf, roleWord } from './right-words.ts';
import { rolesQuery } from './roles.tsx';

/** Who, for whom, and as what. The invitation goes by email; where no mail is set up, the link is shown once. */
export function InvitePerson({ onClose, onLink }: { onClose: () => void; onLink: (link: string) => void }) {
  const { data: session } = useQuery(sessionQuery);
  const { data: roles } = useQuery(rolesQuery);
  const { data: billers } = useQuery(billersQuery);
  const ownBid = session?.user.bid ?? null;
  const [typed, setTyped] = useState({ email: '', name: '', role: '', bid: ownBid === null ? '' : String(ownBid) });
  const offered = (roles?.items ?? []).filter(
    (role) => role.isYoursToGive && role.of === (typed.bid ? 'biller' : 'causeway'),
  );
  const role = offered.some((each) => each.name === typed.role) ? typed.role : '';
  const rights = role === '' ? [] : [...rightsOf(offered, [role])];
  return (
    <Ask
      isOpen
      onClose={onClose}
      title="Invite a person"
      what="They get an email with a link, and choose their own password."
      confirm="Invite"
      needsReason={false}
      isReady={/.@./.test(typed.email) && typed.name.trim() !== '' && role !== ''}
      fields={
        <>
          <TextInput
            label="Email"
            type="email"
            value={typed.email}
            onChange={(event) => setTyped({ ...typed, email: event.currentTarget.value })}
            required
            data-autofocus
          />
          <TextInput
            label="Name"
            value={typed.name}
            onChange={(event) => setTyped({ ...typed, name: event.currentTarget.value })}
            required
          />
          {ownBid === null && (
            <NativeSelect
              label="Works for"
              value={typed.bid}
              onChange={(event) => setTyped({ ...typed, bid: event.currentTarget.value })}
              data={[
                { value: '', label: 'Causeway (every biller)' },
                ...(billers?.items ?? []).map((biller) => ({
                  value: String(biller.bid),
                  label: `${biller.name} (${biller.bid})`,
                })),
              ]}
            />
          )}
          <NativeSelect
            label="Role"
            value={role}
            onChange={(event) => setTyped({ ...typed, role: event.currentTarget.value })}
            // None to begin with: nobody becomes an administrator because it stood first.
            data={[
              { value: '', label: 'choose', disabled: true },
              ...offered.map((each) => ({ value: each.name, label: roleWord(each.name) })),
            ]}
            required
          />
          {rights.length > 0 && (
            <details className="more">
              <summary>What they may do ({rights.length})</summary>
              <ul className="faults">
                {rights.map((right) => (
                  <li key={right}>{RIGHT_WORDS[right]}</li>
                ))}
              </ul>
            </details>
          )}
        </>
      }
      act={async () => {
        const made = await told(
          api.POST('/api/v1/staff-users', {
            body: {
              email: typed.email.trim(),
              name: typed.name.trim(),
              roles: [role],
              bid: typed.bid ? Number(typed.bid) : null,
            },
          }),
        );
        if (made.link === null) await sayDone(`The invitation is on its way to ${made.email}.`);
        else onLink(made.link);
        await queryClient.invalidateQueries({ queryKey: ['users'] });
      }}
    />
  );
}
