import { Button, Checkbox, Textarea, TextInput } from '@mantine/core';
import { Part } from '../../../parts/show.tsx';
import type { CheckedWindow, MaintenancePage, WindowDraft } from './window-data.ts';
import { WindowTimes } from './window-times.tsx';
import { CHOSEN_PAGES, suggestedMessage } from './window-words.ts';

export interface FieldsProps {
  readonly draft: WindowDraft;
  readonly checked: CheckedWindow | undefined;
  readonly onChange: (change: Partial<WindowDraft>) => void;
  readonly faultAt: (field: string) => string | undefined;
  readonly isFixed: boolean;
}

/** The form of a window, in the order in which one decides: what for, when, what payers read, what it closes. */
export function WindowFields(props: FieldsProps) {
  const { draft, onChange, faultAt, isFixed } = props;
  return (
    <>
      <Part title="What for, and when">
        <div className="maintenance-fields">
          <TextInput
            id="maintenance-description"
            label="Internal description"
            description="For staff only, as “IMT Spectrum Conversion (December 4)”."
            value={draft.description}
            onChange={(event) => onChange({ description: event.currentTarget.value })}
            error={faultAt('description')}
            maxLength={200}
            required
            disabled={isFixed}
          />
          <WindowTimes {...props} />
          <Checkbox
            label="Active"
            description="Unchecked, it closes nothing. Unchecking it while it is in force ends it at once."
            checked={draft.isActive}
            onChange={(event) => onChange({ isActive: event.currentTarget.checked })}
            disabled={isFixed}
          />
        </div>
      </Part>
      <Messages {...props} />
      <Closes {...props} />
    </>
  );
}

function Messages({ draft, checked, onChange, faultAt, isFixed }: FieldsProps) {
  const { startsAt, endsAt } = checked ?? {};
  const put = (message: WindowDraft['message']) => onChange({ message });
  return (
    <Part
      title="Customer-facing message"
      aside={
        !isFixed && (
          <Button
            variant="default"
            size="compact-xs"
            disabled={!startsAt || !endsAt}
            title={startsAt && endsAt ? undefined : 'Give start and end first: the words name them.'}
            onClick={() => startsAt && endsAt && put(suggestedMessage(startsAt, endsAt))}
          >
            Fill in the usual words
          </Button>
        )
      }
    >
      <div className="maintenance-fields">
        <Textarea
          id="maintenance-message-en"
          label="In English"
          description="Plain text. A blank line begins a new paragraph."
          value={draft.message.en}
          onChange={(event) => put({ ...draft.message, en: event.currentTarget.value })}
          error={faultAt('message.en')}
          autosize
          minRows={3}
          maxLength={1000}
          required
          disabled={isFixed}
        />
        <Textarea
          id="maintenance-message-es"
          label="In Spanish"
          description="Left empty, payers who read Spanish get the standard words of Causeway."
          value={draft.message.es ?? ''}
          onChange={(event) => put({ ...draft.message, es: event.currentTarget.value })}
          error={faultAt('message.es')}
          autosize
          minRows={3}
          maxLength={1000}
          disabled={isFixed}
        />
      </div>
    </Part>
  );
}

function Closes({ draft, onChange, faultAt, isFixed }: FieldsProps) {
  return (
    <Part title="What it closes and pauses">
      <div className="maintenance-fields">
        <Checkbox
          label="Apply to all pages"
          checked={draft.appliesToAll}
          onChange={(event) => onChange({ appliesToAll: event.currentTarget.checked })}
          disabled={isFixed}
        />
        {!draft.appliesToAll && (
          <Checkbox.Group
            label="Pages it closes"
            description="Paying is closed by every window; what is not chosen can still be seen."
            value={draft.pages}
            onChange={(pages) => onChange({ pages: pages as MaintenancePage[] })}
            error={faultAt('pages')}
          >
            <Checkbox mt={6} checked disabled readOnly label="Paying: always closed, so that no payment begins" />
            {CHOSEN_PAGES.map(([page, words]) => (
              <Checkbox key={page} mt={6} value={page} label={words} disabled={isFixed} />
            ))}
          </Checkbox.Group>
        )}
        <Checkbox
          label="Pause DataPump"
          description="Nothing is posted to the partner until the window is over; what waits is then posted in order. A conversion needs this."
          checked={draft.pausesDataPump}
          onChange={(event) => onChange({ pausesDataPump: event.currentTarget.checked })}
          disabled={isFixed}
        />
      </div>
    </Part>
  );
}
