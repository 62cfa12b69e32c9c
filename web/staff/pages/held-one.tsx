import { useQuery } from '@tanstack/react-query';
import { addresses } from '../addresses.ts';
import { Awaited, Empty } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { Moment, Money, Part } from '../parts/show.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { useBid, usePart } from '../parts/use-biller.ts';
import { money, when } from '../say.ts';
import { NotesAndDecisions } from './audit-data.tsx';
import { Decision } from './decide-held.tsx';
import { Attempts, DeliveryFacts } from './delivery.tsx';
import { type DeliveryView, deliveryQuery, trustWord, VERDICTS } from './delivery-data.ts';

import { explainReason, Reason } from './delivery-reason.tsx';
import { trustQuery } from './trust.tsx';

/** One held or unknown payment: what is known, side by side, and the decision at the bottom. */
export function HeldPayment() {
  const bid = useBid();
  const id = Number(usePart('deliveryId'));
  const delivery = useQuery(deliveryQuery(bid, id));
  const view = delivery.data;
  return (
    <>
      <PageHead
        path={[['DataPump'], ['Held payments', addresses.held(bid)]]}
        title={view ? `Payment ${view.paymentId} of ${money(view.amountCents ?? 0)}` : `Delivery ${id}`}
        mark={view && <StateMark state={view.state} />}
      />
      <Awaited of={delivery} what="the evidence">
        {(shown) => (
          <>
            <WhatIsKnown view={shown} bid={bid} />
            <Evidence view={shown} />
            <div className="pair">
              <DeliveryFacts bid={bid} view={shown} />
              <Part title="Tries">
                {shown.sentAttempts.length === 0 ? (
                  <Empty>It was not tried yet.</Empty>
                ) : (
                  <Attempts items={shown.sentAttempts} />
                )}
              </Part>
            </div>
            <NotesAndDecisions bid={bid} subjects={[`delivery/${shown.id}`]} />
            <Decision bid={bid} view={shown} />
          </>
        )}
      </Awaited>
    </>
  );
}

function WhatIsKnown({ view, bid }: { view: DeliveryView; bid: number }) {
  const last = view.readings.at(-1);
  const trust = useQuery(trustQuery(bid));
  return (
    <Part title="What is known">
      {view.reason && <Reason reason={view.reason} state={view.state} />}
      {last ? (
        <p className="sentence">
          <strong>{VERDICTS[last.verdict]}.</strong> {explainReason(last.because).sentence}
        </p>
      ) : (
        <p className="sentence">
          {view.heldKind === 'rejected'
            ? 'The partner refused it, so it was not applied. Its words are in the last try.'
            : 'The partner’s figures have not been read since. A check reads them.'}
        </p>
      )}
      {view.secondPerson && (
        <p className="caution">
          {view.secondPerson.by} asked to post it again (<Moment at={view.secondPerson.at} />
          ): {view.secondPerson.reason}. It needs someone else to agree.
        </p>
      )}
      {trust.data && (
        <p className="fine">
          Trust level of {trust.data.partner}: {trustWord(trust.data.level)}.
        </p>
      )}
    </Part>
  );
}

interface Figures {
  readonly name: string;
  readonly atMs: number;
  readonly currentDueCents: number;
  readonly totalUnpaidCents: number | null;
  readonly pendingCents: number | null;
  readonly pendingDate: string | null;
  readonly lastUpdateTime: string | null;
  readonly verdict?: string;
}

/** The partner's figures before the send and at each reading since, side by side, with what moved. */
function Evidence({ view }: { view: DeliveryView }) {
  const baseline =
    view.sentAttempts.findLast((attempt) => attempt.possiblyApplied)?.baseline ?? view.sentAttempts.at(-1)?.baseline;
  const columns: readonly Figures[] = [
    ...(baseline ? [{ ...baseline, name: 'Before the send' }] : []),
    ...view.readings.map((reading, at) => ({ ...reading, name: `Reading ${at + 1}` })),
  ];
  if (columns.length === 0) {
    return (
      <Part title="The partner’s figures, side by side">
        <Empty>No figures were read around this send.</Empty>
      </Part>
    );
  }
  const rows: readonly (readonly [string, (figures: Figures) => number | null])[] = [
    ['Due now', (figures) => figures.currentDueCents],
    ['Total unpaid', (figures) => figures.totalUnpaidCents],
    ['Pending payment', (figures) => figures.pendingCents],
  ];
  return (
    <Part title="The partner’s figures, side by side">
      <Scroll label="The partner’s figures">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Figure</th>
              {columns.map((column) => (
                <th key={column.atMs} scope="col" className="right">
                  {column.name}
                </th>
              ))}
              <th scope="col" className="right">
                Moved
              </th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">Read</th>
              {columns.map((column) => (
                <td key={column.atMs} className="right">
                  <Moment at={new Date(column.atMs).toISOString()} />
                </td>
              ))}
              <td className="right">this payment: {money(view.amountCents ?? 0)}</td>
            </tr>
            {rows.map(([name, of]) => (
              <FigureRow key={name} name={name} columns={columns} of={of} />
            ))}
            <TextRow name="Pending since" columns={columns} of={(figures) => figures.pendingDate} />
            <TextRow
              name="Partner’s last change"
              columns={columns}
              of={(figures) => readableTime(figures.lastUpdateTime)}
            />
            <TextRow name="Says" columns={columns} of={(figures) => figures.verdict ?? null} />
          </tbody>
        </table>
      </Scroll>
      <p className="fine">E1: applied. E0: not applied. EX: can’t be told.</p>
    </Part>
  );
}

/** The partner's text as a time of the reader's; as it is where it names no instant. */
function readableTime(text: string | null): string | null {
  return text !== null && !Number.isNaN(Date.parse(text)) && /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? when(text) : text;
}

function FigureRow({
  name,
  columns,
  of,
}: {
  name: string;
  columns: readonly Figures[];
  of: (figures: Figures) => number | null;
}) {
  const first = columns[0] && of(columns[0]);
  const latest = columns.length > 1 ? columns.at(-1) : undefined;
  const last = latest && of(latest);
  const moved = typeof first === 'number' && typeof last === 'number' ? last - first : undefined;
  return (
    <tr>
      <th scope="row">{name}</th>
      {columns.map((column) => (
        <td key={column.atMs} className="right">
          <Money cents={of(column)} />
        </td>
      ))}
      <td className="right figure">{moved === undefined ? '–' : `${moved > 0 ? '+' : ''}${money(moved)}`}</td>
    </tr>
  );
}

function TextRow({
  name,
  columns,
  of,
}: {
  name: string;
  columns: readonly Figures[];
  of: (figures: Figures) => string | null;
}) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {columns.map((column) => (
        <td key={column.atMs} className="right">
          {of(column) ?? '–'}
        </td>
      ))}
      <td />
    </tr>
  );
}
