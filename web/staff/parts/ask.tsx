import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Failure } from './notes.tsx';
import { isReason, WhyField } from './why.tsx';
import { Window } from './window.tsx';

/** Asks before something is done: what exactly will happen, why (kept on record), and nothing happens before “yes”. */
export function Ask(props: {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  what: ReactNode;
  confirm: string;
  isDanger?: boolean;
  /** Asked for unless false; goes into the audit. */
  needsReason?: boolean;
  /** Further fields. */
  fields?: ReactNode;
  isReady?: boolean;
  act: (reason: string) => Promise<unknown>;
  onDone?: () => void;
}) {
  const [reason, setReason] = useState('');
  const doing = useMutation({
    mutationFn: () => props.act(reason.trim()),
    onSuccess: () => {
      setReason('');
      props.onClose();
      props.onDone?.();
    },
  });
  const close = () => {
    doing.reset();
    props.onClose();
  };
  const needsReason = props.needsReason ?? true;
  const isReady = (props.isReady ?? true) && (!needsReason || isReason(reason));
  return (
    <Window isOpen={props.isOpen} onClose={close} title={props.title} size="lg">
      <form
        className="ask"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !doing.isPending) doing.mutate();
        }}
      >
        <div>{props.what}</div>
        {props.fields}
        {needsReason && <WhyField value={reason} onChange={setReason} hasFocus />}
        {doing.error && <Failure cause={doing.error} />}
        <div className="acts">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button
            type="submit"
            color={props.isDanger ? 'danger' : undefined}
            disabled={!isReady}
            loading={doing.isPending}
          >
            {props.confirm}
          </Button>
        </div>
      </form>
    </Window>
  );
}
