import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { api, type Item, told } from '../../api.ts';
import { type Column, Listing } from '../../parts/listing.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { useFilters } from '../../parts/use-search.ts';
import { fieldAddress } from './section-screens.ts';

const REST_MS = 300;
type User = Item<'/api/v1/ftp-users'>;

const columns: readonly Column<User>[] = [
  { head: 'Username', cell: (row) => row.username, text: (row) => row.username },
  { head: 'Biller', cell: (row) => `${row.biller} (${row.bid})`, text: (row) => row.biller },
  { head: 'BID', cell: (row) => row.bid, text: (row) => row.bid, isExtra: true },
  {
    head: 'Signs in with',
    cell: (row) => signsIn(row),
    text: (row) => signsIn(row),
  },
  {
    head: 'Active folders',
    cell: (row) => <span className="figure">{row.folderCount}</span>,
    text: (row) => row.folderCount,
    align: 'right',
  },
];

function signsIn({ hasPassword, keyCount }: User): string {
  const keys = keyCount === 0 ? '' : `${keyCount} ${keyCount === 1 ? 'key' : 'keys'}`;
  return [hasPassword ? 'password' : '', keys].filter(Boolean).join(', ') || 'nothing: can’t sign in';
}

/** Every biller's users on the one SFTP server; each leads to where it is changed. */
export function FtpCredentials() {
  const [search, setSearch] = useFilters();
  const [typed, setTyped] = useState(search.q ?? '');
  const ask = useDebouncedCallback((q: string) => setSearch({ q }), REST_MS);
  const q = search.q ?? '';
  return (
    <>
      <PageHead path={[['Tools']]} title="Search/Manage FTP Credentials" />
      <p className="sentence soft">
        FTP users of all billers. A user is made and changed in the biller’s FTP Management. The SFTP server is not part
        of this version: what is kept here is on record, and nobody can sign in with it yet.
      </p>
      <Listing
        what="FTP users"
        queryKey={['ftp-users', q]}
        fetchPage={({ cursor, limit }, signal) =>
          told(
            api.GET('/api/v1/ftp-users', {
              params: { query: { limit, ...(q && { q }), ...(cursor && { cursor }) } },
              ...(signal && { signal }),
            }),
          )
        }
        columns={columns}
        keyOf={(row) => row.username}
        addressOf={(row) => fieldAddress(row.bid, `ftp.users.${row.username}.username`) ?? ''}
        filters={
          <TextInput
            aria-label="Username, biller or BID"
            placeholder="Username, biller or BID"
            type="search"
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              ask(event.currentTarget.value.trim());
            }}
          />
        }
        empty={q ? `No FTP user matches “${q}”.` : 'No biller has an FTP user yet.'}
      />
    </>
  );
}
