import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { addresses } from '../../addresses.ts';
import { api, told } from '../../api.ts';
import { Choice } from '../../parts/choice.tsx';
import { Awaited } from '../../parts/notes.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Scroll } from '../../parts/scroll.tsx';
import { Part, To } from '../../parts/show.tsx';
import { useFilters } from '../../parts/use-search.ts';
import { RIGHT_GROUPS, RIGHT_WORDS, type Role, roleWord } from './right-words.ts';
import './security.css';

export const rolesQuery = { queryKey: ['roles'], queryFn: () => told(api.GET('/api/v1/roles')) };

/** Who may do what: every role and every right, in plain words. */
export function Roles() {
  const roles = useQuery(rolesQuery);
  const [search] = useFilters();
  return (
    <>
      <PageHead path={[['Console'], ['Users', addresses.users()]]} title="Roles and rights" />
      <p className="sentence">
        A person may do what any of their roles allows. Biller admin, Billing manager and CSR are the roles of one
        biller’s own staff and reach that biller alone; all others are Causeway’s and reach every biller. Nobody gives a
        role with a right they do not have.
      </p>
      <Awaited of={roles} what="the roles">
        {({ items }) => {
          const one = items.find((role) => role.name === search.role);
          return (
            <>
              <div className="listing-bar">
                <Choice label="Role" name="role" options={items.map((role) => [role.name, roleWord(role.name)])} />
              </div>
              {one ? <OneRole role={one} /> : <Matrix roles={items} />}
            </>
          );
        }}
      </Awaited>
    </>
  );
}

function Matrix({ roles }: { roles: readonly Role[] }) {
  return (
    <Scroll label="Who may do what">
      <table className="rows matrix">
        <thead>
          <tr>
            <th scope="col">Right</th>
            {roles.map((role) => (
              <th key={role.name} scope="col" className="matrix-role">
                <span>{roleWord(role.name)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {RIGHT_GROUPS.map(([title, rights]) => (
            <Fragment key={title}>
              <tr className="matrix-group">
                <th scope="colgroup" colSpan={roles.length + 1}>
                  {title}
                </th>
              </tr>
              {rights.map((right) => (
                <tr key={right}>
                  <th scope="row">{RIGHT_WORDS[right]}</th>
                  {roles.map((role) => (
                    <td key={role.name} className="matrix-cell">
                      <Has is={role.permissions.includes(right)} />
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Has({ is }: { is: boolean }) {
  return (
    <>
      <span aria-hidden="true" className={is ? 'matrix-yes' : 'soft'}>
        {is ? '●' : '·'}
      </span>
      <span className="hidden-words">{is ? 'yes' : 'no'}</span>
    </>
  );
}

function OneRole({ role }: { role: Role }) {
  return (
    <>
      <p>
        {roleWord(role.name)} is a role of{' '}
        {role.of === 'causeway' ? 'Causeway’s own staff: it reaches every biller.' : 'one biller’s own staff.'}{' '}
        <To href={addresses.roles()}>All roles</To>
      </p>
      {RIGHT_GROUPS.map(([title, rights]) => {
        const may = rights.filter((right) => role.permissions.includes(right));
        const mayNot = rights.filter((right) => !role.permissions.includes(right));
        return (
          <Part key={title} title={title}>
            <ul className="plain-list">
              {may.map((right) => (
                <li key={right}>
                  <Has is /> {RIGHT_WORDS[right]}
                </li>
              ))}
              {mayNot.map((right) => (
                <li key={right} className="soft">
                  <Has is={false} /> {RIGHT_WORDS[right]}
                </li>
              ))}
            </ul>
          </Part>
        );
      })}
    </>
  );
}
