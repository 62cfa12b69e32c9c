import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { addresses } from '../addresses.ts';
import { api, told } from '../api.ts';
import { Icon } from '../parts/icons.tsx';
import { Listing } from '../parts/listing.tsx';
import { Failure } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Window } from '../parts/window.tsx';
import { queryClient } from '../query-client.ts';
import { useMay } from '../session.ts';

export function Billers() {
  const may = useMay();
  const [isCreating, setCreating] = useState(false);
  return (
    <>
      <PageHead
        path={[['Console']]}
        title="Billers"
        acts={
          may('billers:create') && (
            <Button leftSection={<Icon name="plus" />} onClick={() => setCreating(true)}>
              Create a biller
            </Button>
          )
        }
      />
      <Listing
        what="billers"
        queryKey={['billers']}
        fetchPage={({ cursor, limit }, signal) =>
          told(
            api.GET('/api/v1/billers', {
              params: { query: { limit, ...(cursor && { cursor: Number(cursor) }) } },
              signal,
            }),
          )
        }
        keyOf={(row) => String(row.bid)}
        addressOf={(row) => addresses.biller(row.bid)}
        columns={[
          { head: 'Biller', cell: (row) => row.name, text: (row) => row.name },
          {
            head: 'BID',
            align: 'right',
            cell: (row) => <span className="figure">{row.bid}</span>,
            text: (row) => row.bid,
          },
          { head: 'Virtual Site', cell: (row) => <code>/{row.slug}</code>, text: (row) => row.slug },
        ]}
        empty="There is no biller yet. Create the first one."
      />
      <CreateBiller isOpen={isCreating} onClose={() => setCreating(false)} />
    </>
  );
}

function CreateBiller({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { bid: '', name: '', slug: '' },
    validate: {
      bid: (value) => (/^[1-9]\d{0,9}$/.test(value) ? null : 'A whole number, as the biller’s contract has it.'),
      name: (value) => (value.trim() ? null : 'The company’s name.'),
      slug: (value) =>
        value === '' || /^[a-z0-9][a-z0-9-]{1,62}$/.test(value)
          ? null
          : 'Small letters, digits and -, or leave it empty.',
    },
  });
  const create = useMutation({
    mutationFn: (values: { bid: string; name: string; slug: string }) =>
      told(
        api.POST('/api/v1/billers', {
          body: { bid: Number(values.bid), name: values.name.trim(), ...(values.slug && { slug: values.slug }) },
        }),
      ),
    onSuccess: async (biller) => {
      await queryClient.invalidateQueries({ queryKey: ['billers'] });
      onClose();
      await navigate({ to: addresses.biller(biller.bid) });
    },
  });
  return (
    <Window isOpen={isOpen} onClose={onClose} title="Create a biller">
      <form className="ask" onSubmit={form.onSubmit((values) => create.mutate(values))}>
        <p>The biller begins with the default configuration; nothing is sent to anyone until its settings are made.</p>
        <TextInput label="BID" inputMode="numeric" required data-autofocus {...form.getInputProps('bid')} />
        <TextInput label="Name" required {...form.getInputProps('name')} />
        <TextInput
          label="Address of the Virtual Site"
          description="Made from the name where left empty"
          {...form.getInputProps('slug')}
        />
        {create.error && <Failure cause={create.error} />}
        <div className="acts">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create
          </Button>
        </div>
      </form>
    </Window>
  );
}
