import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Item, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { billersQuery } from '../../parts/biller-switcher.tsx';
import { Icon } from '../../parts/icons.tsx';
import { Listing } from '../../parts/listing.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Moment } from '../../parts/show.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { queryClient } from '../../query-client.ts';
import { words } from '../../say.ts';
import { sessionQuery } from '../../session.ts';
import { ToldOnce } from '../told-once.tsx';

type User = Item<'/api/v1/staff-users'>;

const roleWord = (role: string): string => (role === 'csr' ? 'CSR' : words(role));

export function Users() {
  const [isInviting, setInviting] = useState(false);
  const [link, setLink] = useState<string>();
  const [disabling, setDisabling] = useState<User>();
  const inviteAgain = async (user: User) => {
    const told_ = await told(api.POST('/api/v1/staff-users/{id}/invitation', { params: { path: { id: user.id } } }));
    setLink(told_.link);
  };
  return (
    <>
      <PageHead
        path={[['Console']]}
        title="Users"
        acts={
          <Button leftSection={<Icon name="plus" />} onClick={() => setInviting(true)}>
            Invite a person
          </Button>
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
        columns={[
          { head: 'Name', cell: (row) => row.name, text: (row) => row.name },
          { head: 'Email', cell: (row) => row.email, text: (row) => row.email },
          { head: 'Roles', cell: (row) => row.roles.map(roleWord).join(', '), text: (row) => row.roles.join(' ') },
          {
            head: 'Of',
            cell: (row) => (row.bid === null ? 'Causeway' : `Biller ${row.bid}`),
            text: (row) => row.bid ?? 'Causeway',
          },
          { head: 'State', cell: (row) => <StateMark state={row.state} />, text: (row) => row.state },
          { head: 'Since', cell: (row) => <Moment at={row.createdAt} />, text: (row) => row.createdAt },
          {
            head: 'Acts',
            cell: (row) =>
              row.state !== 'disabled' && (
                <span className="acts">
                  <Button
                    variant="default"
                    size="compact-xs"
                    onClick={() => void inviteAgain(row)}
                    aria-label={`New invitation for ${row.email}`}
                  >
                    New invitation
                  </Button>
                  <Button
                    variant="default"
                    size="compact-xs"
                    onClick={() => setDisabling(row)}
                    aria-label={`Disable ${row.email}`}
                  >
                    Disable
                  </Button>
                </span>
              ),
            text: () => '',
          },
        ]}
        empty="Nobody was invited yet."
      />
      {isInviting && <Invite onClose={() => setInviting(false)} onLink={setLink} />}
      <Ask
        isOpen={disabling !== undefined}
        onClose={() => setDisabling(undefined)}
        title={`Disable ${disabling?.email}`}
        what="Their sessions end now, and they can’t sign in. What they did stays on record under their name."
        confirm="Disable"
        isDanger
        needsReason={false}
        act={async () => {
          if (!disabling) return;
          await told(api.POST('/api/v1/staff-users/{id}/disable', { params: { path: { id: disabling.id } } }));
          await queryClient.invalidateQueries({ queryKey: ['users'] });
        }}
      />
    </>
  );
}

function Invite({ onClose, onLink }: { onClose: () => void; onLink: (link: string) => void }) {
  const { data: session } = useQuery(sessionQuery);
  const { data: roles } = useQuery({ queryKey: ['roles'], queryFn: () => told(api.GET('/api/v1/roles')) });
  const { data: billers } = useQuery(billersQuery);
  const ownBid = session?.user.bid ?? null;
  const [typed, setTyped] = useState({ email: '', name: '', role: '', bid: ownBid === null ? '' : String(ownBid) });
  const offered = (roles?.items ?? []).filter((role) => role.of === (typed.bid ? 'biller' : 'causeway'));
  const role = offered.some((each) => each.name === typed.role) ? typed.role : (offered[0]?.name ?? '');
  return (
    <Ask
      isOpen
      onClose={onClose}
      title="Invite a person"
      what="You get a link to give to them. They choose their own password."
      confirm="Invite, and show the link"
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
            data={offered.map((each) => ({ value: each.name, label: roleWord(each.name) }))}
          />
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
        onLink(made.link);
        await queryClient.invalidateQueries({ queryKey: ['users'] });
      }}
    />
  );
}
