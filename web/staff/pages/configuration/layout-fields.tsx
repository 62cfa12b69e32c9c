import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Awaited } from '../../parts/notes.tsx';
import { Scroll } from '../../parts/scroll.tsx';
import { Part, Wire } from '../../parts/show.tsx';
import { billerQuery } from '../biller-home.tsx';
import { type BifCatalogue, type BifRecordName, bifCatalogueQuery, RECORD_WORDS } from './bif-words.ts';
import { ChoiceField, FieldPlace, Fields, useField } from './fields.tsx';
import { useForm } from './form.ts';
import { PlaceFaults } from './place-faults.tsx';

type CatalogueField = BifCatalogue['records'][number]['fields'][number];

/** The order of the fields in each record, with a line as the biller's file would have it. */
export function LayoutFields() {
  const catalogue = useQuery(bifCatalogueQuery);
  return (
    <Part title="BIF layout">
      <p className="soft">
        Fields stand in a record in this order, separated by |. The partner writes the file; change the order only when
        the partner’s files change.
      </p>
      <PlaceFaults at="integration.layout" />
      <PlaceFaults at="integration.layout.rowTypes" />
      <Fields>
        <ChoiceField
          at="integration.layout.accountNumbers"
          options={[
            ['digits', 'Digits only'],
            ['text', 'Letters as well'],
          ]}
        />
      </Fields>
      <Awaited of={catalogue} what="the fields of the format">
        {({ records }) => records.map((each) => <RecordFields key={each.record} {...each} />)}
      </Awaited>
      <Awaited of={catalogue} what="a sample">
        {({ records }) => <Sample records={records} />}
      </Awaited>
    </Part>
  );
}

function RecordFields({ record, fields }: { record: BifRecordName; fields: readonly CatalogueField[] }) {
  const at = `integration.layout.${record}`;
  const { draft, put, isFixed } = useForm();
  const { layout } = draft.integration;
  const names = layout[record];
  const missing = fields.filter((field) => !names.includes(field.name));
  const setNames = (next: readonly string[]) => {
    const left = names.filter((name) => !next.includes(name));
    put('integration.layout', {
      ...layout,
      [record]: next,
      // What stands in no record can't be required.
      alsoRequired: layout.alsoRequired.filter((name) => !left.includes(name)),
    });
  };
  return (
    <fieldset className="config-group bif-group">
      <legend>{RECORD_WORDS[record].title}</legend>
      <p className="soft">{RECORD_WORDS[record].says}</p>
      <PlaceFaults at={at} />
      <RowType record={record} />
      <Scroll label={`Fields of the ${RECORD_WORDS[record].title.toLowerCase()}`}>
        <table className="rows">
          <thead>
            <tr>
              <th scope="col" className="right">
                Position
              </th>
              <th scope="col">Field</th>
              <th scope="col" className="right">
                FileSpecID
              </th>
              <th scope="col">Required</th>
              {!isFixed && <th scope="col">Order</th>}
            </tr>
          </thead>
          <tbody>
            {names.map((name, n) => (
              <FieldRow
                key={name}
                at={`${at}.${n}`}
                name={name}
                n={n}
                count={names.length}
                field={fields.find((each) => each.name === name)}
                onMove={(to) => setNames(names.toSpliced(n, 1).toSpliced(to, 0, name))}
                onRemove={() => setNames(names.filter((each) => each !== name))}
              />
            ))}
          </tbody>
        </table>
      </Scroll>
      {!isFixed && missing.length > 0 && (
        <NativeSelect
          aria-label={`Add a field to the ${RECORD_WORDS[record].title.toLowerCase()}`}
          value=""
          onChange={(event) => setNames([...names, event.currentTarget.value])}
          data={[
            { value: '', label: 'Add a field …' },
            ...missing.map((field) => ({ value: field.name, label: field.name })),
          ]}
        />
      )}
    </fieldset>
  );
}

function RowType({ record }: { record: BifRecordName }) {
  const at = `integration.layout.rowTypes.${record}`;
  const { value, put, bind, isFixed, warnings } = useField({ at });
  return (
    <FieldPlace at={at} warnings={warnings}>
      <TextInput
        {...bind}
        className="config-figure"
        value={String(value ?? '')}
        readOnly={isFixed}
        maxLength={8}
        onChange={(event) => put(event.currentTarget.value.toUpperCase())}
      />
    </FieldPlace>
  );
}

function FieldRow(props: {
  at: string;
  name: string;
  n: number;
  count: number;
  field: CatalogueField | undefined;
  onMove: (to: number) => void;
  onRemove: () => void;
}) {
  const { at, name, n, count, field, onMove, onRemove } = props;
  const { draft, put, isFixed } = useForm();
  const { alsoRequired } = draft.integration.layout;
  const isAlways = field?.isRequired === true;
  return (
    <tr data-at={at} tabIndex={-1}>
      <td className="right figure">{n + 1}</td>
      <td>
        {name}
        <PlaceFaults at={at} />
      </td>
      <td className="right figure">{field?.fileSpecId ?? '–'}</td>
      <td>
        {isAlways ? (
          'always'
        ) : (
          <Checkbox
            aria-label={`${name} is required`}
            checked={alsoRequired.includes(name)}
            disabled={isFixed}
            onChange={(event) =>
              put(
                'integration.layout.alsoRequired',
                event.currentTarget.checked ? [...alsoRequired, name] : alsoRequired.filter((each) => each !== name),
              )
            }
          />
        )}
      </td>
      {!isFixed && (
        <td>
          {n > 0 && (
            <span className="acts bif-acts">
              <Button
                variant="default"
                size="compact-xs"
                aria-label={`Move ${name} up`}
                disabled={n < 2}
                onClick={() => onMove(n - 1)}
              >
                Up
              </Button>
              <Button
                variant="default"
                size="compact-xs"
                aria-label={`Move ${name} down`}
                disabled={n === count - 1}
                onClick={() => onMove(n + 1)}
              >
                Down
              </Button>
              {!isAlways && (
                <Button variant="default" size="compact-xs" aria-label={`Take out ${name}`} onClick={onRemove}>
                  Take out
                </Button>
              )}
            </span>
          )}
        </td>
      )}
    </tr>
  );
}

/** One invoice as a file of this layout would have it. */
function Sample({ records }: { records: BifCatalogue['records'] }) {
  const { answer, draft } = useForm();
  const biller = useQuery(billerQuery(answer.bid));
  const { layout } = draft.integration;
  const [type] = draft.invoiceTypes;
  // What only this biller's files hold, in place of the examples that are the same for all.
  const own: Readonly<Record<string, string | undefined>> = {
    BillerGuid: biller.data?.guid,
    InvoiceFormatGuid: type?.invoiceFormatGuid,
    InvoiceTypeID: type?.id,
  };
  const lines = records.map(({ record, fields }) =>
    [
      layout.rowTypes[record],
      ...layout[record]
        .slice(1)
        .map((name) => own[name] ?? fields.find((field) => field.name === name)?.example ?? '?'),
    ].join('|'),
  );
  return (
    <div className="bif-sample">
      <h3>A file of BID {answer.bid} with one invoice, in this order</h3>
      <Wire label="A sample file">{lines.join('\n')}</Wire>
    </div>
  );
}
