import { Button, Progress } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { addresses } from '../addresses.ts';
import { DropFile } from '../parts/drop-file.tsx';
import { Icon } from '../parts/icons.tsx';
import { Failure } from '../parts/notes.tsx';
import { queryClient } from '../query-client.ts';
import { size } from '../say.ts';
import { sendFile } from './send-file.ts';

type State =
  | { kind: 'ready' }
  | { kind: 'sending'; name: string; part: number; cancel: () => void }
  | { kind: 'failed'; cause: unknown };

/** Takes a .bif by drag and drop or by choice, and leads to the file's page, where it is followed. */
export function UploadFile({ bid }: { bid: number }) {
  const [state, setState] = useState<State>({ kind: 'ready' });
  const navigate = useNavigate();
  const send = async (file: File) => {
    if (state.kind === 'sending') return;
    const sending = sendFile(bid, file, (part) => setState((now) => (now.kind === 'sending' ? { ...now, part } : now)));
    setState({ kind: 'sending', name: `${file.name} (${size(file.size)})`, part: 0, cancel: sending.cancel });
    try {
      const received = await sending.answer;
      await queryClient.invalidateQueries({ queryKey: ['invoice-files', bid] });
      await navigate({
        to: addresses.invoiceFile(bid, received.id),
        search: (received.isRepeat ? { repeat: '1' } : {}) as never,
      });
    } catch (cause) {
      setState({ kind: 'failed', cause });
    }
  };
  return (
    <DropFile
      label="Upload a Biller Invoice File"
      inputLabel="A Biller Invoice File"
      accept=".bif,.txt,text/plain"
      onFile={(file) => void send(file)}
    >
      {(choose) => (
        <>
          {state.kind === 'sending' ? (
            <>
              <div>Sending {state.name}</div>
              <Progress
                value={state.part * 100}
                w="100%"
                aria-label={`Sent: ${Math.round(state.part * 100)} percent`}
              />
              <div className="acts">
                <span className="figure">{Math.round(state.part * 100)} %</span>
                <Button variant="default" onClick={state.cancel}>
                  Cancel
                </Button>
              </div>
            </>
          ) : (
            <div className="acts">
              <Button leftSection={<Icon name="up" />} onClick={choose}>
                Upload a file
              </Button>
              <span className="soft">
                or drop a .bif here. It is checked first; the same bytes sent twice change nothing.
              </span>
            </div>
          )}
          {state.kind === 'failed' && <Failure cause={state.cause} />}
        </>
      )}
    </DropFile>
  );
}
