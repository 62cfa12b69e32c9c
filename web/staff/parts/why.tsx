import { Button, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Failure } from './notes.tsx';

const REASON_MIN = 3;

/** Whether something was said at all; the server refuses less. */
export const isReason = (text: string): boolean => text.trim().length >= REASON_MIN;

/** Why something is done, in the words of who does it. */
export function WhyField(props: {
  value: string;
  onChange: (value: string) => void;
  /** Where it is kept: in the audit, unless said. */
  description?: string;
  hasFocus?: boolean;
}) {
  return (
    <Textarea
      label="Why"
      description={props.description ?? 'Kept on record with your name.'}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      maxLength={500}
      autosize
      minRows={2}
      required
      {...(props.hasFocus && { 'data-autofocus': true })}
    />
  );
}

/** What was looked at is done as a version of the configuration, once it is said why. */
export function WhyForm(props: {
  isReady: boolean;
  confirm: string;
  /** Beside the button. */
  aside?: ReactNode;
  act: (reason: string) => Promise<unknown>;
  /** After a failure: looks at it anew. */
  retry?: () => void;
}) {
  const [reason, setReason] = useState('');
  const doing = useMutation({ mutationFn: () => props.act(reason.trim()) });
  const isReady = props.isReady && isReason(reason);
  return (
    <form
      className="ask"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !doing.isPending) doing.mutate();
      }}
    >
      <WhyField value={reason} onChange={setReason} description="Kept in the history with your name." />
      {doing.error && <Failure cause={doing.error} {...(props.retry && { retry: props.retry })} />}
      <div className="acts">
        {props.aside}
        <Button type="submit" disabled={!isReady} loading={doing.isPending}>
          {props.confirm}
        </Button>
      </div>
    </form>
  );
}
