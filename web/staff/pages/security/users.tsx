import { Button } from '@mantine/core';
import { useState } from 'react';
import { addresses } from '../../addresses.ts';
import { api, type Item, told } from '../../api.ts';
import { Icon } from '../../parts/icons.tsx';
import { Listing } from '../../parts/listing.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Ago, Moment, To } from '../../parts/show.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { ToldOnce } from '../told-once.tsx';
import { InvitePerson } from './invite-person.tsx';
import { roleWord } from './right-words.ts';

export type User = Item<'/api/v1/staff-users'>;

/** Everybody who works here, and the way to invite somebody. */
export function Users() {
  const [isInviting, setInviting] = useState(false);
  const [link, setLink] = useState<string>();
  return (
    <>
      <PageHead
        path={[['Console']]}
        title="Users"
        acts={
          <>
            <To href={addresses.roles()}>Roles and rights</To>
            <Button leftSection={<Icon name="plus" />} onClick={() => setInviting(true)}>
              Invite a person
            </Button>
          </>
        }
      />
      {link && (
        <ToldOnce
          title="The invitation’s link, told this once; it holds for 7 days"
          text={link}
          onClose={() => setLink(undefined)}
        />
      )}
      <Listing
        what="users"
        queryKey={['users']}
        fetchPage={(page, signal) => told(api.GET('/api/v1/staff-users', { params: { query: page }, signal }))}
        keyOf={(row) => row.id}
        addressOf={(row) => addresses.user(row.id)}
        columns={[
          { head: 'Name', cell: (row) => row.name, text: (row) => row.name },
          { head: 'Email', cell: (row) => row.email, text: (row) => row.email },
          { head: 'Roles', cell: (row) => row.roles.map(roleWord).join(', '), text: (row) => row.roles.join(' ') },
          {
            head: 'Of',
            cell: (row) => (row.bid === null ? 'Causeway' : `Biller ${row.bid}`),
            text: (row) => row.bid ?? 'Causeway',
          },
          { head: 'State', cell: (row) => <UserState user={row} />, text: (row) => row.state },
          {
            head: 'Last seen',
            cell: (row) => (row.lastSeenAt ? <Ago at={row.lastSeenAt} /> : '–'),
            text: (row) => row.lastSeenAt,
          },
          { head: 'Since', isExtra: true, cell: (row) => <Moment at={row.createdAt} />, text: (row) => row.createdAt },
        ]}
        empty="Nobody was invited yet."
      />
      {isInviting && <InvitePerson onClose={() => setInviting(false)} onLink={setLink} />}
    </>
  );
}

/** Invited, active or disabled; an invitation that nobody took up in time says so. */
export function UserState({ user }: { user: User }) {
  const isLate = user.state === 'invited' && (user.invitedUntil ?? '') < new Date().toISOString();
  return isLate && user.invitedUntil !== null ? (
    <StateMark state="invited" tone="warn" word="Invitation expired" />
  ) : (
    <StateMark state={user.state} />
  );
}
