import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, type Item, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { Icon } from '../../parts/icons.tsx';
import { Listing } from '../../parts/listing.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Moment } from '../../parts/show.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { useBid } from '../../parts/use-biller.ts';
import { queryClient } from '../../query-client.ts';
import { ToldOnce } from '../told-once.tsx';

type Credential = Item<'/api/v1/billers/{bid}/credentials'>;

const SCOPES = [
  ['invoices:write', 'Send invoices and invoice files'],
  ['invoices:read', 'Read invoices and what became of files'],
  ['accounts:read', 'Read accounts and balances'],
  ['balances:refresh', 'Ask for a Data Refresh'],
  ['payments:read', 'Read payments'],
] as const;

/** The bearer credentials of the biller's partner. A token is told once, when it is made. */
export function Credentials() {
  const bid = useBid();
  const [isCreating, setCreating] = useState(false);
  const [token, setToken] = useState<string>();
  const [revoking, setRevoking] = useState<Credential>();
  return (
    <>
      <PageHead
        path={[['CRM']]}
        title="API credentials"
        acts={
          <Button leftSection={<Icon name="plus" />} onClick={() => setCreating(true)}>
            Create a credential
          </Button>
        }
      />
      {token && <ToldOnce title="The token, told this once" text={token} onClose={() => setToken(undefined)} />}
      <Listing
        what="API credentials"
        queryKey={['credentials', bid]}
        fetchPage={async (_page, signal) => {
          const { items } = await told(
            api.GET('/api/v1/billers/{bid}/credentials', { params: { path: { bid } }, signal }),
          );
          return { items, nextCursor: null };
        }}
        keyOf={(row) => row.id}
        columns={[
          { head: 'Name', cell: (row) => row.name, text: (row) => row.name },
          { head: 'May', cell: (row) => row.scopes.join(', '), text: (row) => row.scopes.join(' ') },
          {
            head: 'State',
            cell: (row) => <StateMark state={row.isInForce ? 'active' : 'off'} word={stateOf(row)} />,
            text: stateOf,
          },
          {
            head: 'Expires',
            cell: (row) => (row.expiresAt ? <Moment at={row.expiresAt} /> : 'never'),
            text: (row) => row.expiresAt,
          },
          {
            head: 'Last used',
            cell: (row) => (row.lastUsedAt ? <Moment at={row.lastUsedAt} /> : 'never'),
            text: (row) => row.lastUsedAt,
          },
          { head: 'Created', cell: (row) => <Moment at={row.createdAt} />, text: (row) => row.createdAt },
          { head: 'By', cell: (row) => row.createdBy, text: (row) => row.createdBy },
          {
            head: 'Act',
            cell: (row) =>
              row.isInForce && (
                <Button
                  variant="default"
                  size="compact-xs"
                  onClick={() => setRevoking(row)}
                  aria-label={`Revoke ${row.name}`}
                >
                  Revoke
                </Button>
              ),
            text: () => '',
          },
        ]}
        empty="The partner has no credential yet, so it can’t call the API."
      />
      {isCreating && <Create bid={bid} onClose={() => setCreating(false)} onToken={setToken} />}
      <Ask
        isOpen={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={`Revoke “${revoking?.name}”`}
        what="Every call with this credential is refused from now on. It can’t be put in force again: make a new one."
        confirm="Revoke"
        isDanger
        needsReason={false}
        act={async () => {
          if (!revoking) return;
          await told(
            api.DELETE('/api/v1/billers/{bid}/credentials/{id}', { params: { path: { bid, id: revoking.id } } }),
          );
          await queryClient.invalidateQueries({ queryKey: ['credentials', bid] });
        }}
      />
    </>
  );
}

const stateOf = (row: Credential): string => (row.isInForce ? 'In force' : row.revokedAt ? 'Revoked' : 'Expired');

function Create({ bid, onClose, onToken }: { bid: number; onClose: () => void; onToken: (token: string) => void }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>(['invoices:write', 'invoices:read']);
  const [lastDay, setLastDay] = useState('');
  return (
    <Ask
      isOpen
      onClose={onClose}
      title="Create a credential"
      what="For the partner’s program. Give it a name by which you will know it, and what it needs."
      confirm="Create, and show the token"
      needsReason={false}
      isReady={name.trim().length > 0 && scopes.length > 0}
      fields={
        <>
          <TextInput
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            maxLength={80}
            data-autofocus
          />
          <Checkbox.Group label="It may" value={scopes} onChange={setScopes}>
            {SCOPES.map(([scope, words]) => (
              <Checkbox key={scope} value={scope} label={`${words} (${scope})`} mt={6} />
            ))}
          </Checkbox.Group>
          <TextInput
            label="Last day"
            description="The credential is refused after this day. Empty: in force until it is revoked."
            type="date"
            value={lastDay}
            onChange={(event) => setLastDay(event.currentTarget.value)}
          />
        </>
      }
      act={async () => {
        const made = await told(
          api.POST('/api/v1/billers/{bid}/credentials', {
            params: { path: { bid } },
            body: { name: name.trim(), scopes, expiresAt: lastDay ? endOfDay(lastDay) : null },
          }),
        );
        onToken(made.token);
        await queryClient.invalidateQueries({ queryKey: ['credentials', bid] });
      }}
    />
  );
}

/** The end of a day where the person is. */
const endOfDay = (day: string): string => new Date(`${day}T23:59:59.999`).toISOString();
