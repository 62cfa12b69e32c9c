import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Reply, told } from '../api.ts';
import { Ask } from '../parts/ask.tsx';
import { Awaited } from '../parts/notes.tsx';
import { sayDone } from '../parts/say-done.ts';
import { Moment, Part } from '../parts/show.tsx';
import { queryClient } from '../query-client.ts';
import { sessionQuery, useMay } from '../session.ts';
import { trustWord } from './delivery-data.ts';
import { explainReason } from './delivery-reason.tsx';

type TrustView = Reply<'/api/v1/billers/{bid}/partner-trust'>;

export const trustQuery = (bid: number) => ({
  queryKey: ['trust', bid],
  queryFn: () => told(api.GET('/api/v1/billers/{bid}/partner-trust', { params: { path: { bid } } })),
});

/** How far the partner's figures are believed, and its change: up by two people, down by one. */
export function Trust({ bid }: { bid: number }) {
  const trust = useQuery(trustQuery(bid));
  return (
    <Part title="How far the partner’s figures are trusted">
      <Awaited of={trust} what="the trust level">
        {(view) => (
          <>
            <p className="sentence">
              <strong>{view.partner}:</strong> {trustWord(view.level)}.
            </p>
            <p className="fine">
              {view.changedAt ? (
                <>
                  Set by {view.changedBy}, <Moment at={view.changedAt} />: {view.reason}
                </>
              ) : (
                explainReason(view.reason).sentence
              )}
            </p>
            {view.request && (
              <p className="caution">
                {view.request.by} asks for level {view.request.level}: {view.request.reason}. A second person has to
                agree.
              </p>
            )}
            <TrustActs bid={bid} view={view} />
          </>
        )}
      </Awaited>
    </Part>
  );
}

/** Levels 2 and 3 send again without a person; the server keeps them locked, so they are explained and not offered. */
function TrustActs({ bid, view }: { bid: number; view: TrustView }) {
  const may = useMay();
  const { data: session } = useQuery(sessionQuery);
  const [isAsking, setAsking] = useState(false);
  if (!may('deliveries:approve')) return null;
  const level = view.level === 0 ? 1 : 0;
  const isOwnRequest = view.request?.by === session?.user.email;
  const verb =
    level === 0 ? 'Lower to L0, hold' : view.request ? 'Agree to L1, confirm' : 'Ask for L1, confirm by evidence';
  return (
    <>
      <div className="acts">
        <Button variant="default" disabled={level === 1 && isOwnRequest} onClick={() => setAsking(true)}>
          {verb}
        </Button>
      </div>
      {level === 1 && isOwnRequest && <p className="fine">You asked for it yourself. Someone else has to agree.</p>}
      <p className="fine">L2 and L3 stay locked until the partner has passed the test of a payment sent twice.</p>
      <Ask
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Trust level of ${view.partner}`}
        confirm={verb}
        what={
          level === 1 ? (
            <>
              <p>
                With L1 an unknown payment is closed as posted when the partner’s figures moved by exactly its amount,
                without a person. Nothing is ever sent again without a person.
              </p>
              <p>It needs two people. A contradiction in the figures sets it back to L0 at once.</p>
            </>
          ) : (
            'With L0 every unknown payment waits for a person. It takes effect at once, and needs one person only.'
          )
        }
        act={async (reason) => {
          const after = await told(
            api.POST('/api/v1/billers/{bid}/partner-trust', {
              params: { path: { bid } },
              body: { level, expectedLevel: view.level, reason },
            }),
          );
          await Promise.all([
            queryClient.invalidateQueries({ queryKey: ['trust', bid] }),
            queryClient.invalidateQueries({ queryKey: ['audit', bid] }),
          ]);
          void sayDone(after.request ? 'Asked. Someone else has to agree.' : 'Changed.');
        }}
      />
    </>
  );
}
