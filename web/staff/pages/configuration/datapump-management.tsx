import { Checkbox } from '@mantine/core';
import { addresses } from '../../addresses.ts';
import { Scroll } from '../../parts/scroll.tsx';
import { Part, To } from '../../parts/show.tsx';
import { useBid } from '../../parts/use-biller.ts';
import { ConfigurationPage } from './configuration-page.tsx';
import { ChoiceField, FieldPlace, Fields, NumberField, SwitchField, useField } from './fields.tsx';
import { useForm } from './form.ts';
import { PlaceFaults } from './place-faults.tsx';

const METHODS = [
  ['CC', 'Card (CC)'],
  ['ACH', 'Bank (ACH)'],
] as const;

/** Which payments and which changes are posted to the partner. */
export function DataPumpManagement() {
  const bid = useBid();
  return (
    <ConfigurationPage sections={['dataPump']} acts={<To href={addresses.deliveries(bid)}>Deliveries</To>}>
      <PaymentMatrix />
      <Part title="Non-payment DataPump">
        <Fields>
          <SwitchField at="dataPump.nonPayment.paperless" />
          <SwitchField at="dataPump.nonPayment.autopay" />
        </Fields>
      </Part>
      <Part title="Sending">
        <Fields>
          <ChoiceField
            at="dataPump.transactionIdSeparator"
            options={[
              ['', 'nothing: joined'],
              ['-', '-'],
              ['_', '_'],
              ['.', '.'],
            ]}
          />
          <NumberField at="dataPump.maxConcurrentRequests" least={1} most={100} />
          <NumberField at="dataPump.settleMinutes" least={0} most={1440} unit="minutes" />
        </Fields>
      </Part>
    </ConfigurationPage>
  );
}

function PaymentMatrix() {
  const { draft } = useForm();
  const sources = Object.keys(draft.dataPump.payments);
  return (
    <Part title="Payments posted">
      <PlaceFaults at="dataPump.payments" />
      <Scroll label="Payments posted, by source and method">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Source</th>
              {METHODS.map(([method, word]) => (
                <th key={method} scope="col">
                  {word}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sources.map((source) => (
              <tr key={source}>
                <th scope="row">{source}</th>
                {METHODS.map(([method, word]) => (
                  <td key={method}>
                    <Cell at={`dataPump.payments.${source}.${method}`} label={`${source}, ${word}`} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Part>
  );
}

function Cell({ at, label }: { at: string; label: string }) {
  const { value, put, isFixed } = useField({ at });
  return (
    <FieldPlace at={at}>
      <Checkbox
        aria-label={label}
        checked={value === true}
        disabled={isFixed}
        onChange={(event) => put(event.currentTarget.checked)}
      />
    </FieldPlace>
  );
}
