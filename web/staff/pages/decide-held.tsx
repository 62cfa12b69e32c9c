import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, told } from '../api.ts';
import { Ask } from '../parts/ask.tsx';
import { Empty } from '../parts/notes.tsx';
import { sayDone } from '../parts/say-done.ts';
import { Money, Part } from '../parts/show.tsx';
import { queryClient } from '../query-client.ts';
import { money } from '../say.ts';
import { sessionQuery, useMay } from '../session.ts';
import type { Act, DeliveryView } from './delivery-data.ts';
import { Replay } from './replay.tsx';

interface Offer {
  readonly act: Act;
  readonly button: string;
  readonly means: string;
}

/** The acts in the order a careful person thinks of them. The server says which fit now (`acts`). */
const OFFERS: readonly Offer[] = [
  {
    act: 'check-again',
    button: 'Check again',
    means: 'The partner’s figures are read anew, twice, some minutes apart. Nothing is sent.',
  },
  {
    act: 'confirm-posted',
    button: 'Confirm posted',
    means:
      'You know that it stands at the insurer: give the insurer’s reference. It is closed as “confirmed by staff”, and nothing is sent.',
  },
  {
    act: 'post-again',
    button: 'Post again',
    means:
      'You know that it does not stand there: it is sent once more. A second person must agree, since a wrong guess pays twice.',
  },
  {
    act: 'replay',
    button: 'Replay',
    means: 'It is proven that it was not applied: it is sent again, with the same transaction_id.',
  },
  {
    act: 'return-to-payer',
    button: 'Return to payer',
    means: 'It will not be posted. A work item asks for the refund; the balance shown rises by the amount again.',
  },
  {
    act: 'found-missing',
    button: 'Found missing',
    means: 'It was recorded as posted, yet the insurer does not have it. It is held again.',
  },
  { act: 'note', button: 'Note', means: 'Your words are kept with it. Nothing else changes.' },
];

/** The decision: one act, its meaning before it, a reason with it, and the version the person saw. */
export function Decision({ bid, view }: { bid: number; view: DeliveryView }) {
  const may = useMay();
  const [chosen, setChosen] = useState<Offer>();
  const fitting = OFFERS.filter((offer) => view.acts.includes(offer.act));
  if (!may('deliveries:decide')) {
    return (
      <Part title="Decision">
        <Empty>Deciding about held payments needs the right “deliveries:decide”.</Empty>
      </Part>
    );
  }
  return (
    <Part title="Decision">
      {fitting.length === 0 && (
        <Empty>
          There is nothing to decide: {view.state === 'unknown' ? 'it is being found out.' : 'it is not held.'}
        </Empty>
      )}
      <div className="decision">
        {fitting.map((offer) => (
          <div key={offer.act} className="decision-act">
            <Button variant="default" onClick={() => setChosen(offer)}>
              {offer.act === 'post-again' && view.secondPerson ? 'Agree: post again' : offer.button}
            </Button>
            <span>{offer.means}</span>
          </div>
        ))}
      </div>
      {chosen?.act === 'replay' && (
        <Replay bid={bid} filter={{ ids: [view.id] }} onClose={() => setChosen(undefined)} />
      )}
      {chosen && chosen.act !== 'replay' && (
        <AskAct bid={bid} view={view} offer={chosen} onClose={() => setChosen(undefined)} />
      )}
    </Part>
  );
}

function AskAct({ bid, view, offer, onClose }: { bid: number; view: DeliveryView; offer: Offer; onClose: () => void }) {
  const [reference, setReference] = useState('');
  const { data: session } = useQuery(sessionQuery);
  const isPostAgain = offer.act === 'post-again';
  const isConfirm = offer.act === 'confirm-posted';
  const isOwnRequest = isPostAgain && view.secondPerson?.by === session?.user.email;
  const seen = balancesSeen(view);
  return (
    <Ask
      isOpen
      onClose={onClose}
      title={`${offer.button}: payment ${view.paymentId}`}
      isDanger={isPostAgain}
      confirm={
        isPostAgain
          ? view.secondPerson
            ? `Agree, and post ${money(view.amountCents ?? 0)} again`
            : 'Ask a second person'
          : offer.button
      }
      isReady={(!isConfirm || reference.trim() !== '') && !isOwnRequest}
      what={
        <>
          <p>{offer.means}</p>
          {isPostAgain && <BothBalances view={view} />}
          {isOwnRequest && <p className="caution">You asked for it yourself. Someone else has to agree.</p>}
        </>
      }
      fields={
        isConfirm && (
          <TextInput
            label="The insurer’s reference of the payment"
            value={reference}
            onChange={(event) => setReference(event.currentTarget.value)}
            required
            maxLength={200}
          />
        )
      }
      act={async (reason) => {
        const decided = await told(
          api.POST('/api/v1/billers/{bid}/deliveries/{id}/acts', {
            params: { path: { bid, id: view.id } },
            body: {
              act: offer.act,
              reason,
              version: view.version,
              ...(isConfirm && { reference: reference.trim() }),
              ...(isPostAgain && seen && { balancesSeen: seen }),
            },
          }),
        );
        await Promise.all([
          queryClient.invalidateQueries({ queryKey: ['deliveries', bid] }),
          queryClient.invalidateQueries({ queryKey: ['audit', bid] }),
        ]);
        void sayDone(decided.isWaitingForSecondPerson ? 'Asked. Someone else has to agree.' : 'Recorded.');
      }}
    />
  );
}

/** What travels with “post again”: the two balances as they were shown. */
function balancesSeen(view: DeliveryView): { beforeCents: number; latestCents: number } | undefined {
  const before = view.sentAttempts.findLast((attempt) => attempt.possiblyApplied)?.baseline?.currentDueCents;
  const latest = view.readings.at(-1)?.currentDueCents;
  if (before === undefined && latest === undefined) return undefined;
  return { beforeCents: before ?? latest ?? 0, latestCents: latest ?? before ?? 0 };
}

function BothBalances({ view }: { view: DeliveryView }): ReactNode {
  const seen = balancesSeen(view);
  if (!seen)
    return <p>No balance was read around the send: your decision rests on what the insurer told you. Say so below.</p>;
  return (
    <p>
      Due before the send: <Money cents={seen.beforeCents} />. Due by the latest reading:{' '}
      <Money cents={seen.latestCents} />. This payment: <Money cents={view.amountCents} />.
    </p>
  );
}
