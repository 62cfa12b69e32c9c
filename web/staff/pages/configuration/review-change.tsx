import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Message } from '../../parts/message.tsx';
import { Failure, Faults, Awaited as Shown } from '../../parts/notes.tsx';
import { isReason, WhyField } from '../../parts/why.tsx';
import { Window } from '../../parts/window.tsx';
import { counted } from '../../say.ts';
import type { Change } from './change-store.ts';
import { checkSections, type RuleFault, saveSections } from './configuration-data.ts';
import { DifferenceTable } from './difference-table.tsx';
import { conflictOf } from './settle-conflict.tsx';

interface Props {
  readonly bid: number;
  readonly change: Change;
  /** What was told before the change: a warning of then is no news. */
  readonly faultsBefore: readonly RuleFault[];
  readonly onClose: () => void;
  /** Someone saved the same section: both are to be looked at. */
  readonly onConflict: () => void;
  /** The window stays busy until this is done. */
  readonly onSaved: (version: number) => Promise<void>;
}

/** Before a save: what changes, what it breaks, and why. */
export function ReviewChange(props: Props) {
  return (
    <Window onClose={props.onClose} title="Look at the change, then save it" size="xl">
      <Review {...props} />
    </Window>
  );
}

function Review({ bid, change, faultsBefore, onClose, onConflict, onSaved }: Props) {
  const [reason, setReason] = useState('');
  const { version, sections } = change;
  const check = useQuery({
    queryKey: ['configuration', bid, 'review', version, sections],
    gcTime: 0,
    retry: false,
    queryFn: () => checkSections(bid, version, sections),
  });
  const save = useMutation({
    mutationFn: () => saveSections(bid, version, sections, reason.trim()),
    onSuccess: (saved) => onSaved(saved.version),
  });
  const hasConflict = conflictOf(save.error) !== undefined || conflictOf(check.error) !== undefined;
  useEffect(() => {
    if (hasConflict) onConflict();
  }, [hasConflict, onConflict]);
  const errors = check.data?.faults.filter((fault) => fault.severity === 'error') ?? [];
  const isReady =
    check.data !== undefined && errors.length === 0 && check.data.differences.length > 0 && isReason(reason);
  if (hasConflict) return null;
  return (
    <form
      className="ask"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !save.isPending) save.mutate();
      }}
    >
      <Shown of={check} what="what the change does">
        {(found) => <Found {...found} faultsBefore={faultsBefore} onFollow={onClose} />}
      </Shown>
      <WhyField value={reason} onChange={setReason} description="Kept in the history with your name." hasFocus />
      {save.error && <Failure cause={save.error} />}
      <div className="acts">
        <Button variant="default" onClick={onClose}>
          Back
        </Button>
        <Button type="submit" disabled={!isReady} loading={save.isPending}>
          Save the change
        </Button>
      </div>
    </form>
  );
}

type Found = Awaited<ReturnType<typeof checkSections>> & Pick<Props, 'faultsBefore'> & { onFollow: () => void };

function Found({ differences, clearedSecrets, faults, faultsBefore, onFollow }: Found) {
  const asTold = (of: readonly RuleFault[]) => of.map((fault) => ({ at: fault.at, message: fault.sentence }));
  const wasTold = (fault: RuleFault) =>
    faultsBefore.some((before) => before.at === fault.at && before.sentence === fault.sentence);
  const errors = faults.filter((fault) => fault.severity === 'error');
  const warnings = faults.filter((fault) => fault.severity === 'warning');
  const newWarnings = warnings.filter((fault) => !wasTold(fault));
  const oldWarnings = warnings.filter(wasTold);
  return (
    <>
      {differences.length === 0 ? (
        <p>Nothing differs from what is in force.</p>
      ) : (
        <DifferenceTable items={differences} label="What the change does" />
      )}
      {clearedSecrets.length > 0 && (
        <Message tone="warn" title="Secrets are taken out">
          An endpoint leads to another host, so the secrets that go to it are cleared: settings{' '}
          {clearedSecrets.join(', ')}. Set them again.
        </Message>
      )}
      {errors.length > 0 && (
        <Message tone="bad" role="alert" title="This configuration can’t work, so it can’t be saved">
          <Faults faults={asTold(errors)} onFollow={onFollow} />
        </Message>
      )}
      {newWarnings.length > 0 && (
        <Message tone="warn" title={errors.length > 0 ? 'Look at this as well' : 'It can be saved; look at this first'}>
          <Faults faults={asTold(newWarnings)} onFollow={onFollow} />
        </Message>
      )}
      {oldWarnings.length > 0 && (
        <details className="more">
          <summary>{counted(oldWarnings.length, 'warning')} as before the change</summary>
          <Faults faults={asTold(oldWarnings)} onFollow={onFollow} />
        </details>
      )}
    </>
  );
}
