import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { addresses } from '../addresses.ts';
import { Awaited, Empty } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { asJson, Facts, Moment, Money, Part, To, Wire } from '../parts/show.tsx';
import { StateMark, stateWord } from '../parts/state-mark.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { useBid, usePart } from '../parts/use-biller.ts';
import { counted, words } from '../say.ts';
import { useMay } from '../session.ts';
import { NotesAndDecisions } from './audit-data.tsx';
import { HELD_WORDS } from './deliveries.tsx';
import { type Attempt, type DeliveryView, deliveryQuery } from './delivery-data.ts';
import { Reason } from './delivery-reason.tsx';
import { Replay } from './replay.tsx';

const CLASS_WORDS: Readonly<Record<string, string>> = {
  NOT_SENT: 'Not sent: no byte of the request was written',
  POSTED: 'Posted: the partner answered so',
  REJECTED: 'Rejected by the partner',
  UNKNOWN: 'Unknown: it may have been applied',
};

/** One thing to tell the partner: where it goes, what it carries, and every try. */
export function Delivery() {
  const bid = useBid();
  const id = Number(usePart('deliveryId'));
  const may = useMay();
  const [isReplaying, setReplaying] = useState(false);
  const delivery = useQuery(deliveryQuery(bid, id));
  const view = delivery.data;
  return (
    <>
      <PageHead
        path={[['DataPump'], ['Deliveries', addresses.deliveries(bid)]]}
        title={`Delivery ${id}`}
        mark={
          view && (
            <StateMark state={view.state} word={view.label ? `${stateWord(view.state)}, ${view.label}` : undefined} />
          )
        }
        acts={
          view && (
            <>
              {view.acts.includes('replay') && may('deliveries:operate') && (
                <Button variant="default" onClick={() => setReplaying(true)}>
                  Replay
                </Button>
              )}
              {view.kind === 'payment' && (view.state === 'held' || view.state === 'unknown') && (
                <Button component={Link} {...({ to: addresses.heldOne(bid, id) } as object)}>
                  Evidence and decision
                </Button>
              )}
            </>
          )
        }
      />
      <Awaited of={delivery} what="the delivery">
        {(shown) => <DeliveryParts bid={bid} view={shown} />}
      </Awaited>
      {isReplaying && <Replay bid={bid} filter={{ ids: [id] }} onClose={() => setReplaying(false)} />}
    </>
  );
}

function DeliveryParts({ bid, view }: { bid: number; view: DeliveryView }) {
  return (
    <>
      {view.reason && <Reason reason={view.reason} state={view.state} />}
      <div className="pair">
        <DeliveryFacts bid={bid} view={view} />
        <Part title="What is sent (the payer’s contact data hidden)">
          <Wire label="Payload">{asJson(view.payload)}</Wire>
        </Part>
      </div>
      <Part title={`Tries (${view.sentAttempts.length})`}>
        {view.sentAttempts.length === 0 ? <Empty>It was not tried yet.</Empty> : <Attempts items={view.sentAttempts} />}
      </Part>
      <NotesAndDecisions bid={bid} subjects={[`delivery/${view.id}`]} />
    </>
  );
}

export function DeliveryFacts({ bid, view }: { bid: number; view: DeliveryView }) {
  return (
    <Part title="Delivery">
      <Facts
        items={[
          [
            'What',
            view.paymentId ? (
              <To key="payment" href={addresses.payment(bid, view.paymentId)}>
                Payment {view.paymentId}
              </To>
            ) : (
              words(view.kind)
            ),
          ],
          [
            'Account',
            <To key="account" href={addresses.account(bid, view.accountNumber)}>
              {view.accountNumber}
            </To>,
          ],
          ['Amount, without fee', <Money key="amount" cents={view.amountCents} />],
          ['transaction_id', <code key="id">{view.transactionId ?? '–'}</code>],
          ['Held because', view.heldKind ? (HELD_WORDS[view.heldKind] ?? view.heldKind) : '–'],
          ['Recorded', <Moment key="made" at={view.createdAt} isAgo />],
          ['First sent', <Moment key="sent" at={view.firstSentAt} />],
          ['Unknown since', <Moment key="unknown" at={view.unknownSince} />],
          ['Next try', <Moment key="next" at={view.nextAt} />],
          ['Done', <Moment key="done" at={view.finishedAt} />],
          ['Partner', `${view.destination.partner}, environment ${view.destination.environment}`],
          ['Endpoint, frozen', <code key="url">{view.destination.url || 'none was set'}</code>],
          ['Settings of version', view.destination.settingsVersion],
          ['Lane', view.laneId],
        ]}
      />
    </Part>
  );
}

export function Attempts({ items }: { items: readonly Attempt[] }) {
  return (
    <Timeline
      items={items.map((attempt) => ({
        key: String(attempt.n),
        at: attempt.intentAt,
        tone:
          attempt.class === 'POSTED'
            ? 'good'
            : attempt.class === 'REJECTED'
              ? 'bad'
              : attempt.class === 'NOT_SENT'
                ? 'off'
                : 'warn',
        title: `Try ${attempt.n}: ${attempt.class ? (CLASS_WORDS[attempt.class] ?? attempt.class) : 'under way'}`,
        by: [
          attempt.httpStatus !== null && `HTTP ${attempt.httpStatus}`,
          attempt.finishedAt &&
            `${counted(new Date(attempt.finishedAt).getTime() - new Date(attempt.intentAt).getTime(), 'ms', 'ms')}`,
          attempt.possiblyApplied ? 'possibly applied' : 'proven not applied',
          `allowed by “${attempt.permit}”`,
        ]
          .filter(Boolean)
          .join(' · '),
        more: (
          <details className="more">
            <summary>Transcript (redacted) and payload hash</summary>
            <p className="fine">
              Payload SHA-256 <code>{attempt.payloadHash}</code>
            </p>
            <Wire label={`Transcript of try ${attempt.n}`}>{asJson(attempt.transcript)}</Wire>
          </details>
        ),
      }))}
    />
  );
}
