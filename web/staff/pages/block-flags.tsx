import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { api, type Reply, told } from '../api.ts';
import { Ask } from '../parts/ask.tsx';
import { sayDone } from '../parts/say-done.ts';
import { queryClient } from '../query-client.ts';
import { useMay } from '../session.ts';

type View = Reply<'/api/v1/billers/{bid}/accounts/{accountNumber}'>;

/** Blocks and allows bank debits and cards of one account; says why where only the partner sets them (setting 32). */
export function BlockFlags({ bid, view }: { bid: number; view: View }) {
  const may = useMay();
  const [isOpen, setOpen] = useState(false);
  if (view.areBlockFlagsReadOnly)
    return (
      <p className="soft">
        The insurer’s own system says which methods may pay here, so staff can’t change it (Advanced Setting 32).
      </p>
    );
  if (!may('accounts:write')) return null;
  return (
    <div>
      <Button variant="default" onClick={() => setOpen(true)}>
        Block or allow methods
      </Button>
      {isOpen && <ChangeFlags bid={bid} view={view} onClose={() => setOpen(false)} />}
    </div>
  );
}

function ChangeFlags({ bid, view, onClose }: { bid: number; view: View; onClose: () => void }) {
  const { accountNumber } = view;
  const [blockAch, setAch] = useState(view.blockAch);
  const [blockCc, setCc] = useState(view.blockCc);
  return (
    <Ask
      isOpen
      onClose={onClose}
      title="Which methods may pay this account?"
      what={<p>A blocked method is not offered to payers of this account any more, and refused if it is sent.</p>}
      confirm="Save"
      isReady={blockAch !== view.blockAch || blockCc !== view.blockCc}
      fields={
        <>
          <Checkbox
            label="Block bank accounts (ACH)"
            checked={blockAch}
            onChange={(event) => setAch(event.currentTarget.checked)}
          />
          <Checkbox
            label="Block cards (CC)"
            checked={blockCc}
            onChange={(event) => setCc(event.currentTarget.checked)}
          />
        </>
      }
      act={(reason) =>
        told(
          api.PUT('/api/v1/billers/{bid}/accounts/{accountNumber}/block-flags', {
            params: { path: { bid, accountNumber } },
            body: { blockAch, blockCc, reason },
          }),
        )
      }
      onDone={() => {
        void queryClient.invalidateQueries({ queryKey: ['account', bid, accountNumber] });
        void queryClient.invalidateQueries({ queryKey: ['audit', bid] });
        void sayDone('The methods of the account were changed.');
      }}
    />
  );
}
