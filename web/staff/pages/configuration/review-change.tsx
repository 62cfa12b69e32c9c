import { Button, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, Refused, told } from '../../api.ts';
import { Message } from '../../parts/message.tsx';
import { Awaited, Failure, Faults } from '../../parts/notes.tsx';
import { Window } from '../../parts/window.tsx';
import { queryClient } from '../../query-client.ts';
import { type ConfigurationAnswer, checkSections, type Sections, saveSections } from './configuration-data.ts';
import { DifferenceTable } from './difference-table.tsx';

interface Props {
  readonly bid: number;
  readonly answer: ConfigurationAnswer;
  /** The sections as the person leaves them, made on the configuration given: after a conflict, on the newer one. */
  readonly build: (configuration: ConfigurationAnswer['configuration']) => Sections;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** Before a save: what changes, what it breaks, and why. After a conflict: what the other person changed, beside it. */
export function ReviewChange(props: Props) {
  return (
    <Window onClose={props.onClose} title="Look at the change, then save it" size="xl">
      <Review key={props.answer.version} {...props} />
    </Window>
  );
}

function Review({ bid, answer, build, onClose, onSaved }: Props) {
  const [reason, setReason] = useState('');
  const sections = build(answer.configuration);
  const check = useQuery({
    queryKey: ['configuration', bid, 'preview', answer.version, sections],
    gcTime: 0,
    queryFn: () => checkSections(bid, answer.version, sections),
  });
  const save = useMutation({
    mutationFn: () => saveSections(bid, answer.version, sections, reason.trim()),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['configuration', bid] });
      onSaved();
    },
  });
  const conflict = conflictOf(save.error) ?? conflictOf(check.error);
  if (conflict) return <Conflict bid={bid} from={answer.version} to={conflict} onClose={onClose} />;
  const errors = check.data?.faults.filter((fault) => fault.severity === 'error') ?? [];
  const warnings = check.data?.faults.filter((fault) => fault.severity === 'warning') ?? [];
  const isReady =
    check.data !== undefined && errors.length === 0 && check.data.differences.length > 0 && reason.trim().length >= 3;
  return (
    <form
      className="ask"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) save.mutate();
      }}
    >
      <Awaited of={check} what="what the change does">
        {({ differences, clearedSecrets }) => (
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
                <Faults faults={errors.map((fault) => ({ at: fault.at, message: fault.sentence }))} />
              </Message>
            )}
            {warnings.length > 0 && (
              <Message tone="warn" title="It can be saved; look at this first">
                <Faults faults={warnings.map((fault) => ({ at: fault.at, message: fault.sentence }))} />
              </Message>
            )}
          </>
        )}
      </Awaited>
      <Textarea
        label="Why"
        description="Kept in the history with your name."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={500}
        autosize
        minRows={2}
        required
      />
      {save.error && <Failure cause={save.error} />}
      <div className="acts">
        <Button variant="default" onClick={onClose}>
          Back
        </Button>
        <Button type="submit" disabled={!isReady} loading={save.isPending}>
          Save version {answer.version + 1}
        </Button>
      </div>
    </form>
  );
}

function conflictOf(cause: unknown): number | undefined {
  if (!(cause instanceof Refused) || cause.code !== 'configuration-conflict') return undefined;
  return Number(cause.details.currentVersion);
}

/** Someone saved the same section meanwhile: their change is shown; going on puts ours on top of their version. */
function Conflict({ bid, from, to, onClose }: { bid: number; from: number; to: number; onClose: () => void }) {
  const theirs = useQuery({
    queryKey: ['configuration', bid, 'diff', from, to],
    queryFn: () =>
      told(api.GET('/api/v1/billers/{bid}/configuration/diff', { params: { path: { bid }, query: { from, to } } })),
  });
  return (
    <div className="ask">
      <Message tone="warn" role="alert" title="Someone changed the same section meanwhile">
        You began at version {from}; version {to} is in force. This is what they changed. Your change is kept: go on to
        see it on top of theirs.
      </Message>
      <Awaited of={theirs} what="their change">
        {({ items }) => <DifferenceTable items={items} label="What they changed" />}
      </Awaited>
      <div className="acts">
        <Button variant="default" onClick={onClose}>
          Back to the form
        </Button>
        <Button onClick={() => void queryClient.invalidateQueries({ queryKey: ['configuration', bid, 'document'] })}>
          See my change on version {to}
        </Button>
      </div>
    </div>
  );
}
