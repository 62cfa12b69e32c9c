import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addresses } from '../../addresses.ts';
import type { Reply } from '../../api.ts';
import { Awaited } from '../../parts/notes.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Scroll } from '../../parts/scroll.tsx';
import { Part, To } from '../../parts/show.tsx';
import { useBid } from '../../parts/use-biller.ts';
import { useMay } from '../../session.ts';
import { billerQuery } from '../biller-home.tsx';
import { type ConfigurationAnswer, type ConfigurationDocument, configurationQuery } from './configuration-data.ts';
import { ReviewChange } from './review-change.tsx';

type DataPump = ConfigurationDocument['dataPump'];
type BillerPartner = NonNullable<Reply<'/api/v1/billers/{bid}'>['partner']>;
type SourceName = keyof DataPump['payments'];
const METHODS = [
  ['CC', 'Card (CC)'],
  ['ACH', 'Bank (ACH)'],
] as const;

/** Which payments and which changes are posted to the partner. */
export function DataPumpManagement() {
  const bid = useBid();
  const answer = useQuery(configurationQuery(bid));
  return (
    <>
      <PageHead
        path={[['CRM']]}
        title="DataPump Management"
        acts={<To href={addresses.deliveries(bid)}>Deliveries</To>}
      />
      <Awaited of={answer} what="the configuration">
        {(shown) => <Selections key={bid} bid={bid} answer={shown} />}
      </Awaited>
    </>
  );
}

function Selections({ bid, answer }: { bid: number; answer: ConfigurationAnswer }) {
  const may = useMay();
  const [draft, setDraft] = useState<DataPump>();
  const [isReviewing, setReviewing] = useState(false);
  const { data: biller } = useQuery(billerQuery(bid));
  const shown = draft ?? answer.configuration.dataPump;
  const isFixed = !may('configuration:write');
  return (
    <>
      {draft && (
        <div className="caution acts" role="status">
          <span>Changes not saved yet.</span>
          <Button onClick={() => setReviewing(true)}>Look at the change and save</Button>
          <Button variant="default" onClick={() => setDraft(undefined)}>
            Discard
          </Button>
        </div>
      )}
      <div className="pair">
        <PaymentMatrix shown={shown} isFixed={isFixed} onChange={setDraft} />
        <div style={{ display: 'grid', gap: '1rem', alignContent: 'start' }}>
          <NonPayment partner={biller?.partner ?? undefined} shown={shown} isFixed={isFixed} onChange={setDraft} />
          <Sending shown={shown} isFixed={isFixed} onChange={setDraft} />
          <Part title="What a change means">
            <p>Ticked: a payment of that source and method is posted to the partner as soon as it is taken.</p>
            <p>Not ticked: it is recorded as “Not sent”, with the reason. The insurer does not hear of it from here.</p>
            <p>It holds for what happens from the save on. Deliveries that exist already go where they were to go.</p>
          </Part>
        </div>
      </div>
      {isReviewing && draft && (
        <ReviewChange
          bid={bid}
          answer={answer}
          build={() => ({ dataPump: draft })}
          onClose={() => setReviewing(false)}
          onSaved={() => {
            setReviewing(false);
            setDraft(undefined);
          }}
        />
      )}
    </>
  );
}

interface FieldsProps {
  readonly shown: DataPump;
  readonly isFixed: boolean;
  readonly onChange: (value: DataPump) => void;
}

function PaymentMatrix({ shown, isFixed, onChange }: FieldsProps) {
  const sources = Object.keys(shown.payments) as SourceName[];
  const set = (source: SourceName, method: 'CC' | 'ACH', isOn: boolean) =>
    onChange({ ...shown, payments: { ...shown.payments, [source]: { ...shown.payments[source], [method]: isOn } } });
  return (
    <Part title="Payments posted">
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
                    <Checkbox
                      aria-label={`${source}, ${word}`}
                      checked={shown.payments[source][method]}
                      disabled={isFixed}
                      onChange={(event) => set(source, method, event.currentTarget.checked)}
                    />
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

const CHANGES = { paperless: 'Paperless changes', autopay: 'AutoPay changes' } as const;

/** What the partner takes no post of stands here only while it is still ticked, so that it can be taken out. */
function NonPayment({ partner, shown, isFixed, onChange }: FieldsProps & { partner: BillerPartner | undefined }) {
  const takes = (kind: keyof typeof CHANGES) => partner === undefined || partner.operations.includes(kind);
  const kinds = (Object.keys(CHANGES) as (keyof typeof CHANGES)[]).filter(
    (kind) => takes(kind) || shown.nonPayment[kind],
  );
  return (
    <Part title="Non-payment DataPump">
      {kinds.map((kind) => (
        <Checkbox
          key={kind}
          label={CHANGES[kind]}
          description={takes(kind) ? undefined : `${partner?.name} takes none: untick it.`}
          checked={shown.nonPayment[kind]}
          disabled={isFixed}
          onChange={(event) =>
            onChange({ ...shown, nonPayment: { ...shown.nonPayment, [kind]: event.currentTarget.checked } })
          }
        />
      ))}
      {kinds.length === 0 && (
        <p className="soft">{partner?.name} takes payments only: paperless and AutoPay changes are not posted to it.</p>
      )}
    </Part>
  );
}

function Sending({ shown, isFixed, onChange }: FieldsProps) {
  return (
    <Part title="Sending">
      <NativeSelect
        label="Between BillerID and PaymentID in transaction_id"
        value={shown.transactionIdSeparator}
        disabled={isFixed}
        onChange={(event) => onChange({ ...shown, transactionIdSeparator: event.currentTarget.value })}
        data={[
          { value: '', label: 'nothing: joined' },
          { value: '-', label: '-' },
          { value: '_', label: '_' },
          { value: '.', label: '.' },
        ]}
      />
      <TextInput
        type="number"
        label="Requests at once, at most"
        min={1}
        max={100}
        value={shown.maxConcurrentRequests}
        disabled={isFixed}
        onChange={(event) => onChange({ ...shown, maxConcurrentRequests: Number(event.currentTarget.value) })}
      />
      <TextInput
        type="number"
        label="Minutes an unknown post settles before it is looked at"
        min={0}
        max={1440}
        value={shown.settleMinutes}
        disabled={isFixed}
        onChange={(event) => onChange({ ...shown, settleMinutes: Number(event.currentTarget.value) })}
      />
    </Part>
  );
}
