import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addresses } from '../addresses.ts';
import { api, type Reply, told } from '../api.ts';
import { Ask } from '../parts/ask.tsx';
import { Awaited } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { asJson, Day, Facts, Moment, Money, Part, To, Wire } from '../parts/show.tsx';
import { StateMark, stateWord, type Tone } from '../parts/state-mark.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { useBid, usePart } from '../parts/use-biller.ts';
import { queryClient } from '../query-client.ts';
import { methodWord, money, words } from '../say.ts';
import { useMay } from '../session.ts';
import { NotesAndDecisions } from './audit-data.tsx';
import { clockWord } from './payments-table.tsx';

type View = Reply<'/api/v1/billers/{bid}/payments/{paymentId}'>;

export function Payment() {
  const bid = useBid();
  const paymentId = Number(usePart('paymentId'));
  const payment = useQuery({
    queryKey: ['payment', bid, paymentId],
    refetchInterval: 15_000,
    queryFn: () =>
      told(api.GET('/api/v1/billers/{bid}/payments/{paymentId}', { params: { path: { bid, paymentId } } })),
  });
  const view = payment.data;
  return (
    <>
      <PageHead
        path={[['Search'], ['Payments', addresses.payments(bid)]]}
        title={`Payment ${paymentId}`}
        mark={view && <StateMark state={view.status} />}
        acts={view && <Reverse bid={bid} view={view} />}
      />
      <Awaited of={payment} what="the payment">
        {(shown) => <PaymentParts bid={bid} view={shown} />}
      </Awaited>
    </>
  );
}

function PaymentParts({ bid, view }: { bid: number; view: View }) {
  return (
    <>
      {view.statusSentence !== stateWord(view.status) && <p className="sentence">{view.statusSentence}</p>}
      <Clocks view={view} />
      <div className="pair">
        <Part title="Payment">
          <Facts
            items={[
              ['Amount', <Money key="amount" cents={view.amountCents} />],
              ['Towards the bill', <Money key="bill" cents={view.billAmountCents} />],
              ['Convenience fee', <Money key="fee" cents={view.feeCents} />],
              [
                'Method',
                `${methodWord(view.method)}${view.brand ? ` · ${view.brand}` : ''}${view.lastFour ? ` ending ${view.lastFour}` : ''}`,
              ],
              ['Source', view.source],
              [
                'Account',
                <To key="account" href={addresses.account(bid, view.accountNumber)}>
                  {view.accountNumber}
                </To>,
              ],
              ['Invoices', <InvoiceLinks key="invoices" bid={bid} numbers={view.invoiceNumbers} />],
              ['Made', <Moment key="made" at={view.createdAt} />],
            ]}
          />
        </Part>
        <Part title="Processor and payer">
          <Facts
            items={[
              ['Processor', view.processor],
              ['Reference', <code key="reference">{view.processorReference ?? '–'}</code>],
              ['Its message', view.paymentMessage ?? '–'],
              ['Payer', view.payer.name],
              ['Email', view.payer.email || '–'],
              ['Phone', view.payer.phone || '–'],
              ['Payer’s receipt', <code key="public">{view.publicId}</code>],
            ]}
          />
          {view.authorizationText && (
            <details className="more">
              <summary>The authorization the payer gave</summary>
              <p>{view.authorizationText}</p>
            </details>
          )}
        </Part>
      </div>
      <Part title="Everything heard of it">
        <Timeline
          items={view.events.map((event) => ({
            key: String(event.seq),
            at: event.at,
            tone: toneOfEvent(event.kind),
            title: words(event.kind),
            by: `told by ${event.toldBy}`,
            more: Object.keys(event.detail).length > 0 && (
              <details className="more">
                <summary>Details</summary>
                <Wire label={`Details of event ${event.seq}`}>{asJson(event.detail)}</Wire>
              </details>
            ),
          }))}
        />
      </Part>
      <NotesAndDecisions bid={bid} subjects={[`payment/${view.paymentId}`]} />
    </>
  );
}

function InvoiceLinks({ bid, numbers }: { bid: number; numbers: readonly string[] }) {
  if (numbers.length === 0) return 'the balance of the account';
  return numbers.map((number) => (
    <div key={number}>
      <To href={addresses.invoice(bid, number)}>{number}</To>
    </div>
  ));
}

function Clocks({ view }: { view: View }) {
  const { taken, settled, posted } = view.clocks;
  return (
    <section className="clocks" aria-label="The three clocks">
      <Clock name="Taken" clock={taken} />
      <Clock name="Settled" clock={settled}>
        {settled.canComeBackUntil && (
          <div className="fine">
            Can come back until <Day iso={settled.canComeBackUntil} />
          </div>
        )}
        {settled.disputableUntil && (
          <div className="fine">
            The payer can dispute it until <Day iso={settled.disputableUntil} />
          </div>
        )}
      </Clock>
      <Clock name="Posted at the insurer" clock={posted} />
    </section>
  );
}

function Clock({
  name,
  clock,
  children,
}: {
  name: string;
  clock: { state: string; at: string | null; sentence: string };
  children?: React.ReactNode;
}) {
  return (
    <div className="clock">
      <h2>{name}</h2>
      <StateMark state={clock.state} word={clockWord(clock.state)} />
      {clock.at && <Moment at={clock.at} />}
      <div>{clock.sentence}</div>
      {children}
    </div>
  );
}

const toneOfEvent = (kind: string): Tone => {
  if (/return|charge|dispute|fail|declin|error/.test(kind) && !/charged?$/.test(kind)) return 'bad';
  if (/approved|settled|posted|taken/.test(kind)) return 'good';
  return /unknown|doubt/.test(kind) ? 'warn' : 'busy';
};

/** Void or refund: the server says which is possible; what will happen is said before. */
function Reverse({ bid, view }: { bid: number; view: View }) {
  const may = useMay();
  const [asked, setAsked] = useState<{ act: 'void' | 'refund'; key: string }>();
  if (!may('deliveries:decide')) return null;
  const begin = (act: 'void' | 'refund') => setAsked({ act, key: crypto.randomUUID() });
  const isVoid = asked?.act === 'void';
  return (
    <>
      {view.mayVoid && (
        <Button variant="default" onClick={() => begin('void')}>
          Void
        </Button>
      )}
      {view.mayRefund && (
        <Button variant="default" onClick={() => begin('refund')}>
          Refund
        </Button>
      )}
      <Ask
        isOpen={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={isVoid ? `Void payment ${view.paymentId}` : `Refund payment ${view.paymentId}`}
        isDanger
        confirm={isVoid ? `Void ${money(view.amountCents)}` : `Refund ${money(view.amountCents)}`}
        what={
          <ul>
            <li>
              {isVoid
                ? `The processor is told to let go of ${money(view.amountCents)}: the payer is not charged.`
                : `${money(view.amountCents)} go back to the payer${view.lastFour ? ` (${methodWord(view.method).toLowerCase()} ending ${view.lastFour})` : ''}, fee included.`}
            </li>
            <li>The balance shown rises by {money(view.billAmountCents)} again.</li>
            {view.clocks.posted.state === 'posted' && (
              <li>
                It stands at the insurer already. The insurer’s system has no call to take it back: a work item is
                opened for that.
              </li>
            )}
            <li>It can’t be undone.</li>
          </ul>
        }
        act={async (reason) => {
          if (!asked) return;
          const call = {
            params: { path: { bid, paymentId: view.paymentId }, header: { 'idempotency-key': asked.key } },
            body: { reason, expectedVersion: view.version },
          };
          await (isVoid
            ? told(api.POST('/api/v1/billers/{bid}/payments/{paymentId}/void', call))
            : told(api.POST('/api/v1/billers/{bid}/payments/{paymentId}/refund', call)));
          await Promise.all([
            queryClient.invalidateQueries({ queryKey: ['payment', bid, view.paymentId] }),
            queryClient.invalidateQueries({ queryKey: ['audit', bid] }),
          ]);
        }}
      />
    </>
  );
}
