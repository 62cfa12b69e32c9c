import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Scroll } from '../../parts/scroll.tsx';
import { Part } from '../../parts/show.tsx';
import { methodWord } from '../../say.ts';
import type { Section } from './configuration-data.ts';
import { ConfigurationPage } from './configuration-page.tsx';
import { focusField, useForm } from './form.ts';
import { InvoiceTypeFields } from './invoice-type-fields.tsx';
import { PlaceFaults } from './place-faults.tsx';

const TYPES_MAX = 50;
type InvoiceType = Section<'invoiceTypes'>[number];

/** The kinds of bills the biller sends: the list, and one of them to change. */
export function InvoiceTypes() {
  return (
    <ConfigurationPage sections={['invoiceTypes']}>
      <Types />
    </ConfigurationPage>
  );
}

function Types() {
  const { draft, faults, wanted, focus, isFixed, putSections } = useForm();
  const types = draft.invoiceTypes;
  const [chosen, setChosen] = useState(0);
  // A link to a field of another type opens that type.
  const asked = /^invoiceTypes\.~(\d+)/.exec(wanted ?? '')?.[1];
  const focused = /^invoiceTypes\.~(\d+)/.exec(focus ?? '')?.[1];
  useEffect(() => {
    if (asked !== undefined) setChosen(Number(asked));
  }, [asked]);
  useEffect(() => {
    if (focused !== undefined) setChosen(Number(focused));
  }, [focused]);
  const at = Math.min(chosen, types.length - 1);
  const add = () => {
    putSections({ invoiceTypes: [...types, newType(types)] });
    setChosen(types.length);
    focusField(`invoiceTypes.~${types.length}.id`);
  };
  return (
    <>
      <Part
        title="Invoice types"
        aside={
          !isFixed && (
            <Button variant="default" size="compact-xs" onClick={add} disabled={types.length >= TYPES_MAX}>
              Add an invoice type
            </Button>
          )
        }
      >
        <PlaceFaults at="invoiceTypes" />
        <Scroll label="Invoice types">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">InvoiceTypeID</th>
                <th scope="col">Name</th>
                <th scope="col">Methods</th>
                <th scope="col">Auth Type</th>
                <th scope="col">Fees</th>
                <th scope="col">Faults</th>
              </tr>
            </thead>
            <tbody>
              {types.map((type, n) => (
                // By position: the ID is being typed, and may stand twice
                <tr
                  key={n}
                  aria-current={n === at ? 'true' : undefined}
                  className={n === at ? 'config-chosen' : undefined}
                >
                  <td>
                    <Button
                      variant="subtle"
                      px={0}
                      size="compact-xs"
                      onClick={() => setChosen(n)}
                      aria-label={`Open invoice type ${type.id}`}
                    >
                      {type.id || '(no ID)'}
                    </Button>
                  </td>
                  <td>{type.name}</td>
                  <td>{type.methods.map(methodWord).join(', ') || 'none'}</td>
                  <td>{type.authType}</td>
                  <td>{type.fees ? 'its own' : 'Credit/Debit Cards'}</td>
                  <td>
                    {faults.filter((fault) => fault.places.some((place) => place.startsWith(`invoiceTypes.~${n}.`)))
                      .length || 'none'}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </Part>
      <InvoiceTypeFields
        key={at}
        at={at}
        onRemove={
          types.length > 1 && !isFixed
            ? () => {
                putSections({ invoiceTypes: types.filter((_type, n) => n !== at) });
                setChosen(0);
              }
            : undefined
        }
      />
    </>
  );
}

/** Like the first, under the next number that is free: it works at once, and is then made what it should be. */
function newType(types: readonly InvoiceType[]): InvoiceType {
  const [first] = types;
  let id = types.length + 1;
  while (types.some((type) => type.id === String(id))) id += 1;
  if (!first) throw new Error('a biller has at least one invoice type');
  return { ...first, id: String(id), name: `Invoice type ${id}` };
}
