import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { paths } from '../../api/schema.d.ts';
import { api, told } from '../api.ts';
import { save } from '../parts/csv.ts';
import { Message } from '../parts/message.tsx';
import { Failure } from '../parts/notes.tsx';
import { Moment, Part } from '../parts/show.tsx';
import { queryClient } from '../query-client.ts';
import { counted } from '../say.ts';

type Checkpoint = NonNullable<
  paths['/api/v1/audit/verification']['post']['requestBody']['content']['application/json']['checkpoint']
>;
const lastVerification = {
  queryKey: ['audit-verification'],
  queryFn: () => told(api.GET('/api/v1/audit/verification')),
};

/** How the last verification went, and another one now; with a checkpoint kept elsewhere it also finds what was cut off. */
export function AuditProof() {
  const last = useQuery(lastVerification);
  const [wrongFile, setWrongFile] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const verify = useMutation({
    mutationFn: (checkpoint: Checkpoint | undefined) =>
      told(api.POST('/api/v1/audit/verification', { body: { ...(checkpoint && { checkpoint }) } })),
    onSuccess: (answer) => queryClient.setQueryData(lastVerification.queryKey, answer),
  });
  const keep = useMutation({
    mutationFn: async () => {
      const checkpoint = await told(api.GET('/api/v1/audit/checkpoint'));
      const text = `${JSON.stringify(checkpoint, null, 2)}\n`;
      save(`audit-checkpoint-${checkpoint.at.slice(0, 10)}.json`, new Blob([text], { type: 'application/json' }));
    },
  });
  const verifyWith = async (file: File | undefined) => {
    if (!file) return;
    const read = await readJson(file);
    setWrongFile(read === undefined);
    if (read !== undefined) verify.mutate(read as Checkpoint);
  };
  return (
    <Part title="Proof">
      {last.data && <Verdict last={last.data.last} />}
      {last.error && <Failure cause={last.error} />}
      {wrongFile && (
        <Message tone="bad" role="alert" title="That file is no checkpoint">
          Choose a file that “Keep a checkpoint” saved.
        </Message>
      )}
      {(verify.error ?? keep.error) && <Failure cause={verify.error ?? keep.error} />}
      <div className="acts">
        <Button variant="default" loading={verify.isPending} onClick={() => verify.mutate(undefined)}>
          Verify now
        </Button>
        <Button variant="default" onClick={() => input.current?.click()} disabled={verify.isPending}>
          Verify with a checkpoint
        </Button>
        <Button variant="default" loading={keep.isPending} onClick={() => keep.mutate()}>
          Keep a checkpoint
        </Button>
      </div>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label="A checkpoint"
        onChange={(event) => {
          void verifyWith(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
      <p className="fine">
        A checkpoint is a small file with the ends of all chains. Kept where the database’s owner can’t change it, it
        shows later that nothing before it was cut off or written anew.
      </p>
    </Part>
  );
}

type Last = Awaited<ReturnType<typeof lastVerification.queryFn>>['last'];

function Verdict({ last }: { last: Last }) {
  if (last === null) return <p className="caution">It was not verified yet. It is each night; you can do it now.</p>;
  if (!last.isSound)
    return (
      <Message tone="bad" role="alert" title="The audit was tampered with. Tell who looks after security">
        <ul className="faults">
          {last.faults.map((fault) => (
            <li key={fault}>{fault}</li>
          ))}
        </ul>
        <p>
          Found <Moment at={last.at} />.
        </p>
      </Message>
    );
  return (
    <Message tone="good" role="status" title="Every chain is sound">
      <p>
        {counted(last.events, 'entry', 'entries')} in {counted(last.chains, 'chain')}, verified{' '}
        <Moment at={last.at} isAgo />
        {last.againstCheckpointOf && (
          <>
            {' '}
            against the checkpoint of <Moment at={last.againstCheckpointOf} />
          </>
        )}
        .
      </p>
    </Message>
  );
}

async function readJson(file: File): Promise<unknown> {
  try {
    return JSON.parse(await file.text());
  } catch {
    return undefined;
  }
}
