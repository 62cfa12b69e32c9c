import { Button, Radio, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { CheckedWindow, WindowDraft } from './window-data.ts';
import { centralNow, sayIn } from './window-words.ts';

interface Props {
  readonly draft: WindowDraft;
  readonly checked: CheckedWindow | undefined;
  readonly onChange: (change: Partial<WindowDraft>) => void;
  readonly faultAt: (field: string) => string | undefined;
  readonly isFixed: boolean;
}

/** Start and end in Central Time, each with what that is elsewhere; a time that comes twice is asked about. */
export function WindowTimes(props: Props) {
  const { draft, checked, onChange } = props;
  return (
    <>
      <div className="maintenance-times">
        <Time
          {...props}
          field="start"
          label="Start (Central Time)"
          extra={
            !props.isFixed && (
              <Button variant="default" size="compact-xs" mt={6} onClick={() => onChange({ start: centralNow() })}>
                Now
              </Button>
            )
          }
        />
        <Time {...props} field="end" label="End (Central Time)" />
      </div>
      {checked?.length && draft.start !== '' && draft.end !== '' && (
        <p>
          It lasts <strong>{checked.length}</strong>.
        </p>
      )}
    </>
  );
}

function Time({
  draft,
  checked,
  onChange,
  faultAt,
  isFixed,
  field,
  label,
  extra,
}: Props & { field: 'start' | 'end'; label: string; extra?: ReactNode }) {
  const occurrence = field === 'start' ? 'startOccurrence' : 'endOccurrence';
  const at = field === 'start' ? checked?.startsAt : checked?.endsAt;
  const ask = checked?.asks.find((each) => each.field === field);
  const isAsked = ask !== undefined || draft[occurrence] !== undefined;
  const { [occurrence]: _dropped, ...rest } = draft;
  return (
    <div>
      <TextInput
        id={`maintenance-${field}`}
        label={label}
        type="datetime-local"
        value={draft[field]}
        // Another time is another question: the answer to the last one does not stand for it.
        onChange={(event) =>
          onChange({ ...rest, [field]: event.currentTarget.value.slice(0, 16), [occurrence]: undefined })
        }
        error={faultAt(field)}
        required
        disabled={isFixed}
      />
      {extra}
      {isAsked && (
        <Radio.Group
          mt={14}
          label={ask?.sentence ?? 'That time comes twice: the clocks go back that night.'}
          description="Which of the two is meant?"
          value={draft[occurrence] ?? ''}
          onChange={(value) => onChange({ [occurrence]: value === 'first' ? 'first' : 'second' })}
        >
          <Radio
            mt={10}
            value="first"
            disabled={isFixed}
            label={ask ? `The first: ${ask.first.shown}` : 'The first (CDT)'}
          />
          <Radio
            mt={10}
            value="second"
            disabled={isFixed}
            label={ask ? `The second: ${ask.second.shown}` : 'The second (CST)'}
          />
        </Radio.Group>
      )}
      {at && <ThatIs at={at} timeZone={checked?.timeZone} />}
    </div>
  );
}

/** The same moment where the reader is and where the biller is; said once where they are the same. */
function ThatIs({ at, timeZone }: { at: string; timeZone: string | undefined }) {
  const [central, here, theirs] = [sayIn(at, 'America/Chicago'), sayIn(at, undefined), sayIn(at, timeZone)];
  const others = [
    ...(here === central ? [] : [`${here} for you`]),
    ...(theirs === central || timeZone === undefined ? [] : [`${theirs} for the biller`]),
  ];
  return (
    <p className="maintenance-that-is" aria-live="polite">
      That is {central}
      {others.length > 0 && `, which is ${others.join(' and ')}`}.
    </p>
  );
}
