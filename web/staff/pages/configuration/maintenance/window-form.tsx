import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { addresses } from '../../../addresses.ts';
import { Refused } from '../../../api.ts';
import { Message } from '../../../parts/message.tsx';
import { Failure } from '../../../parts/notes.tsx';
import { sayDone } from '../../../parts/say-done.ts';
import { queryClient } from '../../../query-client.ts';
import { useMay } from '../../../session.ts';
import { PayerPreview } from './payer-preview.tsx';
import { conflictOf, WindowConflict } from './window-conflict.tsx';
import {
  type CheckedWindow,
  checkQuery,
  draftOf,
  saveWindow,
  type WindowDraft,
  type WindowView,
  windowQuery,
} from './window-data.ts';
import { WindowFields } from './window-fields.tsx';

/** As one types, the server is asked once the hand rests for so long. */
const REST_MS = 300;

/** Plans or changes a window: the form and what the server says to it, beside the page payers will see. */
export function WindowForm({
  bid,
  window,
  first,
}: {
  bid: number;
  window: WindowView | undefined;
  first: WindowDraft;
}) {
  const may = useMay();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(first);
  const [version, setVersion] = useState(window?.version ?? 0);
  const [reason, setReason] = useState('');
  const isOver = window?.state === 'over';
  const isFixed = isOver || !may('maintenance:write');
  const [rested] = useDebouncedValue(draft, REST_MS);
  const check = useQuery({
    ...checkQuery(bid, window?.id, rested),
    ...(isFixed && { enabled: false }),
    placeholderData: keepPreviousData,
  });
  const checked = draft.start === '' || draft.end === '' ? undefined : check.data;
  const save = useMutation({
    mutationFn: () => saveWindow(bid, { id: window?.id, version, draft: complete(draft), reason: reason.trim() }),
    onSuccess: async () => {
      await sayDone('The maintenance window is saved.');
      void navigate({ to: addresses.maintenanceWindows(bid) });
    },
  });
  const conflict = conflictOf(save.error);
  const takeTheirs = async () => {
    if (!window) return;
    const theirs = await queryClient.fetchQuery({ ...windowQuery(bid, window.id), staleTime: 0 });
    setDraft(draftOf(theirs.window));
    setVersion(theirs.window.version);
    save.reset();
  };
  const missing = useMissing(draft);
  const faultAt = (field: string) => missing.at(field) ?? faultOf(field, checked, save.error);
  return (
    <form
      className="maintenance-page"
      aria-label="Maintenance window"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (missing.isNone() && !save.isPending) save.mutate();
      }}
    >
      <div className="maintenance-side">
        {isOver && <p className="caution">This window is over and stays as it was. Make a new one instead.</p>}
        <WindowFields
          draft={draft}
          checked={checked}
          isFixed={isFixed}
          faultAt={faultAt}
          onChange={(change) => setDraft({ ...draft, ...change })}
        />
        {checked && checked.warnings.length > 0 && <Warnings checked={checked} />}
        {conflict && (
          <WindowConflict
            told={conflict}
            onTheirs={() => void takeTheirs()}
            onMine={() => {
              setVersion(conflict.currentVersion);
              save.reset();
            }}
          />
        )}
        {save.error && !conflict && <Failure cause={save.error} />}
        {check.error && !isFixed && <Failure cause={check.error} />}
        {!isFixed && (
          <>
            {window && <Why value={reason} onChange={setReason} />}
            {checked && checked.asks.length > 0 && (
              <p className="fine">Say which of the two times is meant, above; then it can be saved.</p>
            )}
            <div className="acts">
              <Button variant="default" onClick={() => void navigate({ to: addresses.maintenanceWindows(bid) })}>
                Back without saving
              </Button>
              <Button type="submit" loading={save.isPending} disabled={(checked?.asks.length ?? 0) > 0}>
                {saveWords(checked)}
              </Button>
            </div>
          </>
        )}
      </div>
      <PayerPreview bid={bid} message={draft.message} endsAt={checked?.endsAt ?? window?.endsAt ?? null} />
    </form>
  );
}

function Why({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <TextInput
      label="Why"
      description="If you like; kept in the window’s history with your name."
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      maxLength={500}
    />
  );
}

function Warnings({ checked }: { checked: CheckedWindow }) {
  return (
    <Message tone="warn" role="status" title="It can be saved; look at this first">
      <ul className="maintenance-closes">
        {checked.warnings.map((warning) => (
          <li key={warning.code}>{warning.sentence}</li>
        ))}
      </ul>
    </Message>
  );
}

const saveWords = (checked: CheckedWindow | undefined): string =>
  checked?.warnings.some((warning) => warning.code === 'begins-at-once')
    ? 'Save, and close the pages now'
    : 'Save the window';

/** What is missing is told once a save was tried; the cursor then goes to the first of it. */
function useMissing(draft: WindowDraft) {
  const [isTried, setTried] = useState(false);
  const missing = missingOf(draft);
  return {
    at: (field: string): string | undefined => (isTried ? missing[field] : undefined),
    isNone: (): boolean => {
      const [first] = Object.keys(missing);
      setTried(first !== undefined);
      if (first !== undefined) document.getElementById(`maintenance-${first.replace('.', '-')}`)?.focus();
      return first === undefined;
    },
  };
}

/** What has to be said before it can be saved, by field, in the order of the form. */
function missingOf(draft: WindowDraft): Readonly<Record<string, string>> {
  return {
    ...(draft.description.trim() === '' && { description: 'Say what it is for.' }),
    ...(draft.start === '' && { start: 'Say when it begins: a day and a time.' }),
    ...(draft.end === '' && { end: 'Say when it ends: a day and a time.' }),
    ...(draft.message.en.trim() === '' && { 'message.en': 'Say in English what payers are to read.' }),
  };
}

/** What is wrong at a field: told while one types, else by the refused save. */
function faultOf(field: string, checked: CheckedWindow | undefined, refusal: unknown): string | undefined {
  const live = checked?.faults.find((fault) => fault.at === field);
  if (live) return live.message;
  if (!(refusal instanceof Refused) || checked?.asks.some((ask) => ask.field === field)) return undefined;
  return refusal.faults.find((fault) => fault.at === field || fault.at === `body.${field}`)?.message;
}

/** An answer that was taken back is left out, not sent as nothing. */
function complete(draft: WindowDraft): WindowDraft {
  const { startOccurrence, endOccurrence, ...rest } = draft;
  return { ...rest, ...(startOccurrence && { startOccurrence }), ...(endOccurrence && { endOccurrence }) };
}
