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
      <NonPayment />
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

/** What the partner takes no post of stands here only while it is still ticked, so that it can be taken out. */
function NonPayment() {
  const { draft, base, partner } = useForm();
  const takes = (kind: 'paperless' | 'autopay') => partner === undefined || partner.operations.includes(kind);
  const kinds = (['paperless', 'autopay'] as const).filter(
    (kind) => takes(kind) || draft.dataPump.nonPayment[kind] || base.dataPump.nonPayment[kind],
  );
  return (
    <Part title="Non-payment DataPump">
      <Fields>
        {kinds.map((kind) => (
          <SwitchField
            key={kind}
            at={`dataPump.nonPayment.${kind}`}
            hint={takes(kind) ? undefined : `${partner?.name} takes none: untick it.`}
          />
        ))}
      </Fields>
      {kinds.length === 0 && (
        <p className="soft">{partner?.name} takes payments only: paperless and AutoPay changes are not posted to it.</p>
      )}
    </Part>
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
