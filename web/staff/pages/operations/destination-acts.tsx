import { Checkbox, NativeSelect, Radio, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, Refused, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { billersQuery } from '../../parts/biller-switcher.tsx';
import { queryClient } from '../../query-client.ts';
import type { Destination } from './operations-data.ts';

const NAME_MAX = 80;
const ADDRESS_MAX = 2_000;

const renew = () => queryClient.invalidateQueries({ queryKey: ['operations'] });

/** A new place where alerts go. A webhook's secret is told once it is saved. */
export function AddDestination({ onClose, onSecret }: { onClose: () => void; onSecret: (secret: string) => void }) {
  const [kind, setKind] = useState<'email' | 'webhook'>('email');
  const [name, setName] = useState('');
  const [address, setAddress] = useState('');
  const [bid, setBid] = useState('');
  const [fault, setFault] = useState<string>();
  const { data: billers } = useQuery(billersQuery);
  const isEmail = kind === 'email';
  return (
    <Ask
      isOpen
      onClose={onClose}
      title="Add a destination"
      what="It is told once when something breaks and once when it recovers, from the next alert on."
      confirm={isEmail ? 'Add the email address' : 'Add the webhook, and show its secret'}
      needsReason={false}
      isReady={name.trim() !== '' && address.trim() !== ''}
      fields={
        <>
          <Radio.Group label="By" value={kind} onChange={(value) => setKind(value === 'webhook' ? 'webhook' : 'email')}>
            <Radio value="email" label="Email" mt={6} />
            <Radio value="webhook" label="Webhook: a POST to a program of yours, signed by Standard Webhooks" mt={6} />
          </Radio.Group>
          <TextInput
            label="Name"
            description="By which you will know it, as “On call” or “Pager”."
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={NAME_MAX}
            required
            data-autofocus
          />
          <TextInput
            label={isEmail ? 'Email address' : 'Address (https://)'}
            description={
              isEmail ? undefined : 'It must be reachable from outside: addresses inside this network are refused.'
            }
            value={address}
            onChange={(event) => {
              setAddress(event.currentTarget.value);
              setFault(undefined);
            }}
            error={fault}
            type={isEmail ? 'email' : 'url'}
            maxLength={ADDRESS_MAX}
            required
          />
          <NativeSelect
            label="Hears of"
            value={bid}
            onChange={(event) => setBid(event.currentTarget.value)}
            data={[
              { value: '', label: 'Everything: the installation and every biller' },
              ...(billers?.items ?? []).map((one) => ({
                value: String(one.bid),
                label: `${one.name} (${one.bid}) only`,
              })),
            ]}
          />
        </>
      }
      act={async () => {
        try {
          const body = { kind, name: name.trim(), address: address.trim(), bid: bid === '' ? null : Number(bid) };
          const made = await told(api.POST('/api/v1/operations/alert-destinations', { body }));
          if (made.secret) onSecret(made.secret);
          await renew();
        } catch (cause) {
          if (cause instanceof Refused) setFault(cause.faults.find((one) => one.at === 'body.address')?.message);
          throw cause;
        }
      }}
    />
  );
}

export function ChangeDestination({ of, onClose }: { of: Destination; onClose: () => void }) {
  const [name, setName] = useState(of.name);
  const [isOn, setOn] = useState(of.isOn);
  return (
    <Ask
      isOpen
      onClose={onClose}
      title={`Change “${of.name}”`}
      what={
        of.isOn && !isOn
          ? 'It is told nothing more, and what still waits for it is given up. Alerts stay on the screen.'
          : 'The address stays: for another one add a destination and remove this one.'
      }
      confirm="Save"
      isReady={name.trim() !== ''}
      fields={
        <>
          <TextInput
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={NAME_MAX}
            required
          />
          <Checkbox label="On" checked={isOn} onChange={(event) => setOn(event.currentTarget.checked)} />
        </>
      }
      act={async (reason) => {
        const body = { expectedVersion: of.version, name: name.trim(), isOn, reason };
        const params = { path: { id: of.id } };
        await told(api.PATCH('/api/v1/operations/alert-destinations/{id}', { params, body }));
        await renew();
      }}
    />
  );
}

export function RotateSecret({
  of,
  onClose,
  onSecret,
}: {
  of: Destination;
  onClose: () => void;
  onSecret: (secret: string) => void;
}) {
  const [keepsOld, setKeepsOld] = useState(true);
  return (
    <Ask
      isOpen
      onClose={onClose}
      title={`New secret for “${of.name}”`}
      what={
        keepsOld
          ? 'For 24 hours each alert is signed with both secrets, so that the receiver can change over without missing one.'
          : 'The present secret signs nothing more, at once: choose this when somebody else may know it.'
      }
      confirm="Make it, and show it"
      needsReason={false}
      fields={
        <Checkbox
          label="Keep the present one signing for 24 hours"
          checked={keepsOld}
          onChange={(event) => setKeepsOld(event.currentTarget.checked)}
        />
      }
      act={async () => {
        const params = { path: { id: of.id } };
        const { secret } = await told(
          api.POST('/api/v1/operations/alert-destinations/{id}/rotate-secret', { params, body: { keepsOld } }),
        );
        onSecret(secret);
        await renew();
      }}
    />
  );
}

export function RemoveDestination({ of, onClose }: { of: Destination; onClose: () => void }) {
  return (
    <Ask
      isOpen
      onClose={onClose}
      title={`Remove “${of.name}”`}
      what={`${of.address} is told nothing more, and its messages go from the list. This can’t be undone; it can be added again.`}
      confirm="Remove"
      isDanger
      needsReason={false}
      act={async () => {
        await told(api.DELETE('/api/v1/operations/alert-destinations/{id}', { params: { path: { id: of.id } } }));
        await renew();
      }}
    />
  );
}
