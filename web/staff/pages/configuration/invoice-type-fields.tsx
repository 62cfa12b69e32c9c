import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { addresses } from '../../addresses.ts';
import { Part, To } from '../../parts/show.tsx';
import { Window } from '../../parts/window.tsx';
import { FeeExamples, FeeFields } from './fee-fields.tsx';
import { ChoiceField, FieldPlace, Fields, SeveralField, SwitchField, TextField, useField } from './fields.tsx';
import { useForm } from './form.ts';
import { isMultiEnvironment } from './setting-rows.ts';

const AUTH_TYPES = [
  'Email Address with Password',
  'Account Number with Registration Value',
  'Email Address with Registration Value',
] as const;

/** Every field of one invoice type. */
export function InvoiceTypeFields({ at: position, onRemove }: { at: number; onRemove: (() => void) | undefined }) {
  const { draft } = useForm();
  const [isRemoving, setRemoving] = useState(false);
  const at = `invoiceTypes.~${position}`;
  const type = draft.invoiceTypes[position];
  if (!type) return null;
  return (
    <Part
      title={`Invoice type ${type.id}: ${type.name}`}
      aside={
        onRemove && (
          <Button variant="default" size="compact-xs" onClick={() => setRemoving(true)}>
            Remove this type
          </Button>
        )
      }
    >
      <Fields>
        <Fields isTwo>
          <TextField at={`${at}.id`} maxLength={20} />
          <TextField at={`${at}.name`} maxLength={80} />
        </Fields>
        <TextField at={`${at}.invoiceFormatGuid`} />
        <ChoiceField at={`${at}.authType`} options={AUTH_TYPES.map((word) => [word, word])} />
        <fieldset className="config-group">
          <legend>Registration options</legend>
          <SwitchField at={`${at}.registration.isSelfRegistrationOn`} />
          <SwitchField at={`${at}.registration.isPromptAfterPaymentOn`} />
          <SwitchField at={`${at}.registration.areEmailLinksOn`} />
        </fieldset>
        <Environment at={`${at}.environment`} />
        <SeveralField
          at={`${at}.methods`}
          options={[
            ['CC', 'Card (CC)'],
            ['ACH', 'Bank (ACH)'],
          ]}
        />
        <SwitchField at={`${at}.arePartialPaymentsAllowed`} />
      </Fields>
      <Fees at={`${at}.fees`} />
      {isRemoving && onRemove && (
        <Window title={`Remove invoice type ${type.id}?`} onClose={() => setRemoving(false)} size="md">
          <div className="ask">
            <p>
              Files that name InvoiceTypeID {type.id} are refused once this is saved. A type that invoices already have
              can’t be removed: the save says so.
            </p>
            <div className="acts">
              <Button variant="default" onClick={() => setRemoving(false)}>
                Keep it
              </Button>
              <Button
                color="danger"
                onClick={() => {
                  setRemoving(false);
                  onRemove();
                }}
              >
                Remove it from the change
              </Button>
            </div>
          </div>
        </Window>
      )}
    </Part>
  );
}

/** Only where there are two environments; a number left over from then stays in sight until it is taken out. */
function Environment({ at }: { at: string }) {
  const { draft, valueAt } = useForm();
  const hasTwo = isMultiEnvironment(draft.advancedSettings);
  if (!hasTwo && valueAt(at) === null) return null;
  return (
    <ChoiceField
      at={at}
      read={(text) => (text === '' ? null : Number(text))}
      hint={
        hasTwo
          ? 'Advanced Setting 81 says that there are two.'
          : 'Without Advanced Setting 81 there is one environment.'
      }
      options={[
        ['', 'none'],
        ['1', 'Environment 1'],
        ['2', 'Environment 2'],
      ]}
    />
  );
}

function Fees({ at }: { at: string }) {
  const { draft, bid } = useForm();
  const { value, put, bind, isFixed, warnings } = useField({ at });
  const hasOwn = value !== null && value !== undefined;
  return (
    <div className="config-fields">
      <FieldPlace at={at} warnings={warnings}>
        <Checkbox
          id={bind.id}
          label="Fees of its own"
          description={bind.description}
          error={bind.error}
          checked={hasOwn}
          disabled={isFixed}
          onChange={(event) => put(event.currentTarget.checked ? draft.cards.fees : null)}
        />
      </FieldPlace>
      {hasOwn ? (
        <FeeFields at={at} />
      ) : (
        <>
          <p className="soft">
            The fees of <To href={addresses.cards(bid)}>Credit/Debit Cards</To> hold:
          </p>
          <FeeExamples fees={draft.cards.fees} />
        </>
      )}
    </div>
  );
}
