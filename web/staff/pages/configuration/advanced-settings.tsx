import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { addresses } from '../../addresses.ts';
import { Message } from '../../parts/message.tsx';
import { Awaited } from '../../parts/notes.tsx';
import { Part, To } from '../../parts/show.tsx';
import { useBid } from '../../parts/use-biller.ts';
import { useMay } from '../../session.ts';
import { type Catalogue, type CatalogueRow, catalogueQuery } from './configuration-data.ts';
import { ConfigurationPage } from './configuration-page.tsx';
import { settingText } from './difference-table.tsx';
import { EditSetting } from './edit-setting.tsx';
import { FieldPlace } from './fields.tsx';
import { focusField, useFaultsAt, useForm } from './form.ts';
import { isMultiEnvironment, rowsFor, turnsBlockFlagsOn } from './setting-rows.ts';

/** The numbered settings of the biller's partner. A setting's own parts are typed apart; `|` only stands where one is shown. */
export function AdvancedSettings() {
  const catalogue = useQuery(catalogueQuery);
  const bid = useBid();
  const may = useMay();
  return (
    <ConfigurationPage
      sections={['advancedSettings']}
      acts={may('secrets:write') && <To href={addresses.importWorksheet(bid)}>Import worksheet</To>}
    >
      <Awaited of={catalogue} what="the catalogue">
        {(rows) => <Settings catalogue={rows} />}
      </Awaited>
    </ConfigurationPage>
  );
}

function Settings({ catalogue }: { catalogue: Catalogue }) {
  const form = useForm();
  const may = useMay();
  const [editing, setEditing] = useState<CatalogueRow>();
  const { draft } = form;
  const partner = catalogue.partners.find((each) => each.name === draft.profile.integrationPartner);
  const rows = rowsFor(catalogue, form.base, draft);
  useChosenSetting();
  return (
    <>
      {form.clearedSecrets.length > 0 && (
        <Message tone="warn" role="status" title="Secrets are taken out with this change">
          An address now leads to another host, so the secrets that go to it are cleared: settings{' '}
          {form.clearedSecrets.join(', ')}. Type them in the same change.
        </Message>
      )}
      <Part title={`Settings of ${partner?.name ?? 'the partner'}`}>
        {rows.map((row) => (
          <SettingRow
            key={row.number}
            row={row}
            canWrite={!form.isFixed && (row.kind !== 'secret' || may('secrets:write'))}
            onEdit={() => setEditing(row)}
          />
        ))}
      </Part>
      {editing && (
        <EditSetting
          row={editing}
          hasTwo={isMultiEnvironment(draft.advancedSettings)}
          partner={partner}
          now={draft.advancedSettings[String(editing.number)]}
          onClose={() => setEditing(undefined)}
          onKeep={(value) => {
            form.putSections({
              advancedSettings: { ...draft.advancedSettings, [String(editing.number)]: value },
            });
            setEditing(undefined);
          }}
        />
      )}
    </>
  );
}

/** The setting that the address asks for, from other pages. */
function useChosenSetting(): void {
  const { setting } = useSearch({ strict: false }) as { setting?: string };
  const { setFocus } = useForm();
  // Once an address.
  useEffect(() => {
    if (setting === undefined) return;
    setFocus(`advancedSettings.${setting}`);
    focusField(`advancedSettings.${setting}`);
  }, [setting]);
}

interface RowProps {
  readonly row: CatalogueRow;
  readonly canWrite: boolean;
  readonly onEdit: () => void;
}

function SettingRow({ row, canWrite, onEdit }: RowProps) {
  const { setting } = useSearch({ strict: false }) as { setting?: string };
  const form = useForm();
  const number = String(row.number);
  const at = `advancedSettings.${number}`;
  const faults = useFaultsAt(at);
  const kept = form.base.advancedSettings[number];
  const now = form.draft.advancedSettings[number];
  const isChanged = JSON.stringify(kept) !== JSON.stringify(now);
  const remove = () => {
    const { [number]: _gone, ...others } = form.draft.advancedSettings;
    form.putSections({ advancedSettings: others });
  };
  return (
    <FieldPlace at={at}>
      <div className={setting === number ? 'settings-row settings-chosen' : 'settings-row'}>
        <span className="figure">{number}</span>
        <span>{row.description}</span>
        <span className="from-to">
          {isChanged ? (
            <>
              <del>{kept ? settingText(kept) : 'not set'}</del> → <ins>{now ? settingText(now) : 'taken out'}</ins>
            </>
          ) : (
            <code>{kept ? settingText(kept) : '–'}</code>
          )}
        </span>
        <span className="acts">
          {canWrite && (
            <Button
              variant="default"
              size="compact-xs"
              onClick={onEdit}
              aria-label={`${now ? 'Replace' : 'Set'} setting ${number}`}
            >
              {now ? 'Replace' : 'Set'}
            </Button>
          )}
          {canWrite && now && (
            <Button variant="default" size="compact-xs" onClick={remove} aria-label={`Remove setting ${number}`}>
              Remove
            </Button>
          )}
        </span>
        {faults.map((fault) => (
          <div key={fault.sentence} className={fault.severity === 'error' ? 'problem' : 'caution'}>
            {fault.sentence}
          </div>
        ))}
        <Together row={row} canWrite={canWrite} />
      </div>
    </FieldPlace>
  );
}

/** 131 and 32 go together: who sets one sees the other, and sets it with one press. */
function Together({ row, canWrite }: { row: CatalogueRow; canWrite: boolean }) {
  const { draft, putSections } = useForm();
  const settings = draft.advancedSettings;
  const isOn = turnsBlockFlagsOn(settings['131']);
  const isReadOnly = settings['32']?.kind === 'onOff' && settings['32'].value;
  if (!isOn || (row.number !== 131 && row.number !== 32)) return null;
  if (row.number === 131)
    return (
      <div className="fine settings-together">
        The partner blocks CC and ACH of an account, so setting 32 is {isReadOnly ? 'on with it.' : 'needed with it.'}
      </div>
    );
  return (
    <div className="fine settings-together">
      Setting 131 lets the partner block CC and ACH, so staff only read the blocks.{' '}
      {!isReadOnly && canWrite && (
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => putSections({ advancedSettings: { ...settings, '32': { kind: 'onOff', value: true } } })}
        >
          Switch 32 on as well
        </Button>
      )}
    </div>
  );
}
