import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { Awaited } from '../../parts/notes.tsx';
import { sayDone } from '../../parts/say-done.ts';
import { Facts, Moment, Part } from '../../parts/show.tsx';
import { queryClient } from '../../query-client.ts';
import { counted } from '../../say.ts';
import type { User } from './users.tsx';

/** Somebody's second factors, for who manages users: what there is, and the way out for who lost theirs. */
export function UserFactors({ person, isSelf }: { person: User; isSelf: boolean }) {
  const [isAsking, setAsking] = useState(false);
  const params = { path: { id: person.id } };
  const factors = useQuery({
    queryKey: ['user', person.id, 'factors'],
    queryFn: () => told(api.GET('/api/v1/staff-users/{id}/factors', { params })),
  });
  const hasAny = factors.data && (factors.data.totpSince !== null || factors.data.passkeys > 0);
  return (
    <Part
      title="Second factors"
      aside={
        hasAny &&
        !isSelf && (
          <Button variant="default" onClick={() => setAsking(true)}>
            Reset
          </Button>
        )
      }
    >
      <Awaited of={factors} what="second factors">
        {(has) => (
          <Facts
            items={[
              ['Authenticator app', has.totpSince === null ? 'none' : <Moment key="totp" at={has.totpSince} />],
              ['Passkeys', has.passkeys === 0 ? 'none' : String(has.passkeys)],
              ['Recovery codes left', hasAny ? counted(has.recoveryCodesLeft, 'code') : 'none'],
              ['Asked for by the operator', has.mustHaveFactor ? 'yes' : 'no'],
              ...(has.signOnEmail === null ? [] : [['Signs on at the provider as', has.signOnEmail] as const]),
            ]}
          />
        )}
      </Awaited>
      <Ask
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Reset the second factors of ${person.name}`}
        what="Make sure first that it is really them who asks. Their app, passkeys and recovery codes end now, and so do their sessions. They get an email, and sign in with their password; what the operator asks for they set up anew."
        confirm="Reset"
        isDanger
        act={async (reason) => {
          await told(api.POST('/api/v1/staff-users/{id}/reset-factors', { params, body: { reason } }));
          await queryClient.invalidateQueries({ queryKey: ['user', person.id] });
          await sayDone(`The second factors of ${person.name} were reset.`);
        }}
      />
    </Part>
  );
}
