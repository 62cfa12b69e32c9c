import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { addresses } from '../../addresses.ts';
import { Awaited, Faults } from '../../parts/notes.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Part, To } from '../../parts/show.tsx';
import { useBid } from '../../parts/use-biller.ts';
import { counted } from '../../say.ts';
import { useMay } from '../../session.ts';
import { billerQuery } from '../biller-home.tsx';
import {
  type Catalogue,
  type CatalogueRow,
  type ConfigurationAnswer,
  catalogueQuery,
  configurationQuery,
} from './configuration-data.ts';
import { settingText } from './difference-table.tsx';
import { EditSetting, type SettingDraft } from './edit-setting.tsx';
import { FaultCount } from './fault-count.tsx';
import { ReviewChange } from './review-change.tsx';

/** A changed setting by its number; null: taken out. */
type Draft = Readonly<Record<string, SettingDraft | null>>;

export function AdvancedSettings() {
  const bid = useBid();
  const answer = useQuery(configurationQuery(bid));
  const catalogue = useQuery(catalogueQuery);
  return (
    <>
      <PageHead
        path={[['CRM']]}
        title="Advanced Settings"
        acts={<To href={addresses.configurationHistory(bid)}>Configuration history</To>}
      />
      <Awaited of={answer} what="the configuration">
        {(shown) => (
          <Awaited of={catalogue} what="the catalogue">
            {(rows) => <Settings key={bid} bid={bid} answer={shown} catalogue={rows} />}
          </Awaited>
        )}
      </Awaited>
    </>
  );
}

function Settings({ bid, answer, catalogue }: { bid: number; answer: ConfigurationAnswer; catalogue: Catalogue }) {
  const may = useMay();
  const [draft, setDraft] = useState<Draft>({});
  const [editing, setEditing] = useState<CatalogueRow>();
  const [isReviewing, setReviewing] = useState(false);
  const { data: biller } = useQuery(billerQuery(bid));
  const rows = rowsFor(catalogue, answer, draft, biller?.partner?.name);
  const changed = Object.keys(draft);
  const hasTwo = environmentsOf(answer, draft);
  return (
    <>
      <Faulty answer={answer} />
      {changed.length > 0 && (
        <div className="caution acts" role="status">
          <span>
            {counted(changed.length, 'change')} not saved yet: {changed.join(', ')}
          </span>
          <Button onClick={() => setReviewing(true)}>Look at the change and save</Button>
          <Button variant="default" onClick={() => setDraft({})}>
            Discard
          </Button>
        </div>
      )}
      <Part title={`Settings of ${biller?.partner?.name ?? 'the partner'}`}>
        {rows.map((row) => (
          <SettingRow
            key={row.number}
            row={row}
            answer={answer}
            draft={draft}
            canWrite={may('configuration:write') && (row.kind !== 'secret' || may('secrets:write'))}
            onEdit={() => setEditing(row)}
            onRemove={() => setDraft({ ...draft, [row.number]: null })}
          />
        ))}
      </Part>
      {editing && (
        <EditSetting
          row={editing}
          hasTwo={hasTwo}
          partner={biller?.partner ?? undefined}
          now={draft[editing.number] ?? answer.configuration.advancedSettings[String(editing.number)]}
          onClose={() => setEditing(undefined)}
          onKeep={(value) => {
            setDraft({ ...draft, [editing.number]: value });
            setEditing(undefined);
          }}
        />
      )}
      {isReviewing && (
        <ReviewChange
          bid={bid}
          answer={answer}
          build={(configuration) => ({ advancedSettings: apply(configuration.advancedSettings, draft) })}
          onClose={() => setReviewing(false)}
          onSaved={() => {
            setReviewing(false);
            setDraft({});
          }}
        />
      )}
    </>
  );
}

const apply = (settings: ConfigurationAnswer['configuration']['advancedSettings'], draft: Draft) =>
  Object.fromEntries(Object.entries({ ...settings, ...draft }).filter(([, value]) => value !== null));

/** The catalogue's settings of this partner, and whatever else is set. */
function rowsFor(
  catalogue: Catalogue,
  answer: ConfigurationAnswer,
  draft: Draft,
  partner: string | undefined,
): readonly CatalogueRow[] {
  const isSet = (number: number) => String(number) in answer.configuration.advancedSettings || String(number) in draft;
  const known = catalogue.items.filter(
    (row) => partner === undefined || row.partners.includes(partner) || isSet(row.number),
  );
  const unknown = answer.settings
    .filter((setting) => !setting.isKnown)
    .map(
      (setting): CatalogueRow => ({
        number: Number(setting.number),
        description: 'Not in the catalogue: kept as text',
        kind: 'text',
        pairs: 'never',
        audience: 'console',
        with: [],
        partners: [],
        mayHoldPrivateKey: false,
      }),
    );
  return [...known, ...unknown].toSorted((a, b) => a.number - b.number);
}

/** Two environments, by setting 81 as it is or as it will be. */
function environmentsOf(answer: ConfigurationAnswer, draft: Draft): boolean {
  const value = '81' in draft ? draft['81'] : answer.configuration.advancedSettings['81'];
  return value?.kind === 'text' && value.value === 'MULTIENVIRONMENT';
}

function Faulty({ answer }: { answer: ConfigurationAnswer }) {
  if (answer.faults.length === 0) return null;
  return (
    <div className={answer.faults.some((fault) => fault.severity === 'error') ? 'problem' : 'caution'}>
      <FaultCount faults={answer.faults} />
      <Faults faults={answer.faults.map((fault) => ({ at: fault.at, message: fault.sentence }))} />
    </div>
  );
}

interface RowProps {
  readonly row: CatalogueRow;
  readonly answer: ConfigurationAnswer;
  readonly draft: Draft;
  readonly canWrite: boolean;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

function SettingRow({ row, answer, draft, canWrite, onEdit, onRemove }: RowProps) {
  const { setting } = useSearch({ strict: false }) as { setting?: string };
  const number = String(row.number);
  const isChosen = setting === number;
  useEffect(() => {
    if (isChosen) document.getElementById(`setting-${number}`)?.scrollIntoView({ block: 'center' });
  }, [isChosen, number]);
  const kept = answer.settings.find((each) => each.number === number);
  const change = draft[number];
  const faults = answer.faults.filter((fault) => new RegExp(`advancedSettings\\.${number}(\\D|$)`).test(fault.at));
  return (
    <div id={`setting-${number}`} className={isChosen ? 'settings-row settings-chosen' : 'settings-row'}>
      <span className="figure">{number}</span>
      <span>{row.description}</span>
      <span className="from-to">
        {change === undefined ? (
          <code>{kept?.text ?? '–'}</code>
        ) : (
          <>
            <del>{kept?.text ?? 'not set'}</del> →{' '}
            <ins>{change === null ? 'taken out' : settingText(change as never)}</ins>
          </>
        )}
      </span>
      <span className="acts">
        {canWrite && (
          <Button
            variant="default"
            size="compact-xs"
            onClick={onEdit}
            aria-label={`${kept ? 'Replace' : 'Set'} setting ${number}`}
          >
            {kept ? 'Replace' : 'Set'}
          </Button>
        )}
        {canWrite && kept && change === undefined && (
          <Button variant="default" size="compact-xs" onClick={onRemove} aria-label={`Remove setting ${number}`}>
            Remove
          </Button>
        )}
      </span>
      {faults.map((fault) => (
        <div key={fault.rule} className={fault.severity === 'error' ? 'problem' : 'caution'}>
          {fault.sentence}
        </div>
      ))}
    </div>
  );
}
