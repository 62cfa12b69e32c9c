import { Checkbox, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { RIGHT_WORDS, type Role, rightsOf, roleWord } from './right-words.ts';
import { rolesQuery } from './roles.tsx';
import type { User } from './users.tsx';

/** Name and roles; what the person will be able to do, and no longer, is said before it is so. */
export function ChangeUser({ person, onClose, onDone }: { person: User; onClose: () => void; onDone: () => void }) {
  const { data: roles } = useQuery(rolesQuery);
  const [name, setName] = useState(person.name);
  const [chosen, setChosen] = useState<string[]>([...person.roles]);
  const offered = (roles?.items ?? []).filter((role) => role.of === (person.bid === null ? 'causeway' : 'biller'));
  return (
    <Ask
      isOpen
      onClose={onClose}
      title={`Change ${person.name}`}
      what="It holds from their next act on, in the sessions they have too."
      confirm="Save"
      needsReason={false}
      isReady={name.trim() !== '' && chosen.length > 0}
      fields={
        <>
          <TextInput
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={120}
            required
            data-autofocus
          />
          <Checkbox.Group
            label="Roles"
            value={chosen}
            onChange={setChosen}
            error={chosen.length === 0 ? 'At least one role. To take everything, disable the user.' : null}
          >
            {offered.map((role) => (
              <Checkbox
                key={role.name}
                value={role.name}
                label={roleWord(role.name)}
                description={role.isYoursToGive ? undefined : 'Has rights that you do not have yourself'}
                disabled={!role.isYoursToGive}
                mt={6}
              />
            ))}
          </Checkbox.Group>
          <WhatChanges roles={roles?.items ?? []} before={person.roles} after={chosen} />
        </>
      }
      act={async () => {
        await told(
          api.PUT('/api/v1/staff-users/{id}', {
            params: { path: { id: person.id } },
            body: { name: name.trim(), roles: chosen, expectedRoles: [...person.roles] },
          }),
        );
        onDone();
      }}
    />
  );
}

function WhatChanges({
  roles,
  before,
  after,
}: {
  roles: readonly Role[];
  before: readonly string[];
  after: readonly string[];
}) {
  const had = rightsOf(roles, before);
  const has = rightsOf(roles, after);
  const gained = [...has].filter((right) => !had.has(right));
  const lost = [...had].filter((right) => !has.has(right));
  if (gained.length === 0 && lost.length === 0) return null;
  return (
    <div role="status">
      {gained.length > 0 && (
        <p>
          <strong>They can from now on:</strong> {gained.map((right) => RIGHT_WORDS[right]).join(' · ')}
        </p>
      )}
      {lost.length > 0 && (
        <p>
          <strong>They can no longer:</strong> {lost.map((right) => RIGHT_WORDS[right]).join(' · ')}
        </p>
      )}
    </div>
  );
}
