import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, type Reply, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { queryClient } from '../../query-client.ts';

type Biller = Reply<'/api/v1/billers/{bid}'>;

/** Name, slug and BillerGuid: what breaks when they change is said before they do. */
export function RenameBiller({ biller, onClose }: { biller: Biller; onClose: () => void }) {
  const [name, setName] = useState(biller.name);
  const [slug, setSlug] = useState(biller.slug);
  const [guid, setGuid] = useState(biller.guid);
  const isSlug = /^[a-z0-9][a-z0-9-]{1,62}$/.test(slug);
  const isGuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(guid.trim());
  const isChanged = name.trim() !== biller.name || slug !== biller.slug || guid.trim() !== biller.guid;
  return (
    <Ask
      isOpen
      onClose={onClose}
      title={`Change who ${biller.name} is`}
      confirm="Change it"
      isReady={isChanged && name.trim() !== '' && isSlug && isGuid}
      what={
        <ul className="faults">
          <li>The name is for staff. What payers read is the display name under Branding.</li>
          <li>
            {slug === biller.slug
              ? 'The slug is the address of the Virtual Site: links that payers and letters hold break when it changes.'
              : `Links to /${biller.slug} break: payers find the biller under /${slug} only.`}
          </li>
          <li>
            {guid.trim() === biller.guid
              ? 'Files carry the BillerGuid: with another one here, files with the old one are refused.'
              : 'Files that carry the old BillerGuid are refused from now on.'}
          </li>
        </ul>
      }
      fields={
        <>
          <TextInput
            label="Name"
            value={name}
            maxLength={120}
            onChange={(event) => setName(event.currentTarget.value)}
            required
          />
          <TextInput
            label="Slug"
            value={slug}
            onChange={(event) => setSlug(event.currentTarget.value)}
            error={!isSlug && 'must be 2 to 63 small letters, digits or dashes, and begin with a letter or digit.'}
            required
          />
          <TextInput
            label="BillerGuid"
            value={guid}
            onChange={(event) => setGuid(event.currentTarget.value)}
            error={!isGuid && 'must be a GUID such as 0c7c1d0e-5b8a-4a86-8f2b-93a0b6a93120.'}
            required
          />
        </>
      }
      act={async (reason) => {
        await told(
          api.PUT('/api/v1/billers/{bid}', {
            params: { path: { bid: biller.bid } },
            body: { name: name.trim(), slug, guid: guid.trim(), reason },
          }),
        );
        await Promise.all([
          queryClient.invalidateQueries({ queryKey: ['biller', biller.bid] }),
          queryClient.invalidateQueries({ queryKey: ['billers'] }),
        ]);
      }}
    />
  );
}
