import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { addresses } from '../../addresses.ts';
import { api, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { Awaited } from '../../parts/notes.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { sayDone } from '../../parts/say-done.ts';
import { Ago, Facts, Moment, Part, To } from '../../parts/show.tsx';
import { queryClient } from '../../query-client.ts';
import { sessionQuery } from '../../session.ts';
import { ToldOnce } from '../told-once.tsx';
import { ChangeUser } from './change-user.tsx';
import { roleWord } from './right-words.ts';
import { UserFactors } from './user-factors.tsx';
import { UserHistory } from './user-history.tsx';
import { UserSessions } from './user-sessions.tsx';
import { type User as Person, UserState } from './users.tsx';

type Act = 'change' | 'invite' | 'disable' | 'enable';

const forgetUser = () =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: ['users'] }),
    queryClient.invalidateQueries({ queryKey: ['user'] }),
  ]);

/** One user: who they are, what they may do, where they are signed in, and what is on record about them. */
export function User() {
  const { userId: id } = useParams({ strict: false }) as { userId: string };
  const [act, setAct] = useState<Act>();
  const [link, setLink] = useState<string>();
  const { data: session } = useQuery(sessionQuery);
  const user = useQuery({
    queryKey: ['user', id, 'facts'],
    queryFn: () => told(api.GET('/api/v1/staff-users/{id}', { params: { path: { id } } })),
  });
  return (
    <Awaited of={user} what="the user">
      {(person) => {
        const isSelf = session?.user.id === person.id;
        return (
          <>
            <PageHead
              path={[['Console'], ['Users', addresses.users()]]}
              title={person.name}
              mark={<UserState user={person} />}
              acts={!isSelf && <Acts person={person} onAct={setAct} />}
            />
            {link && (
              <ToldOnce
                title="The link, told this once; it holds for 7 days"
                text={link}
                onClose={() => setLink(undefined)}
              />
            )}
            {isSelf && (
              <p>
                This is you. Your own roles are changed by somebody else; your password and sessions are under{' '}
                <To href={addresses.ownSecurity()}>Your sign-in and sessions</To>.
              </p>
            )}
            <Part title="Who">
              <Facts
                items={[
                  ['Email', person.email],
                  ['Of', person.bid === null ? 'Causeway: every biller' : `Biller ${person.bid}`],
                  ['Roles', person.roles.map(roleWord).join(', ')],
                  ['Since', <Moment key="since" at={person.createdAt} />],
                  ['Last seen', person.lastSeenAt ? <Ago key="seen" at={person.lastSeenAt} /> : 'never'],
                  ...(person.invitedUntil
                    ? [['Invitation holds until', <Moment key="until" at={person.invitedUntil} />] as const]
                    : []),
                ]}
              />
            </Part>
            <UserFactors person={person} isSelf={isSelf} />
            <UserSessions person={person} isSelf={isSelf} />
            <UserHistory id={person.id} />
            {act === 'change' && (
              <ChangeUser person={person} onClose={() => setAct(undefined)} onDone={() => void forgetUser()} />
            )}
            <Invite person={person} isOpen={act === 'invite'} onClose={() => setAct(undefined)} onLink={setLink} />
            <Switch person={person} act={act} onClose={() => setAct(undefined)} />
          </>
        );
      }}
    </Awaited>
  );
}

function Acts({ person, onAct }: { person: Person; onAct: (act: Act) => void }) {
  if (person.state === 'disabled') return <Button onClick={() => onAct('enable')}>Enable</Button>;
  return (
    <>
      <Button variant="default" onClick={() => onAct('invite')}>
        {person.state === 'invited' ? 'Invite again' : 'Let them set a new password'}
      </Button>
      <Button variant="default" onClick={() => onAct('disable')}>
        Disable
      </Button>
      <Button onClick={() => onAct('change')}>Change name or roles</Button>
    </>
  );
}

function Invite({
  person,
  isOpen,
  onClose,
  onLink,
}: {
  person: Person;
  isOpen: boolean;
  onClose: () => void;
  onLink: (link: string) => void;
}) {
  const isNew = person.state === 'invited';
  return (
    <Ask
      isOpen={isOpen}
      onClose={onClose}
      title={isNew ? `Invite ${person.name} again` : `Let ${person.name} set a new password`}
      what={
        isNew
          ? 'They get a new link by email; the one before stops working.'
          : 'They get a link by email. Their present password works until they set the new one, which ends their sessions.'
      }
      confirm="Send the link"
      needsReason={false}
      act={async () => {
        const told_ = await told(
          api.POST('/api/v1/staff-users/{id}/invitation', { params: { path: { id: person.id } } }),
        );
        if (told_.link === null) await sayDone(`The link is on its way to ${person.email}.`);
        else onLink(told_.link);
        await forgetUser();
      }}
    />
  );
}

function Switch({ person, act, onClose }: { person: Person; act: Act | undefined; onClose: () => void }) {
  const path = { params: { path: { id: person.id } } };
  return (
    <>
      <Ask
        isOpen={act === 'disable'}
        onClose={onClose}
        title={`Disable ${person.name}`}
        what="Their sessions end now, in the middle of whatever they are doing, and they can’t sign in. What they did stays on record under their name."
        confirm="Disable"
        isDanger
        needsReason={false}
        act={async () => {
          await told(api.POST('/api/v1/staff-users/{id}/disable', path));
          await forgetUser();
        }}
      />
      <Ask
        isOpen={act === 'enable'}
        onClose={onClose}
        title={`Enable ${person.name}`}
        what="They can sign in again, with the roles and the password they had."
        confirm="Enable"
        needsReason={false}
        act={async () => {
          await told(api.POST('/api/v1/staff-users/{id}/enable', path));
          await forgetUser();
        }}
      />
    </>
  );
}
